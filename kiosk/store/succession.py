"""A new store beside an old one, and how it takes the old one's place.

The old one's history forked, or a new terminal starts from what the centre packed for it.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from pathlib import Path

from msgspec.structs import replace

from kiosk.errors import StoreError
from kiosk.model.chain import Row
from kiosk.model.text import say
from kiosk.store import exchange, journal, receiving
from kiosk.store.database import Store
from kiosk.store.faults import disk_errors
from kiosk.store.files import move_into_place, remove
from kiosk.store.rebuild import rebuild

FRESH, FORKED, STARTED = ".next", ".forked", ".start"  # added to the store's name
CHUNK = 1_000  # rows in one transaction
KEPT = {  # what is this machine's or its office's, and in no journal
    "erasure": "subject, at, reason",  # before rows come
    "definition": "digest, body",
    "staff": "number, name, roles, verifier, lease_until, failures, locked_until",
    "draft": "operator, key, body, saved",
    "blob": "name, data",
}


def begin(old: Store, identity: Mapping[str, bytes], until: Mapping[tuple[str, str, str], int]) -> Store:
    """A new store beside `old`, under another identity, with what both its histories have in common.

    `until` says of streams (office, terminal, stream) the last sequence to take over; others come whole.
    """
    path = old.path.with_name(old.path.name + FRESH)
    remove(path)  # an earlier one was not finished
    new = old.beside(path)
    try:
        rebuild(new)  # of nothing: it notes the version of the views
        take_over(old, new, identity, until)
    except BaseException:
        new.close()
        raise
    return new


def take_over(
    old: Store, new: Store, identity: Mapping[str, bytes], until: Mapping[tuple[str, str, str], int]
) -> None:
    """What is kept beside the journal, and the streams up to where `until` says."""
    with old.read() as source:
        with new.write() as target:
            exchange.remember(target, identity)
            for table, columns in KEPT.items():
                marks = ",".join("?" * (columns.count(",") + 1))
                rows = source.execute(f"SELECT {columns} FROM {table}")
                target.executemany(
                    f"INSERT INTO {table} ({columns}) VALUES ({marks}) ON CONFLICT DO NOTHING", rows
                )
        for head in exchange.heads(source):
            place = (head.office, head.terminal, head.stream)
            last = until.get(place, head.sequence)
            _take_over(new, exchange.rows_after(source, replace(head, sequence=last), 0))
            signed = journal.signed_ends(source, place, 0, head.sequence)
            with new.write() as target:
                for end in signed:
                    journal.keep_signature(target, end)


def _take_over(new: Store, rows: Iterable[Row]) -> None:
    chunk: list[Row] = []
    for row in rows:
        chunk.append(row)
        if len(chunk) == CHUNK:
            _receive(new, chunk)
            chunk = []
    _receive(new, chunk)


def _receive(new: Store, rows: list[Row]) -> None:
    with new.write() as connection:
        receiving.receive(connection, rows)


def take_place_of_forked(new: Store, old: Store) -> Path:
    """As `take_place`; the old one is kept. Returns where."""
    path = old.path
    kept = path.with_name(path.name + FORKED)
    number = 1
    while kept.exists():
        number += 1
        kept = path.with_name(f"{path.name}{FORKED}-{number}")
    take_place(new, old, lambda: shutil.copy2(path, kept))
    return kept


def take_place(new: Store, old: Store, before: Callable[[], object] = lambda: None) -> None:
    """Closes both; the new one is found under the old one's name. `before` is called when both are whole.

    A kill in between leaves one of the two in place, whole.
    """
    path = old.path
    with disk_errors():
        new.close()
        old.close()
        for store in (path, new.path):
            log = store.with_name(store.name + "-wal")
            if log.exists() and log.stat().st_size:
                raise StoreError(say("The store could not be closed. Close other programs that read it."))
        before()
        remove_logs(path)
        move_into_place(new.path, path)
        with suppress(OSError):
            new.path.with_name(new.path.name + ".lock").unlink()


def started(old: Store) -> Path:
    """Where the store of a new terminal is filled, until it takes the place of `old`."""
    return old.path.with_name(old.path.name + STARTED)


def remove_logs(path: Path) -> None:
    """A log whose store is gone would be played into the new one."""
    for suffix in ("-wal", "-shm"):
        path.with_name(path.name + suffix).unlink(missing_ok=True)
