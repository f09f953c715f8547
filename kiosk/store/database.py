"""Opens the encrypted store: one SQLCipher file, one writer process, any number of readers.

Writing goes through `Store.write()`, a transaction on the one kept writer connection; reading
through `Store.read()`, a snapshot that never waits for the writer and may be used in any thread.
Both give the bare DBAPI connection (autocommit mode, `?` parameters): the way of an action from
the key press to the disk is too short for anything heavier. `Store.engine` gives readers
SQLAlchemy; SQLAlchemy and Alembic are imported only when asked for, since the start must be fast.
"""

from __future__ import annotations

import secrets
import threading
from collections import deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from sqlcipher3 import dbapi2 as driver

from kiosk.errors import ForeignStore, StoreError, WrongKey
from kiosk.model.text import say
from kiosk.store.faults import disk_errors, no_store, translated
from kiosk.store.files import move_into_place, remove, temporary
from kiosk.store.lock import WriterLock

if TYPE_CHECKING:
    from sqlalchemy import Engine

STORE = "store.db"  # its name in the folder of the terminal's data
SCHEMA_VERSION = 4  # the number of migrations; stands in the file as PRAGMA user_version
# SQLCipher keeps its salt in the first 16 bytes. The key is random, so the salt may begin with a
# mark of ours: with it, a wrong key is told from a file that never was a store.
MARK = b"kiosk\x01"
PAGE = 4096
LOST_WRITES_FIXED = (3, 51, 3)  # SQLite before it can lose committed writes (WAL reset)

Parameters = Sequence[Any] | Mapping[str, Any]


class Cursor(Protocol):
    """What a statement returns."""

    @property
    def rowcount(self) -> int: ...
    def fetchone(self) -> Any: ...
    def fetchall(self) -> list[Any]: ...
    def close(self) -> None: ...
    def __iter__(self) -> Iterator[Any]: ...


class Connection(Protocol):
    """A bare connection to the store, from `Store.write()` or `Store.read()`."""

    @property
    def in_transaction(self) -> bool: ...
    def execute(self, sql: str, parameters: Parameters = ..., /) -> Cursor: ...
    def executemany(self, sql: str, parameters: Iterable[Parameters], /) -> Cursor: ...
    def close(self) -> None: ...


class FileConnection(Connection, Protocol):
    """One to a file of SQLite, which copies itself page by page."""

    def backup(self, target: Connection, /) -> None: ...


class Snapshot:
    """A connection for the length of one reading.

    A cursor that was not read to its end would hold the snapshot beyond it, and the next reading on the same
    connection would see what was then: every cursor is closed with the reading.
    """

    __slots__ = ("_cursors", "connection")

    def __init__(self, connection: FileConnection, cursors: list[Cursor]) -> None:
        self.connection, self._cursors = connection, cursors

    @property
    def in_transaction(self) -> bool:
        return self.connection.in_transaction

    def execute(self, sql: str, parameters: Parameters = (), /) -> Cursor:
        cursor = self.connection.execute(sql, parameters)
        self._cursors.append(cursor)
        return cursor

    def executemany(self, sql: str, parameters: Iterable[Parameters], /) -> Cursor:
        return self.connection.executemany(sql, parameters)

    def backup(self, target: Connection, /) -> None:
        self.connection.backup(target)

    def close(self) -> None:
        self.connection.close()


@contextmanager
def snapshot(connection: FileConnection) -> Iterator[FileConnection]:
    """What is committed now, on a connection that is used again afterwards."""
    cursors: list[Cursor] = []
    try:
        connection.execute("BEGIN")
        yield Snapshot(connection, cursors)
    finally:
        for cursor in cursors:
            cursor.close()
        if connection.in_transaction:
            connection.execute("ROLLBACK")


