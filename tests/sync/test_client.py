"""The terminal's side of the wire, against a server that does as it is told."""

from __future__ import annotations

import gzip
import hashlib
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, suppress
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import msgspec
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding
from hypothesis import given, settings
from hypothesis import strategies as st

from kiosk.sync import client as wire
from kiosk.sync import protocol
from kiosk.sync.client import PIECE, Client, enrol
from kiosk.sync.invitation import Invitation
from kiosk.sync.protocol import MEDIA_TYPE, Heads, Problem, Pull
from kiosk.sync.refusals import Refusal, Unreachable, WrongCentre, sentence
from kiosk.sync.signing import SESSION
from tests.sync.proving import proved
from tests.sync.scripted import Answer, Asked, Handler, Scripted, scripted, self_signed

KEY = Ed25519PrivateKey.generate()
NOW = datetime(2026, 6, 1, 1, 0, tzinfo=UTC)  # what the scripted server's clock shows
HEADS = protocol.pack(Heads("e1", {"RL01/office": 3}, (), "2026-06-01"))

Start = Callable[..., tuple[Client, Scripted]]


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Start]:
    with ExitStack() as stack:

        def begin(answer: Handler, clock: datetime = NOW) -> tuple[Client, Scripted]:
            server = stack.enter_context(scripted(tmp_path, answer))
            client = Client(server.url, server.pem, "RL01/7K2M", KEY, lambda: clock)
            stack.callback(client.close)
            return client, server

        yield begin


def problem(kind: str, status: int, **headers: str) -> Answer:
    return Answer(status, msgspec.json.encode(Problem(kind)), headers)


@pytest.mark.parametrize(("idle", "lines"), [(wire.IDLE, 1), (-1.0, 2)])
def test_a_line_that_was_idle_is_not_asked_over_again(
    start: Start, monkeypatch: pytest.MonkeyPatch, idle: float, lines: int
) -> None:
    """The server may be closing it just now."""
    monkeypatch.setattr(wire, "IDLE", idle)
    client, server = start(lambda asked: Answer(200, HEADS))
    client.heads()
    client.heads()
    assert len({asked.port for asked in server.asked}) == lines


def test_every_request_is_signed_and_none_twice_alike(start: Start) -> None:
    client, server = start(lambda asked: Answer(200, HEADS))
    assert client.heads() == client.heads() == Heads("e1", {"RL01/office": 3}, (), "2026-06-01")
    said = [
        proved(
            asked.method,
            asked.target,
            asked.headers,
            asked.body,
            lambda _: KEY.public_key().public_bytes_raw(),
        )
        for asked in server.asked
    ]
    assert {one.keyid for one in said} == {"RL01/7K2M"}
    assert {one.created for one in said} == {int(NOW.timestamp())}
    assert len({one.nonce for one in said}) == 2


@pytest.mark.parametrize("year", [1999, 2099])
def test_a_wrong_clock_takes_the_centres_time_and_goes_on(start: Start, year: int) -> None:
    def answer(asked: Asked) -> Answer:
        created = proved(
            asked.method,
            asked.target,
            asked.headers,
            asked.body,
            lambda _: KEY.public_key().public_bytes_raw(),
        ).created
        late = abs(created - NOW.timestamp()) > 300
        return problem("clock", 401) if late else Answer(200, HEADS)

    client, server = start(answer, NOW.replace(year=year))
    client.heads()
    client.heads()
    assert len(server.asked) == 3
    assert client.offset == NOW - NOW.replace(year=year)


def test_a_server_that_was_started_anew_names_its_session_and_is_asked_again(start: Start) -> None:
    now = {"session": "one"}

    def answer(asked: Asked) -> Answer:
        key = KEY.public_key().public_bytes_raw()
        nonce = proved(asked.method, asked.target, asked.headers, asked.body, lambda _: key).nonce
        told = {SESSION: now["session"]}
        return Answer(200, HEADS, told) if nonce.startswith(told[SESSION]) else refused("session", told)

    def refused(kind: str, told: dict[str, str]) -> Answer:
        return replace(problem(kind, 401), headers={**problem(kind, 401).headers, **told})

    client, server = start(answer)
    for session, asked in (("one", 2), ("one", 3), ("two", 5)):
        now["session"] = session
        client.heads()
        assert len(server.asked) == asked


def test_a_clock_before_the_certificate_was_made_cuts_no_line(tmp_path: Path) -> None:
    """A machine whose battery is empty begins in 1970. It trusts one key, whatever time that is good for."""
    with scripted(tmp_path, lambda asked: Answer(200, HEADS), since=9000) as server:
        client = Client(server.url, server.pem, "RL01/7K2M", KEY, lambda: NOW)
        assert client.heads().epoch == "e1"
        client.close()


def test_a_clock_that_stays_wrong_is_said_and_not_tried_for_ever(start: Start) -> None:
    client, server = start(lambda asked: problem("clock", 401))
    with pytest.raises(Refusal, match="clock is wrong"):
        client.heads()
    assert len(server.asked) == 2


