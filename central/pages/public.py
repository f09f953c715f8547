"""What keeps a page to which anybody may send from taking the place of those who work."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from starlette.requests import Request
from starlette.responses import Response

from central.answers import read_body
from central.guard import Buckets, Refusal
from kiosk.sync.protocol import Problem

TRIES = (1.0, 30.0)  # a second and at once, from one address
LARGEST = 10_000_000  # bytes: a photo as telephones make it
SECONDS = 60  # that sending one may take
AT_ONCE = 2  # answers that are worked at, in threads that nobody else needs
INSIDE = 32  # that are sent, wait or are worked at: each may hold a photo in memory


class Public:
    """Few from one address, few at once, none larger or slower than a photo."""

    def __init__(self) -> None:
        self._tries = Buckets(*TRIES)
        self._threads = ThreadPoolExecutor(AT_ONCE)
        self._inside = 0

    async def answer(self, request: Request, address: str, work: Callable[[bytes], Response]) -> Response:
        """What `work` makes of the body. Raises Refusal: 413, 429 also where too many are inside."""
        self._tries.take(address)
        if self._inside >= INSIDE:
            raise _busy()
        self._inside += 1
        try:
            body = await _body(request)
            return await asyncio.get_running_loop().run_in_executor(self._threads, work, body)
        finally:
            self._inside -= 1


async def _body(request: Request) -> bytes:
    try:
        async with asyncio.timeout(SECONDS):
            return await read_body(request, LARGEST)
    except TimeoutError as error:
        raise _busy() from error


def _busy() -> Refusal:
    return Refusal(429, Problem("busy"), {"Retry-After": "5", "Connection": "close"})