def connect(path: Path, key: bytes, *, mode: str = "rw", salt: bytes = b"") -> FileConnection:
    """A connection with this program's settings; the file's mark was seen before (`refuse_foreign`).

    `mode` is ro, rw or rwc; `salt` is given only when creating. Raises WrongKey and SQLite's errors.
    """
    if driver.sqlite_version_info < LOST_WRITES_FIXED:
        raise StoreError(say("This SQLite is too old: {version}", version=driver.sqlite_version))
    address = f"{path.absolute().as_uri()}?mode={mode}"
    connection: FileConnection = driver.connect(
        address, uri=True, isolation_level=None, check_same_thread=False, timeout=5
    )
    try:
        connection.execute("PRAGMA cipher_log_level = NONE")
        connection.execute(f"PRAGMA key = \"x'{(key + salt).hex()}'\"")
        connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
        connection.execute("PRAGMA synchronous = FULL")
        connection.execute("PRAGMA secure_delete = ON")
        connection.execute("PRAGMA foreign_keys = ON")
        connection.execute(
            "PRAGMA recursive_triggers = ON"
        )  # else REPLACE deletes without asking the triggers
        if mode == "ro":
            connection.execute("PRAGMA query_only = ON")
    except driver.DatabaseError as error:
        connection.close()
        if error.sqlite_errorcode == driver.SQLITE_NOTADB:
            raise WrongKey(say("The key does not open this store.")) from error
        raise
    return connection


class Store:
    """An open store. `Store.open` makes it; a context manager that closes itself."""

    def __init__(self, path: Path, key: bytes, lock: WriterLock | None, writer: Connection | None) -> None:
        self.path = path
        self._key = key
        self._lock = lock
        self._writer = writer
        self._writing = threading.RLock()
        self._idle: deque[FileConnection] = deque()

    @classmethod
    def open(cls, path: Path, key: bytes, read_only: bool = False) -> Store:
        """Opens the store at `path` with its 32-byte key; makes it when there is none (not read-only).

        Raises WrongKey, ForeignStore, StoreBusy, StoreUnwritable, or StoreError where a read-only
        store is missing or of another version.
        """
        if len(key) != 32:
            raise WrongKey(
                say("The key of the store is damaged: it has {found} bytes, not 32.", found=len(key))
            )
        with translated(), disk_errors():
            if read_only:
                if not path.exists():
                    raise no_store(path)
                refuse_foreign(path)
                store = cls(path, key, None, None)
                with store.read() as connection:
                    _check_version(connection)
                return store
            path.parent.mkdir(parents=True, exist_ok=True)
            lock = WriterLock(path.with_name(path.name + ".lock"))
            try:
                if not path.exists():
                    _create(path, key)
                return cls(path, key, lock, _open_writer(path, key))
            except BaseException:
                lock.release()
                raise

    def beside(self, path: Path) -> Store:
        """Another store under the same key, made when there is none."""
        return Store.open(path, self._key)

    def reading_into(self, path: Path) -> Connection:
        """A connection to another file under the same key, made when there is none; beside its own tables it
        reads those of this store, which it calls `live`."""
        connection = connect(path, self._key, mode="rwc", salt=b"" if path.exists() else new_salt())
        address = f"{self.path.absolute().as_uri()}?mode=ro"
        connection.execute("ATTACH DATABASE ? AS live KEY ?", (address, f"x'{self._key.hex()}'"))
        return connection

    @property
    def raw(self) -> Connection:
        """The writer connection. Only inside `write()`, and never committed by hand."""
        if self._writer is None:
            raise StoreError(say("This program may only read the store."))
        return self._writer

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """One transaction: committed (on the disk) when the block ends, rolled back when it raises."""
        connection = self.raw
        with self._writing, translated():
            connection.execute("BEGIN IMMEDIATE")
            try:
                yield connection
                connection.execute("COMMIT")
            except BaseException:
                if connection.in_transaction:  # a full disk may have rolled back already
                    connection.execute("ROLLBACK")
                raise

    @contextmanager
    def read(self) -> Iterator[FileConnection]:
        """One snapshot of what is committed, in any thread."""
        with translated():
            try:
                connection = self._idle.pop()
            except IndexError:
                connection = connect(self.path, self._key, mode="ro")
            try:
                with snapshot(connection) as reading:
                    yield reading
            finally:
                self._idle.append(connection)

    @cached_property
    def engine(self) -> Engine:
        """SQLAlchemy over read connections, for queries that are worth building."""
        from sqlalchemy import QueuePool, create_engine

        return create_engine(
            "sqlite://",
            module=driver,
            creator=lambda: connect(self.path, self._key, mode="ro"),
            poolclass=QueuePool,
            isolation_level="AUTOCOMMIT",
        )

    def checkpoint(self) -> bool:
        """Moves the write-ahead log into the store and empties it: after an erasure nothing is left in it.

        False when a reader in another process stood in the way; try again later.
        """
        with self._writing, translated():
            self._close_readers()
            return bool(self.raw.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0] == 0)

    def close(self) -> None:
        """Leaves the file whole by itself: the write-ahead log is moved into it."""
        self._close_readers()
        if self._writer is not None and self._lock is not None:
            with suppress(StoreError):  # a full disk: the log stays beside the store, and nothing is lost
                self.checkpoint()
            self._writer.close()
            self._lock.release()
            self._writer = self._lock = None

    def _close_readers(self) -> None:
        if "engine" in self.__dict__:
            self.engine.dispose()
        while self._idle:
            with suppress(IndexError):  # another thread was quicker
                self._idle.pop().close()

    def __enter__(self) -> Store:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def _open_writer(path: Path, key: bytes) -> Connection:
    refuse_foreign(path)
    log = path.with_name(path.name + "-wal")
    unclean = log.exists() and log.stat().st_size > 0
    connection = connect(path, key)
    try:
        if unclean:
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            check_pages(connection)
        if refuse_newer(connection) < SCHEMA_VERSION:
            _migrate(connection)
    except BaseException:
        connection.close()
        raise
    return connection


