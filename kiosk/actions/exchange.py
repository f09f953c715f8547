"""The exchange of a terminal with its central system: what was written here goes up, the others' comes down.

Each step may be cut anywhere and done again: the centre passes over what it has, and what arrives is kept
in one transaction with the cursor it was read at. Every method raises what `kiosk.sync.client` raises.
"""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from datetime import datetime
from functools import partial
from shutil import disk_usage

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from kiosk.actions import carrying, packs, renewal
from kiosk.actions.held import in_words, whereabouts
from kiosk.actions.line import open_client
from kiosk.actions.renewal import Fetched
from kiosk.actions.status import Status
from kiosk.actions.terminal import Terminal
from kiosk.actions.unsent import signed_push
from kiosk.errors import KioskError
from kiosk.logs import log
from kiosk.model.chain import Head, Row
from kiosk.model.entries import ADMIN, decode
from kiosk.model.text import Text, say
from kiosk.store import exchange as store
from kiosk.store import held, journal, receiving
from kiosk.store.database import Connection
from kiosk.store.memory import SqlMemory
from kiosk.store.receiving import Arrived, Fork, Gap, NotTheirs, Place
from kiosk.sync.client import Client
from kiosk.sync.pace import MOST, Pace
from kiosk.sync.protocol import Heads, Problem, Pull, Pulled, Pushed, Rows, State, pack, whole_acts
from kiosk.sync.refusals import REVOKED, Refusal, sentence

LEFT_OUT = "exchange/left out/"  # and a place: of this stream not all is here that the cursor has passed
LASTING = (  # refusals that do not end by themselves
    "revoked", "unknown_terminal", "signature", "clock", "too_old", "too_new",
)  # fmt: skip
CENTRE = "centre/"  # what begins so in the identity of a terminal came from its centre
POSITION = CENTRE + "position"  # where the feeds stood when it told us last, which it alone can read


class Forked(KioskError):
    """The centre has other entries under our name: this is an old disk image, or a copy of one."""

    def __init__(self) -> None:
        super().__init__(
            say(
                "The central system has entries of this terminal that this terminal does not know. "
                "It was put back to an older state, or copied."
            )
        )


