"""The server: the exchange with terminals over HTTP, as `kiosk.sync.protocol` describes it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from datetime import UTC, timedelta
from email.utils import format_datetime
from time import perf_counter
from typing import Any

import msgspec
from fastapi import FastAPI, Request
from fastapi.responses import Response
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from central import __version__, answers, asking, blobs, newcomers, outside, own_passphrase
from central.answers import as_json
from central.centre import Centre
from central.exchange import Exchange
from central.guard import Asker, Guard, Limits, Refusal, refusal, refuse_other_versions
from central.notes import Notes
from central.pages.accounts import Accounts
from central.pages.mounting import mount
from central.rejudging import release_known
from central.snapshots import Snapshots
from central.waiting import Waiting, Worker
from kiosk.errors import KioskError
from kiosk.logs import log
from kiosk.model.entries import ADMIN
from kiosk.sync.protocol import LARGEST_ASKED, LARGEST_PUSH, MEDIA_TYPE, Problem
from kiosk.sync.signing import SESSION, BadSignature

BEGUN_KEPT = timedelta(days=1)  # pieces of blobs that were not sent to their end
LONGEST_WAIT = 25.0  # seconds that a pull waits for something new
BINARY = {"schema": {"type": "string", "format": "binary"}}


class Server:
    """What the endpoints of one application share."""

    def __init__(self, centre: Centre, limits: Limits, snapshots: Snapshots | None) -> None:
        self.centre, self.snapshots = centre, snapshots
        self.guard = Guard(centre, limits)
        self.notes = Notes(centre)
        self.waiting = Waiting()
        self.exchange = Exchange(centre, self.notes)
        self.accounts = Accounts(centre)

    async def admitted(self, request: Request, most: int) -> tuple[Asker, bytes]:
        """Who asks, and the body; nothing of it is kept before it is known who sends it. Raises Refusal."""
        self.from_address(request)
        answers.refuse_announced(request, most)
        target = request.scope["raw_path"].decode("latin-1")
        if query := request.scope["query_string"].decode("latin-1"):
            target += f"?{query}"
        try:
            asker = await run_in_threadpool(self.guard.admit, request.method, target, request.headers)
        except Refusal:
            await answers.pass_over_body(request, most)  # who is still sending does not hear us
            raise
        body = await answers.read_body(request, most)
        if not asker.signed.covers(body):
            raise refusal(401, "signature", BadSignature().text)
        self.notes.seen(asker.member, asker.skew, request.headers.get("user-agent", ""))
        return asker, body

    def stranger(self, request: Request) -> None:
        """Somebody who has only an invitation to show. Raises Refusal."""
        self.guard.strangers.take(self.from_address(request))
        refuse_other_versions(request.headers)

    def tidy(self) -> None:
        """Forgets what is kept for a time only; takes in what waited for another program than that before."""
        release_known(self.centre, self.centre.code)
        self.notes.prune()
        before = self.centre.clock() - BEGUN_KEPT
        blobs.forget_begun(self.centre.database, self.centre.office, before.isoformat(timespec="seconds"))

    def from_address(self, request: Request) -> str:
        address = request.client.host if request.client else ""
        self.guard.addresses.take(address)
        return address


def make_app(centre: Centre, limits: Limits | None = None, snapshots: Snapshots | None = None) -> FastAPI:
    """The application of one centre; its views are kept up to date as long as it runs.

    Without `snapshots` new terminals take every entry by itself.
    """
    server = Server(centre, limits or Limits(), snapshots)

    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        worker = Worker(centre, server.waiting, server.notes.write)
        centre.on_commit = worker.moved
        await run_in_threadpool(server.tidy)
        worker.start()
        if snapshots is not None:
            snapshots.start()
        try:
            yield
        finally:
            if snapshots is not None:
                await run_in_threadpool(snapshots.end)
            await run_in_threadpool(worker.end)
            await run_in_threadpool(server.notes.write, all_of_it=True)

    app = FastAPI(
        title="Central system of a service centre",
        description=__doc__,
        version=__version__,
        lifespan=lifespan,
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
    )
    app.add_middleware(Around, centre=centre, session=server.guard.session)
    for kind in (KioskError, Refusal, msgspec.MsgspecError, UnicodeDecodeError):
        app.add_exception_handler(kind, _refused)
    app.add_exception_handler(HTTPException, _no_endpoint)
    _add_journal(app, server)
    outside.add(app, server)
    asking.add(app, server)
    own_passphrase.add(app, server)
    newcomers.add(app, server)
    mount(app, server)
    return app


async def _refused(request: Request, error: Exception) -> Response:
    return answers.refused(request, error)


async def _no_endpoint(_request: Request, error: Exception) -> Response:
    """Nothing is at this address, or nothing that takes this method."""
    assert isinstance(error, HTTPException)
    kind = "missing" if error.status_code == 404 else "wrong"
    return as_json(Problem(kind, error.detail), error.status_code, error.headers)


def _add_journal(app: FastAPI, server: Server) -> None:
    said: dict[str, Any] = {
        "response_class": Response,
        "responses": {
            200: {"description": "a message of the protocol", "content": {MEDIA_TYPE: BINARY}},
            **answers.documented(400, 401, 403, 408, 409, 413, 429, 503, media=MEDIA_TYPE),
        },
    }
    sent: dict[str, Any] = {
        "openapi_extra": {"requestBody": {"required": True, "content": {MEDIA_TYPE: BINARY}}}
    }
    exchange = server.exchange

    @app.post("/v1/push", summary="Rows of one stream go up", **said, **sent)
    async def push(request: Request) -> Response:
        asker, body = await server.admitted(request, LARGEST_PUSH)
        return await run_in_threadpool(exchange.push, asker.member, body)

    @app.post("/v1/pull", summary="What others wrote comes down; waits for it when asked to", **said, **sent)
    async def pull(request: Request) -> Response:
        with server.waiting.joined() as waiter:
            asker, body = await server.admitted(request, LARGEST_ASKED)
            member = asker.member
            asked, shown = await run_in_threadpool(exchange.asked_to_pull, member, body)
            waiter.cursor = {ADMIN: 0} | exchange.cursor(member, asked)  # who is revoked is told at once
            if not exchange.has_all(asker, asked, shown):
                waiter.event.set()
            return await waited(
                waiter.event, asked.wait, lambda last: exchange.pull(member.code, asked, shown, last=last)
            )

    @app.post("/v1/rows", summary="Rows of one stream after a sequence", **said, **sent)
    async def rows(request: Request) -> Response:
        asker, body = await server.admitted(request, LARGEST_ASKED)
        return await run_in_threadpool(exchange.rows, asker.member, body)

    @app.get("/v1/heads", summary="Where each stream stands", **said)
    async def heads(request: Request) -> Response:
        asker, _ = await server.admitted(request, 0)
        return await run_in_threadpool(exchange.heads, asker.member)


async def waited(event: asyncio.Event, seconds: float, look: Callable[[bool], Response | None]) -> Response:
    """What `look` finds as soon as there is something to look for, or when the time is over: then it is told
    that this is its last look, and finds something to say."""
    clock = asyncio.get_running_loop().time
    until = clock() + min(max(seconds, 0.0), LONGEST_WAIT)
    while True:
        with suppress(TimeoutError):
            await asyncio.wait_for(event.wait(), until - clock())
        event.clear()  # before one looks, so that nothing is missed
        if found := await run_in_threadpool(look, clock() >= until):
            return found


class Around:
    """Around every request: time and session in the answer, and a line in the log that tells of nobody."""

    def __init__(self, app: ASGIApp, centre: Centre, session: Callable[[], str]) -> None:
        self.app, self.centre, self.session = app, centre, session

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        began = perf_counter()

        async def sending(message: Message) -> None:
            if message["type"] == "http.response.start":
                date = format_datetime(self.centre.clock().astimezone(UTC), usegmt=True).encode()
                told = ((b"date", date), (SESSION.lower().encode(), self.session().encode()))
                message["headers"] = [*message.get("headers", ()), *told]
                kind = ".".join(scope["path"].split("/")[1:3]).lower()
                ms = round((perf_counter() - began) * 1000)
                log.info("request", kind=kind, status=message["status"], ms=ms)
            await send(message)

        try:
            await self.app(scope, receive, sending)
        except Exception as error:  # a mistake of ours: its message may quote what a person wrote
            log.error("request", exc_info=error)
            await as_json(Problem("failed"), 500)(scope, receive, sending)