@pytest.mark.parametrize(
    ("answer", "kind", "after"),
    [
        (problem("revoked", 403), "revoked", 0.0),
        (Answer(429, b"", {"Retry-After": "7"}), "busy", 7.0),
        (Answer(503, b"<html>", {"Retry-After": "soon"}), "busy", 0.0),
        (Answer(413, b"no"), "too_large", 0.0),
        (Answer(409, protocol.pack(Problem("gap", "", 5)), {"Content-Type": MEDIA_TYPE}), "gap", 0.0),
        (Answer(409, b"garbage", {"Content-Type": MEDIA_TYPE}), "wrong", 0.0),
        (Answer(302, b"", {"Location": "https://elsewhere.example/"}), "wrong", 0.0),
        (Answer(400, msgspec.json.encode(Problem("new", "No {x}", 0, {"y": "z"}))), "new", 0.0),
    ],
)
def test_a_refusal_carries_its_kind_and_a_sentence(
    start: Start, answer: Answer, kind: str, after: float
) -> None:
    client, _ = start(lambda asked: answer)
    with pytest.raises(Refusal) as found:
        client.pull(Pull({}))
    assert (found.value.problem.kind, found.value.retry_after) == (kind, after)
    assert str(found.value.text)


@given(st.text(), st.dictionaries(st.text(max_size=5), st.text(max_size=5), max_size=3))
def test_any_sentence_of_the_centre_can_be_said(template: str, slots: dict[str, str]) -> None:
    assert str(sentence(template, slots))


@settings(max_examples=10)
@given(cut=st.integers(0, len(HEADS) - 1))
def test_an_answer_cut_anywhere_is_no_answer(tmp_path_factory: pytest.TempPathFactory, cut: int) -> None:
    with scripted(tmp_path_factory.mktemp("cut"), lambda asked: Answer(200, HEADS, cut=cut)) as server:
        client = Client(server.url, server.pem, "RL01/7K2M", KEY, lambda: NOW)
        with pytest.raises(Unreachable):
            client.heads()
        client.close()


def test_nobody_there_is_unreachable() -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        invitation = Invitation(f"127.0.0.1:{free.getsockname()[1]}", "A" * 52, "0" * 26)
    with pytest.raises(Unreachable):
        enrol(invitation, {})


def test_a_line_that_was_being_made_when_the_client_closed_hears_nothing(tmp_path: Path) -> None:
    certificate, file = self_signed(tmp_path)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(file)
    pem = certificate.public_bytes(Encoding.PEM).decode()
    refused: list[BaseException] = []

    def ask() -> None:
        try:
            client.heads()
        except Unreachable as error:
            refused.append(error)

    with socket.create_server(("127.0.0.1", 0)) as door:
        client = Client(f"https://127.0.0.1:{door.getsockname()[1]}", pem, "RL01/7K2M", KEY, lambda: NOW)
        thread = threading.Thread(target=ask)
        thread.start()
        line, _ = door.accept()
        client.close()  # and only now it learns who is there
        with context.wrap_socket(line, server_side=True) as secured, suppress(ConnectionError):
            assert secured.recv(1) == b""
        thread.join(20)
    assert len(refused) == 1


# --- who answers ---------------------------------------------------------------------------------


def test_the_secret_leaves_only_for_the_key_of_the_invitation(start: Start) -> None:
    _, server = start(lambda asked: Answer())
    other = Invitation(server.invitation.address, "A" * 52, server.invitation.secret)
    with pytest.raises(WrongCentre):
        enrol(other, {"code": "7K2M"})
    assert server.asked == []


def test_enrolment_gives_the_certificate_to_trust(start: Start) -> None:
    said = {
        "office": "RL01", "terminal": "7K2M", "face": "counter", "departments": ["reception"],
        "centre": {"terminal": "C000", "key": "00" * 32}, "epoch": "e1",
    }  # fmt: skip
    _, server = start(lambda asked: Answer(200, msgspec.json.encode(said)))
    enrolled, pem = enrol(server.invitation, {"code": "7K2M"})
    assert (enrolled.terminal, enrolled.departments, pem) == ("7K2M", ["reception"], server.pem)
    assert msgspec.json.decode(server.asked[0].body) == {"code": "7K2M", "secret": server.invitation.secret}


def test_another_certificate_than_the_pinned_one_hears_nothing(start: Start) -> None:
    _, one = start(lambda asked: Answer(200, HEADS))
    _, other = start(lambda asked: Answer(200, HEADS))
    client = Client(one.url, other.pem, "RL01/7K2M", KEY, lambda: NOW)
    with pytest.raises(Unreachable):
        client.heads()
    client.close()
    assert one.asked == []


