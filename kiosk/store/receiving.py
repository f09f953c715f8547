"""What comes from other terminals: rows are checked against their chain, kept as they are, and folded.

Rows of one stream arrive in the order of their numbers. A batch is stored whole, with its views and the
cursor it was read at, in one transaction: a kill between two batches loses nothing and doubles nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field

import msgspec
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from kiosk.errors import BrokenJournal
from kiosk.model.chain import Head, Row, chain, stub_id
from kiosk.model.entries import ACCESS, Entry
from kiosk.model.registers import apply_act
from kiosk.model.text import Text, say
from kiosk.store import acts, journal, search
from kiosk.store.database import Connection
from kiosk.store.memory import SqlMemory
from kiosk.store.views import project

Place = tuple[str, str, str]  # office, terminal, stream


class Gap(BrokenJournal):
    """A row does not follow the last one of its stream that is here."""

    def __init__(self, place: Place, expected: int) -> None:
        super().__init__(
            say("{stream}: entry {sequence} is missing.", stream="/".join(place), sequence=expected)
        )
        self.place, self.expected = place, expected


class Fork(BrokenJournal):
    """Two unlike rows stand at one place of a stream: somebody wrote two histories under one name."""

    def __init__(self, place: Place, sequence: int) -> None:
        super().__init__(
            say(
                "{stream}: there are two unlike entries {sequence}.",
                stream="/".join(place),
                sequence=sequence,
            )
        )
        self.place, self.sequence = place, sequence


class NotTheirs(BrokenJournal):
    """Rows that were changed, or that the terminal in whose name they stand did not sign."""

    def __init__(self, place: Place, text: Text) -> None:
        super().__init__(text)
        self.place = place


@dataclass
class Arrived:
    """What a batch brought: how many rows were new, and the subjects that changed."""

    rows: int = 0
    subjects: set[str] = field(default_factory=set)

    def add(self, other: Arrived) -> None:
        self.rows += other.rows
        self.subjects |= other.subjects


def receive(
    connection: Connection,
    rows: Sequence[Row],
    heads: Sequence[Head] = (),
    key_of: Callable[[Place], bytes] | None = None,
    *,
    fold: bool = True,
) -> Arrived:
    """Stores rows that are not here yet and folds the acts they complete, in the open transaction.

    Of a subject that was erased here no payload is kept, whenever it arrives.
    `previous` and `hash` of the rows are not believed but made again. With `key_of` (the public key of a
    stream's author) each stream has to grow up to one of the `heads`, signed by that key. Without `fold` the
    views come by another way. Raises Gap, Fork, or NotTheirs; then nothing of the batch may be kept.
    """
    found = Arrived()
    arrived: dict[tuple[Place, int], Row] = {}
    to_fill: dict[tuple[Place, int], Row] = {}
    ends: dict[Place, tuple[int, bytes]] = {}
    entries: list[Entry] = []
    erased = journal.erased(connection)
    for row in rows:
        place = (row.office, row.terminal, row.stream)
        if place not in ends:
            ends[place] = journal.head(connection, *place)
        sequence, previous = ends[place]
        entry = _checked(row)
        if row.subject in erased:
            row, entry = journal.without_payload(row), None
        if row.sequence == sequence + 1:
            hashed = chain(previous, row.sequence, row.commitment)
            ends[place] = (row.sequence, hashed)
            arrived[place, row.sequence] = msgspec.structs.replace(row, previous=previous, hash=hashed)
        elif row.sequence > sequence:
            raise Gap(place, sequence + 1)
        elif (same := arrived.get((place, row.sequence))) is not None:
            # released: it comes where it stood, and once more where that was announced
            if same.commitment != row.commitment:
                raise Fork(place, row.sequence)
            if same.body is not None or row.body is None:
                continue
            arrived[place, row.sequence] = msgspec.structs.replace(
                row, previous=same.previous, hash=same.hash
            )
        else:
            if not _is_to_be_filled(connection, place, row) or (place, row.sequence) in to_fill:
                continue
            to_fill[place, row.sequence] = row
        if entry is not None:
            entries.append(entry)
    new, filled = list(arrived.values()), list(to_fill.values())
    if taken := journal.known_ids(connection, [row.id for row in (*new, *filled)]):
        # copies of one disk may write an entry again under two names: it is folded and kept once
        new = [_without_payload(row) if row.id in taken else row for row in new]
        filled = [row for row in filled if row.id not in taken]
        entries = [entry for entry in entries if entry.id not in taken]
    journal.insert(connection, new)
    journal.fill(connection, filled)
    grown = {(row.office, row.terminal, row.stream) for row in new}
    for place in grown:  # where nothing grew, the head stays signed
        if key_of is not None:
            refuse_unsigned(place, ends[place], heads, key_of(place))
        journal.set_head(connection, Head(*place, *ends[place]))
    for head in heads:
        journal.keep_signature(connection, head)
    found.rows = len(new) + len(filled)
    if fold:
        found.subjects = _fold(connection, entries)
    return found


def set_cursor(connection: Connection, cursor: Mapping[str, int]) -> None:
    connection.executemany(
        "INSERT INTO cursor (feed, number) VALUES (?, ?) "
        "ON CONFLICT (feed) DO UPDATE SET number = excluded.number",
        list(cursor.items()),
    )


def cursor(connection: Connection) -> dict[str, int]:
    """Up to which number each feed of the centre was read."""
    return dict(connection.execute("SELECT feed, number FROM cursor").fetchall())


def _checked(row: Row) -> Entry | None:
    """The entry of a row; None of a stub. Raises BrokenJournal when it is not what was committed to."""
    if row.body is None:
        return None
    entry = journal.entry_of(row)
    if entry is None:
        place = (row.office, row.terminal, row.stream)
        text = say("{stream}: entry {sequence} was changed.", stream="/".join(place), sequence=row.sequence)
        raise NotTheirs(place, text)
    return entry


def _without_payload(row: Row) -> Row:
    stub = stub_id(row.terminal, row.stream, row.sequence)
    return msgspec.structs.replace(row, id=stub, act="", subject="", body=None, salt=None)


def _is_to_be_filled(connection: Connection, place: Place, row: Row) -> bool:
    """Whether this row is here without its payload. Raises Fork when another row stands at its place."""
    commitment, is_empty = connection.execute(
        "SELECT commitment, body IS NULL AND NOT EXISTS "
        "(SELECT 1 FROM erasure WHERE subject IN (entry.subject, ?)) FROM entry "
        "WHERE office = ? AND terminal = ? AND stream = ? AND sequence = ?",
        (row.subject, *place, row.sequence),
    ).fetchone()
    if commitment != row.commitment:
        raise Fork(place, row.sequence)
    return bool(is_empty and row.body is not None)


def refuse_unsigned(place: Place, end: tuple[int, bytes], heads: Iterable[Head], key: bytes) -> None:
    """What the centre gives in a terminal's name has to be its own: a signature tells of all before it."""
    for head in heads:
        if (head.office, head.terminal, head.stream) == place and (head.sequence, head.hash) == end:
            with suppress(InvalidSignature):
                Ed25519PublicKey.from_public_bytes(key).verify(head.signature, head.signed_bytes())
                return
    raise NotTheirs(place, say("{stream}: the terminal did not sign this.", stream="/".join(place)))


def _fold(connection: Connection, entries: Sequence[Entry]) -> set[str]:
    """Folds the acts that are whole now, as one: the fold asks for no order.

    What is found by names goes to the search's fresh texts; the caller lets it absorb them when all is here.
    """
    memory = SqlMemory(connection, make_findable=search.keep)
    whole = acts.whole(memory, [entry for entry in entries if entry.stream != ACCESS])
    if not whole:
        return set()
    subjects = apply_act(memory, whole)
    memory.save()
    project(memory, subjects | memory.shaken_subjects)
    return subjects | memory.shaken_subjects
