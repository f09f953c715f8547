"""Quarantine: acts that may not be accepted, kept whole. Their rows stand in the journal as stubs.

A supervisor may release one: then its rows are filled and put into the feed, as if they had just arrived.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import groupby
from typing import Any

import msgspec

from central import feed
from central.accepting import Arrived, unfit
from kiosk.errors import Refused
from kiosk.model.chain import Row
from kiosk.model.entries import read
from kiosk.model.office import Office
from kiosk.model.text import Text, say
from kiosk.store import journal
from kiosk.store.database import Connection
from kiosk.sync.protocol import SetAside

Place = tuple[str, str, str]
_AT = "office = ? AND terminal = ? AND stream = ?"
_LACKING = (  # another terminal brought this row of `entry` without its payload: as a stub, or as erased
    "body IS NULL AND subject NOT IN (SELECT subject FROM erasure) AND NOT EXISTS (SELECT 1 "
    "FROM quarantine q WHERE (q.office, q.terminal, q.stream, q.sequence) = "
    "(entry.office, entry.terminal, entry.stream, entry.sequence))"
)


class HeldBack(msgspec.Struct, frozen=True):
    """One act that is held back, or was (`released`, ISO 8601)."""

    place: Place
    sequences: tuple[int, ...]
    act: str
    subjects: tuple[str, ...]
    reason: Text
    at: str
    released: str


def keep(connection: Connection, held: Mapping[int, tuple[Arrived, Text]], at: str) -> None:
    """Keeps the payload of rows that are held back."""
    connection.executemany(
        "INSERT INTO quarantine "
        "(office, terminal, stream, sequence, id, act, subject, body, salt, reason, slots, at) "
        "VALUES (?,?,?,?,?,?,?,?,?,?,?,?)",
        [
            (
                row.office, row.terminal, row.stream, row.sequence,
                _storable(row.id), _storable(row.act), _storable(row.subject), row.body, row.salt or b"",
                reason.template, _slots_of(reason), at,
            )
            for row, reason in ((one.row, reason) for one, reason in held.values())
            if row.body is not None
        ],
    )  # fmt: skip


def missing(connection: Connection, place: Place, overlap: Sequence[Arrived]) -> list[Arrived]:
    """Of rows that are here already those that came from another terminal without their payload: as a stub,
    or as erased, which is his word alone."""
    if not overlap:
        return []
    first, last = overlap[0].row.sequence, overlap[-1].row.sequence
    stubs = {
        sequence
        for (sequence,) in connection.execute(
            f"SELECT sequence FROM entry WHERE {_AT} AND sequence BETWEEN ? AND ? AND {_LACKING}",
            (*place, first, last),
        )
    }
    found = [one for one in overlap if one.row.sequence in stubs and one.row.body is not None]
    return [one for one in found if not _is_erased(connection, one.row.subject)]


def lacking(connection: Connection, office: str, terminal: str) -> dict[str, int]:
    """Of each stream of a terminal the first row that only its author can fill, where there is one."""
    found = connection.execute(
        "SELECT stream, min(sequence) FROM entry "
        f"WHERE office = ? AND terminal = ? AND {_LACKING} GROUP BY stream",
        (office, terminal),
    )
    return dict(found.fetchall())


def _is_erased(connection: Connection, subject: str) -> bool:
    return bool(connection.execute("SELECT 1 FROM erasure WHERE subject = ?", (subject,)).fetchone())


def set_aside(connection: Connection, place: Place, after: int, last: int) -> list[SetAside]:
    """What of a range is held back, as its author is told."""
    rows = connection.execute(
        f"SELECT sequence, reason, slots FROM quarantine WHERE {_AT} AND sequence > ? AND sequence <= ? "
        "AND released IS NULL ORDER BY sequence",
        (*place, after, last),
    )
    return [SetAside(sequence, reason, msgspec.json.decode(slots)) for sequence, reason, slots in rows]


def listed(
    connection: Connection, office: str, *, also_released: bool = False, words: Office | None = None
) -> list[HeldBack]:
    """Every act that is held back, in the order of arrival; its reason in the `words` of an office."""
    rows = connection.execute(
        f"SELECT {_ACT}, subject, released FROM quarantine "
        "WHERE office = ? ORDER BY at, terminal, stream, sequence",
        (office,),
    )
    found = []
    for run in _runs(rows):
        lines = [line for line in run if also_released or line[8] is None]
        if lines:
            terminal, stream, act, at, reason, slots = lines[0][:6]
            text = Text(reason, msgspec.json.decode(slots))
            text = words.in_words(text) if words else text
            sequences, subjects = tuple(line[6] for line in lines), tuple(line[7] for line in lines)
            place = (office, terminal, stream)
            found.append(HeldBack(place, sequences, act, subjects, text, at, lines[0][8] or ""))
    return found


def is_mended(connection: Connection, held: HeldBack) -> bool:
    """Whether everything that an act writes was replaced by what was accepted, as far as that is folded now.
    So does its author's terminal tell it from what still needs somebody (`kiosk.store.held`)."""
    rows = connection.execute(
        f"SELECT id, body FROM quarantine WHERE {_AT} AND sequence BETWEEN ? AND ?",
        (*held.place, held.sequences[0], held.sequences[-1]),
    ).fetchall()
    writes, replaced = set(), set()
    for name, body in rows:
        entry = read(body)
        writes |= {(name, register) for register in (entry.writes if entry is not None else ())}
        replaced |= {
            (name, register)
            for (register,) in connection.execute(
                "SELECT register FROM view_replacement WHERE replaced = ?", (name,)
            ).fetchall()
        }
    return bool(writes) and writes <= replaced


