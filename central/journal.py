"""Pushes: rows of one stream are checked, stored whole in one transaction, and put into their feed.

What can be checked without the database is checked before the transaction begins: the chain, what each row
commits to, and the signature of the head. Within it the stream's head is locked, so that what is compared
stays so.
"""

from __future__ import annotations

from collections.abc import Container, Sequence
from itertools import pairwise
from typing import TYPE_CHECKING

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from msgspec.structs import replace

from central import feed, quarantine
from central.accepting import Arrived, Judge, acts
from central.checking import Checked, Wrong, check, check_message, check_rows, not_announced
from central.columns import Blobs, Texts
from central.database import Interrupted
from central.postgres import PostgresConnection
from central.registry import Member, roles_of
from kiosk.model.chain import Head, Row, stub_id
from kiosk.model.entries import ADMIN
from kiosk.model.text import Text, say
from kiosk.store import journal
from kiosk.store.database import Connection
from kiosk.sync.protocol import Push, Pushed, whole_acts

if TYPE_CHECKING:
    from central.centre import Centre

CHUNK = 200  # rows that are checked while PostgreSQL writes those before them


class Journal:
    """The journal of an office at the centre."""

    def __init__(self, centre: Centre) -> None:
        self.centre = centre

    def push(self, sender: Member, push: Push, rows: Sequence[Row]) -> Pushed:
        """Stores what is new of a stream. Raises Wrong: gap, fork, wrong, not_yours.

        What we signed ourselves under the name that we have, and do not know, we lost: then we begin anew.
        """
        name = self.centre.code
        try:
            pushed, grown = self._push(push, rows)
        except Wrong as wrong:
            if wrong.kind == "fork" and push.head.terminal == name:
                self.centre.renew()
            raise
        if grown:
            self.centre.on_commit({push.head.stream})
            if push.head.terminal == name:
                self.centre.renew()
        return pushed

    def _push(self, push: Push, rows: Sequence[Row]) -> tuple[Pushed, bool]:
        """What is said of a push, and whether anything was new."""
        check_message(self.centre.office, push, rows)
        database = self.centre.database
        try:
            with database.write() as connection:
                done = self._appended(connection, push, rows)
        except Interrupted:  # by another transaction, or by an id that is taken: now each is looked up
            done = None
        if done is None:
            checked = check(push, rows)
            done = database.transact(lambda connection: self._store(connection, checked))
        return done

    def _appended(
        self, connection: Connection, push: Push, rows: Sequence[Row]
    ) -> tuple[Pushed, bool] | None:
        """The usual way on PostgreSQL: all rows are new, and are checked while it writes those before them.

        None, or Interrupted, where another way has to be gone. That an id is taken the database finds in
        passing.
        """
        head = push.head
        place = (head.office, head.terminal, head.stream)
        if not isinstance(connection, PostgresConnection):
            return None
        if feed.lock(connection, *place) != (push.after, push.previous):
            raise Interrupted(say("The store is busy. Try again in a moment."))  # undoes the lock's row, too
        judge, at, erased = self._judge(connection, head), self._now(), journal.erased(connection)
        after, previous, held = push.after, push.previous, False
        with connection.raw.pipeline():
            for part in whole_acts(rows, CHUNK):
                checked = check_rows(push, part, after, previous)
                judged = _judged(judge, checked.arrived, set())
                quarantine.keep(connection, judged, at)
                insert(connection, as_kept(checked.arrived, judged, erased), checked.hashes)
                after, previous, held = part[-1].sequence, checked.hashes[-1], held or bool(judged)
            if previous != head.hash:
                raise not_announced()
            feed.sign_head(connection, head)
            feed.announce(connection, place[0], place[2], place[1], push.after + 1, after)
        aside = quarantine.set_aside(connection, place, push.after, after) if held else ()
        return Pushed(after, tuple(aside)), True

    def _now(self) -> str:
        return self.centre.clock().isoformat(timespec="milliseconds")

    def _store(self, connection: Connection, checked: Checked) -> tuple[Pushed, bool]:
        """Any push, looked at in every way: what is said of it, and whether anything was new."""
        place, push = checked.place, checked.push
        sequence, hashed = feed.lock(connection, *place)
        judge = self._judge(connection, push.head)
        _refuse_gap_and_fork(connection, checked, sequence, hashed)
        overlap = checked.arrived[: max(0, sequence - push.after)]
        new = checked.arrived[len(overlap) :]
        missing = quarantine.missing(connection, place, overlap)
        due = {one.row.sequence for one in (*missing, *new)}
        whole = [one for act in acts(overlap) if any(one.row.sequence in due for one in act) for one in act]
        judged = _judged(judge, [*whole, *new], _taken(connection, [*missing, *new]))
        judged = {sequence: held for sequence, held in judged.items() if sequence in due}
        quarantine.keep(connection, judged, self._now())
        filled = [one.row for one in missing if one.row.sequence not in judged]
        journal.fill(connection, filled)
        if new:
            insert(
                connection,
                as_kept(new, judged, journal.erased(connection)),
                checked.hashes[len(overlap) :],
            )
            feed.sign_head(connection, push.head)
            feed.announce(connection, place[0], place[2], place[1], new[0].row.sequence, checked.last)
        if filled:
            feed.announce(connection, place[0], place[2], place[1], filled[0].sequence, filled[-1].sequence)
        aside = quarantine.set_aside(connection, place, push.after, checked.last) if overlap or judged else ()
        return Pushed(checked.last, tuple(aside)), bool(new or filled)

    def _judge(self, connection: Connection, head: Head) -> Judge:
        """The judge of what a stream's author wrote, if his signature says so. Anyone may bring it."""
        registry = self.centre.registry(connection)
        author = registry.members.get(head.terminal)
        # a name that we had for a while and lost; a terminal may have taken it since, but not the stream
        is_strange = author is None or (head.stream == ADMIN and not author.is_centre)
        if is_strange and _signed(head, self.centre.public):
            registry = self.centre.add_former(connection, head.terminal)
            author = self.centre.under(head.terminal)
        if author is None:
            raise Wrong("wrong", say("There is no terminal {terminal}.", terminal=head.terminal))
        if head.stream == ADMIN and not author.is_centre:
            raise Wrong("not_yours", say("Only the central system writes about terminals and operators."))
        if not _signed(head, author.key):
            raise Wrong("wrong", say("The end of the stream is not signed by its terminal."))
        roles = roles_of(author, self.centre.roles)
        workflows = self.centre.workflows.known(connection, registry.definitions)
        return Judge(author, roles, head.stream, registry, self.centre.clock(), workflows)


