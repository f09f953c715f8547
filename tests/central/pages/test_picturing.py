"""The public check of a seal by a picture: what is read, what is refused, and that nothing is kept."""

from __future__ import annotations

import socket
import ssl
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import cv2
import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from central.centre import Centre
from central.pages.intake import LARGEST
from kiosk.capture.codes import images
from tests.capture.test_apart import bomb
from tests.capture.test_codes import PDF as FOREIGN  # a permit of another office's key
from tests.central.pages.visitor import Enter, Visitor
from tests.office import Clerks, Clock

LIVE = {"accept": "text/plain"}


@pytest.fixture
def case(clerks: Clerks) -> str:
    return clerks.worker("handed_over")


@pytest.fixture
def permit(clerks: Clerks, case: str) -> bytes:
    return clerks.desk.slip_pdf(clerks.police, case, "permit")


def photo(pdf: bytes, kind: str = ".jpg") -> bytes:
    """The first page, as a telephone or a scanner gives it."""
    return bytes(cv2.imencode(kind, next(iter(images(pdf))))[1])


def send(visitor: Visitor, picture: bytes, **headers: str) -> httpx.Response:
    return visitor.http.post("/verify", files={"picture": ("slip", picture)}, headers=headers)


def answer(visitor: Visitor, picture: bytes) -> str:
    """What the page says of a picture."""
    answered = send(visitor, picture)
    assert answered.status_code == 200
    visitor.page = answered.text
    said = visitor.words
    return said[said.rindex("Check the seal of a permit") :].removeprefix("Check the seal of a permit ")


@pytest.mark.parametrize("kind", [".jpg", ".png", ".webp", ".bmp", ".tiff", "pdf"])
def test_a_permit_is_read(enter: Enter, permit: bytes, kind: str) -> None:
    said = answer(enter(), permit if kind == "pdf" else photo(permit, kind))
    assert said.startswith("Valid Permit Temporary residence permit for border residents Number RL01-")
    assert "Name MA MA SAN" in said


def test_void_and_expired_permits_and_those_of_unknown_keys(
    enter: Enter, clerks: Clerks, clock: Clock, case: str, permit: bytes
) -> None:
    visitor, picture = enter(), photo(permit)
    clock.forward(days=400)
    assert answer(visitor, picture).startswith("Expired Permit RL01-")
    clock.forward(days=-400)
    clerks.desk.perform(clerks.police, case, "permit", "void", reason="permit_lost")
    assert answer(visitor, picture).startswith("Void Permit RL01-")
    assert answer(visitor, FOREIGN).startswith("Unknown Signed with a key that is not on the trust list")


def test_a_picture_without_a_seal_says_what_to_do(enter: Enter, clerks: Clerks, case: str) -> None:
    visitor, receipt = enter(), clerks.desk.slip_pdf(clerks.police, case, "receipt")
    said = answer(visitor, photo(receipt))
    assert said.startswith("No seal found There is no seal here. Only permits carry one, no other slip. Take")
    assert "so near that the square code fills half of it" in said


def test_two_permits_in_one_picture_are_told_apart(enter: Enter, permit: bytes) -> None:
    both = cv2.hconcat([next(iter(images(permit))), next(iter(images(FOREIGN)))])
    said = answer(enter(), bytes(cv2.imencode(".png", both)[1]))
    assert said.startswith("More than one seal There are 2 seals; check them one by one")


def test_what_is_no_picture_is_said(enter: Enter, permit: bytes) -> None:
    visitor = enter()
    for content in (
        b"SW1:",
        b"hello",
        b"\xff\xd8\xff",
        photo(permit, ".png")[:2_000],
        b"%PDF-1.7 and no more",
    ):
        said = answer(visitor, content)
        assert said.startswith("No seal found")
        assert "This is no picture and no PDF that can be read" in said
    assert "more than 40 million points" in answer(visitor, bomb(8_000, 8_000))


def test_no_picture_is_no_answer(enter: Enter) -> None:
    assert answer(enter(), b"").startswith("No seal found No picture was chosen.")


def test_what_is_too_large_is_not_taken(enter: Enter) -> None:
    answered = send(enter(), bytes(LARGEST))
    assert answered.status_code == 413
    assert "What arrived is too large." in answered.text


