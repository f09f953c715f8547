"""Backups of the centre: one SQLite file with everything that is kept, whatever database it came from.

It is not encrypted: it holds the centre's keys and everybody's data, and only its owner may read the file.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

from sqlalchemy import Table

from central import tables
from central.centre import Centre
from central.database import SQLITE, Database, open_database
from kiosk.errors import ForeignStore, StoreError
from kiosk.model.office import OfficePack
from kiosk.model.text import say
from kiosk.store import journal
from kiosk.store.database import Connection
from kiosk.store.faults import disk_errors, translated
from kiosk.store.files import move_into_place, temporary

PAGE = 500  # rows at once


def backup(database: Database, file: Path) -> int:
    """Copies what is committed now, while work goes on, and verifies the copy; the number of entries.

    Raises StoreUnwritable, or ForeignStore when a chain in the copy does not hold.
    """
    with disk_errors(), temporary(file, ".part") as part:
        with open_database(f"{SQLITE}{part}") as copy, database.read() as source:
            with copy.write() as target:
                _copy(source, target)
            with copy.read() as reading:
                if journal.verify(reading):
                    raise ForeignStore(say("The copy of the store does not verify."))
                count: int = reading.execute("SELECT count(*) FROM entry").fetchone()[0]
        _in_one_file(part)
        move_into_place(part, file)
    return count


def restore(file: Path, database: Database, pack: OfficePack) -> Centre:
    """Fills an empty database; the centre begins a new epoch under a new name, so that terminals give it
    what it lost. Raises StoreError for a database that is in use, ForeignStore for what is no backup."""
    with database.read() as connection:
        if connection.execute("SELECT 1 FROM identity").fetchone():
            raise StoreError(say("This database is in use. Restore into an empty one."))
    if not file.is_file():
        raise StoreError(say("There is no backup at {path}.", path=file))
    with disk_errors(), translated(), temporary(file, ".copy") as copy:
        shutil.copyfile(file, copy)
        with open_database(f"{SQLITE}{copy}") as kept, kept.read() as source:  # also one of an older version
            if not source.execute("SELECT 1 FROM identity WHERE key = 'epoch'").fetchone():
                raise ForeignStore(say("The file {file} is not a backup of this program.", file=file))
            with database.write() as target:
                _copy(source, target)
    centre = Centre(database, pack)
    database.transact(centre.renew)
    return centre


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


def _in_one_file(path: Path) -> None:
    """Without a log beside it, so that it can be carried away."""
    from central.database import connect

    connection = connect(path)
    connection.execute("PRAGMA journal_mode = DELETE")
    connection.close()
    path.chmod(0o600)