class Exchange:
    """One terminal, enrolled, and the client it speaks through. `open_exchange` makes it."""

    def __init__(self, terminal: Terminal, client: Client, key: Ed25519PrivateKey) -> None:
        self.terminal, self.client, self._key = terminal, client, key
        self.last: datetime | None = None
        self.strange: dict[Place, Text] = {}  # streams of others that are left out, and why
        self.parts: dict[str, bytearray] = {}  # blobs and packs of which a part has arrived
        self.cut: set[str] = set()  # digests of what was being given back when the line was cut
        self._line = ThreadPoolExecutor(2, "exchange-line")  # one request upward and one downward
        self.up, self._down = Pace(), Pace()
        self._ahead: tuple[dict[str, int], Future[tuple[Pulled, list[Row]]]] | None = None
        self.mended = False  # the centre's views were not what the entries say

    @property
    def own(self) -> tuple[str, str]:
        return self.terminal.office, self.terminal.code

    def begin(self) -> Fetched:
        """Compares where both sides stand; makes up for what a restored centre lost. Raises Forked."""
        try:
            heads = self.client.heads()
        except Refusal as refusal:
            self.refused(refusal)
            raise
        self._note_refusal(None)
        if heads.epoch != self.epoch():
            return renewal.renew(self, heads)
        if self._knows_more(heads):
            # put back: shown what it told us before, it begins anew; we compare, whether it does or not
            self.client.pull(Pull(heads.cursor, position=self._position()))
            return renewal.renew(self, self.client.heads())
        self.compare(heads)
        carrying.give_back(self, heads.wanted)
        return self._fetch_left_out()

    def _knows_more(self, heads: Heads) -> bool:
        """Whether the centre has less of a feed or a stream than it has acknowledged, or given out."""
        theirs = {place_of(head): head.sequence for head in heads.heads}
        with self.terminal.store.read() as connection:
            known = {(*self.own, stream): at for stream, at in store.acknowledged(connection).items()}
            for head in store.heads(connection):
                if place_of(head)[:2] != self.own and head.stream != ADMIN and place_of(head) in theirs:
                    known[place_of(head)] = head.sequence
            cursor = receiving.cursor(connection)
        if any(number > heads.cursor.get(feed, 0) for feed, number in cursor.items()):
            return True
        return any(theirs.get(place, 0) < sequence for place, sequence in known.items())

    def epoch(self) -> str:
        with self.terminal.store.read() as connection:
            return (store.known(connection, CENTRE + "epoch") or b"").decode()

    def compare(self, heads: Heads) -> None:
        """Takes over how far the centre has our own streams, with what they say. Raises Forked where it has
        others."""
        theirs = {head.stream: head for head in heads.heads if (head.office, head.terminal) == self.own}
        with self.terminal.store.write() as connection:
            for head in theirs.values():
                if store.hash_at(connection, head) != head.hash:
                    raise Forked
            known = store.acknowledged(connection)
            for stream in {*known, *theirs}:
                sequence = theirs[stream].sequence if stream in theirs else 0
                if 0 < (lacking := heads.lacking.get(stream, 0)) <= sequence:  # sent anew from that act on
                    sequence = store.first_of_act(connection, theirs[stream], lacking) - 1
                if sequence != known.get(stream, 0):
                    store.acknowledge(connection, stream, sequence, self.terminal.clock())
            store.remember(connection, {POSITION: heads.position})
            self._note_exchange(connection)

    def refused(self, refusal: Refusal) -> None:
        """Notes that the centre gives us nothing; whoever is revoked still hears what is held back of his."""
        if refusal.problem.kind in LASTING:
            self._note_refusal(refusal.text)
        if refusal.problem.kind == "revoked":
            with suppress(Refusal):  # a centre of an earlier version does not tell
                carrying.hear_held(self)

    def _note_refusal(self, reason: Text | None) -> None:
        with self.terminal.store.write() as connection:
            store.note_refusal(connection, reason)

    def _note_exchange(self, connection: Connection) -> None:
        self.last = self.terminal.clock()
        store.note_exchange(connection, self.last, self.client.offset)

    # --- up ------------------------------------------------------------------------------------

    def send(self) -> int:
        """Sends what is not acknowledged, in batches; the number of entries sent. Raises Forked."""
        with self.terminal.store.read() as connection:
            own = [head for head in store.heads(connection) if (head.office, head.terminal) == self.own]
            known = store.acknowledged(connection)
        return sum(self._send_stream(head, known.get(head.stream, 0)) for head in own)

    def _send_stream(self, head: Head, after: int) -> int:
        """While one batch is under way, the answer to the last one is noted and the next one made ready."""
        sent, largest, answer = 0, MOST, None
        rows, packed = self._ready(head, after, largest)
        while rows:
            under_way = self._line.submit(self.push, packed, len(rows))
            if answer is not None:
                self._note_sent(head.stream, answer)
            following = self._ready(head, rows[-1].sequence, largest)
            try:
                answer = under_way.result()
            except Refusal as refusal:
                answer = None
                after, largest = _otherwise(refusal, head, rows, largest)
                rows, packed = self._ready(head, after, largest)
                continue
            if answer.sequence != rows[-1].sequence:
                raise Refusal(Problem("wrong"), 200)
            sent += len(rows)
            rows, packed = following
        if answer is not None:
            self._note_sent(head.stream, answer)
        return sent

    def push(self, packed: bytes, count: int) -> Pushed:
        """Sends a Push with so many rows, ours or another's."""
        is_full = count >= self.up.rows
        return self.up.measured(lambda: self.client.push(packed), lambda _: is_full)

    def _ready(self, head: Head, after: int, largest: int) -> tuple[list[Row], bytes]:
        """The next rows of a stream, and the message that brings them."""
        limit = min(self.up.rows, largest)
        with self.terminal.store.read() as connection:
            rows = next(whole_acts(store.rows_after(connection, head, after), limit), [])  # no act is cut
        return rows, pack(signed_push(self._key, head, rows), rows) if rows else b""

    def _note_sent(self, stream: str, answer: Pushed) -> None:
        now = self.terminal.clock()
        aside = [(stream, one.sequence, sentence(one.reason, one.slots)) for one in answer.set_aside]
        with self.terminal.store.write() as connection:
            store.acknowledge(connection, stream, answer.sequence, now)
            held.keep_set_aside(connection, self.own, aside, now)
            self._note_exchange(connection)

    # --- down ----------------------------------------------------------------------------------

    def fetch(self, wait: float = 0.0) -> Fetched:
        """Takes what came after the cursor; waits up to `wait` seconds at the centre for something."""
        with self.terminal.store.read() as connection:
            cursor = receiving.cursor(connection)
        ahead, self._ahead = self._ahead, None
        if ahead is not None and ahead[0] == cursor:
            pulled, rows = ahead[1].result()
        else:
            pulled, rows = self._pull(Pull(cursor, self._down.rows, wait, self._state(), self._position()))
        if pulled.epoch != self.epoch():
            return renewal.renew(self, self.client.heads())
        if pulled.more:
            self._look_ahead(cursor | pulled.cursor)
        return self.take(pulled, rows)

    def _position(self) -> bytes:
        with self.terminal.store.read() as connection:
            return store.known(connection, POSITION) or b""

    def _state(self) -> State:
        with self.terminal.store.read() as connection:
            waiting = store.waiting(connection, *self.own)
        return State(waiting, disk_usage(self.terminal.store.path.parent).free)

    def _look_ahead(self, cursor: dict[str, int]) -> None:
        """While one batch is folded, the next one is on its way; it counts if then we stand at its cursor."""
        self._ahead = cursor, self._line.submit(self._pull, Pull(cursor, self._down.rows))

    def _pull(self, pull: Pull) -> tuple[Pulled, list[Row]]:
        return self._down.measured(lambda: self.client.pull(pull), _is_full)

    def take(self, pulled: Pulled, rows: Sequence[Row], *, with_cursor: bool = True) -> Fetched:
        """Keeps what was pulled. A stream that has a gap here is fetched; left out is one that has two
        histories, or rows that its terminal did not sign.

        Where a pack is announced it is fetched first: entries that go by it may stand in the same answer.
        """
        if with_cursor and any(row.subject.startswith("pack:") for row in rows):
            self.lists()
        asked: set[Place] = set()
        while True:
            rows = [row for row in rows if place_of(row) not in self.strange]
            try:
                arrived = self._receive(pulled, rows, with_cursor)
                break
            except Gap as gap:
                if gap.place in asked or not with_cursor:  # that was the answer to having asked
                    self._leave_out(gap.place, gap.text)
                else:
                    asked.add(gap.place)
                    self.fetch_stream(gap.place)
            except (Fork, NotTheirs) as wrong:
                self._leave_out(wrong.place, wrong.text)
        if any(subject.startswith("permit:") for subject in arrived.subjects):
            self.terminal.write_trust()
        lists = any(row.stream == ADMIN for row in rows)
        return Fetched(arrived.subjects, arrived.rows, pulled.more, lists)

    def _receive(self, pulled: Pulled, rows: Sequence[Row], with_cursor: bool) -> Arrived:
        with self.terminal.lock, self.terminal.store.write() as connection:
            key_of = partial(author_key, connection)
            arrived = Arrived()
            for admin in (True, False):  # it says whose key is whose
                part = [row for row in rows if (row.stream == ADMIN) is admin]
                arrived.add(receiving.receive(connection, part, pulled.heads, key_of))
            if with_cursor:
                receiving.set_cursor(connection, pulled.cursor)
                store.remember(connection, {POSITION: pulled.position})
                self._note_exchange(connection)
            latest = {place_of(row): row.body for row in rows if row.body is not None}
            self.terminal.hear(decode(body).time for body in latest.values())
        return arrived

    def _leave_out(self, place: Place, why: Text) -> None:
        """Until the next start; the rest goes on."""
        self.strange[place] = why
        with self.terminal.store.write() as connection:
            store.remember(connection, {LEFT_OUT + "/".join(place): b""})
        log.warning("strange", stream=place[2])

    def fetch_stream(self, place: Place) -> Fetched:
        """The rest of one stream, from where it ends here."""
        found = Fetched(more=True)
        while found.more:
            with self.terminal.store.read() as connection:
                after, _ = journal.head(connection, *place)
            asked = Rows(*place, after, self._down.rows)
            pulled, rows = self._down.measured(partial(self.client.rows, asked), _is_full)
            taken = self.take(pulled, rows, with_cursor=False)
            found.add(taken)
            found.more = taken.more and taken.rows > 0
        return found

    def _fetch_left_out(self) -> Fetched:
        """What was left out before this start is asked for once more: the cursor has passed it."""
        found = Fetched()
        with self.terminal.store.read() as connection:
            keys = store.keys_of(connection, LEFT_OUT)
        for key in keys:
            office, terminal, stream = key.removeprefix(LEFT_OUT).split("/")
            if (office, terminal, stream) not in self.strange:
                found.add(self.fetch_stream((office, terminal, stream)))
            if (office, terminal, stream) not in self.strange:
                with self.terminal.store.write() as connection:
                    store.forget_keys(connection, [key])
        return found

    # --- beside the journal --------------------------------------------------------------------

    def lists(self) -> None:
        """Staff, trust list, office packs, and what is held back of ours, as the centre has them now."""
        carrying.take_lists(self)
        packs.fetch(self)

    def checked(self, numbers: Sequence[str]) -> None:
        """Somebody has looked after these numbers that were given twice."""
        with self.terminal.store.write() as connection:
            store.checked(connection, numbers)

    def blobs(self) -> set[str]:
        """Sends the blobs that the centre lacks, fetches those missing here; the subjects that got one."""
        carrying.send_blobs(self)
        return carrying.fetch_blobs(self)

    def status(self, connected: bool = True, reason: Text | None = None) -> Status:
        """How things stand; `connected` and why not is known to whoever carries on the exchange."""
        with self.terminal.store.read() as connection:
            waiting = store.waiting(connection, *self.own)
            aside = in_words(self.terminal.pack.office, held.set_aside(connection))
            last = self.last or store.last_exchange(connection)
            where = whereabouts(connection, aside)
            doubled = store.doubled(connection)
            unproven = store.known(connection, store.UNPROVEN) is not None
            if store.refusal(connection) == REVOKED:  # it stays so while the line is down
                reason = REVOKED
        if reason is None and self.strange:
            reason = next(iter(self.strange.values()))
        if reason is None and self.mended:
            reason = say(
                "The lists that the central system gave at the start were not what the entries say. "
                "They were made anew here."
            )
        terminal = self.terminal
        said = tuple(packs.told(terminal.packs, terminal.pack, terminal.clock().date()).values())
        offset = self.client.offset
        return Status(connected, waiting, last, aside, reason, offset, where, said, doubled, unproven)