def test_an_older_tls_hears_nothing(tmp_path: Path) -> None:
    with scripted(tmp_path, lambda asked: Answer(200, HEADS), ssl.TLSVersion.TLSv1_2) as server:
        client = Client(server.url, server.pem, "RL01/7K2M", KEY, lambda: NOW)
        with pytest.raises(Unreachable):
            client.heads()
        with pytest.raises(Unreachable):
            enrol(server.invitation, {"code": "7K2M"})
        client.close()
        assert server.asked == []


# --- blobs ---------------------------------------------------------------------------------------


class Shelf:
    """Keeps what is PUT as the central system does; forgets nothing of what came before a cut."""

    def __init__(self, kept: bytes = b"") -> None:
        self.kept = bytearray(kept)
        self.whole = False

    def __call__(self, asked: Asked) -> Answer:
        if int(asked.headers["Upload-Offset"]) != len(self.kept):
            return Answer(409, msgspec.json.encode(Problem("offset")), {"Upload-Offset": str(len(self.kept))})
        self.kept += asked.body
        self.whole = asked.headers["Upload-Complete"] == "?1"
        return Answer(204)


BLOB = bytes(range(256)) * 9000  # three pieces


@pytest.mark.parametrize("there", [0, 1, PIECE, PIECE + 7, len(BLOB)])
def test_a_blob_goes_on_where_the_centre_has_it_up_to(start: Start, there: int) -> None:
    shelf = Shelf(BLOB[:there])
    client, server = start(shelf)
    client.put_blob(hashlib.sha256(BLOB).hexdigest(), BLOB)
    assert shelf.kept == BLOB
    assert shelf.whole
    sent = sum(len(asked.body) for asked in server.asked)
    assert sent <= len(BLOB) - there + min(there, 1) * PIECE


def test_a_centre_that_never_agrees_on_a_place_is_given_up(start: Start) -> None:
    client, server = start(lambda asked: Answer(409, b"{}", {"Upload-Offset": "3"}))
    with pytest.raises(Refusal):
        client.put_blob("00" * 32, BLOB)
    assert len(server.asked) < 10


def test_a_blob_whose_line_was_cut_is_fetched_from_there_on(start: Start) -> None:
    def answer(asked: Asked) -> Answer:
        after = int(asked.headers.get("Range", "bytes=0-").removeprefix("bytes=").removesuffix("-"))
        return Answer(206 if after else 200, BLOB[after:], cut=300_000)

    client, server = start(answer)
    begun, tries = bytearray(), 0
    while True:
        tries += 1
        try:
            found = client.get_blob(hashlib.sha256(BLOB).hexdigest(), begun)
            break
        except Unreachable:
            continue
    assert found
    assert begun == BLOB
    assert tries == len(server.asked) > 3


def test_a_blob_that_is_not_what_its_name_says_is_not_kept(start: Start) -> None:
    client, _ = start(lambda asked: Answer(200, BLOB))
    begun = bytearray()
    with pytest.raises(Unreachable):
        client.get_blob("00" * 32, begun)
    assert begun == b""


def test_a_blob_that_is_not_there_yet(start: Start) -> None:
    client, _ = start(lambda asked: problem("unknown", 404))
    assert client.get_blob("00" * 32, bytearray()) is False


@pytest.mark.parametrize("coding", ["", "gzip"])
def test_an_answer_without_end_is_not_read_to_its_end(
    start: Start, monkeypatch: pytest.MonkeyPatch, coding: str
) -> None:
    """Neither one that is too long nor one that would be once it is unpacked."""
    monkeypatch.setattr(wire, "LARGEST", 3 * PIECE)
    body = gzip.compress(bytes(100 * PIECE)) if coding else bytes(4 * PIECE)
    headers = {"Content-Encoding": coding} if coding else {}
    client, server = start(lambda asked: Answer(200, body, headers))
    begun = bytearray()
    for ask in (client.heads, client.lists, lambda: client.get_blob("00" * 32, begun)):
        with pytest.raises(Unreachable):
            ask()
    assert len(begun) <= 3 * PIECE
    with pytest.raises(Unreachable):
        enrol(server.invitation, {"code": "7K2M"})


# --- ending --------------------------------------------------------------------------------------


def test_closing_ends_a_request_that_waits(start: Start) -> None:
    asked_for, release = threading.Event(), threading.Event()

    def answer(asked: Asked) -> Answer:
        asked_for.set()
        release.wait(60)
        return Answer(200, HEADS)

    client, _ = start(answer)
    ended: list[BaseException] = []

    def wait() -> None:
        try:
            client.pull(Pull({}, wait=25))
        except Unreachable as error:
            ended.append(error)

    thread = threading.Thread(target=wait)
    thread.start()
    assert asked_for.wait(30)
    time.sleep(0.05)  # so that it waits for the answer
    client.close()
    thread.join(20)
    release.set()
    assert len(ended) == 1
    assert wire.ANSWER > 20  # or the time it waits by itself would have ended it