def _signed(head: Head, key: bytes) -> bool:
    try:
        Ed25519PublicKey.from_public_bytes(key).verify(head.signature, head.signed_bytes())
    except InvalidSignature:
        return False
    return True


def _judged(judge: Judge, arrived: Sequence[Arrived], taken: set[int]) -> dict[int, tuple[Arrived, Text]]:
    """What is held back, by sequence, and why."""
    held = {}
    for act in acts(arrived):
        problem = judge.problem(act)
        if problem is None and taken and any(one.row.sequence in taken for one in act):
            problem = say("Another entry has this entry's number.")
        if problem is not None:
            held.update({one.row.sequence: (one, problem) for one in act})
    return held


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
        if one.row.body is None:
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


__all__ = ["Journal", "Wrong"]


def as_kept(arrived: Sequence[Arrived], held: Container[int], erased: Container[str]) -> list[Row]:
    """New rows as they are kept: those whose sequence is `held` become stubs, those of an `erased` subject
    lose their payload.

    What came without payload proves nothing of its id: it gets none that may be another entry's.
    """
    return [_stub(one.row) if one.row.sequence in held else _as_kept(one.row, erased) for one in arrived]


def _as_kept(row: Row, erased: Container[str]) -> Row:
    if row.body is None:
        return _unnamed(row)
    return journal.without_payload(row) if row.subject in erased else row


def _stub(row: Row) -> Row:
    return replace(_unnamed(row), act="", subject="", body=None, salt=None)


def _unnamed(row: Row) -> Row:
    return replace(row, id=stub_id(row.terminal, row.stream, row.sequence))


_UNNEST = (  # what is as long in every row goes in one piece, and is cut by the row's number
    f"INSERT INTO entry ({journal.COLUMNS}) SELECT %s, %s, %s, %s + n, id, act, subject, body, salt, "
    "substring(%b::bytea, 32 * n::int - 31, 32), substring(hashes, 32 * n::int - 31, 32), "
    "substring(hashes, 32 * n::int + 1, 32) FROM (SELECT %b::bytea AS hashes) AS chained, "
    "unnest(%b::text[], %b::text[], %b::text[], %b::bytea[], %b::bytea[]) "
    "WITH ORDINALITY AS new (id, act, subject, body, salt, n)"
)


def insert(connection: Connection, rows: Sequence[Row], hashes: Sequence[bytes]) -> None:
    """Writes rows that follow one another in a stream; `hashes` begins before the first.

    PostgreSQL takes whole columns, as binary arrays: text ones are slow.
    """
    if not isinstance(connection, PostgresConnection):
        chained = zip(rows, pairwise(hashes), strict=True)
        journal.insert(connection, (replace(row, previous=one, hash=next_) for row, (one, next_) in chained))
        return
    first = rows[0]
    connection.raw.execute(
        _UNNEST,
        (
            first.office,
            first.terminal,
            first.stream,
            first.sequence - 1,
            b"".join([row.commitment for row in rows]),
            b"".join(hashes),
            Texts([row.id for row in rows]),
            Texts([row.act for row in rows]),
            Texts([row.subject for row in rows]),
            Blobs([row.body for row in rows]),
            Blobs([row.salt for row in rows]),
        ),
    )
