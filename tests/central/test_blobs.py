"""Blobs arrive in pieces, whole or not at all, and are read from any byte on."""

from __future__ import annotations

import hashlib
import json
import secrets
from datetime import timedelta

import httpx
import pytest

from central.centre import Centre
from tests.central.machine import Machine, Town, serving


def name_of(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def put(machine: Machine, name: str, piece: bytes, offset: int, *, last: bool = False) -> httpx.Response:
    headers = {"Upload-Offset": str(offset), "Upload-Complete": f"?{int(last)}"}
    return machine.call("PUT", f"/v1/blobs/{name}", piece, headers)


def get(machine: Machine, name: str, start: int | None = None) -> httpx.Response:
    headers = {} if start is None else {"Range": f"bytes={start}-"}
    return machine.call("GET", f"/v1/blobs/{name}", headers=headers)


def missing(machine: Machine, *names: str) -> list[str]:
    answer = machine.call("POST", "/v1/blobs/missing", json.dumps({"names": names}).encode())
    found: list[str] = answer.json()["missing"]
    return found


def test_a_blob_goes_up_in_pieces_and_comes_down_from_any_byte(town: Town) -> None:
    desk, other = town.machine("AAAA"), town.machine("BBBB")
    data = secrets.token_bytes(1000)
    name = name_of(data)
    assert missing(desk, name, "0" * 64) == [name, "0" * 64]
    assert desk.call("HEAD", f"/v1/blobs/{name}").status_code == 404
    assert put(desk, name, data[:300], 0).headers["Upload-Offset"] == "300"
    assert get(other, name).status_code == 404  # half of it is nothing
    head = desk.call("HEAD", f"/v1/blobs/{name}")
    assert (head.status_code, head.headers["Upload-Offset"], head.headers["Upload-Complete"]) == (
        200,
        "300",
        "?0",
    )
    wrong = put(desk, name, data[200:500], 200)
    assert (wrong.status_code, wrong.headers["Upload-Offset"]) == (409, "300")
    assert put(desk, name, data[300:], 300, last=True).status_code == 201
    assert missing(desk, name, "0" * 64) == ["0" * 64]
    assert get(other, name).content == data
    rest = get(other, name, 700)
    assert (rest.status_code, rest.content) == (206, data[700:])
    assert rest.headers["Content-Range"] == "bytes 700-999/1000"
    assert get(other, name, 1000).status_code == 416
    again = put(desk, name, data[:10], 0)
    assert (again.status_code, again.headers["Upload-Complete"]) == (201, "?1")


def test_what_is_not_what_its_name_says_is_not_kept(town: Town) -> None:
    desk = town.machine("AAAA")
    data = secrets.token_bytes(100)
    name = name_of(data)
    assert put(desk, name, data[:50], 0).status_code == 200
    assert put(desk, name, bytes(50), 50, last=True).status_code == 400
    assert missing(desk, name) == [name]
    assert put(desk, name, data, 0, last=True).status_code == 201  # and it may be sent anew


def test_a_blob_that_grows_without_end_is_dropped(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("central.blobs.LARGEST", 100)
    desk = town.machine("AAAA")
    name = name_of(b"")
    put(desk, name, bytes(80), 0)
    assert put(desk, name, bytes(80), 80).status_code == 400
    assert put(desk, name, bytes(80), 0).status_code == 200


def test_nobody_spoils_what_another_one_sends(town: Town) -> None:
    desk, other = town.machine("AAAA"), town.machine("BBBB")
    data = secrets.token_bytes(100)
    name = name_of(data)
    assert put(desk, name, data[:50], 0).status_code == 200
    assert put(other, name, bytes(60), 0).status_code == 200
    assert put(other, name, bytes(40), 60, last=True).status_code == 400
    assert put(desk, name, data[50:], 50, last=True).status_code == 201
    assert get(other, name).content == data


def test_what_was_begun_and_not_ended_gives_way_the_oldest_first(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("central.blobs.MOST_BEGUN", 250)
    desk, other = town.machine("AAAA"), town.machine("BBBB")
    names = [f"{number:064x}" for number in range(4)]
    now = town.centre.clock()
    for number, name in enumerate(names):
        town.centre.clock = lambda number=number: now + timedelta(seconds=number)  # type: ignore[misc]
        assert put(desk, name, bytes(100), 0).status_code == 200
        assert put(other, names[0], bytes(10), 10 * number).status_code == 200  # another one's is his own

    def begun(machine: Machine) -> list[int]:
        heads = [machine.call("HEAD", f"/v1/blobs/{name}").headers for name in names]
        return [int(headers["Upload-Offset"]) for headers in heads]

    assert begun(desk) == [0, 0, 100, 100]
    assert begun(other) == [40, 0, 0, 0]


def test_what_was_begun_is_forgotten_at_a_start_after_a_day(centre: Centre) -> None:
    data = secrets.token_bytes(100)
    now = centre.clock()
    with serving(centre) as town:
        desk = town.machine("AAAA")
        assert put(desk, name_of(data), data[:50], 0).status_code == 200
    for hours, left in ((20, "50"), (30, "0")):
        centre.clock = lambda hours=hours: now + timedelta(hours=hours)  # type: ignore[misc]
        with serving(centre) as town:
            again = town.known(desk)
            created = int(centre.clock().timestamp())
            target = f"/v1/blobs/{name_of(data)}"
            answer = again.http.head(target, headers=again.proof("HEAD", target, created=created))
            assert answer.headers["Upload-Offset"] == left


@pytest.mark.parametrize("name", ["x", "0" * 63, "0" * 65, "A" * 64, "..%2f" + "0" * 60])
def test_what_is_no_name(town: Town, name: str) -> None:
    assert put(town.machine("AAAA"), name, b"x", 0).status_code in (404, 422)


@pytest.mark.parametrize("offset", ["-1", "x", "9" * 30, "١"])
def test_what_is_no_offset(town: Town, offset: str) -> None:
    desk = town.machine("AAAA")
    headers = {b"Upload-Offset": offset.encode()}
    target = f"/v1/blobs/{'0' * 64}"
    proof = {name.encode(): value.encode() for name, value in desk.proof("PUT", target, b"x").items()}
    assert desk.http.put(target, content=b"x", headers={**proof, **headers}).status_code == 400


def test_a_self_service_terminal_sends_blobs_and_gets_none(town: Town) -> None:
    kiosk = town.machine("AAAA", (), "selfservice")
    data = b"a copy"
    assert put(kiosk, name_of(data), data, 0, last=True).status_code == 201
    assert get(kiosk, name_of(data)).status_code == 403
    assert kiosk.http.get(f"/v1/blobs/{name_of(data)}").status_code == 401


@pytest.mark.parametrize("body", [b"", b"{}", b'{"names":7}', b"\xff", b'{"names":["\\u0000"]}'])
def test_names_that_are_none(town: Town, body: bytes) -> None:
    answer = town.machine("AAAA").call("POST", "/v1/blobs/missing", body)
    assert answer.status_code == (200 if b"u0000" in body else 400)
