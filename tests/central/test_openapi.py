"""Whatever arrives, the centre answers as its OpenAPI document says, and never fails.

Schemathesis asks for all that the document allows and for much that it does not, hypothesis for messages that
are almost right. Each asks a server that runs, over TLS. The pages of the browser are not described there.
"""

from __future__ import annotations

import json
import re
from base64 import b64encode
from collections.abc import Callable, Iterator
from typing import Any

import httpx
import msgspec
import pytest
import schemathesis
import zstandard
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from msgspec.structs import replace
from schemathesis import Case, GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.core.result import Ok
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)
from schemathesis.specs.openapi.schemas import OpenApiSchema

from central.answers import JOURNAL
from central.centre import Centre
from central.database import SQLITE, open_database
from central.guard import Limits
from central.server import Server
from kiosk.model.chain import Head
from kiosk.model.entries import encode
from kiosk.sync import protocol
from kiosk.sync.protocol import MEDIA_TYPE, Problem, Pull, Pulled, Push, Pushed, Rows
from tests.central.machine import Machine, Stream, Town, entry
from tests.office import sample_pack

AS_SAID = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
]
schemathesis.serializer.alias(MEDIA_TYPE, "application/octet-stream")

EVERYBODY = Limits(*[(1e6, 1e6)] * 3)  # no request is one too many here
FEW = settings(
    max_examples=15,
    derandomize=True,
    database=None,
    deadline=None,
    suppress_health_check=list(HealthCheck),
)
MANY = settings(FEW, max_examples=150)


