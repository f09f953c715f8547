"""What can be checked of a push without the database: the chain, and what each row commits to."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from central.accepting import STREAMS, Arrived
from kiosk.errors import KioskError
from kiosk.model.chain import Row, chain, commit_to, stub_id
from kiosk.model.text import Text, say
from kiosk.store import journal
from kiosk.sync.protocol import Problem, Push

Place = tuple[str, str, str]
LENGTH = 32  # bytes of a commitment, and of a hash
FURTHEST = 2**62  # no stream is as long
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


def check_message(office: str, push: Push, rows: Sequence[Row]) -> None:
    """Whether a push makes sense, before its rows are looked at. Raises Wrong."""
    head = push.head
    if head.office != office:
        raise Wrong("wrong", say("This is the central system of {office}.", office=office))
    if head.stream not in STREAMS:
        raise Wrong("wrong", say("There is no stream “{stream}”.", stream=head.stream))
    if not (head.terminal.isascii() and head.terminal.isalnum()):
        raise Wrong("wrong", say("There is no terminal {terminal}.", terminal=head.terminal))
    if len(rows) > MOST_ROWS:
        raise Wrong("too_large", say("Send less at once."))
    if not 0 <= push.after <= FURTHEST or head.sequence != push.after + len(rows) or not rows:
        raise not_announced()


def check_rows(push: Push, rows: Sequence[Row], after: int, previous: bytes) -> Checked:
    """Whether rows follow `after`, whose hash is `previous`, and are what they commit to. Raises Wrong."""
    place = (push.head.office, push.head.terminal, push.head.stream)
    hashes, arrived, sequence = [previous], [], after
    for row in rows:
        sequence += 1
        if (row.office, row.terminal, row.stream) != place or row.sequence != sequence:
            raise not_announced()
        if len(row.commitment) != LENGTH:
            raise not_announced()
        entry = journal.entry_of(row)
        if entry is None and row.body is not None:
            if commit_to(row.salt or b"", row.body) != row.commitment:
                stream = "/".join(place)
                raise Wrong(
                    "wrong", say("{stream}: entry {sequence} was changed.", stream=stream, sequence=sequence)
                )
            row = _unread(row)
        arrived.append(Arrived(row, entry))
        hashes.append(chain(hashes[-1], sequence, row.commitment))
    return Checked(push, arrived, hashes)


def _unread(row: Row) -> Row:
    """An entry that cannot be read stands for itself, whatever names stand in it."""
    return msgspec.structs.replace(
        row, id=stub_id(row.terminal, row.stream, row.sequence), act="", subject=""
    )


def check(push: Push, rows: Sequence[Row]) -> Checked:
    """All rows of a push, up to its head. Raises Wrong."""
    checked = check_rows(push, rows, push.after, push.previous)
    if checked.hashes[-1] != push.head.hash:
        raise not_announced()
    return checked


def not_announced() -> Wrong:
    return Wrong("wrong", say("The rows are not those that the message announces."))