def test_the_script_is_told_the_seal_alone(enter: Enter, clerks: Clerks, case: str, permit: bytes) -> None:
    visitor = enter()
    found = send(visitor, photo(permit), **LIVE)
    assert (found.status_code, found.headers["content-type"]) == (200, "text/plain; charset=utf-8")
    assert found.text == clerks.desk.slip(clerks.police, case, "permit").seal
    receipt = clerks.desk.slip_pdf(clerks.police, case, "receipt")
    assert (send(visitor, photo(receipt), **LIVE).status_code, send(visitor, b"x", **LIVE).status_code) == (
        204,
        400,
    )


def test_a_restored_centre_vouches_for_no_picture(enter: Enter, centre: Centre, permit: bytes) -> None:
    centre.renew()
    for headers in ({}, LIVE):
        answered = send(enter(), photo(permit), **headers)
        assert answered.status_code == 409
        assert "MA MA SAN" not in answered.text


def test_nothing_is_kept(
    enter: Enter, permit: bytes, log: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No cookie, no line in the log, no file: not even one that is there for a moment only can be made."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "nowhere"))
    visitor, noise = enter(), photo(permit) + bytes(LARGEST - 2_000_000)
    for picture in (photo(permit), noise, b"MA MA SAN 9876543210"):
        assert "set-cookie" not in send(visitor, picture).headers
    assert send(visitor, photo(permit), **LIVE).status_code == 200
    written = log.read_text("utf-8")
    assert written.count('"kind": "verify"') == 4
    assert not [word for word in ("SW1", "9876543210", "MA MA", "slip") if word in written]


@settings(
    max_examples=15, derandomize=True, database=None, deadline=None,
    suppress_health_check=list(HealthCheck),
)  # fmt: skip
@given(
    st.sampled_from([".jpg", ".png", ".webp", "pdf"]),
    st.integers(0, 10_000),
    st.lists(st.tuples(st.integers(0, 10_000), st.integers(0, 255)), max_size=5),
)
def test_a_spoilt_picture_is_answered_on_the_page(
    enter: Enter, permit: bytes, kind: str, end: int, changed: list[tuple[int, int]]
) -> None:
    picture = bytearray(permit if kind == "pdf" else photo(permit, kind))
    for at, byte in changed:
        picture[len(picture) * at // 10_001] = byte
    visitor = enter()
    said = answer(visitor, bytes(picture[: len(picture) * end // 10_000] or picture))
    assert said.startswith(("Valid", "No seal found", "Unknown"))
    visitor.close()


@contextmanager
def half_sent(address: str) -> Iterator[ssl.SSLSocket]:
    """A picture of which the end never comes, from when it was let in."""
    host, _, port = address.rpartition(":")
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    with closing(context.wrap_socket(socket.create_connection((host, int(port)), 30))) as line:
        line.sendall(
            b"POST /verify HTTP/1.1\r\nHost: centre\r\nExpect: 100-continue\r\nContent-Length: 9\r\n\r\n"
        )
        assert line.recv(100).startswith(b"HTTP/1.1 100 ")
        line.sendall(b"half")
        yield line


def test_who_comes_when_too_many_are_there_is_sent_away(
    enter: Enter, permit: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("central.pages.intake.INSIDE", 0)
    visitor = enter()
    answered = send(visitor, photo(permit))
    assert (answered.status_code, answered.headers["retry-after"]) == (429, "5")
    assert "Too many requests. Wait a moment, then try again." in answered.text
    assert visitor.get("/verify").status_code == 200
    assert visitor.http.post("/verify", data={"seal": "SW1:"}).status_code == 200  # text needs no place


def test_one_address_leaves_places_to_others(
    enter: Enter, permit: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("central.pages.intake.INSIDE", 3)
    address = enter.server.address
    outside = httpx.HTTPTransport(verify=False, local_address="127.0.0.2")
    with half_sent(address), half_sent(address), httpx.Client(transport=outside) as other:
        assert send(enter(), photo(permit)).status_code == 429
        answered = other.post(f"https://{address}/verify", files={"picture": photo(permit)})
        assert "MA MA SAN" in answered.text


def test_who_never_ends_is_not_waited_for(
    enter: Enter, permit: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("central.pages.intake.INSIDE", 1)
    monkeypatch.setattr("central.pages.intake.SECONDS", 0.1)
    with half_sent(enter.server.address) as line:
        assert line.recv(100).startswith(b"HTTP/1.1 429 ")
    assert answer(enter(), photo(permit)).startswith("Valid")