def refuse_foreign(path: Path) -> None:
    """Raises ForeignStore for a file that is empty, cut within a page, or never was a store of ours."""
    with path.open("rb") as file:
        start = file.read(len(MARK))
    size = path.stat().st_size
    log = path.with_name(path.name + "-wal")
    if size == 0:
        raise ForeignStore(say("The store at {path} is empty. Restore a backup.", path=path))
    if start != MARK[: len(start)] or start == b"":
        raise ForeignStore(say("The file at {path} is not a store of this program.", path=path))
    # within a checkpoint the last page may be half written; the log then holds it whole
    if size % PAGE and not (log.exists() and log.stat().st_size):
        raise ForeignStore(say("The store is damaged or cut short. Restore a backup."))


def check_pages(connection: Connection) -> None:
    """Verifies the code of every page. Raises ForeignStore."""
    damaged = connection.execute("PRAGMA cipher_integrity_check").fetchall()
    if damaged:
        raise ForeignStore(
            say(
                "The store is damaged: {count} of its pages do not verify. Restore a backup.",
                count=len(damaged),
            )
        )


def _check_version(connection: Connection) -> None:
    if refuse_newer(connection) < SCHEMA_VERSION:
        raise StoreError(
            say("The store is of an older version. Start the terminal once to bring it up to date.")
        )


def refuse_newer(connection: Connection) -> int:
    """The version of a store. Raises StoreError for one that this program does not know yet."""
    version: int = connection.execute("PRAGMA user_version").fetchone()[0]
    if version > SCHEMA_VERSION:
        raise StoreError(say("The store was made by a newer version of this program. Update the program."))
    return version


def _create(path: Path, key: bytes) -> None:
    """Makes the store beside its place and moves it there whole: a kill leaves no half-made store."""
    with temporary(path, ".new") as fresh:
        connection = connect(fresh, key, mode="rwc", salt=new_salt())
        try:
            connection.execute("PRAGMA journal_mode = WAL")
            _migrate(connection)
        finally:
            connection.close()
        remove(path)  # a log whose store is gone would be played into the new one
        move_into_place(fresh, path)


def new_salt() -> bytes:
    """What a new store begins with: our mark, then chance."""
    return MARK + secrets.token_bytes(16 - len(MARK))


def _migrate(connection: Connection) -> None:
    from kiosk.store.migrate import upgrade  # brings Alembic, a fifth of a second

    upgrade(connection, SCHEMA_VERSION)
