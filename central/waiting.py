"""Those who wait for something new, and the thread that works after each push.

A push wakes both: the views are folded, and every long poll looks again that may read its feed. Other
processes write the same database (a command, a second server), so that now and then the feeds' numbers
are looked at, too; that wakes only who does not know them yet.
"""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Callable, Mapping, Set

from central import feed
from central.centre import Centre
from kiosk.logs import log

QUIET, LATEST = 0.2, 5.0  # seconds without a push before views are folded, and at the latest after
LOOK = 0.5  # seconds between two looks at what other processes wrote


class Waiting:
    """Who waits for a feed to move; each waits in the server's event loop."""

    def __init__(self) -> None:
        self._waiting: dict[asyncio.Event, tuple[asyncio.AbstractEventLoop, Mapping[str, int]]] = {}
        self._lock = threading.Lock()

    def join(self, cursor: Mapping[str, int]) -> asyncio.Event:
        """An event that is set when one of these feeds (stream -> number up to which one has it) moves;
        joined before one looks, so that nothing is missed."""
        event = asyncio.Event()
        with self._lock:
            self._waiting[event] = asyncio.get_running_loop(), cursor
        return event

    def leave(self, event: asyncio.Event) -> None:
        with self._lock:
            self._waiting.pop(event, None)

    def wake(self, moved: Set[str]) -> None:
        """Those who wait for one of these feeds; from any thread."""
        self._wake(lambda cursor: not moved.isdisjoint(cursor))

    def compare(self, moved: Mapping[str, int]) -> None:
        """Those who wait for one of these feeds and have it up to another number; from any thread."""
        self._wake(
            lambda cursor: any(cursor.get(stream, number) != number for stream, number in moved.items())
        )

    def _wake(self, concerns: Callable[[Mapping[str, int]], bool]) -> None:
        with self._lock:
            waiting = list(self._waiting.items())
        for event, (loop, cursor) in waiting:
            if concerns(cursor) and not loop.is_closed():
                loop.call_soon_threadsafe(event.set)


class Worker(threading.Thread):
    """Keeps the views up to date, and hears of what other processes wrote."""

    def __init__(self, centre: Centre, waiting: Waiting, also: Callable[[], None]) -> None:
        super().__init__(name="views", daemon=True)
        self.centre, self.waiting, self._also = centre, waiting, also
        self._moved = threading.Event()
        self._ending = False
        self._numbers: dict[str, int] = {}

    def moved(self, streams: Set[str]) -> None:
        """These feeds have grown."""
        self.waiting.wake(streams)
        self._moved.set()

    def run(self) -> None:
        while not self._ending:
            self._moved.wait(LOOK)
            self._let_pass()
            try:
                self._look()
                self.centre.follow_pack()
                self._also()
            except Exception as error:  # the database is away, or anything else: the next look may go better
                log.warning("views", exc_info=error)

    def _let_pass(self) -> None:
        """While pushes follow one another they go first; whoever reads views folds what is missing."""
        latest = time.monotonic() + LATEST
        while self._moved.is_set() and not self._ending and time.monotonic() < latest:
            self._moved.clear()
            self._moved.wait(QUIET)
        self._moved.clear()

    def _look(self) -> None:
        with self.centre.database.read() as connection:
            numbers = feed.numbers(connection, self.centre.office)
        if moved := dict(numbers.items() - self._numbers.items()):
            self.waiting.compare(moved)
            self.centre.projector.catch_up()
            self._numbers = numbers

    def end(self) -> None:
        self._ending = True
        self._moved.set()
        self.join()
