"""Those who wait for something new, and the thread that works after each push.

A push wakes both: the views are folded, and every long poll looks again that may read its feed. Other
processes write the same database (a command, a second server), so that now and then the feeds' numbers
are looked at, too; that wakes only who does not know them yet.
"""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Set
from contextlib import contextmanager

from central import feed
from central.centre import Centre
from kiosk.logs import log

QUIET, LATEST = 0.2, 5.0  # seconds without a push before views are folded, and at the latest after
LOOK = 0.5  # seconds between two looks at what other processes wrote


class Waiter:
    """One who waits in the server's event loop: for any feed to move, until it is said which of them he may
    read and up to which number he has each (`cursor`)."""

    def __init__(self) -> None:
        self.cursor: Mapping[str, int] | None = None
        self.event = asyncio.Event()
        self._loop = asyncio.get_running_loop()

    def wake(self) -> None:
        """From any thread."""
        if not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self.event.set)


class Waiting:
    """Who waits for a feed to move."""

    def __init__(self) -> None:
        self._waiting: set[Waiter] = set()
        self._lock = threading.Lock()

    @contextmanager
    def joined(self) -> Iterator[Waiter]:
        """From before one looks where the feeds stand, so that nothing is missed."""
        waiter = Waiter()
        with self._lock:
            self._waiting.add(waiter)
        try:
            yield waiter
        finally:
            with self._lock:
                self._waiting.discard(waiter)

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
            waiting = list(self._waiting)
        for waiter in waiting:
            if waiter.cursor is None or concerns(waiter.cursor):
                waiter.wake()


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
