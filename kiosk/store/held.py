"""Own entries that the others do not have: the centre holds them back, or they were not sent yet."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime

import msgspec

from kiosk.model.entries import Entry, decode, read
from kiosk.model.text import Text
from kiosk.store.database import Connection
from kiosk.store.exchange import known, reason_bytes, reason_of

_IS_HELD = (
    "EXISTS (SELECT 1 FROM set_aside WHERE set_aside.stream = entry.stream "
    "AND set_aside.sequence = entry.sequence)"
)
_IS_SENT = (
    "EXISTS (SELECT 1 FROM acknowledged WHERE acknowledged.stream = entry.stream "
    "AND acknowledged.sequence >= entry.sequence)"
)


class SetAside(msgspec.Struct, frozen=True):
    """An own entry that the centre keeps but passes to nobody; `subject` is what it is about.

    `registers` are those of what it wrote that nobody has mended since.
    """

    stream: str
    sequence: int
    subject: str
    act: str
    reason: Text
    registers: tuple[str, ...] = ()


def set_aside(connection: Connection) -> list[SetAside]:
    """Own entries that reached nobody, and why. Not those that were mended since: everything that they wrote
    was replaced by what the centre accepted."""
    own = _own(connection)
    rows = connection.execute(
        "SELECT aside.stream, aside.sequence, aside.subject, act, reason, id, body FROM set_aside aside "
        "LEFT JOIN entry ON (entry.stream, entry.sequence) = (aside.stream, aside.sequence) "
        "AND office = ? AND terminal = ? ORDER BY aside.stream, aside.sequence",
        own,
    ).fetchall()
    found = []
    for stream, sequence, subject, act, reason, entry, body in rows:
        written = read(body) if body else None
        writes = tuple(written.writes) if written is not None else ()
        mended = _mended(connection, own, entry) if writes else set()
        left = tuple(register for register in writes if register not in mended)
        if left or not writes:
            found.append(SetAside(stream, sequence, subject, act or "", reason_of(reason), left))
    return found


def _mended(connection: Connection, own: tuple[str, str], held: str) -> set[str]:
    """The registers in which something that was accepted replaces a held entry."""
    rows = connection.execute(
        'SELECT register FROM view_replacement JOIN entry ON entry.id = "by" '
        f"WHERE replaced = ? AND ((office, terminal) <> (?, ?) OR ({_IS_SENT} AND NOT {_IS_HELD}))",
        (held, *own),
    )
    return {register for (register,) in rows.fetchall()}


def unheard(connection: Connection, entries: Collection[str], *, unsent: bool = False) -> list[Entry]:
    """Those of some entries, by id, that the others do not have as the centre holds them back; with `unsent`
    also those that it does not have yet. None where no centre was joined, nor at the centre itself."""
    if known(connection, "centre/url") is None:
        return []
    lacking = f"({_IS_HELD} OR NOT {_IS_SENT})" if unsent else _IS_HELD
    own, found = _own(connection), []
    for entry in entries:
        row = connection.execute(
            f"SELECT body FROM entry WHERE id = ? AND office = ? AND terminal = ? AND {lacking}",
            (entry, *own),
        ).fetchone()
        if row and row[0]:
            found.append(decode(row[0]))
    return found


def _own(connection: Connection) -> tuple[str, str]:
    """Office and code of this terminal."""
    office, code = ((known(connection, key) or b"").decode() for key in ("office", "terminal"))
    return office, code


def keep_set_aside(
    connection: Connection,
    own: tuple[str, str],
    held: Iterable[tuple[str, int, Text]],
    at: datetime,
) -> None:
    """Notes entries (stream, sequence, why) of this terminal; `own` are its office and code."""
    for stream, sequence, reason in held:
        row = connection.execute(
            "SELECT subject FROM entry WHERE office = ? AND terminal = ? AND stream = ? AND sequence = ?",
            (*own, stream, sequence),
        ).fetchone()
        connection.execute(
            "INSERT INTO set_aside (stream, sequence, subject, reason, at) VALUES (?, ?, ?, ?, ?) "
            "ON CONFLICT (stream, sequence) DO UPDATE SET reason = excluded.reason",
            (stream, sequence, row[0] if row else "", reason_bytes(reason), at.isoformat()),
        )


def forget_set_aside(connection: Connection, up_to: Mapping[str, int]) -> None:
    """Before the whole list is noted anew: what is no longer on it was released. Of each stream up to the
    sequence that the centre had when it was asked: the list says nothing of what was sent meanwhile."""
    connection.executemany("DELETE FROM set_aside WHERE stream = ? AND sequence <= ?", list(up_to.items()))
