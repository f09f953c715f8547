"""Blobs at the centre: ciphertext named by its SHA-256, sent in pieces at an offset, kept once whole.

Pieces are kept for each sender by itself, so that nobody spoils what another one sends. They are forgotten
after a day, and earlier when their sender begins more than he ends.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

import msgspec

from central.database import Database
from kiosk.store.database import Connection

LARGEST = 32_000_000  # bytes of one blob
MOST_BEGUN = 64_000_000  # bytes of all that one terminal began and did not end

Sender = tuple[str, str]  # office, terminal
_OF = "office = ? AND terminal = ?"


class Stored(msgspec.Struct, frozen=True):
    """How much of a blob is here, and whether that is all of it."""

    size: int
    complete: bool


class WrongOffset(Exception):
    """A piece that does not begin where the blob ends here."""

    def __init__(self, offset: int) -> None:
        super().__init__(offset)
        self.offset = offset


class NotThatBlob(Exception):
    """All pieces are here and are not what the name says, or they are too many; they are gone again."""


def missing(connection: Connection, names: Sequence[str]) -> list[str]:
    """Of these blobs those that are not here whole."""
    marks = ",".join("?" * len(names))
    rows = connection.execute(f"SELECT name FROM blob WHERE name IN ({marks})", tuple(names)) if names else ()
    here = {name for (name,) in rows}
    return [name for name in names if name not in here]


def stored(connection: Connection, sender: Sender, name: str) -> Stored:
    """What is here of a blob; of one that is not whole, what this sender sent of it."""
    row = connection.execute("SELECT length(data) FROM blob WHERE name = ?", (name,)).fetchone()
    if row:
        return Stored(row[0], True)
    (size,) = connection.execute(
        f"SELECT coalesce(max(start + length(data)), 0) FROM blob_part WHERE {_OF} AND name = ?",
        (*sender, name),
    ).fetchone()
    return Stored(size, False)


def put(
    database: Database, sender: Sender, name: str, offset: int, piece: bytes, *, last: bool, at: str
) -> Stored:
    """Appends a piece at `offset`. Raises WrongOffset; NotThatBlob, when the last one came."""

    def work(connection: Connection) -> Stored:
        known = stored(connection, sender, name)
        if known.complete:
            return known
        if known.size != offset:
            raise WrongOffset(known.size)
        if offset + len(piece) > LARGEST:
            raise NotThatBlob
        if piece:
            connection.execute(
                "INSERT INTO blob_part (office, terminal, name, start, data, at) VALUES (?, ?, ?, ?, ?, ?)",
                (*sender, name, offset, piece, at),
            )
        if last:
            return _finish(connection, sender, name)
        _give_way(connection, sender, name)
        return Stored(offset + len(piece), False)

    try:
        return database.transact(work)
    except NotThatBlob:
        database.transact(lambda connection: _drop(connection, sender, name))
        raise


def keep(database: Database, data: bytes) -> bool:
    """Keeps a blob that came whole, under the name that its bytes give it; whether it was not here before."""
    name = hashlib.sha256(data).hexdigest()

    def work(connection: Connection) -> bool:
        is_new = bool(missing(connection, [name]))
        connection.execute(
            "INSERT INTO blob (name, data) VALUES (?, ?) ON CONFLICT (name) DO NOTHING", (name, data)
        )
        return is_new

    return database.transact(work)


def get(connection: Connection, name: str) -> bytes | None:
    row = connection.execute("SELECT data FROM blob WHERE name = ?", (name,)).fetchone()
    return bytes(row[0]) if row else None


def forget_begun(database: Database, office: str, before: str) -> None:
    """Forgets pieces that came before a time (ISO 8601) and never became a whole."""
    database.transact(
        lambda connection: connection.execute(
            "DELETE FROM blob_part WHERE office = ? AND at < ?", (office, before)
        )
    )


def _finish(connection: Connection, sender: Sender, name: str) -> Stored:
    rows = connection.execute(
        f"SELECT data FROM blob_part WHERE {_OF} AND name = ? ORDER BY start", (*sender, name)
    ).fetchall()
    data = b"".join(part for (part,) in rows)
    if hashlib.sha256(data).hexdigest() != name:
        raise NotThatBlob
    connection.execute(
        "INSERT INTO blob (name, data) VALUES (?, ?) ON CONFLICT (name) DO NOTHING", (name, data)
    )
    _drop(connection, sender, name)
    return Stored(len(data), True)


def _give_way(connection: Connection, sender: Sender, name: str) -> None:
    """What a sender began gives way to what he sends now, the oldest first; he may send it again."""
    begun = connection.execute(
        f"SELECT name, sum(length(data)) FROM blob_part WHERE {_OF} "
        "GROUP BY name ORDER BY name <> ?, max(at) DESC",
        (*sender, name),
    ).fetchall()
    total = 0
    for other, size in begun:
        total += size
        if total > MOST_BEGUN:
            _drop(connection, sender, other)


def _drop(connection: Connection, sender: Sender, name: str) -> None:
    connection.execute(f"DELETE FROM blob_part WHERE {_OF} AND name = ?", (*sender, name))
