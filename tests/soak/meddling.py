"""What stands between a process and its store, so that it dies at a statement, or between it and its line."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable
from typing import Any

import httpx


class Mortal:
    """A connection that ends its process, as a power cut would, before its nth statement."""

    def __init__(self, connection: Any, left: int) -> None:
        self.connection, self.left = connection, left

    def __getattr__(self, name: str) -> Any:
        found = getattr(self.connection, name)
        return self._counted(found) if name in ("execute", "executemany") else found

    def _counted(self, run: Callable[..., Any]) -> Callable[..., Any]:
        def counted(*arguments: Any) -> Any:
            self.left -= 1
            if self.left == 0:
                os.kill(os.getpid(), signal.SIGKILL)
            return run(*arguments)

        return counted


class Meddling(httpx.BaseTransport):
    """Passes on what the client asks, but for the nth request.

    That one goes twice, the same bytes, and one of the answers or both get lost ("first", "second" is what
    the client hears, "neither"), or it is kept in `late`, to arrive when its time is long over ("later").
    """

    def __init__(self, inner: httpx.BaseTransport, left: int, how: str, late: list[httpx.Request]) -> None:
        self.inner, self.left, self.how, self.late = inner, left, how, late

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        self.left -= 1
        if self.left:
            return self.inner.handle_request(request)
        if self.how == "later":
            self.late.append(request)
        else:
            heard = {"first": self._heard(request), "second": self._heard(request)}
            if self.how in heard:
                return heard[self.how]
        raise httpx.ReadError("lost", request=request)

    def _heard(self, request: httpx.Request) -> httpx.Response:
        answer = self.inner.handle_request(request)
        answer.read()
        answer.close()
        return answer

    def close(self) -> None:
        self.inner.close()
