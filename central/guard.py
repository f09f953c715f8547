"""The door of the server: which terminal asks, whether the request is its own and new, and not too many.

What was seen is kept in memory. The number of a request begins with the server's *session*, which every
answer names: a restart and a clock that was set begin another one, and no request of an older one is let in
again.
"""

from __future__ import annotations

import re
import secrets
import threading
import time
from collections import OrderedDict
from collections.abc import Mapping

import msgspec

from central import feed
from central.centre import Centre
from central.registry import Member
from kiosk.model.entries import ADMIN
from kiosk.model.text import Text, say
from kiosk.sync.protocol import OLDEST, TOO_NEW, TOO_OLD, VERSION, Problem
from kiosk.sync.signing import AHEAD, PROTOCOL, BadSignature, Signed, verify

WINDOW = 300  # seconds that a request may differ from the server's clock
JUMP = 60  # seconds that this clock may go another way than time itself
MOST_NAMES = 10_000  # addresses that are remembered
NUMBER = re.compile("-?[0-9]{1,12}")


class Refusal(Exception):
    """A request that is not answered; `status` is HTTP's."""

    def __init__(self, status: int, problem: Problem, headers: Mapping[str, str] | None = None) -> None:
        super().__init__(problem.kind)
        self.status, self.problem, self.headers = status, problem, dict(headers or {})


class Limits(msgspec.Struct, frozen=True):
    """Requests a second, and how many at once, of a terminal, of an address, and of who is not known yet."""

    terminal: tuple[float, float] = (50.0, 500.0)
    address: tuple[float, float] = (200.0, 2_000.0)
    stranger: tuple[float, float] = (0.2, 20.0)


class Buckets:
    """Token buckets by name: each fills at `rate` a second up to `most`, and a request takes one."""

    def __init__(self, rate: float, most: float) -> None:
        self.rate, self.most = rate, most
        self._held: OrderedDict[str, tuple[float, float]] = OrderedDict()
        self._lock = threading.Lock()

    def take(self, name: str) -> None:
        """Raises Refusal (429) for a name whose bucket is empty."""
        now = time.monotonic()
        with self._lock:
            held, at = self._held.pop(name, (self.most, now))
            held = min(self.most, held + (now - at) * self.rate)
            self._held[name] = (max(held - 1, 0.0) if held >= 1 else held, now)
            if len(self._held) > MOST_NAMES:
                self._held.popitem(last=False)
        if held < 1:
            wait = int((1 - held) / self.rate) + 1
            problem = Problem("busy", "The server is busy. Try again in a moment.")
            raise Refusal(429, problem, {"Retry-After": str(wait)})

    def give_back(self, name: str) -> None:
        """What was taken last was not one too many."""
        with self._lock:
            if name in self._held:
                held, at = self._held[name]
                self._held[name] = (held + 1, at)


class Asker(msgspec.Struct, frozen=True):
    """Who asks, what he signed, how far his clock is ahead of ours, and where the feeds stood then."""

    member: Member
    signed: Signed
    skew: int
    numbers: Mapping[str, int]


class Guard:
    """Lets in what a terminal of the office signed, once."""

    def __init__(self, centre: Centre, limits: Limits) -> None:
        self.centre = centre
        self.addresses = Buckets(*limits.address)
        self.terminals = Buckets(*limits.terminal)
        self.strangers = Buckets(*limits.stranger)
        self._session, self._drift = secrets.token_hex(8), self._drifted()
        self._seen: OrderedDict[tuple[str, str], int] = OrderedDict()
        self._lock = threading.Lock()

    def admit(self, method: str, target: str, headers: Mapping[str, str]) -> Asker:
        """Who asks; whether the body is the one that he signed, its reader asks.

        Raises Refusal: 401 unknown_terminal, signature, clock, session, replayed; 403 too_old, too_new;
        429 busy."""
        refuse_other_versions(headers)
        with self.centre.database.read() as connection:
            numbers = feed.numbers(connection, self.centre.office)
            members = self.centre.registry(connection, numbers.get(ADMIN, 0)).members
        named: list[str] = []

        def find(keyid: str) -> bytes | None:
            named.append(keyid)
            office, _, code = keyid.partition("/")
            member = members.get(code) if office == self.centre.office else None
            return None if member is None or member.is_centre else member.key

        try:
            signed = verify(method, target, headers, find)
        except BadSignature as error:
            if named and find(named[0]) is None:
                raise refusal(
                    401, "unknown_terminal", say("The central system does not know this terminal.")
                ) from error
            raise refusal(401, "signature", error.text) from error
        self.terminals.take(signed.keyid)
        skew = self._fresh(signed.keyid, signed.created, signed.nonce) + _ahead(headers)
        return Asker(members[signed.keyid.partition("/")[2]], signed, skew, numbers)

    def session(self) -> str:
        """What the number of each request begins with. Another one after the clock was set: what was seen
        then says nothing of what comes, however wrong the clock was."""
        drift = self._drifted()
        with self._lock:
            if abs(drift - self._drift) > JUMP:
                self._session, self._drift = secrets.token_hex(8), drift
                self._seen.clear()
            return self._session

    def _drifted(self) -> float:
        return self.centre.clock().timestamp() - time.monotonic()

    def _fresh(self, keyid: str, created: int, nonce: str) -> int:
        now = int(self.centre.clock().timestamp())
        session = self.session()
        if abs(now - created) > WINDOW:
            raise refusal(401, "clock", say("The clock of this terminal is not that of the central system."))
        if not nonce.startswith(session):
            raise refusal(401, "session", say("The central system was started anew. It will be tried again."))
        with self._lock:
            while self._seen and next(iter(self._seen.values())) < now - 3 * WINDOW:
                self._seen.popitem(last=False)
            if (keyid, nonce) in self._seen or len(nonce) > 100:
                raise refusal(401, "replayed", say("This request was made before."))
            self._seen[keyid, nonce] = now
        return created - now


def refuse_other_versions(headers: Mapping[str, str]) -> None:
    """Raises Refusal: 403 too_old, too_new. Asked first: another version may sign another way."""
    said = headers.get(PROTOCOL, "1")
    version = int(said) if said.isascii() and said.isdigit() and len(said) < 10 else 0
    if version < OLDEST:
        raise refusal(403, "too_old", TOO_OLD)
    if version > VERSION:
        raise refusal(403, "too_new", TOO_NEW)


def _ahead(headers: Mapping[str, str]) -> int:
    """Seconds that who asks knows his clock to be ahead of the time that he signed."""
    found = NUMBER.fullmatch(headers.get(AHEAD, ""))
    return int(found[0]) if found else 0


def refusal(status: int, kind: str, text: Text) -> Refusal:
    return Refusal(status, Problem(kind, text.template, 0, {k: str(v) for k, v in text.slots.items()}))
