"""What keeps a page that takes files from taking the place of those who work."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from central.answers import read_body
from central.guard import Buckets, Refusal
from central.pages.sending import LARGEST_FORM, may_hold_files
from kiosk.sync.protocol import Problem

TRIES = (1.0, 30.0)  # a second and at once, from one sender
LARGEST = 10_000_000  # bytes: a photo as telephones make it
SECONDS = 60  # that sending one may take
AT_ONCE = 2  # answers that are worked at, in threads that nobody else needs
INSIDE = 32  # that are sent, wait or are worked at: each may hold a photo in memory
EACH = 2  # of them from one sender


class Intake:
    """Few from one sender; of files few at once, none larger or slower than a photo."""

    def __init__(self) -> None:
        self._tries = Buckets(*TRIES)
        self._threads = ThreadPoolExecutor(AT_ONCE)
        self._inside = Counter[str]()  # how many, by sender

    async def answer(self, request: Request, sender: str, work: Callable[[bytes], Response]) -> Response:
        """What `work` makes of the body. Raises Refusal: 413, 429 also where too many are inside.

        `sender` is an address, or who is signed in. A form that can hold no file waits for none.
        """
        self._tries.take(sender)
        if not may_hold_files(request.headers.get("content-type", "")):
            return await run_in_threadpool(work, await _body(request, LARGEST_FORM))
        if self._inside.total() >= INSIDE or self._inside[sender] >= EACH:
            raise _busy()
        self._inside[sender] += 1
        try:
            body = await _body(request, LARGEST)
            return await asyncio.get_running_loop().run_in_executor(self._threads, work, body)
        finally:
            self._inside -= Counter((sender,))  # which drops who has none left


async def _body(request: Request, most: int) -> bytes:
    try:
        async with asyncio.timeout(SECONDS):
            return await read_body(request, most)
    except TimeoutError as error:
        raise _busy() from error


def _busy() -> Refusal:
    return Refusal(429, Problem("busy"), {"Retry-After": "5", "Connection": "close"})
