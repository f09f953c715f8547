"""Backups of the centre: one file with everything that is kept, whatever database it came from.

It is a sealed file (`kiosk.store.sealed`), as a terminal's is: only the recovery key opens it.
"""

from __future__ import annotations

import secrets
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

from sqlalchemy import Table

from central import tables
from central.centre import COPIED, Centre
from central.database import SQLITE, Database, connect, open_database
from kiosk.errors import ForeignStore, StoreError
from kiosk.model.office import OfficePack
from kiosk.model.text import say
from kiosk.store import journal, sealed
from kiosk.store.database import Connection
from kiosk.store.faults import disk_errors, translated
from kiosk.store.files import move_into_place, temporary
from kiosk.store.keys import seal, unseal

PLAIN = b"SQLite format 3\0"  # how a backup of an earlier version begins, which was not sealed
PAGE = 500  # rows at once


def backup(database: Database, file: Path, recovery: bytes) -> int:
    """Copies what is committed now, while work goes on, and reads the copy back; the number of entries.

    `recovery` is the public key that it is sealed to (`central.recovery`). Raises StoreUnwritable, or
    ForeignStore when a chain in the copy does not hold.
    """
    key = secrets.token_bytes(32)
    with disk_errors(), temporary(file, ".copy") as copy, temporary(file, ".part") as part:
        with (
            open_database(f"{SQLITE}{copy}", key) as made,
            database.read() as source,
            made.write() as target,
        ):
            _copy(source, target)
        _in_one_file(copy, key)
        sealed.pack(sealed.CENTRE, copy, seal(recovery, key), part)
        sealed.unpack(sealed.CENTRE, part, copy)
        count = _verified(copy, key)
        move_into_place(part, file)
    return count


def restore(file: Path, database: Database, pack: OfficePack, recovery_key: Callable[[], str]) -> Centre:
    """Fills an empty database; the centre begins a new epoch under a new name, so that terminals give it
    what it lost. `recovery_key` is asked for when all else is well. Raises StoreError for a database that
    is in use, ForeignStore for what is no backup, WrongKey."""
    with database.read() as connection:
        if connection.execute("SELECT 1 FROM identity").fetchone():
            raise StoreError(say("This database is in use. Restore into an empty one."))
    if not file.is_file():
        raise StoreError(say("There is no backup at {path}.", path=file))
    with disk_errors(), translated(), temporary(file, ".copy") as copy:
        key = _open(file, copy, recovery_key)
        with open_database(f"{SQLITE}{copy}", key) as kept, kept.read() as source:  # also an older version's
            if not source.execute("SELECT 1 FROM identity WHERE key = 'epoch'").fetchone():
                raise ForeignStore(say("The file {file} is not a backup of this program.", file=file))
            with database.write() as target:
                _copy(source, target)
                # a kill after this transaction must leave no centre that goes on under the old name
                target.execute("INSERT INTO identity (key, value) VALUES (?, ?)", (COPIED, b"1"))
    return Centre(database, pack)


def _copy(source: Connection, target: Connection) -> None:
    for table in tables.KEPT:
        names = ", ".join(f'"{column.name}"' for column in table.columns)
        marks = ",".join("?" * len(table.columns))
        for page in _pages(source, table, names):
            target.executemany(f'INSERT INTO "{table.name}" ({names}) VALUES ({marks})', page)


def _pages(source: Connection, table: Table, names: str) -> Iterator[list[tuple[object, ...]]]:
    """The rows of a table in the order of its key, a page at a time."""
    places = [index for index, column in enumerate(table.columns) if column.primary_key]
    key = ", ".join(f'"{column.name}"' for column in table.primary_key.columns)
    marks = ",".join("?" * len(places))
    after: tuple[object, ...] = ()
    while True:
        where = f"WHERE ({key}) > ({marks})" if after else ""
        page = source.execute(
            f'SELECT {names} FROM "{table.name}" {where} ORDER BY {key} LIMIT {PAGE}', after
        ).fetchall()
        if not page:
            return
        yield page
        after = tuple(page[-1][place] for place in places)


def _in_one_file(path: Path, key: bytes) -> None:
    """Without a log beside it, so that it can be carried away."""
    connection = connect(path, key)
    connection.execute("PRAGMA journal_mode = DELETE")
    connection.close()


def _verified(copy: Path, key: bytes) -> int:
    """How many entries are in it. Raises ForeignStore."""
    with open_database(f"{SQLITE}{copy}", key) as made, made.read() as reading:
        if journal.verify(reading):
            raise ForeignStore(say("The copy of the store does not verify."))
        count: int = reading.execute("SELECT count(*) FROM entry").fetchone()[0]
    return count


def _open(file: Path, copy: Path, recovery_key: Callable[[], str]) -> bytes:
    """Takes the database out of a backup; its key, none where the backup was not sealed."""
    copy.touch(0o600)
    with file.open("rb") as source:
        is_plain = source.read(len(PLAIN)) == PLAIN
    if is_plain:
        shutil.copyfile(file, copy)
        return b""
    key = sealed.unpack(sealed.CENTRE, file, copy)
    return unseal(recovery_key(), key)
