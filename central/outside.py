"""The endpoints beside the journal, in JSON: joining the office, the signed lists, blobs, the time."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Annotated, Any

import msgspec
from fastapi import FastAPI, Path, Request
from fastapi.responses import Response
from starlette.concurrency import run_in_threadpool

from central import admin, blobs, invitations, lost
from central.answers import JSON, LARGEST_JSON, PROBLEM, as_json, documented, read_body
from central.centre import Centre
from central.checking import Wrong
from central.guard import Asker, Refusal, refusal
from central.lists import held_back, lists
from central.registry import Member
from kiosk.actions.packs import BUNDLE, body
from kiosk.definitions.bundle import LARGEST
from kiosk.model.text import say
from kiosk.sync.answers import Enrolled, Held, Lists, Missing
from kiosk.sync.protocol import Problem

if TYPE_CHECKING:
    from central.app import Server

OCTETS = "application/octet-stream"
LARGEST_PIECE = 4_000_000  # bytes of a blob in one request
MOST_NAMES = 1_000  # in one question
RANGE = re.compile(r"bytes=(\d{1,12})-")
BlobName = Annotated[str, Path(pattern="^[0-9a-f]{64}$", description="SHA-256 of the ciphertext")]
Digest = Annotated[str, Path(pattern="^[0-9a-f]{64}$", description="SHA-256 of what is asked for")]

TEXT = {"type": "string"}
ASKED = {
    "type": "object",
    "required": ["key", "seal", "code", "proof"],
    "properties": dict.fromkeys(("secret", "key", "seal", "code", "name", "version", "proof"), TEXT),
}
NAMES = {"type": "array", "items": TEXT, "maxItems": MOST_NAMES}
BYTES = {"schema": {"type": "string", "format": "binary"}}


class Secret(msgspec.Struct, frozen=True):
    secret: str


class Names(msgspec.Struct, frozen=True):
    names: list[str]


def sent(schema: dict[str, Any], media: str = JSON) -> dict[str, Any]:
    return {"requestBody": {"required": True, "content": {media: {"schema": schema}}}}


def header(name: str, schema: dict[str, Any]) -> dict[str, Any]:
    return {"name": name, "in": "header", "required": False, "schema": schema}


RANGED = header("Range", {"type": "string", "pattern": "^bytes=[0-9]{1,12}-$"})
FROM_A_BYTE: dict[int | str, dict[str, Any]] = {
    206: {"description": "from that byte on", "content": {OCTETS: BYTES}},
    416: {"description": "there is nothing after that byte"},
}


def given(kind: type[msgspec.Struct]) -> dict[int | str, dict[str, Any]]:
    """Success, as OpenAPI says it: an answer of this kind."""
    schema = {"type": "object", "required": list(kind.__struct_fields__)}
    return {200: {"description": kind.__name__, "content": {JSON: {"schema": schema}}}}


def add(app: FastAPI, server: Server) -> None:
    _add_joining(app, server)
    _add_lists(app, server)
    _add_packs(app, server)
    _add_blobs(app, server)


def _add_joining(app: FastAPI, server: Server) -> None:
    centre = server.centre

    @app.post(
        "/v1/enrol",
        summary="A terminal joins the office by its invitation; the one request that is not signed",
        response_class=Response,
        responses={**given(Enrolled), **documented(400, 403, 408, 409, 413, 429, 503)},
        openapi_extra=sent(ASKED),
    )
    async def enrol(request: Request) -> Response:
        server.stranger(request)
        asked = msgspec.json.decode(await read_body(request, LARGEST_JSON), type=admin.Asked)
        return as_json(await run_in_threadpool(admin.enrol, centre, asked))

    @app.post(
        "/v1/successor",
        summary="Another name for a terminal whose own stream was forked; signed by its old key",
        response_class=Response,
        responses={**given(Enrolled), **documented(400, 401, 403, 408, 409, 413, 429, 503)},
        openapi_extra=sent(ASKED),
    )
    async def successor(request: Request) -> Response:
        asker, body = await server.admitted(request, LARGEST_JSON)
        server.guard.strangers.take(asker.member.code)
        refuse_revoked(asker)
        asked = msgspec.json.decode(body, type=admin.Asked)
        return as_json(await run_in_threadpool(admin.succeed, centre, asker.member, asked))

    @app.get(
        "/v1/time",
        summary="The centre's time",
        response_class=Response,
        responses={
            200: {"content": {JSON: {"schema": {"type": "object", "properties": {"time": TEXT}}}}},
            **documented(429),
        },
    )
    async def time(request: Request) -> Response:
        server.from_address(request)
        return as_json({"time": centre.clock().isoformat(timespec="milliseconds")})


def _add_lists(app: FastAPI, server: Server) -> None:
    @app.get(
        "/v1/lists",
        summary="Trusted keys, void permits and staff, signed; `epoch` is that in which the asker compared",
        response_class=Response,
        responses={**given(Lists), **documented(401, 403, 408, 409, 413, 429, 503)},
        openapi_extra={"parameters": [{"name": "epoch", "in": "query", "schema": TEXT}]},
    )
    async def get_lists(request: Request) -> Response:
        asker, _ = await server.admitted(request, 0)
        refuse_revoked(asker)
        known = request.query_params.get("epoch", "")
        return as_json(await run_in_threadpool(_lists, server.centre, asker.member, known))

    @app.put(
        "/v1/wanted/{digest}",
        summary="What `heads` names as wanted: this centre had it, and lost it since a backup",
        response_class=Response,
        responses={200: {"description": "kept"}, **documented(400, 401, 403, 408, 413, 429, 503)},
        openapi_extra=sent(BYTES["schema"], OCTETS),
    )
    async def put_wanted(request: Request, digest: Digest) -> Response:
        asker, content = await server.admitted(request, LARGEST)
        refuse_revoked(asker)
        await run_in_threadpool(lost.take_back, server.centre, digest, content)
        return Response()

    @app.get(
        "/v1/held",
        summary="What is held back of the asker's own entries; a revoked one is told, too",
        response_class=Response,
        responses={**given(Held), **documented(401, 403, 408, 413, 429, 503)},
    )
    async def get_held(request: Request) -> Response:
        asker, _ = await server.admitted(request, 0)

        def read() -> Held:
            with server.centre.database.read() as connection:
                return Held(held_back(connection, asker.member, server.centre.office))

        return as_json(await run_in_threadpool(read))


def _add_packs(app: FastAPI, server: Server) -> None:
    centre = server.centre
    found: dict[int | str, dict[str, Any]] = {200: {"content": {OCTETS: BYTES}}}

    def here(digest: str) -> bytes | None:
        with centre.database.read() as connection:
            return body(connection, BUNDLE + digest) or body(connection, digest)

    @app.get(
        "/v1/packs/{digest}",
        summary="An office pack, or the definitions of a track, as the lists name them, or from a byte on",
        response_class=Response,
        responses={
            **found,
            **FROM_A_BYTE,
            404: {"description": "not here", "content": {JSON: {"schema": PROBLEM}}},
            **documented(400, 401, 403, 408, 413, 429, 503),
        },
        openapi_extra={"parameters": [RANGED]},
    )
    async def get(request: Request, digest: Digest) -> Response:
        asker, _ = await server.admitted(request, 0)
        refuse_revoked(asker)
        content = await run_in_threadpool(here, digest)
        return _part(content, request.headers.get("range", ""))

    @app.post(
        "/v1/packs/invited",
        summary="The office pack that counts today, for a new terminal; asked with its invitation",
        response_class=Response,
        responses={**found, **documented(400, 403, 408, 413, 429, 503)},
        openapi_extra=sent({"type": "object", "required": ["secret"], "properties": {"secret": TEXT}}),
    )
    async def invited(request: Request) -> Response:
        server.stranger(request)
        asked = msgspec.json.decode(await read_body(request, LARGEST_JSON), type=Secret)
        content = await run_in_threadpool(invitations.invited_pack, centre, asked.secret)
        return Response(content, media_type=OCTETS)


def _add_blobs(app: FastAPI, server: Server) -> None:
    office, database = server.centre.office, server.centre.database
    problems = documented(400, 401, 403, 408, 409, 413, 429, 503)

    def stored(sender: blobs.Sender, name: str) -> blobs.Stored:
        with database.read() as connection:
            return blobs.stored(connection, sender, name)

    @app.post(
        "/v1/blobs/missing",
        summary="Which of some blobs the centre has not",
        response_class=Response,
        responses={**given(Missing), **problems},
        openapi_extra=sent({"type": "object", "required": ["names"], "properties": {"names": NAMES}}),
    )
    async def missing(request: Request) -> Response:
        _, body = await server.admitted(request, LARGEST_JSON)
        names = msgspec.json.decode(body, type=Names).names
        if len(names) > MOST_NAMES:
            raise Refusal(413, Problem("too_large", "Send less at once."))

        def ask() -> list[str]:
            with database.read() as connection:
                return blobs.missing(connection, [name.replace("\0", "") for name in names])

        return as_json(Missing(await run_in_threadpool(ask)))

    @app.head(
        "/v1/blobs/{name}", summary="How much is here", response_class=Response, responses=_without(problems)
    )
    async def head(request: Request, name: BlobName) -> Response:
        asker, _ = await server.admitted(request, 0)
        known = await run_in_threadpool(stored, (office, asker.member.code), name)
        if not known.size:
            return Response(None, 404, _offset(known))
        return Response(None, 200, _offset(known))

    @app.put(
        "/v1/blobs/{name}",
        summary="A piece of a blob, at `Upload-Offset`; `Upload-Complete: ?1` says that it is the last",
        response_class=Response,
        responses={
            200: {"description": "there is more to come"},
            201: {"description": "all of it"},
            **problems,
        },
        openapi_extra={
            **sent(BYTES["schema"], OCTETS),
            "parameters": [
                header("Upload-Offset", {"type": "integer", "minimum": 0}),
                header("Upload-Complete", {"enum": ["?0", "?1"]}),
            ],
        },
    )
    async def put(request: Request, name: BlobName) -> Response:
        asker, body = await server.admitted(request, LARGEST_PIECE)
        text = request.headers.get("upload-offset", "0")
        if not (text.isascii() and text.isdigit() and len(text) < 12):
            raise refusal(400, "wrong", say("What arrived is not a message of this program."))
        last = request.headers.get("upload-complete") == "?1"
        at = server.centre.clock().isoformat(timespec="seconds")
        sender = (office, asker.member.code)
        try:
            known = await run_in_threadpool(
                blobs.put, database, sender, name, int(text), body, last=last, at=at
            )
        except blobs.WrongOffset as error:
            headers = _offset(blobs.Stored(error.offset, False))
            raise Refusal(409, Problem("gap", "", error.offset), headers) from error
        except blobs.NotThatBlob as error:
            raise refusal(400, "wrong", say("The blob is not what its name says.")) from error
        return Response(None, 201 if known.complete else 200, _offset(known))

    @app.get(
        "/v1/blobs/{name}",
        summary="A blob, or from a byte on (Range)",
        response_class=Response,
        responses={
            200: {"content": {OCTETS: BYTES}},
            **FROM_A_BYTE,
            404: {"description": "not here, or not wholly", "content": {JSON: {"schema": PROBLEM}}},
            **problems,
        },
        openapi_extra={"parameters": [RANGED]},
    )
    async def get(request: Request, name: BlobName) -> Response:
        asker, _ = await server.admitted(request, 0)
        refuse_revoked(asker)
        if asker.member.face != "counter":
            raise refusal(403, "not_yours", say("The central system does not give this to this terminal."))

        def read() -> bytes | None:
            with database.read() as connection:
                return blobs.get(connection, name)

        data = await run_in_threadpool(read)
        return _part(data, request.headers.get("range", ""))


def _part(data: bytes | None, asked: str) -> Response:
    if data is None:
        return as_json(Problem("missing"), 404)
    found = RANGE.fullmatch(asked)
    start = int(found[1]) if found else 0
    if start >= len(data) and start:
        return Response(None, 416, {"Content-Range": f"bytes */{len(data)}"})
    headers = {"Accept-Ranges": "bytes"}
    if found:
        headers["Content-Range"] = f"bytes {start}-{len(data) - 1}/{len(data)}"
    return Response(data[start:], 206 if found else 200, headers, OCTETS)


def _offset(known: blobs.Stored) -> dict[str, str]:
    return {"Upload-Offset": str(known.size), "Upload-Complete": f"?{int(known.complete)}"}


def _without(problems: dict[int | str, dict[str, Any]]) -> dict[int | str, dict[str, Any]]:
    """The same answers without their bodies, as HEAD gives them."""
    found: dict[int | str, dict[str, Any]] = {
        status: {"description": said["description"]} for status, said in problems.items()
    }
    return {404: {"description": "nothing is here"}, **found}


def _lists(centre: Centre, member: Member, epoch: str) -> Lists:
    """Never older than what the asker knew: after a restore it first gives what the centre has lost."""
    if epoch and epoch != centre.epoch:
        raise Wrong("epoch", say("The central system was restored. Compare with it what is here."))
    if epoch:
        centre.has_compared(member)
    return lists(centre, member)


def refuse_revoked(asker: Asker) -> None:
    if asker.member.revoked:
        raise refusal(403, "revoked", say("The terminal {terminal} was revoked.", terminal=asker.member.code))
