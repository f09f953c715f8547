"""Feeds: what was acknowledged, in the order of commits, and who receives which of it.

A feed is one compartment of the office. One row of `feed` is one acknowledged push: a range of one terminal's
stream. Its number comes from a counter row that is locked until the commit, so numbers have no holes and
nobody reads past one that is still under way.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import accumulate

from central.position import new_mark
from kiosk.model.chain import START, Head, Row
from kiosk.model.entries import ADMIN, HEALTH, OFFICE
from kiosk.store import journal
from kiosk.store.database import Connection

COUNTER = "counter"  # the face of a terminal at which clerks work
HEALTH_POST = "health_post"  # the department that may read what a doctor writes
LARGEST_ANSWER = 8_000_000  # bytes of entries in an answer, unless one range alone has more
MOST_ROWS = 5_000  # in one answer, whatever was asked


@dataclass
class Batch:
    """What an answer carries; `cursor` says where its reader then stands in each of his streams."""

    cursor: dict[str, int]
    rows: list[Row] = field(default_factory=list)
    heads: list[Head] = field(default_factory=list)
    given: list[tuple[str, int, int]] = field(default_factory=list)  # stream, after which number, up to which
    more: bool = False


def streams_for(face: str, departments: Iterable[str]) -> tuple[str, ...]:
    """The feeds a terminal may read. `access` goes upward only; a self-service terminal reads nothing."""
    if face != COUNTER:
        return ()
    return (ADMIN, OFFICE, HEALTH) if HEALTH_POST in departments else (ADMIN, OFFICE)


def lock(connection: Connection, office: str, terminal: str, stream: str) -> tuple[int, bytes]:
    """(sequence, hash) of a stream's head, which nobody else changes until this transaction ends."""
    row = connection.execute(
        "INSERT INTO head (office, terminal, stream, sequence, hash) VALUES (?, ?, ?, 0, ?) "
        "ON CONFLICT (office, terminal, stream) DO UPDATE SET sequence = head.sequence "
        "RETURNING sequence, hash",
        (office, terminal, stream, START),
    ).fetchone()
    return row[0], row[1]


def announce(connection: Connection, office: str, stream: str, terminal: str, first: int, last: int) -> int:
    """Puts a range of a stream into its feed; returns its number. The last thing a transaction does."""
    number: int = connection.execute(
        "INSERT INTO feed_counter (office, stream, number) VALUES (?, ?, 1) "
        "ON CONFLICT (office, stream) DO UPDATE SET number = feed_counter.number + 1 RETURNING number",
        (office, stream),
    ).fetchone()[0]
    connection.execute(
        "INSERT INTO feed (office, stream, number, terminal, first, last, mark) VALUES (?, ?, ?, ?, ?, ?, ?)",
        (office, stream, number, terminal, first, last, new_mark()),
    )
    return number


def numbers(connection: Connection, office: str) -> dict[str, int]:
    """The last number of each feed that has any."""
    return dict(
        connection.execute("SELECT stream, number FROM feed_counter WHERE office = ?", (office,)).fetchall()
    )


def pull(
    connection: Connection,
    office: str,
    reader: str,
    streams: Sequence[str],
    cursor: Mapping[str, int],
    limit: int,
) -> Batch:
    """What came after the cursor (stream -> number): whole ranges, without the reader's own."""
    batch = Batch({stream: cursor.get(stream, 0) for stream in streams})
    limit = max(1, min(limit, MOST_ROWS))
    size = 0
    for stream in streams:
        ranges = connection.execute(
            "SELECT number, terminal, first, last FROM feed "
            "WHERE office = ? AND stream = ? AND number > ? ORDER BY number LIMIT ?",
            (office, stream, batch.cursor[stream], limit + 1),
        ).fetchall()
        before = batch.cursor[stream]
        for at, (number, terminal, first, last) in enumerate(ranges):
            if at == limit or len(batch.rows) >= limit:
                batch.more = True
                break
            if terminal != reader:
                found = read_rows(connection, (office, terminal, stream), first, last)
                size += sum(len(row.body or b"") for row in found)
                # whoever relays an answer sends it in one piece: no more than a range that stands alone
                if batch.rows and (size > LARGEST_ANSWER or len(batch.rows) + len(found) > MOST_ROWS):
                    batch.more = True
                    break
                batch.rows += found
            batch.cursor[stream] = number
        if batch.cursor[stream] > before:
            batch.given.append((stream, before, batch.cursor[stream]))
    batch.heads = ends_of(connection, batch.rows)
    return batch


def rows_of(connection: Connection, place: tuple[str, str, str], after: int, limit: int) -> Batch:
    """The rows of one stream after a sequence, up to where its author signed it."""
    ends = journal.signed_ends(connection, place, after, max(1, min(limit, MOST_ROWS)))
    found = read_rows(connection, place, after + 1, ends[-1].sequence) if ends else []
    sizes = list(accumulate(len(row.body or b"") for row in found))
    while len(ends) > 1 and sizes[ends[-1].sequence - after - 1] > LARGEST_ANSWER:
        ends.pop()
    rows = [row for row in found if row.sequence <= ends[-1].sequence]
    more = journal.head(connection, *place)[0] > (rows[-1].sequence if rows else after)
    return Batch({}, rows, ends[-1:], more=more)


def read_rows(connection: Connection, place: tuple[str, str, str], first: int, last: int) -> list[Row]:
    """The rows of a stream from one sequence to another, both included."""
    found = connection.execute(
        f"SELECT {journal.COLUMNS} FROM entry WHERE office = ? AND terminal = ? AND stream = ? "
        "AND sequence BETWEEN ? AND ? ORDER BY sequence",
        (*place, first, last),
    )
    return [Row(*values) for values in found]


def ends_of(connection: Connection, rows: Iterable[Row]) -> list[Head]:
    """Where each of the streams ends among these rows, as its author signed it there."""
    ends: dict[tuple[str, str, str], Row] = {}
    for row in rows:
        place = (row.office, row.terminal, row.stream)
        if place not in ends or ends[place].sequence < row.sequence:
            ends[place] = row
    found = []
    for place, row in ends.items():
        signed = connection.execute(
            "SELECT signature FROM signed WHERE office = ? AND terminal = ? AND stream = ? AND sequence = ?",
            (*place, row.sequence),
        ).fetchone()
        if signed:
            found.append(Head(*place, row.sequence, row.hash, signed[0]))
    return found


def heads(connection: Connection, office: str, reader: str, streams: Sequence[str]) -> list[Head]:
    """Where every stream stands that the reader may have, and each of his own."""
    found = connection.execute(
        "SELECT office, terminal, stream, sequence, hash, signature FROM head "
        "WHERE office = ? AND sequence > 0 ORDER BY terminal, stream",
        (office,),
    )
    every = [
        Head(at, terminal, stream, sequence, hashed, signature or b"")
        for at, terminal, stream, sequence, hashed, signature in found
    ]
    return [head for head in every if head.terminal == reader or head.stream in streams]


def sign_head(connection: Connection, head: Head) -> None:
    """Sets where a stream ends, with its author's signature."""
    place = (head.office, head.terminal, head.stream)
    connection.execute(
        "UPDATE head SET sequence = ?, hash = ?, signature = ? "
        "WHERE office = ? AND terminal = ? AND stream = ?",
        (head.sequence, head.hash, head.signature, *place),
    )
    connection.execute(
        "INSERT INTO signed (office, terminal, stream, sequence, signature) VALUES (?, ?, ?, ?, ?)",
        (*place, head.sequence, head.signature),
    )
