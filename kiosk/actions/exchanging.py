"""Carries on the exchange in the background: three threads, so that nothing waits for something slower.

One waits at the centre for what others write, one sends what is written here as soon as it is, one carries
blobs. Each tries again by itself after a failure, later and later, by chance not all terminals at once.
A fourth one proves, once, what a new terminal started from.
"""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Callable, Iterable, Sequence, Set

from kiosk.actions.exchange import Exchange, Forked
from kiosk.actions.forked import note_fork
from kiosk.actions.renewal import Fetched
from kiosk.actions.status import Status
from kiosk.errors import KioskError
from kiosk.logs import log
from kiosk.model.text import Text, say
from kiosk.sync.refusals import Refusal, Unreachable

WAIT = 25.0  # seconds that the centre holds back an answer until there is something to tell
LISTS_EVERY = 300.0  # seconds; a change of staff or of trust is told at once, this renews leases
BLOBS_EVERY = 30.0  # seconds until blobs that were not there are asked for again
RESTS = 2.0  # times as long as it works: the proof of what a new terminal started from
FIRST_PAUSE, LONGEST_PAUSE = 0.5, 30.0  # seconds between tries


class _Stopped(Exception):
    """The terminal closes."""


class Exchanging:
    """The threads of one terminal. `on_change` and `on_status` are called from them.

    `on_change` gets the subjects that changed; `on_status` how things stand, whenever that is another way.
    """

    def __init__(
        self,
        exchange: Exchange,
        on_change: Callable[[Set[str]], None] = lambda subjects: None,
        on_status: Callable[[Status], None] = lambda status: None,
    ) -> None:
        self.exchange, self.on_change, self.on_status = exchange, on_change, on_status
        self._stopped, self._begun = threading.Event(), threading.Event()
        self._to_send, self._to_carry = threading.Event(), threading.Event()
        self._problems: dict[str, KioskError] = {}
        self._lists_at = -LISTS_EVERY
        self._connected = False
        self._told: Status | None = None
        self._telling = threading.Lock()
        steps = {"receive": self._receive, "send": self._send, "carry": self._carry}
        self._threads = [
            threading.Thread(target=self._repeat, args=step, name=f"exchange-{step[0]}", daemon=True)
            for step in steps.items()
        ]
        if exchange.status().unproven:
            self._threads.append(threading.Thread(target=self._prove, name="exchange-prove", daemon=True))

    def start(self) -> None:
        for thread in self._threads:
            thread.start()

    def wake(self) -> None:
        """Something was written here: it goes out now."""
        self._to_send.set()
        self._to_carry.set()

    def stop(self) -> None:
        """Ends within a moment; what was under way is done again the next time."""
        self._stopped.set()
        self._begun.set()
        self.wake()
        self.exchange.client.close()
        for thread in self._threads:
            if thread.is_alive():
                thread.join(10)

    def status(self) -> Status:
        """How things stand now."""
        problems = list(self._problems.values())
        connected = self._connected and not any(isinstance(error, Unreachable) for error in problems)
        return self.exchange.status(connected, _reason(problems))

    def checked(self, numbers: Sequence[str]) -> None:
        """See `Exchange.checked`."""
        self.exchange.checked(numbers)
        self.tell()

    # --- the three steps -----------------------------------------------------------------------

    def _receive(self) -> None:
        if "receive" in self._problems or not self._begun.is_set():
            try:
                self._came(self.exchange.begin())
            finally:  # also what a revoked terminal sends is kept at the centre
                self._begun.set()
                self.wake()
            self._lists_at = -LISTS_EVERY
        if time.monotonic() - self._lists_at >= LISTS_EVERY:
            self._take_lists()
        self._went_well("receive")
        self._came(self.exchange.fetch(WAIT))

    def _came(self, fetched: Fetched) -> None:
        if fetched.lists:
            self._take_lists()
        if fetched.rows:
            self._to_carry.set()
        if fetched.subjects:
            self.on_change(fetched.subjects)

    def _take_lists(self) -> None:
        self.exchange.lists()
        self._lists_at = time.monotonic()

    def _send(self) -> None:
        self._begun.wait()
        self._to_send.wait()
        self._to_send.clear()
        self.tell()  # what waits now
        try:
            if not self._stopped.is_set():
                self.exchange.send()
        except BaseException:
            self._to_send.set()
            raise

    def _carry(self) -> None:
        self._begun.wait()
        self._to_carry.wait(BLOBS_EVERY)
        self._to_carry.clear()
        if not self._stopped.is_set() and (subjects := self.exchange.blobs()):
            self.on_change(subjects)

    def _prove(self) -> None:
        """Between other work: it rests twice as long as it works."""
        from kiosk.actions.newcomer import prove

        began = time.monotonic()

        def rest() -> None:
            nonlocal began
            if self._stopped.wait(RESTS * (time.monotonic() - began)):
                raise _Stopped
            began = time.monotonic()

        try:
            prove(self.exchange, rest)
            self.tell()
        except _Stopped:
            pass  # it goes on at the next start
        except Exception as error:
            log.warning("prove", exc_info=error)

    # --- again and again -----------------------------------------------------------------------

    def _repeat(self, name: str, step: Callable[[], None]) -> None:
        failures = 0
        while not self._stopped.is_set():
            try:
                step()
                failures = 0
                self._went_well(name)
            except Exception as error:  # whatever it was: the exchange goes on
                failures += 1
                self._failed(name, error)
                self._stopped.wait(pause(failures, error))

    def _failed(self, name: str, error: Exception) -> None:
        if self._stopped.is_set():
            return
        if not isinstance(error, Unreachable):
            log.warning("exchange", action=name, exc_info=error)
        if isinstance(error, Forked):
            note_fork(self.exchange.terminal)
        self._problems[name] = error if isinstance(error, KioskError) else _unknown()
        self._connected = self._connected and name != "receive"
        self.tell()

    def _went_well(self, name: str) -> None:
        self._problems.pop(name, None)
        self._connected = self._connected or name == "receive"
        if not self._stopped.is_set():
            self.tell()

    def tell(self) -> None:
        """Says how things stand, where that is another way than what was said before."""
        with self._telling:
            status = self.status()
            if status != self._told:
                self._told = status
                self.on_status(status)


def pause(failures: int, error: BaseException | None = None) -> float:
    """Seconds until the next try: longer each time, by chance, and no shorter than the centre asks for."""
    longest = min(FIRST_PAUSE * 2 ** min(failures - 1, 10), LONGEST_PAUSE)
    asked = error.retry_after if isinstance(error, Refusal) else 0.0
    return max(asked, 0.0) + random.uniform(longest / 2, longest)


def _reason(problems: Iterable[KioskError]) -> Text | None:
    """The problem that says most: a fork or a refusal before a line that is down."""
    first = min(problems, key=_weight, default=None)
    return first.text if first else None


def _weight(error: KioskError) -> int:
    return 0 if isinstance(error, Forked) else 2 if isinstance(error, Unreachable) else 1


def _unknown() -> KioskError:
    return KioskError(say("The exchange with the central system failed. It will be tried again."))
