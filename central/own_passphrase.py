"""An operator changes his passphrase at a counter: the terminal signs for itself, his old one for him.

Both travel within TLS and are in no file and no log. What is kept of the new one is the answer, so that it
counts at that terminal at once; the others come for it with their lists.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import msgspec
from fastapi import FastAPI, Request
from fastapi.responses import Response
from msgspec import Meta
from starlette.concurrency import run_in_threadpool

from central.answers import LARGEST_JSON, as_json, documented
from central.guard import Buckets, Refusal, refusal
from central.outside import given, refuse_revoked, sent
from central.registry import Member, roles_of
from kiosk.errors import Refused
from kiosk.model.text import say
from kiosk.sync.answers import Verifier

if TYPE_CHECKING:
    from central.app import Server

TRIES = (0.2, 10.0)  # a second and at once, from one terminal
LONGEST = 1_000  # characters of what is sent; who asks for too much of a passphrase is told the rule
TYPED: dict[str, Any] = {"type": "string", "maxLength": LONGEST}
NUMBER = r"^[0-9A-Za-z-]{1,20}\Z"
ASKED: dict[str, Any] = {
    "type": "object",
    "required": ["number", "old", "new"],
    "properties": {"number": {"type": "string", "pattern": NUMBER[:-2] + "$"}, "old": TYPED, "new": TYPED},
}
Typed = Annotated[str, Meta(max_length=LONGEST)]


class Asked(msgspec.Struct, frozen=True):
    """Staff number, the passphrase that counts and the one that shall."""

    number: Annotated[str, Meta(pattern=NUMBER)]
    old: Typed
    new: Typed


def add(app: FastAPI, server: Server) -> None:
    tries = Buckets(*TRIES)

    @app.post(
        "/v1/passphrase",
        summary="An operator at a counter changes his passphrase, and proves who he is by the old one",
        response_class=Response,
        responses={**given(Verifier), **documented(400, 401, 403, 408, 413, 429, 503)},
        openapi_extra=sent(ASKED),
    )
    async def change(request: Request) -> Response:
        asker, body = await server.admitted(request, LARGEST_JSON)
        refuse_revoked(asker)
        if asker.member.face != "counter":
            raise refusal(403, "not_yours", say("The central system does not give this to this terminal."))
        asked = msgspec.json.decode(body, type=Asked)
        _take(tries, asker.member)
        return as_json(await run_in_threadpool(_change, server, asker.member, asked))


def _take(tries: Buckets, member: Member) -> None:
    try:
        tries.take(member.code)
    except Refusal as refused:
        text = say("Too many requests. Wait a moment, then try again.")
        raise Refusal(429, refusal(429, "tries", text).problem, refused.headers) from refused


def _change(server: Server, member: Member, asked: Asked) -> Verifier:
    here = roles_of(member, server.centre.roles)
    try:
        return Verifier(server.accounts.change(asked.number, asked.old, asked.new, member.code, here))
    except Refused as error:
        raise refusal(403, "passphrase", error.text) from error
