"""The endpoints of the journal, without HTTP: bytes of the protocol in, answers out."""

from __future__ import annotations

import threading
from collections.abc import Mapping

from fastapi.responses import Response
from starlette.background import BackgroundTask

from central import feed, lost, position, quarantine
from central.accepting import STREAMS
from central.answers import packed
from central.centre import Centre
from central.checking import FURTHEST
from central.feed import Batch
from central.guard import Asker, refusal
from central.journal import Wrong
from central.notes import Notes
from central.position import Position
from central.registry import Member
from kiosk.model.entries import ADMIN
from kiosk.model.text import say
from kiosk.store.database import Connection
from kiosk.sync.protocol import Heads, Pull, Pulled, Push, Rows, unpack, unpack_alone


class Exchange:
    """What terminals may ask of one centre."""

    def __init__(self, centre: Centre, notes: Notes) -> None:
        self.centre, self.notes = centre, notes
        self._renewing = threading.Lock()

    def push(self, member: Member, body: bytes) -> Response:
        """Also of a revoked terminal: what it sends is held back, not lost."""
        message, rows = unpack(body, Push)
        answer = packed(self.centre.journal.push(member, message, rows))
        answer.background = BackgroundTask(rows.clear)  # nobody waits until thousands of entries are freed
        return answer

    def asked_to_pull(self, member: Member, body: bytes) -> tuple[Pull, Position | None]:
        """What a terminal asks for, and the position that it shows."""
        _refuse_revoked(member)
        message = unpack_alone(body, Pull)
        if message.state is not None:
            self.notes.told(member, message.state)
        proof, key = message.position, self.centre.key.public_key()
        return message, position.opened(proof, self.centre.office, key) if proof else None

    def pull(self, code: str, asked: Pull, shown: Position | None, *, last: bool) -> Response | None:
        """What there is for the terminal; None where that is nothing, unless this is its `last` look.

        Looks up anew what it may have. `shown` is the position that it showed.
        """
        with self.centre.database.read() as connection:
            numbers = feed.numbers(connection, self.centre.office)
            member = self.centre.registry(connection, numbers.get(ADMIN, 0)).members[code]
            _refuse_revoked(member)
            cursor = self.cursor(member, asked)
            if elsewhere := self._is_elsewhere(connection, shown):
                batch, proof = Batch(cursor), b""
            else:
                _refuse_ahead(numbers, cursor)
                grown = [stream for stream, at in cursor.items() if at != numbers.get(stream, 0)]
                batch = feed.pull(connection, self.centre.office, code, grown, cursor, asked.limit)
                if not (batch.rows or batch.more or last):
                    return None
                batch.cursor = cursor | batch.cursor
                proof = self._position(connection, batch.cursor)
        if elsewhere:
            self._begin_anew(elsewhere)
        self.notes.given(member, batch)
        at = {self._feed(stream): number for stream, number in batch.cursor.items()}
        return packed(Pulled(self.centre.epoch, at, tuple(batch.heads), batch.more, proof), batch.rows)

    def has_all(self, asker: Asker, asked: Pull, shown: Position | None) -> bool:
        """Whether there was nothing for the terminal when it came: it may wait without a look. Whether its
        position was lost is asked before it is given anything."""
        cursor = self.cursor(asker.member, asked)
        is_elsewhere = shown is not None and shown.epoch != self.centre.epoch
        return not is_elsewhere and all(asker.numbers.get(stream, 0) == at for stream, at in cursor.items())

    def cursor(self, member: Member, asked: Pull) -> dict[str, int]:
        """Up to which number the terminal has each feed that it may have."""
        streams = feed.streams_for(member.face, member.departments)
        return {stream: max(0, asked.cursor.get(self._feed(stream), 0)) for stream in streams}

    def rows(self, member: Member, body: bytes) -> Response:
        _refuse_revoked(member)
        asked = unpack_alone(body, Rows)
        streams = feed.streams_for(member.face, member.departments)
        with self.centre.database.read() as connection:
            members = self.centre.registry(connection).members
        may_have = STREAMS if asked.terminal == member.code else streams
        if (
            asked.office != self.centre.office
            or asked.terminal not in members
            or asked.stream not in may_have
        ):
            raise Wrong("not_yours", say("The central system does not give this to this terminal."))
        place = (asked.office, asked.terminal, asked.stream)
        with self.centre.database.read() as connection:
            batch = feed.rows_of(connection, place, min(max(asked.after, 0), FURTHEST), asked.limit)
        self.notes.given_of(member, asked.terminal, batch.rows)
        return packed(Pulled(self.centre.epoch, {}, tuple(batch.heads), batch.more), batch.rows)

    def heads(self, member: Member) -> Response:
        _refuse_revoked(member)
        streams = feed.streams_for(member.face, member.departments)
        with self.centre.database.read() as connection:
            numbers = feed.numbers(connection, self.centre.office)
            found = feed.heads(connection, self.centre.office, member.code, streams)
            lacking = quarantine.lacking(connection, self.centre.office, member.code)
            at = {stream: numbers.get(stream, 0) for stream in streams}
            proof = self._position(connection, at)
            registry = self.centre.registry(connection, numbers.get(ADMIN, 0))
            wanted = lost.wanted(connection, self.centre.office, registry)
        cursor = {self._feed(stream): number for stream, number in at.items()}
        time = self.centre.clock().isoformat(timespec="milliseconds")
        return packed(Heads(self.centre.epoch, cursor, tuple(found), time, lacking, proof, wanted))

    def _feed(self, stream: str) -> str:
        return f"{self.centre.office}/{stream}"

    def _position(self, connection: Connection, numbers: dict[str, int]) -> bytes:
        return position.at(connection, self.centre.office, self.centre.epoch, numbers, self.centre.key)

    def _is_elsewhere(self, connection: Connection, shown: Position | None) -> Position | None:
        """What a terminal shows, where it is of another epoch, or proves that we lost what we told it."""
        if shown is None or (shown.epoch == self.centre.epoch and not position.is_lost(connection, shown)):
            return None
        return shown

    def _begin_anew(self, shown: Position) -> None:
        """This database was put back to an older state: in a new epoch every terminal compares what it has
        with what is here. What was shown of an epoch that is over tells of nothing new."""
        with self._renewing:
            if shown.epoch == self.centre.epoch:
                self.centre.renew()


def _refuse_ahead(numbers: Mapping[str, int], cursor: Mapping[str, int]) -> None:
    """A number alone proves nothing: whoever names one that was never given out is told so."""
    if any(number > numbers.get(stream, 0) for stream, number in cursor.items()):
        text = say("The central system knows less than it told this terminal before. Both are compared.")
        raise Wrong("ahead", text)


def _refuse_revoked(member: Member) -> None:
    if member.revoked:
        text = say("The terminal {terminal} was revoked.", terminal=member.code)
        raise refusal(403, "revoked", text)
