"""A line between a terminal and its centre that can be cut at any byte."""

from __future__ import annotations

import socket
import threading
from contextlib import suppress


class Line:
    """Listens on a port of its own and passes everything on, until a connection has used up its bytes.

    `budget` is what the next connection may carry, both ways together; None is no limit. While `is_down`,
    every connection is cut at once.
    """

    def __init__(self, target: int) -> None:
        self.target, self.budget, self.is_down = target, None, False
        self.budget: int | None
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        self._open: set[socket.socket] = set()
        threading.Thread(target=self._accept, daemon=True).start()

    def close(self) -> None:
        self._listener.close()
        self.cut()

    def cut(self) -> None:
        for end in list(self._open):
            _end(end)

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                near, _ = self._listener.accept()
                if self.is_down:
                    _end(near)
                    continue
                with suppress(OSError):
                    far = socket.create_connection(("127.0.0.1", self.target))
                    self._open |= {near, far}
                    left = [self.budget if self.budget is not None else 1 << 62]
                    for one, other in ((near, far), (far, near)):
                        threading.Thread(target=self._pass, args=(one, other, left), daemon=True).start()
                    continue
                _end(near)

    def _pass(self, one: socket.socket, other: socket.socket, left: list[int]) -> None:
        with suppress(OSError):
            while data := one.recv(65536):
                piece = data[: max(left[0], 0)]
                left[0] -= len(data)
                other.sendall(piece)
                if len(piece) < len(data):
                    break
        for end in (one, other):
            _end(end)
            self._open.discard(end)


def _end(end: socket.socket) -> None:
    with suppress(OSError):
        end.shutdown(socket.SHUT_RDWR)
    end.close()
