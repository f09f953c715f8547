"""How the server reads a request and words an answer, the same for every endpoint."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping
from typing import Any

import msgspec
from fastapi import Request
from fastapi.responses import Response

from central.database import Interrupted
from central.guard import Refusal
from central.journal import Wrong
from kiosk.errors import KioskError, StoreBusy, StoreError
from kiosk.logs import log
from kiosk.model.text import Text, say
from kiosk.sync import protocol
from kiosk.sync.protocol import MEDIA_TYPE, Problem

JSON = "application/json"
LARGEST_JSON = 256_000  # bytes
PATIENCE = 30.0  # seconds without a byte, after which the rest of a body is not waited for
JOURNAL = ("/v1/push", "/v1/pull", "/v1/rows", "/v1/heads")  # these speak `protocol`, the others JSON
NO_DATABASE = say(
    "The central system cannot use its database at the moment. Nothing was lost. Tell its administrator, "
    "and try again later."
)
STATUS = {
    "gap": 409, "fork": 409, "epoch": 409, "ahead": 409, "code_taken": 409, "not_yours": 403,
    "invitation": 403, "too_large": 413,
}  # fmt: skip

PROBLEM = {
    "type": "object",
    "required": ["kind"],
    "properties": {
        "kind": {"type": "string"},
        "reason": {"type": "string", "description": "an English sentence with slots"},
        "slots": {"type": "object", "additionalProperties": {"type": "string"}},
        "expected": {"type": "integer"},
    },
}
PROBLEMS = {
    400: "not understood, or wrong in itself",
    401: "not signed as it must be: unknown_terminal, signature, clock, session, replayed",
    403: "revoked, not_yours, invitation, passphrase (a wrong one, or a lock-out), too_old, too_new (the "
    "version in the header Kiosk-Protocol)",
    404: "no_case: a number and a birth date that do not belong together",
    408: "the rest of the body did not come",
    409: "gap (send from `expected` on), fork, epoch, ahead, code_taken",
    413: "too_large",
    429: "busy, for this sender; tries, of which too many were wrong: see Retry-After",
    503: "busy: see Retry-After",
}


def documented(*statuses: int, media: str = JSON) -> dict[int | str, dict[str, Any]]:
    """What an endpoint may answer beside success, as OpenAPI says it."""
    schema = PROBLEM if media == JSON else {"type": "string", "format": "binary"}
    return {
        status: {"description": PROBLEMS[status], "content": {media: {"schema": schema}}}
        for status in statuses
    }


def refuse_announced(request: Request, most: int) -> None:
    """Raises Refusal (413) for a body that says itself that it is larger."""
    announced = request.headers.get("content-length", "")
    if announced.isdecimal() and int(announced) > most:
        raise _too_large()


async def read_body(request: Request, most: int) -> bytes:
    """The body, which is not read further than `most` bytes, nor waited for. Raises Refusal (408, 413)."""
    refuse_announced(request, most)
    return b"".join([piece async for piece in _pieces(request, most)])


async def pass_over_body(request: Request, most: int) -> None:
    """Lets it come, and keeps nothing. Raises Refusal (408, 413)."""
    async for _ in _pieces(request, most):
        pass


async def _pieces(request: Request, most: int) -> AsyncIterator[bytes]:
    stream, size = request.stream(), 0
    while True:
        try:
            async with asyncio.timeout(PATIENCE):
                piece = await anext(stream, None)
        except TimeoutError as error:
            problem = Problem("wrong", "What arrived is cut short or damaged.")
            raise Refusal(408, problem, {"Connection": "close"}) from error
        if piece is None:
            return
        size += len(piece)
        if size > most:
            raise _too_large()
        yield piece


def _too_large() -> Refusal:
    return Refusal(413, Problem("too_large", "What arrived is too large."), {"Connection": "close"})


def packed(message: msgspec.Struct, rows: Any = ()) -> Response:
    return Response(protocol.pack(message, rows), media_type=MEDIA_TYPE)


def as_json(content: object, status: int = 200, headers: Mapping[str, str] | None = None) -> Response:
    return Response(msgspec.json.encode(content), status, dict(headers or {}), JSON)


def refused(request: Request, error: Exception) -> Response:
    """The answer to a request that raised."""
    found = _refusal(error)
    if request.url.path in JOURNAL:
        return Response(protocol.pack(found.problem), found.status, found.headers, MEDIA_TYPE)
    return as_json(found.problem, found.status, found.headers)


def _refusal(error: Exception) -> Refusal:
    if isinstance(error, Refusal):
        return error
    if isinstance(error, Wrong):
        return Refusal(STATUS.get(error.kind, 400), error.problem())
    if isinstance(error, (Interrupted, StoreBusy)):
        return Refusal(503, Problem("busy"), {"Retry-After": "1"})
    if isinstance(error, StoreError):
        return Refusal(503, _problem("busy", error), {"Retry-After": "10"})
    if isinstance(error, KioskError):
        return Refusal(400, _problem("wrong", error))
    return Refusal(400, Problem("wrong", "What arrived is not a message of this program."))


def _problem(kind: str, error: KioskError) -> Problem:
    text = text_of(error)
    return Problem(kind, text.template, 0, {name: str(value) for name, value in text.slots.items()})


def text_of(error: KioskError) -> Text:
    """What is said of an error to who asked. What the database itself said is for the log, and its rules."""
    if isinstance(error, StoreError) and not isinstance(error, (Interrupted, StoreBusy)):
        log.error("database", exc_info=error.__cause__ or error)
        return NO_DATABASE
    return error.text
