"""The line between terminals and centre: slow, cut or held back at any byte, or the server's death."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Callable
from contextlib import suppress

LONGEST = 20.0  # seconds that anything is held back: less than a terminal waits for an answer


class Held:
    """A connection that is held back: `reached` when it is, `over` when it may go on."""

    def __init__(self) -> None:
        self.reached, self.over = threading.Event(), threading.Event()


def _nothing() -> None:
    """What happens where a line is simply cut."""


class Line:
    """Listens on a port of its own and passes on to `target`, until the bytes it was given are used up.

    `budget` counts both ways together and holds for all connections; None is no limit. When it is used up,
    `on_spent` runs and every connection is cut, until the line is mended. After `hold` it is only the one
    that used it up which is held back, and goes on when the line is mended.
    """

    def __init__(self, target: int) -> None:
        self.target = target
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        self._open: set[socket.socket] = set()
        self._lock = threading.Lock()
        self.held: Held | None = None
        self.mend()
        threading.Thread(target=self._accept, daemon=True).start()

    def mend(self) -> None:
        self.budget: int | None = None
        self.delay = 0.0
        self.on_spent: Callable[[], None] = _nothing
        if self.held:
            self.held.over.set()
            self.held = None

    def spoil(self, budget: int | None, delay: float = 0.0, on_spent: Callable[[], None] = _nothing) -> None:
        self.cut()  # a connection that is kept open would not feel it
        self.budget, self.delay, self.on_spent = budget, delay, on_spent

    def hold(self, budget: int) -> Held:
        """The connection that uses up the budget stops there, until the line is mended; others go on."""
        self.spoil(budget)
        self.held = Held()
        return self.held

    def cut(self) -> None:
        for end in list(self._open):
            _end(end)

    def close(self) -> None:
        self._listener.close()
        self.cut()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                near, _ = self._listener.accept()
                try:
                    far = socket.create_connection(("127.0.0.1", self.target))
                except OSError:
                    _end(near)
                    continue
                for end in (near, far):  # or each small piece waits 40 ms for the receipt of the last
                    end.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                self._open |= {near, far}
                for one, other in ((near, far), (far, near)):
                    threading.Thread(target=self._pass, args=(one, other), daemon=True).start()

    def _pass(self, one: socket.socket, other: socket.socket) -> None:
        with suppress(OSError):
            while data := one.recv(65536):
                if self.delay:
                    time.sleep(self.delay)
                piece, spent = self._spend(data)
                other.sendall(piece)
                if isinstance(spent, Held):
                    spent.reached.set()
                    spent.over.wait(LONGEST)
                    other.sendall(data[len(piece) :])
                elif spent:
                    self.on_spent()
                    break
        for end in (one, other):
            _end(end)
            self._open.discard(end)

    def _spend(self, data: bytes) -> tuple[bytes, Held | bool]:
        """How much of it goes on, and what then: nothing, a cut, or a hold."""
        with self._lock:
            if self.budget is None:
                return data, False
            piece = data[: max(self.budget, 0)]
            self.budget -= len(data)
            if self.budget >= 0:
                return piece, False
            if self.held:
                self.budget = None  # the others go on
            return piece, self.held or True


def _end(end: socket.socket) -> None:
    with suppress(OSError):
        end.shutdown(socket.SHUT_RDWR)
    end.close()
