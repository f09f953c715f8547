"""Brings a store to the schema of this program by the Alembic migrations in `migrations/terminal`."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

from alembic import command
from alembic.config import Config
from sqlalchemy import StaticPool, create_engine, event
from sqlalchemy.exc import DBAPIError
from sqlcipher3 import dbapi2 as driver

from kiosk.settings import migrations_folder

if TYPE_CHECKING:
    from kiosk.store.database import Connection

ONE_AT_A_TIME = threading.Lock()  # what Alembic's migrations speak through belongs to the whole process


def upgrade(connection: Connection, version: int) -> None:
    """Runs what is missing in one transaction: a store is of the old version or of the new, never between."""
    engine = create_engine("sqlite://", module=driver, creator=lambda: connection, poolclass=StaticPool)
    event.listen(engine, "begin", lambda bound: bound.exec_driver_sql("BEGIN IMMEDIATE"))
    config = Config()
    config.set_main_option("script_location", str(migrations_folder() / "terminal").replace("%", "%%"))
    try:
        with ONE_AT_A_TIME, engine.begin() as bound:
            config.attributes["connection"] = bound
            command.upgrade(config, "head")
            bound.exec_driver_sql(f"PRAGMA user_version = {version}")
    except DBAPIError as error:  # callers know SQLite's own errors
        raise error.orig or error from error
