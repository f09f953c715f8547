"""Pushes: rows of one stream are checked, stored whole in one transaction, and put into their feed.

What can be checked without the database is checked before the transaction begins: the chain, what each row
commits to, and the signature of the head. Within it the stream's head is locked, so that what is compared
stays so.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import msgspec
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from central import feed, quarantine
from central.accepting import STREAMS, Arrived, Judge, acts
from central.database import Interrupted
from central.postgres import PostgresConnection
from central.registry import Member, roles_of
from kiosk.errors import KioskError
from kiosk.model.chain import Head, Row, chain, commit_to, stub_id
from kiosk.model.entries import ADMIN
from kiosk.model.text import Text, say
from kiosk.store import journal
from kiosk.store.database import Connection
from kiosk.sync.protocol import Problem, Push, Pushed

if TYPE_CHECKING:
    from central.centre import Centre

Place = tuple[str, str, str]
MOST_ROWS = 20_000  # in one push; a dormitory of 5,000 in one act fits


class Wrong(KioskError):
    """A request that is refused whole. `kind` and `expected` as in `protocol.Problem`."""

    def __init__(self, kind: str, text: Text, expected: int = 0) -> None:
        super().__init__(text)
        self.kind, self.expected = kind, expected

    def problem(self) -> Problem:
        slots = {name: str(value) for name, value in self.text.slots.items()}
        return Problem(self.kind, self.text.template, self.expected, slots)


class Checked(msgspec.Struct, frozen=True):
    """A push whose chain and commitments hold: what arrived, and the hash after each row (and before)."""

    push: Push
    arrived: list[Arrived]
    hashes: list[bytes]

    @property
    def place(self) -> Place:
        head = self.push.head
        return head.office, head.terminal, head.stream

    @property
    def last(self) -> int:
        return self.push.head.sequence


class Journal:
    """The journal of an office at the centre."""

    def __init__(self, centre: Centre) -> None:
        self.centre = centre

    def push(self, sender: Member, push: Push, rows: Sequence[Row]) -> Pushed:
        """Stores what is new of a stream. Raises Wrong: gap, fork, wrong, not_yours."""
        checked = check(self.centre.office, push, rows)
        database = self.centre.database
        try:
            with database.write() as connection:
                pushed, grown = self._store(connection, checked, isinstance(connection, PostgresConnection))
        except Interrupted:  # by another transaction, or by an id that is taken: now each is looked up
            pushed, grown = database.transact(lambda connection: self._store(connection, checked))
        if grown:
            self.centre.on_commit()
        return pushed

    def _store(self, connection: Connection, checked: Checked, hopeful: bool = False) -> tuple[Pushed, bool]:
        """What is said of it, and whether anything was new. `hopeful` leaves it to the database to find
        that an id is taken, which it does in passing."""
        place, push = checked.place, checked.push
        sequence, hashed = feed.lock(connection, *place)
        author = self._author(connection, push.head)
        _refuse_gap_and_fork(connection, checked, sequence, hashed)
        overlap = checked.arrived[: max(0, sequence - push.after)]
        new = checked.arrived[len(overlap) :]
        missing = quarantine.missing(connection, place, overlap)
        taken = set() if hopeful else _taken(connection, [*missing, *new])
        judged = self._judged(author, [*missing, *new], taken)
        at = self.centre.clock().isoformat(timespec="milliseconds")
        quarantine.keep(connection, judged, at)
        filled = [one.row for one in missing if one.row.sequence not in judged]
        journal.fill(connection, filled)
        if new:
            hashes = checked.hashes[len(overlap) :]
            insert(connection, columns(place, new, hashes, judged.keys()))
            feed.sign_head(connection, push.head)
            feed.announce(connection, place[0], place[2], place[1], new[0].row.sequence, checked.last)
        if filled:
            feed.announce(connection, place[0], place[2], place[1], filled[0].sequence, filled[-1].sequence)
        aside = quarantine.set_aside(connection, place, push.after, checked.last) if overlap or judged else ()
        return Pushed(checked.last, tuple(aside)), bool(new or filled)

    def _author(self, connection: Connection, head: Head) -> Member:
        """Who wrote the stream, if his signature says so. Anyone may bring it."""
        author = self.centre.registry(connection).members.get(head.terminal)
        if author is None:
            raise Wrong("wrong", say("There is no terminal {terminal}.", terminal=head.terminal))
        if head.stream == ADMIN and not author.is_centre:
            raise Wrong("not_yours", say("Only the central system writes about terminals and operators."))
        try:
            Ed25519PublicKey.from_public_bytes(author.key).verify(head.signature, head.signed_bytes())
        except InvalidSignature as error:
            raise Wrong("wrong", say("The end of the stream is not signed by its terminal.")) from error
        return author

    def _judged(
        self, author: Member, arrived: Sequence[Arrived], taken: set[int]
    ) -> dict[int, tuple[Arrived, Text]]:
        """What is held back, by sequence, and why."""
        if not arrived:
            return {}
        judge = Judge(author, roles_of(author, self.centre.roles), arrived[0].row.stream)
        held = {}
        for act in acts(arrived):
            problem = judge.problem(act)
            if problem is None and taken and any(one.row.sequence in taken for one in act):
                problem = say("Another entry has this entry's number.")
            if problem is not None:
                held.update({one.row.sequence: (one, problem) for one in act})
        return held


def check(office: str, push: Push, rows: Sequence[Row]) -> Checked:
    """Whether rows are what their head says they are. Raises Wrong."""
    head = push.head
    place = (head.office, head.terminal, head.stream)
    if head.office != office:
        raise Wrong("wrong", say("This is the central system of {office}.", office=office))
    if head.stream not in STREAMS:
        raise Wrong("wrong", say("There is no stream “{stream}”.", stream=head.stream))
    if not (head.terminal.isascii() and head.terminal.isalnum()):
        raise Wrong("wrong", say("There is no terminal {terminal}.", terminal=head.terminal))
    if len(rows) > MOST_ROWS:
        raise Wrong("too_large", say("Send less at once."))
    if push.after < 0 or head.sequence != push.after + len(rows) or not rows:
        raise Wrong("wrong", say("The rows are not those that the message announces."))
    hashes = [push.previous]
    arrived = []
    sequence = push.after
    for row in rows:
        sequence += 1
        if (row.office, row.terminal, row.stream) != place or row.sequence != sequence:
            raise Wrong("wrong", say("The rows are not those that the message announces."))
        entry = journal.entry_of(row)
        if entry is None and row.body is not None and commit_to(row.salt or b"", row.body) != row.commitment:
            stream = "/".join(place)
            raise Wrong(
                "wrong", say("{stream}: entry {sequence} was changed.", stream=stream, sequence=sequence)
            )
        arrived.append(Arrived(row, entry))
        hashes.append(chain(hashes[-1], sequence, row.commitment))
    if hashes[-1] != head.hash:
        raise Wrong("wrong", say("The rows are not those that the message announces."))
    return Checked(push, arrived, hashes)


def _refuse_gap_and_fork(connection: Connection, checked: Checked, sequence: int, hashed: bytes) -> None:
    """Where both sides know the stream they must know the same: one hash tells of all before it."""
    after, stream = checked.push.after, "/".join(checked.place)
    if after > sequence:
        text = say("{stream}: entry {sequence} is missing.", stream=stream, sequence=sequence + 1)
        raise Wrong("gap", text, sequence + 1)
    at = min(sequence, checked.last)
    if at < sequence:
        (hashed,) = connection.execute(
            "SELECT hash FROM entry WHERE office = ? AND terminal = ? AND stream = ? AND sequence = ?",
            (*checked.place, at),
        ).fetchone()
    if hashed != checked.hashes[at - after]:
        text = say("{stream}: there are two unlike entries {sequence}.", stream=stream, sequence=at)
        raise Wrong("fork", text, at)


def _taken(connection: Connection, arrived: Sequence[Arrived]) -> set[int]:
    """The sequences whose entries have an id that another entry has already, here or among these."""
    places: dict[str, int] = {}
    taken = set()
    for one in arrived:
        if one.row.is_held_back:
            continue
        if places.setdefault(one.row.id, one.row.sequence) != one.row.sequence:
            taken.add(one.row.sequence)
    known: list[tuple[str]]
    if isinstance(connection, PostgresConnection):
        known = connection.raw.execute(
            "SELECT id FROM entry WHERE id = ANY(%b::text[])", (list(places),)
        ).fetchall()
    else:
        marks = ",".join("?" * len(places))
        known = connection.execute(f"SELECT id FROM entry WHERE id IN ({marks})", tuple(places)).fetchall()
    return taken | {places[id_] for (id_,) in known}


Columns = dict[str, Any]  # the columns of new rows: a text that all share, or a list


def columns(place: Place, new: Sequence[Arrived], hashes: Sequence[bytes], held: Any) -> Columns:
    """New rows as columns. `hashes` begins before the first; rows whose sequence is `held` become stubs."""
    rows = [one.row for one in new]
    if held:
        rows = [_stub(row) if row.sequence in held else row for row in rows]
    return {
        "office": place[0],
        "terminal": place[1],
        "stream": place[2],
        "sequence": [row.sequence for row in rows],
        "id": [row.id for row in rows],
        "act": [row.act for row in rows],
        "subject": [row.subject for row in rows],
        "body": [row.body for row in rows],
        "salt": [row.salt for row in rows],
        "commitment": [row.commitment for row in rows],
        "previous": hashes[:-1],
        "hash": hashes[1:],
    }


def _stub(row: Row) -> Row:
    return msgspec.structs.replace(
        row, id=stub_id(row.terminal, row.stream, row.sequence), act="", subject="", body=None, salt=None
    )


_ARRAYS = ("sequence", "id", "act", "subject", "body", "salt", "commitment", "previous", "hash")
_UNNEST = (
    f"INSERT INTO entry (office, terminal, stream, {', '.join(_ARRAYS)}) "
    "SELECT %s, %s, %s, * FROM unnest(%b::bigint[], %b::text[], %b::text[], %b::text[], "
    "%b::bytea[], %b::bytea[], %b::bytea[], %b::bytea[], %b::bytea[])"
)


def insert(connection: Connection, new: Columns) -> None:
    """Writes rows as they are. PostgreSQL takes whole columns, as binary arrays: text ones are slow."""
    names = ("office", "terminal", "stream", *_ARRAYS)
    if isinstance(connection, PostgresConnection):
        connection.raw.execute(_UNNEST, [new[name] for name in names])
        return
    count = len(new["sequence"])
    shared = [[new[name]] * count for name in names[:3]]
    connection.executemany(
        f"INSERT INTO entry ({', '.join(names)}) VALUES (?,?,?,?,?,?,?,?,?,?,?,?)",
        zip(*shared, *(new[name] for name in _ARRAYS), strict=True),
    )
