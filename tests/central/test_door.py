"""Who is let in, and what anybody may send: refused with a reason, and the server goes on."""

from __future__ import annotations

import json
import socket
import ssl
import time
import tracemalloc
from collections.abc import Iterator, Mapping
from contextlib import closing
from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime
from pathlib import Path

import httpx
import msgspec
import psycopg
import pytest
import zstandard
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from fastapi import Request

from central import admin, answers
from central.centre import Centre
from central.database import open_database
from central.deeds import outline_of
from central.guard import Limits
from central.postgres import unreachable
from central.server import Server
from kiosk.actions.terminal import system_clock
from kiosk.errors import KioskError
from kiosk.model.entries import OFFICE, Write
from kiosk.sync import protocol, signing
from kiosk.sync.protocol import (
    LARGEST_ASKED,
    LARGEST_BATCH,
    LARGEST_BODY,
    LARGEST_PUSH,
    MOST_LINES,
    BadMessage,
    Problem,
    Pull,
    Rows,
)
from kiosk.sync.refusals import refused
from tests.central.cluster import Cluster
from tests.central.machine import Machine, Refused, Town, entry, serving
from tests.office import sample_pack


@pytest.fixture
def desk(town: Town) -> Machine:
    return town.machine("AAAA")


def problem(answer: httpx.Response) -> tuple[int, str]:
    return answer.status_code, protocol.unpack(answer.content, Problem)[0].kind


PULL = protocol.pack(Pull({}))


def post(
    machine: Machine, headers: dict[str, str], body: bytes = PULL, target: str = "/v1/pull"
) -> tuple[int, str]:
    return problem(machine.http.post(target, content=body, headers=headers))


def test_names_of_entries_fill_no_memory(desk: Machine) -> None:
    """What is asked of names alone is kept for the next entry with the same: not of who sends ever others."""
    outline_of.cache_clear()
    honest, long = entry(), "x" * 100_000
    desk.send(
        honest,
        *(entry(kind=f"{number}{long}") for number in range(3)),
        *(entry(subject=f"{number}{long}:1") for number in range(3)),
        *(entry(writes={f"{number}{long}": Write(1)}) for number in range(3)),
        *(entry(writes={chr(0x4E00 + at + number): Write(1) for at in range(900)}) for number in range(3)),
    )
    desk.send(entry(writes=dict.fromkeys(honest.writes, Write("MA MA SU"))))
    kept = outline_of.cache_info()
    assert (kept.currsize, kept.hits > 0) == (1, True)


def test_a_request_is_taken_once(desk: Machine) -> None:
    proof = desk.proof("POST", "/v1/pull", PULL)
    assert desk.http.post("/v1/pull", content=PULL, headers=proof).status_code == 200
    assert post(desk, proof) == (401, "replayed")


def test_a_request_that_was_not_signed_or_was_changed_is_refused(desk: Machine) -> None:
    proof = desk.proof("POST", "/v1/pull", PULL)
    other = protocol.pack(Pull({"RL01/office": 1}))
    assert post(desk, {}) == (401, "signature")
    assert post(desk, proof, other) == (401, "signature")
    assert post(desk, proof, PULL, "/v1/rows") == (401, "signature")
    assert post(desk, proof, PULL, "/v1/pull?x=1") == (401, "signature")
    assert post(desk, {name: value[:-8] + value[:8] for name, value in proof.items()})[0] == 401


@pytest.mark.parametrize(
    ("version", "kind"), [("0", "too_old"), ("2", "too_new"), ("1.0", "too_old"), ("9" * 5000, "too_old")]
)
def test_another_version_of_the_protocol_is_refused_however_it_signs(
    desk: Machine, version: str, kind: str
) -> None:
    headers = {"Kiosk-Protocol": version}
    assert problem(desk.call("GET", "/v1/heads", headers=headers)) == (403, kind)
    assert problem(desk.http.get("/v1/heads", headers=headers)) == (403, kind)
    joining = desk.http.post("/v1/enrol", json={"secret": "x"}, headers=headers)
    assert (joining.status_code, joining.json()["kind"]) == (403, kind)
    assert desk.http.get("/verify", headers=headers).status_code == 200
    desk.heads()


