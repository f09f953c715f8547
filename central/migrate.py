"""Brings the centre's database to the schema of this program, by the migrations in `migrations/central`."""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.util import CommandError
from psycopg import errors
from sqlalchemy import Engine, NullPool, create_engine, event
from sqlalchemy.exc import ProgrammingError
from sqlcipher3 import dbapi2 as driver

from central.database import SQLITE, connect
from kiosk.errors import StoreError
from kiosk.model.text import say
from kiosk.settings import migrations_folder
from kiosk.store.migrate import ONE_AT_A_TIME


def upgrade(url: str, key: bytes = b"") -> None:
    """Runs what is missing in one transaction: of the old version or of the new, never between.

    `key` is that of an encrypted SQLite file.
    """
    config = Config()
    config.set_main_option("script_location", str(migrations_folder() / "central").replace("%", "%%"))
    engine = _engine(url, key)
    try:
        with ONE_AT_A_TIME, engine.begin() as bound:
            config.attributes["connection"] = bound
            command.upgrade(config, "head")
    except CommandError as error:  # it names a migration that is not here
        raise StoreError(
            say("The store was made by a newer version of this program. Update the program.")
        ) from error
    except ProgrammingError as error:
        if isinstance(error.orig, (errors.InsufficientPrivilege, errors.InvalidSchemaName)):
            raise StoreError(
                say(
                    "The database lets this account make no tables: {reason}. docs/central.md says what it "
                    "needs.",
                    reason=str(error.orig).partition("\n")[0],
                )
            ) from error
        raise
    finally:
        engine.dispose()


def _engine(url: str, key: bytes) -> Engine:
    if not url.startswith(SQLITE):
        return create_engine(url, poolclass=NullPool)
    path = Path(url.removeprefix(SQLITE))
    engine = create_engine("sqlite://", module=driver, creator=lambda: connect(path, key), poolclass=NullPool)
    event.listen(engine, "begin", lambda bound: bound.exec_driver_sql("BEGIN IMMEDIATE"))
    return engine