@pytest.fixture(scope="module", params=("sqlite", "postgresql"))
def running(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    """A centre that runs, and that nothing is too much for."""
    if request.param == "sqlite":
        url = f"{SQLITE}{tmp_path_factory.mktemp('centre') / 'centre.db'}"
    else:
        url = request.getfixturevalue("cluster").database()
    centre = Centre(open_database(url), sample_pack())
    with pytest.MonkeyPatch.context() as patch, Server(centre, limits=EVERYBODY) as server:
        patch.setattr("central.app.LONGEST_WAIT", 0.0)
        town = Town(centre, server)
        yield town
        town.close()
    centre.close()


@pytest.fixture(scope="module")
def desk(running: Town) -> Machine:
    return running.machine("AAAA", ("reception", "health_post", "labour", "police"))


@pytest.fixture(scope="module")
def document(desk: Machine) -> OpenApiSchema:
    """What the application says of itself; only the exchange is in it."""
    said = desk.http.get("/openapi.json").json()
    assert all(path.startswith("/v1/") for path in said["paths"])
    schema = schemathesis.openapi.from_dict(said)
    schema.config.update(base_url=str(desk.http.base_url))
    return schema


def every_case(document: OpenApiSchema, check: Callable[[Case[Any]], None]) -> None:
    """Checks requests to every endpoint: such as the document allows, and such as it does not."""
    for found in document.get_all_operations():
        assert isinstance(found, Ok), found
        endpoint = found.ok()
        takes = endpoint.body or any(endpoint.iter_parameters())
        modes = list(GenerationMode) if takes else [GenerationMode.POSITIVE]
        FEW(given(st.one_of([endpoint.as_strategy(mode) for mode in modes]))(check))()


def ask(desk: Machine, case: Case[Any], *, signed: bool) -> httpx.Response:
    sent = case.as_transport_kwargs()
    sent.pop("allow_redirects", None)
    request = desk.http.build_request(**{"content" if k == "data" else k: v for k, v in sent.items()})
    if signed:
        target = request.url.raw_path.decode()
        request.headers.update(desk.proof(request.method, target, request.read()))
    return desk.http.send(request)


def judge(case: Case[Any], answer: httpx.Response) -> None:
    """Whether the answer is one of those that the document describes."""
    case.validate_response(answer, checks=AS_SAID)
    if answer.request.url.path in JOURNAL and not answer.is_success:
        assert protocol.unpack(answer.content, Problem)[0].kind


def test_a_stranger_is_answered_as_described(document: OpenApiSchema, desk: Machine) -> None:
    def check(case: Case[Any]) -> None:
        answer = ask(desk, case, signed=False)
        judge(case, answer)
        assert not answer.is_success or case.path == "/v1/time"

    every_case(document, check)


def test_a_terminal_is_answered_as_described(document: OpenApiSchema, desk: Machine) -> None:
    every_case(document, lambda case: judge(case, ask(desk, case, signed=True)))


def test_a_self_service_terminal_is_answered_as_described(
    document: OpenApiSchema, running: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("central.asking.NO_TAKES", 0.0)
    hall = running.machine("HA11", (), "selfservice")
    every_case(document, lambda case: judge(case, ask(hall, case, signed=True)))


# --- messages of the protocol that are almost right -----------------------------------------------------

EVIL: tuple[Any, ...] = (
    None, True, -1, 0, 1, 2**31, 2**53, 2**63 - 1, 2**63, 2**64, 10**40, 0.5, 1e308, "", "\0", "\ud800",
    "a/b", "x" * 700, "AAAA", "RL01", "health", "admin", [], ["\0"], {}, {"": None}, {"value": []},
)  # fmt: skip


ANYWHERE = st.integers(0, 10_000)  # draws may not depend on bytes that are made by chance


def spots(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """The places of a JSON value at which something else may stand."""
    yield path
    if isinstance(value, (dict, list)):
        for at, one in value.items() if isinstance(value, dict) else enumerate(value):
            yield from spots(one, (*path, at))


def put(value: Any, path: tuple[Any, ...], other: Any) -> Any:
    """The same JSON value with another at one place."""
    if not path:
        return other
    at, *rest = path
    copy = dict(value) if isinstance(value, dict) else list(value)
    copy[at] = put(copy[at], tuple(rest), other)
    return copy


@st.composite
def almost(draw: st.DrawFn, value: Any) -> Any:
    """A JSON value of which a place or two are something else."""
    for _ in range(draw(st.integers(1, 2))):
        places = list(spots(value))
        path = places[draw(ANYWHERE) % len(places)]
        value = put(value, path, draw(st.sampled_from(EVIL)))
    return value


@st.composite
def spoilt(draw: st.DrawFn, data: bytes) -> bytes:
    """Bytes of which some were changed or cut off."""
    changed = bytearray(data)
    for _ in range(draw(st.integers(0, 3))):
        changed[draw(ANYWHERE) % len(data)] = draw(st.integers(0, 255))
    return bytes(changed[: draw(ANYWHERE) % len(data)] if draw(st.booleans()) else changed)


@st.composite
def near(draw: st.DrawFn, message: bytes) -> bytes:
    """Bytes that are nearly this message."""
    lines = zstandard.decompress(message)
    way = draw(st.sampled_from(("bytes", "text", "values", "values", "values")))
    if way == "bytes":
        return draw(spoilt(message) | st.binary(max_size=300))
    if way == "text":
        return zstandard.compress(draw(spoilt(lines)))
    values = draw(almost([json.loads(line) for line in lines.split(b"\n")]))
    several = values if isinstance(values, list) else [values]
    return zstandard.compress(b"\n".join(json.dumps(one).encode() for one in several))


def refusal_or(answer: httpx.Response, kind: type[Any]) -> None:
    """A message of the protocol: what was asked for, or why not."""
    assert answer.status_code < 500, answer.status_code
    assert answer.headers["content-type"] == MEDIA_TYPE
    protocol.unpack(answer.content, kind if answer.is_success else Problem)


@MANY
@given(data=st.data())
def test_a_question_that_is_almost_right(desk: Machine, data: st.DataObject) -> None:
    target, message = data.draw(
        st.sampled_from(
            (
                ("/v1/pull", Pull({"RL01/office": 0, "RL01/admin": 0}, 10, 0.5)),
                ("/v1/rows", Rows("RL01", "AAAA", "office", 0, 10)),
            )
        )
    )
    refusal_or(desk.call("POST", target, data.draw(near(protocol.pack(message)))), Pulled)


@MANY
@given(data=st.data())
def test_a_push_that_is_almost_right(desk: Machine, data: st.DataObject) -> None:
    stream = Stream(desk.code, desk.key, "access")  # is not kept: each is the first of its stream
    rows = stream.write([entry(kind="read"), entry(kind="read")])
    body = data.draw(near(protocol.pack(stream.pushed(rows), rows)))
    refusal_or(desk.call("POST", "/v1/push", body), Pushed)


@pytest.mark.parametrize("after", [2**53, 2**62, 2**63 - 2, 2**63 - 1, 2**63, 2**64 - 2, 2**64, 10**40])
@pytest.mark.parametrize("erased", [False, True])
def test_a_push_beyond_all_numbers(desk: Machine, after: int, erased: bool) -> None:
    """The chain and the signature hold."""
    row = Stream(desk.code, desk.key, "access").write(bodies=[b"{}"])[0]
    row = replace(row, sequence=after + 1, **({"body": None, "salt": None} if erased else {}))
    head = Head("RL01", desk.code, "access", after + 1, row.hash)
    push = Push(after, row.previous, replace(head, signature=desk.key.sign(head.signed_bytes())))
    refusal_or(desk.call("POST", "/v1/push", protocol.pack(push, [row])), Pushed)


@pytest.mark.parametrize("number", [-(10**40), 2**63 - 1, 2**63, 2**64, 10**40])
def test_questions_beyond_all_numbers(desk: Machine, number: int) -> None:
    for cursor in ({"RL01/office": number}, {"RL01/office": 0, "x": number}):
        for limit, wait in ((10, 0.0), (number, 0.0), (10, float(number))):
            body = zstandard.compress(json.dumps({"cursor": cursor, "limit": limit, "wait": wait}).encode())
            refusal_or(desk.call("POST", "/v1/pull", body), Pulled)
    asked = {"office": "RL01", "terminal": "AAAA", "stream": "office", "after": number, "limit": number}
    refusal_or(desk.call("POST", "/v1/rows", zstandard.compress(json.dumps(asked).encode())), Pulled)


WORDS = st.sampled_from(
    ("", "\0", "a/b", "x" * 700, ":", "case:x", "person:", "permit:1", "health:1", "AAAA")
)
REGISTERS = st.sampled_from(
    ("name", "number", "track", "status", "case", "person", "stage.permit", "returned.permit", "x", "")
)
VALUES = st.sampled_from([one for one in EVIL if one != "\ud800"])
VALUES |= st.fixed_dictionaries({"state": VALUES, "light": VALUES, "items": VALUES})
CHANGES = st.fixed_dictionaries(  # after which an entry can still be read
    {"subject": st.builds("{}:{}".format, st.sampled_from(("case", "person", "permit", "x")), WORDS)},
    optional={
        "writes": st.dictionaries(
            REGISTERS, st.fixed_dictionaries({"value": VALUES}, optional={"replaces": st.lists(WORDS)})
        ),
        "kind": WORDS, "wall": WORDS, "rests_on": st.lists(WORDS), "version": st.integers(-1, 2**63),
        "time": st.integers(-(2**63), 2**64), "role": st.sampled_from(("doctor", "applicant", "king")),
    },
)  # fmt: skip


@MANY
@given(data=st.data())
def test_an_entry_that_is_almost_right(desk: Machine, running: Town, data: st.DataObject) -> None:
    """Its chain and its signature hold, since an enrolled terminal may sign anything."""
    good = entry()
    stream = desk.stream()
    kept = list(stream.rows)
    value = json.loads(encode(replace(good, terminal=desk.code, sequence=len(kept) + 1)))
    value = data.draw(CHANGES.map(lambda changes: value | changes) | almost(value))
    rows = stream.write(bodies=[json.dumps(value).encode()])
    answer = desk.call("POST", "/v1/push", protocol.pack(stream.pushed(rows), rows))
    if not answer.is_success:
        stream.rows = kept
    refusal_or(answer, Pushed)


def test_what_was_taken_in_is_read_by_others(desk: Machine, running: Town) -> None:
    """After all of the above."""
    running.centre.projector.catch_up()
    other = running.machine("BBBB", ("reception", "health_post"))
    assert other.pull()[0].epoch == other.heads().epoch
    desk.lists()
    desk.http.get("/v1/time").raise_for_status()


@MANY
@given(
    st.dictionaries(
        st.sampled_from(
            ("Signature", "Signature-Input", "Content-Digest", "Kiosk-Protocol", "Upload-Offset", "Range")
        ),
        st.text(st.characters(min_codepoint=32, max_codepoint=126), max_size=60).map(str.strip),
    )
)
def test_headers_of_any_kind(desk: Machine, headers: dict[str, str]) -> None:
    """In place of the right ones, or beside them."""
    name = "/v1/blobs/" + "0" * 64
    for method in ("PUT", "GET"):
        assert desk.call(method, name, headers=headers).status_code < 500


@pytest.mark.parametrize("created", ['"soon"', "1.5", "?1", "-5", "999999999999999", ":YQ==:", "(1 2)"])
def test_a_signature_with_an_odd_time_that_holds(desk: Machine, created: str) -> None:
    proof = desk.proof("GET", "/v1/heads", nonce="n")
    label, _, said = proof["Signature-Input"].partition("=")
    said = re.sub(r"created=\d+", f"created={created}", said)
    digest = proof["Content-Digest"]
    lines = (
        '"@method": GET', '"@path": /v1/heads', '"@query": ?', f'"content-digest": {digest}',
        '"kiosk-protocol": 1', f'"@signature-params": {said}',
    )  # fmt: skip
    signature = b64encode(desk.key.sign("\n".join(lines).encode())).decode()
    headers = {
        "Content-Digest": digest,
        "Kiosk-Protocol": "1",
        "Signature-Input": f"{label}={said}",
        "Signature": f"{label}=:{signature}:",
    }
    answer = desk.http.get("/v1/heads", headers=headers)
    assert (answer.status_code, answer.headers["content-type"]) == (401, MEDIA_TYPE)


@pytest.mark.parametrize("path", ["/v1/", "/v1/nothing", "/v1/push/", "/v1//push", "/v1/blobs/a/b"])
def test_where_nothing_is_a_problem_says_so(desk: Machine, path: str) -> None:
    for method in ("GET", "POST", "OPTIONS"):
        answer = desk.http.request(method, path)
        said = msgspec.json.decode(answer.content, type=Problem)
        assert (answer.status_code, said.kind) == (404, "missing")