def test_a_request_that_names_no_version_is_of_the_first(
    desk: Machine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(signing, "COVERED", signing.COMPONENTS)
    proof = desk.proof("GET", "/v1/heads")
    del proof["Kiosk-Protocol"]
    assert desk.http.get("/v1/heads", headers=proof).status_code == 200
    monkeypatch.setattr("central.guard.OLDEST", 2)
    assert problem(desk.http.get("/v1/heads", headers=proof)) == (403, "too_old")


def test_a_key_that_is_not_the_terminals_and_a_terminal_that_is_not_known(desk: Machine, town: Town) -> None:
    key = Ed25519PrivateKey.generate()
    for code, office, kind in (
        ("AAAA", "RL01", "signature"),
        ("ZZZZ", "RL01", "unknown_terminal"),
        ("AAAA", "RL02", "unknown_terminal"),
        (town.centre.code, "RL01", "unknown_terminal"),
    ):
        stranger = Machine(town.server.address, code, key, office)
        with pytest.raises(Refused) as refused:
            stranger.pull()
        assert (refused.value.status, refused.value.kind) == (401, kind)
        stranger.http.close()


@pytest.mark.parametrize("days", [-400, -1, 1, 27_000])
def test_a_wrong_clock_is_told_with_the_right_time(desk: Machine, days: int) -> None:
    created = int(time.time()) + days * 86_400
    answer = desk.http.post(
        "/v1/pull", content=PULL, headers=desk.proof("POST", "/v1/pull", PULL, created=created)
    )
    assert problem(answer) == (401, "clock")
    offset = parsedate_to_datetime(answer.headers["Date"]).timestamp() - created
    assert abs(offset + days * 86_400) < 60
    right = desk.proof("POST", "/v1/pull", PULL, created=created + int(offset))
    assert desk.http.post("/v1/pull", content=PULL, headers=right).status_code == 200


def test_a_restart_opens_no_door(centre: Centre) -> None:
    with serving(centre) as town:
        desk = town.machine("AAAA")
        proof = desk.proof("POST", "/v1/pull", PULL)
        assert desk.http.post("/v1/pull", content=PULL, headers=proof).status_code == 200
    with serving(centre) as town:
        again = town.known(desk)
        assert post(again, proof) == (401, "session")
        assert again.call("POST", "/v1/pull", PULL).status_code == 200


@pytest.mark.parametrize("ahead", [-20_000, -1, 1, 20_000])
def test_a_clock_that_was_wrong_at_the_start_and_then_set_does_no_harm(centre: Centre, ahead: int) -> None:
    """Nobody is shut out until the wrong time comes, and nothing that was signed then is let in again."""
    wrong = system_clock() + timedelta(days=ahead)
    centre.clock = lambda: wrong
    with serving(centre) as town:
        desk = town.machine("AAAA")
        proof = desk.proof("POST", "/v1/pull", PULL, created=int(wrong.timestamp()))
        assert desk.http.post("/v1/pull", content=PULL, headers=proof).status_code == 200
        assert post(desk, proof) == (401, "replayed")
        centre.clock = system_clock
        assert post(desk, proof) == (401, "clock")
        assert desk.call("POST", "/v1/pull", PULL).status_code == 200
        centre.clock = lambda: wrong  # the time has come that was shown then
        assert post(desk, proof) == (401, "session")


# --- bad input -----------------------------------------------------------------------------------------


def lie(size: int) -> bytes:
    """A frame that inflates to far more than it is."""
    return zstandard.ZstdCompressor(level=19).compress(b" " * size)


BAD = {
    "nothing": b"",
    "garbage": b"\x00\xff" * 500,
    "text": b'{"after":0}',
    "cut": protocol.pack(Pull({}))[:-3],
    "another message": PULL,
    "no message": zstandard.ZstdCompressor().compress(b"\n\n"),
    "a line that is none": zstandard.ZstdCompressor().compress(b'{"cursor":{}}\n{"place":7}'),
    "deep": zstandard.ZstdCompressor().compress(b"[" * 100_000),
    "surrogates": zstandard.ZstdCompressor().compress(b'{"cursor":{"\\ud800":1}}'),
    "bomb": lie(LARGEST_BATCH + 1),
    "bomb in frames": lie(1000) * 100,
}


@pytest.mark.parametrize("target", ["/v1/push", "/v1/rows"])
@pytest.mark.parametrize("body", BAD.values(), ids=BAD)
def test_what_is_no_message_is_refused(desk: Machine, target: str, body: bytes) -> None:
    assert problem(desk.call("POST", target, body)) == (400, "wrong")
    assert desk.heads().epoch


def test_lines_that_would_fill_the_memory_are_not_taken_apart() -> None:
    lines = msgspec.json.encode(Pull({})) + b"\n" * (MOST_LINES + 1)
    with pytest.raises(BadMessage, match="too large"):
        protocol.unpack(zstandard.compress(lines), Pull)


@pytest.fixture
def stranger(town: Town) -> Iterator[ssl.SSLSocket]:
    """A line of somebody who has nothing to show."""
    host, port = town.server.address.split(":")
    anybody = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    anybody.check_hostname, anybody.verify_mode = False, ssl.CERT_NONE
    with socket.create_connection((host, int(port))) as line, anybody.wrap_socket(line) as secured:
        yield secured


def announced(size: int, headers: Mapping[str, str] | None = None) -> bytes:
    """The head of a push with so many bytes."""
    said = {"Host": "x", "Content-Length": str(size)} | dict(headers or {})
    return "\r\n".join(["POST /v1/push HTTP/1.1", *map(": ".join, said.items()), "", ""]).encode()


def test_a_body_that_is_too_large_is_not_read(desk: Machine, stranger: ssl.SSLSocket) -> None:
    stranger.sendall(announced(1_000_000_000))
    assert stranger.recv(100).startswith(b"HTTP/1.1 413")  # although not a byte of it was sent

    def endless() -> Iterator[bytes]:
        while True:
            yield bytes(1 << 20)

    try:
        answer = desk.http.post("/v1/push", content=endless())
        assert problem(answer) == (413, "too_large")
    except httpx.HTTPError:
        pass  # cut while it was still being sent
    with pytest.raises(Refused) as refused:
        desk._asked("/v1/push", bytes(LARGEST_BODY + 1), Problem)
    assert (refused.value.status, refused.value.kind) == (413, "too_large")


def test_of_what_nobody_signed_nothing_is_kept(stranger: ssl.SSLSocket) -> None:
    size, piece = LARGEST_PUSH - 1, bytes(1 << 20)
    stranger.sendall(announced(size))
    tracemalloc.start()  # from here on
    try:
        for _ in range(size // len(piece)):
            stranger.sendall(piece)
        stranger.sendall(bytes(size % len(piece)))
        assert stranger.recv(100).startswith(b"HTTP/1.1 401")
        assert tracemalloc.get_traced_memory()[1] < size / 2
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize("is_signed", [False, True])
def test_who_stops_in_the_middle_of_a_body_is_not_waited_for(
    desk: Machine, stranger: ssl.SSLSocket, monkeypatch: pytest.MonkeyPatch, is_signed: bool
) -> None:
    monkeypatch.setattr(answers, "PATIENCE", 0.2)
    body = bytes(1_000)
    headers = desk.proof("POST", "/v1/push", body) if is_signed else {}
    stranger.sendall(announced(len(body), headers) + body[:100])
    assert stranger.recv(100).startswith(b"HTTP/1.1 408")


def test_another_body_than_the_one_that_was_signed_is_refused(desk: Machine) -> None:
    headers = desk.proof("POST", "/v1/pull", PULL)
    assert post(desk, headers, PULL + b"x") == (401, "signature")


@pytest.mark.parametrize(
    ("target", "question"), [("/v1/pull", Pull({})), ("/v1/rows", Rows("RL01", "AAAA", OFFICE, 0))]
)
def test_a_question_is_small_and_brings_no_rows(desk: Machine, target: str, question: Pull | Rows) -> None:
    plain = protocol.pack(question)
    assert desk.call("POST", target, plain).status_code == 200
    with_rows = protocol.pack(question, desk.stream().write([entry()]))
    assert problem(desk.call("POST", target, with_rows)) == (400, "wrong")
    inflating = zstandard.compress(msgspec.json.encode(question) + b" " * LARGEST_ASKED)
    assert problem(desk.call("POST", target, inflating)) == (400, "wrong")
    assert problem(desk.call("POST", target, bytes(LARGEST_ASKED + 1))) == (413, "too_large")


def test_too_many_rows_at_once_are_too_large(desk: Machine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("central.checking.MOST_ROWS", 3)
    with pytest.raises(Refused) as refused:
        desk.send(*(entry() for _ in range(4)))
    assert (refused.value.status, refused.value.kind) == (413, "too_large")


def test_too_many_requests_are_told_when_to_come_again(tmp_path: Path) -> None:
    centre = Centre(open_database(f"sqlite:///{tmp_path / 'centre.db'}"), sample_pack())
    limits = Limits(terminal=(0.001, 5.0), address=(0.001, 9.0), stranger=(0.001, 2.0))
    with serving(centre, limits=limits) as town:
        desk = town.machine("AAAA")
        answers = [desk.call("GET", "/v1/heads") for _ in range(6)]
        assert [answer.status_code for answer in answers] == [200] * 5 + [429]
        assert int(answers[-1].headers["Retry-After"]) > 0
        assert problem(answers[-1]) == (429, "busy")
        wrong = [desk.http.post("/v1/enrol", json=town.asked(desk, "X" * 26)) for _ in range(2)]
        assert [answer.status_code for answer in wrong] == [403, 429]
        assert desk.http.get("/v1/time").status_code == 429  # the address itself
    centre.close()


def test_the_time_is_told_to_anybody(town: Town) -> None:
    machine = Machine(town.server.address, "AAAA", Ed25519PrivateKey.generate())
    said = datetime.fromisoformat(machine.http.get("/v1/time").json()["time"])
    assert abs((said - system_clock()).total_seconds()) < 60
    machine.http.close()


def test_the_log_tells_of_nobody(town: Town, log: Path) -> None:
    desk = town.machine("AAAA")
    desk.send(entry(writes={"name": Write("AUNG MYO")}), entry(role="king", writes={"name": Write("KO KO")}))
    admin.appoint(town.centre, "R001", "Li Xiaomei", ("reception",), "a secret passphrase", "S001")
    desk.lists()
    desk.call("POST", "/v1/push", b"AUNG MYO")
    written = log.read_text("utf-8")
    lines = [json.loads(line) for line in written.splitlines()]
    assert {line["status"] for line in lines if line["event"] == "request"} == {200, 400}
    for secret in ("AUNG", "KO KO", "Li", "secret", "AAAA"):
        assert secret not in written


def test_what_a_database_says_is_told_to_nobody(log: Path) -> None:
    error = unreachable(psycopg.OperationalError("connection to 10.9.8.7 as user centre failed"))
    for path in ("/v1/push", "/v1/lists"):
        answer = answers.refused(Request({"type": "http", "path": path, "headers": []}), error)
        assert answer.status_code == 503
        assert b"10.9.8.7" not in answer.body
    found = json.loads(bytes(answer.body))
    assert (found["kind"], found["slots"]) == ("busy", {})
    assert "cannot use its database" in found["reason"]
    assert '"event": "database"' in log.read_text("utf-8")


def test_a_database_that_is_down_is_said_at_the_terminal(
    cluster: Cluster, prepared: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("central.postgres.REACHED_SECONDS", 2.0)
    centre = Centre(open_database(cluster.database(template=prepared)), sample_pack(), system_clock)
    with closing(centre), serving(centre) as town:
        desk = town.machine("AAAA")
        desk.heads()
        cluster.kill()
        told = refused(desk.call("GET", "/v1/heads"))
        assert str(told.text) == str(answers.NO_DATABASE)
        assert (told.problem.kind, told.retry_after) == ("busy", 10.0)
        cluster.start()


def test_every_endpoint_is_described(town: Town) -> None:
    machine = Machine(town.server.address, "AAAA", Ed25519PrivateKey.generate())
    said = machine.http.get("/openapi.json").json()
    machine.http.close()
    assert {(path, method) for path, methods in said["paths"].items() for method in methods} == {
        ("/v1/push", "post"), ("/v1/pull", "post"), ("/v1/rows", "post"), ("/v1/heads", "get"),
        ("/v1/enrol", "post"), ("/v1/successor", "post"), ("/v1/time", "get"), ("/v1/lists", "get"),
        ("/v1/blobs/missing", "post"), ("/v1/blobs/{name}", "head"), ("/v1/blobs/{name}", "put"),
        ("/v1/blobs/{name}", "get"), ("/v1/packs/invited", "post"), ("/v1/packs/{digest}", "get"),
        ("/v1/case", "post"), ("/v1/snapshot", "get"), ("/v1/snapshot/{name}", "get"), ("/v1/held", "get"),
        ("/v1/wanted/{digest}", "put"), ("/v1/passphrase", "post"),
    }  # fmt: skip
    for path, method in (("/v1/push", "post"), ("/v1/blobs/{name}", "put")):
        (content,) = said["paths"][path][method]["requestBody"]["content"].values()
        assert content["schema"] == {"type": "string", "format": "binary"}


def test_a_port_that_is_taken_is_said(town: Town) -> None:
    with pytest.raises(KioskError, match="Cannot listen"), Server(town.centre, town.server.address):
        pass
