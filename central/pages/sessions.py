"""Who is signed in at a browser: kept in the server's memory under a random cookie, gone when it stops."""

from __future__ import annotations

import hashlib
import secrets
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from kiosk.model.text import Text

IDLE = timedelta(minutes=30)  # without a request
LONGEST = timedelta(hours=12)  # a working day
MOST = 2_000  # at once; the oldest goes


@dataclass
class Session:
    """One person at one browser. `token` stands in each of his forms; other sites do not know it."""

    operator: str  # staff number
    passphrase: str  # names what was kept of the one he signed in with; with another one this session is over
    language: str
    began: datetime
    seen: datetime
    token: str = field(default_factory=lambda: secrets.token_urlsafe(32))
    opened: set[str] = field(default_factory=set)  # cases whose opening is noted in the journal
    told: tuple[Text, ...] = ()  # what the next page says once


class Sessions:
    """Sessions by the hash of their cookie, so that a copy of the memory signs nobody in."""

    def __init__(self, clock: Callable[[], datetime]) -> None:
        self._clock = clock
        self._known: dict[bytes, Session] = {}
        self._lock = threading.Lock()

    def begin(self, operator: str, passphrase: str, language: str) -> str:
        """The cookie of a new session."""
        cookie, now = secrets.token_urlsafe(32), self._clock()
        with self._lock:
            self._known = {name: one for name, one in self._known.items() if not _is_over(one, now)}
            if len(self._known) >= MOST:
                self._known.pop(min(self._known, key=lambda name: self._known[name].seen))
            self._known[_name(cookie)] = Session(operator, passphrase, language, now, now)
        return cookie

    def find(self, cookie: str) -> Session | None:
        """The session of a cookie, which goes on with this; None when there is none or it is over."""
        now = self._clock()
        with self._lock:
            found = self._known.get(_name(cookie))
            if found is None or _is_over(found, now):
                return None
            found.seen = now
            return found

    def end(self, cookie: str) -> None:
        with self._lock:
            self._known.pop(_name(cookie), None)


def _is_over(session: Session, now: datetime) -> bool:
    return now - session.seen > IDLE or now - session.began > LONGEST


def _name(cookie: str) -> bytes:
    return hashlib.sha256(cookie.encode()).digest()