def say_why(connection: Connection, held: Iterable[tuple[HeldBack, Text]]) -> None:
    """Another reason why acts are held back than was found when they came."""
    connection.executemany(
        f"UPDATE quarantine SET reason = ?, slots = ? WHERE {_AT} AND sequence = ?",
        [
            (reason.template, _slots_of(reason), *one.place, sequence)
            for one, reason in held
            for sequence in one.sequences
        ],
    )


def _slots_of(reason: Text) -> bytes:
    return msgspec.json.encode({name: str(value) for name, value in reason.slots.items()})


_ACT = "terminal, stream, act, at, reason, slots, sequence"


def _runs(lines: Iterable[Any]) -> Iterator[list[Any]]:
    """Lines that begin with `_ACT`, by act. A name alone makes no act of them: a terminal may write another
    act under it, elsewhere or later. They stand side by side, came at once and are held for one reason."""
    for _, run in groupby(enumerate(lines), lambda one: (*one[1][:6], one[1][6] - one[0])):
        yield [line for _, line in run]


def rows_of(connection: Connection, place: Place, first: int, last: int) -> dict[int, Row]:
    """What is held back of a range, by sequence, as it came."""
    of_range = f"WHERE {_AT} AND sequence BETWEEN ? AND ?"
    # not joined: PostgreSQL, where it has no statistics yet, compares each row of one with each of the other
    chained = connection.execute(
        f"SELECT sequence, commitment, previous, hash FROM entry {of_range}", (*place, first, last)
    )
    chain = {sequence: hashes for sequence, *hashes in chained.fetchall()}
    found = connection.execute(
        f"SELECT sequence, id, act, subject, body, salt FROM quarantine {of_range} AND released IS NULL "
        "ORDER BY sequence",
        (*place, first, last),
    )
    return {values[0]: Row(*place, *values, *chain[values[0]]) for values in found.fetchall()}


def release(connection: Connection, place: Place, first: int, last: int, at: str) -> list[list[Row]]:
    """Takes the acts of a range of entries, whole, into the journal and its feed. Raises Refused.

    Who did so stands in the journal: see `admin.release`.
    """
    held = connection.execute(
        f"SELECT {_ACT} FROM quarantine WHERE {_AT} AND released IS NULL ORDER BY sequence", place
    )
    runs = [[line[6] for line in run] for run in _runs(held)]
    runs = [run for run in runs if run[0] <= last and first <= run[-1]]
    if not runs:
        raise Refused(say("Nothing is held back there."))
    rows = rows_of(connection, place, runs[0][0], runs[-1][-1])
    acts = [[rows[sequence] for sequence in run] for run in runs]
    for row in rows.values():
        if problem := unfit(row, journal.entry_of(row)):
            raise Refused(problem)
    if not journal.erased(connection).isdisjoint(row.subject for row in rows.values()):
        raise Refused(journal.ERASED)
    if journal.of_ids(connection, [row.id for row in rows.values()]):
        raise Refused(say("Another entry has this entry's number."))
    journal.fill(connection, [row for act in acts for row in act])
    connection.executemany(
        f"UPDATE quarantine SET released = ? WHERE {_AT} AND sequence = ?",
        [(at, *place, sequence) for sequence in rows],
    )
    for act in acts:
        feed.announce(connection, place[0], place[2], place[1], act[0].sequence, act[-1].sequence)
    return acts


def _storable(text: str) -> str:
    """A text as every database keeps it: what it cannot hold is why the entry is here."""
    return text.replace("\0", "\N{REPLACEMENT CHARACTER}")