def _is_full(answer: tuple[Pulled, list[Row]]) -> bool:
    return answer[0].more


def _otherwise(refusal: Refusal, head: Head, rows: Sequence[Row], limit: int) -> tuple[int, int]:
    """After which sequence, and with how many rows at most, to go on.

    Raises Forked, or what cannot be helped.
    """
    problem, after = refusal.problem, rows[0].sequence - 1
    if problem.kind == "fork" or (problem.kind == "gap" and problem.expected > head.sequence + 1):
        raise Forked from refusal
    if problem.kind == "gap" and 0 < problem.expected != after + 1:
        return problem.expected - 1, limit
    if problem.kind == "too_large" and rows[0].act != rows[-1].act:
        return after, max(1, min(limit, len(rows)) // 2)  # a batch may be larger than its limit
    raise refusal


def author_key(connection: Connection, place: Place) -> bytes:
    """The public key of a stream's author, as the stream `admin` tells it; who is not in it is the centre."""
    _, terminal, stream = place
    key = SqlMemory(connection).state(f"terminal:{terminal}").value("key") if stream != ADMIN else None
    return bytes.fromhex(key) if key else store.known(connection, CENTRE + "key") or b""


def place_of(row: Row | Head) -> Place:
    return row.office, row.terminal, row.stream


def open_exchange(terminal: Terminal) -> Exchange | None:
    """The exchange of an enrolled terminal; None for one that was never enrolled."""
    found = open_client(terminal.store, terminal.clock)
    return Exchange(terminal, *found) if found else None
