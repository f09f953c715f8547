"""The endpoints for a new terminal: what it may start from, and the pieces of that."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

from fastapi import FastAPI, Path, Request
from fastapi.responses import Response
from starlette.concurrency import run_in_threadpool

from central.answers import JSON, PROBLEM, as_json, documented
from central.feed import COUNTER
from central.guard import Refusal, refusal
from central.outside import BYTES, OCTETS, given
from central.registry import Member
from kiosk.model.text import say
from kiosk.sync.answers import Offer
from kiosk.sync.protocol import Problem

if TYPE_CHECKING:
    from central.app import Server

AGAIN = "5"  # seconds until a terminal may ask again for what is being made
PieceName = Annotated[str, Path(pattern="^[0-9a-f]{64}$", description="SHA-256 of the piece")]
MISSING: dict[int | str, dict[str, Any]] = {
    404: {"description": "there is none", "content": {JSON: {"schema": PROBLEM}}}
}


def add(app: FastAPI, server: Server) -> None:
    async def newcomer(request: Request) -> Member:
        asker, _ = await server.admitted(request, 0)
        member = asker.member
        if member.revoked:
            raise refusal(403, "revoked", say("The terminal {terminal} was revoked.", terminal=member.code))
        if member.face != COUNTER:
            raise refusal(403, "not_yours", say("The central system does not give this to this terminal."))
        return member

    @app.get(
        "/v1/snapshot",
        summary="What a new terminal may start from, signed by the centre; 503 while it is being made",
        response_class=Response,
        responses={**given(Offer), **MISSING, **documented(401, 403, 408, 413, 429, 503)},
    )
    async def snapshot(request: Request) -> Response:
        member = await newcomer(request)
        return as_json(await run_in_threadpool(_offer, server, member))

    @app.get(
        "/v1/snapshot/{name}",
        summary="A piece of it",
        response_class=Response,
        responses={
            200: {"description": "packed rows of one table", "content": {OCTETS: BYTES}},
            **MISSING,
            **documented(400, 401, 403, 408, 413, 429, 503),
        },
    )
    async def piece(request: Request, name: PieceName) -> Response:
        member = await newcomer(request)
        data = await run_in_threadpool(_piece, server, member, name)
        return as_json(Problem("missing"), 404) if data is None else Response(data, 200, media_type=OCTETS)


def _offer(server: Server, member: Member) -> Offer:
    if server.snapshots is not None:
        if (found := server.snapshots.offer(member)) is not None:
            offer, numbers = found
            server.notes.given_all(member, numbers)
            return offer
        if server.snapshots.is_to_come(member):
            raise Refusal(503, Problem("busy"), {"Retry-After": AGAIN})
    raise Refusal(404, Problem("missing"))


def _piece(server: Server, member: Member, name: str) -> bytes | None:
    return server.snapshots.piece(member, name) if server.snapshots is not None else None
