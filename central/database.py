"""The centre's database, found by its URL: SQLite in a file, or a PostgreSQL server.

    sqlite:////var/lib/centre/centre.db        postgresql+psycopg://user:secret@host/name

Both give connections of one shape (`kiosk.store.database.Connection`: `?` parameters, rows as tuples), so
that journal and views are the same code here and at a terminal. `write()` is one transaction, committed when
its block ends; `read()` is one snapshot. Several processes may write: nothing here relies on being alone.
"""

from __future__ import annotations

import threading
from abc import ABC, abstractmethod
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from sqlcipher3 import dbapi2 as driver

from kiosk.errors import StoreError
from kiosk.model.text import say
from kiosk.store.database import LOST_WRITES_FIXED, Connection, FileConnection, snapshot
from kiosk.store.faults import disk_errors, translated

if TYPE_CHECKING:
    from central.postgres import Postgres

SQLITE, POSTGRES = "sqlite:///", "postgresql+psycopg://"
NEWEST = "0007"  # the last migration in migrations/central
TRIES = 5  # of a transaction that others stood in the way of

Result = TypeVar("Result")


class Interrupted(StoreError):
    """Another transaction stood in the way, and this one was undone; done again it will pass."""


class Database(ABC):
    """An open database; a context manager that closes itself."""

    url: str

    @abstractmethod
    def write(self) -> AbstractContextManager[Connection]:
        """One transaction. Raises Interrupted when it has to be done again."""

    @abstractmethod
    def read(self) -> AbstractContextManager[Connection]:
        """One snapshot of what is committed; nothing can be written in it."""

    @abstractmethod
    def close(self) -> None: ...

    def transact(self, work: Callable[[Connection], Result]) -> Result:
        """Does `work` in one transaction, again when another one stood in its way."""
        for _ in range(TRIES - 1):
            with suppress(Interrupted), self.write() as connection:
                return work(connection)
        with self.write() as connection:
            return work(connection)

    def __enter__(self) -> Database:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def open_database(url: str, key: bytes = b"", *, begin: bool = True) -> Database:
    """Opens a database and brings its tables up to date; makes the SQLite file when there is none.

    With a `key` of 32 bytes that file is encrypted, as backups are. Raises StoreError when the database
    cannot be reached, was made by a newer version of this program, or holds no centre and is not to `begin`.
    """
    database: Database | Postgres
    if url.startswith(SQLITE):
        path = Path(url.removeprefix(SQLITE))
        if not begin and not path.exists():
            raise _no_centre(url)
        database = Sqlite(path, key)
    elif url.startswith(POSTGRES):
        from central.postgres import Postgres

        database = Postgres(url)
    else:
        raise StoreError(say("A database is named sqlite:///PATH or postgresql+psycopg://…"))
    try:
        if not begin:
            _refuse_unbegun(database, url)
        _bring_up_to_date(database, key)
    except BaseException:
        database.close()
        raise
    return database


def _no_centre(url: str) -> StoreError:
    # a server's without the password
    place = url.removeprefix(SQLITE) if url.startswith(SQLITE) else url.rpartition("@")[2]
    return StoreError(say("There is no central system in {file}. `central serve` begins one.", file=place))


def _refuse_unbegun(database: Database, url: str) -> None:
    """Raises StoreError where no centre was ever at work: a name may be mistyped."""
    if not _version(database):
        raise _no_centre(url)
    with database.read() as connection:
        if connection.execute("SELECT 1 FROM identity WHERE key = 'epoch'").fetchone() is None:
            raise _no_centre(url)


def _bring_up_to_date(database: Database, key: bytes) -> None:
    if _version(database) != NEWEST:
        from central.migrate import upgrade  # brings Alembic, a fifth of a second

        upgrade(database.url, key)


def _version(database: Database) -> str:
    """The last migration that was run; empty for a new database."""
    with database.read() as connection:
        try:
            row = connection.execute("SELECT version_num FROM alembic_version").fetchone()
        except Exception as error:
            if "alembic_version" in str(error):  # there is no such table yet
                return ""
            raise
    return row[0] if row else ""


class Sqlite(Database):
    """One file beside the program. The same library as the terminals' stores; only a backup has a key."""

    def __init__(self, path: Path, key: bytes = b"") -> None:
        self.path, self._key = path.absolute(), key
        self.url = f"{SQLITE}{self.path}"
        with translated(), disk_errors():
            self.path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            if not self.path.exists():
                self.path.touch(0o600)
            self._writer = connect(self.path, key)
        self._writing = threading.RLock()
        self._idle: deque[FileConnection] = deque()

    @contextmanager
    def write(self) -> Iterator[Connection]:
        with self._writing, translated():
            self._writer.execute("BEGIN IMMEDIATE")
            try:
                yield self._writer
                self._writer.execute("COMMIT")
            except BaseException:
                if self._writer.in_transaction:  # a full disk may have rolled back already
                    self._writer.execute("ROLLBACK")
                raise

    @contextmanager
    def read(self) -> Iterator[Connection]:
        with translated():
            try:
                connection = self._idle.pop()
            except IndexError:
                connection = connect(self.path, self._key)
                connection.execute("PRAGMA query_only = ON")
            try:
                with snapshot(connection) as reading:
                    yield reading
            finally:
                self._idle.append(connection)

    def close(self) -> None:
        while self._idle:
            with suppress(IndexError):  # another thread was quicker
                self._idle.pop().close()
        self._writer.close()


def connect(path: Path, key: bytes = b"") -> FileConnection:
    """A connection with this program's settings; it waits for other writers. `key`: 32 bytes, or none."""
    if driver.sqlite_version_info < LOST_WRITES_FIXED:
        raise StoreError(say("This SQLite is too old: {version}", version=driver.sqlite_version))
    connection: FileConnection = driver.connect(
        str(path), isolation_level=None, check_same_thread=False, timeout=30
    )
    try:
        if key:
            connection.execute("PRAGMA cipher_log_level = NONE")
            connection.execute(f"PRAGMA key = \"x'{key.hex()}'\"")
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = FULL")
        connection.execute("PRAGMA secure_delete = ON")
        connection.execute("PRAGMA recursive_triggers = ON")  # else REPLACE asks no trigger
    except BaseException:
        connection.close()
        raise
    return connection
