"""The public check of a seal: what it answers, and what neither answer nor log nor browser keeps."""

from __future__ import annotations

from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from central import admin
from central.centre import Centre
from kiosk.seal import SealClaims, sign
from tests.central.pages.visitor import Enter, Visitor
from tests.office import Clerks, Clock


@pytest.fixture
def case(clerks: Clerks) -> str:
    return clerks.worker("handed_over")


@pytest.fixture
def seal(clerks: Clerks, case: str) -> str:
    return clerks.desk.slip(clerks.police, case, "permit").seal


def answer(visitor: Visitor, seal: str) -> str:
    """What the page says of a seal."""
    assert visitor.http.post("/verify", data={"seal": seal}).status_code == 200
    visitor.page = visitor.http.post("/verify", data={"seal": seal}).text
    said = visitor.words
    return said[said.rindex("Check the seal of a permit") :].removeprefix("Check the seal of a permit ")


def test_a_valid_seal_says_what_stands_on_the_slip(enter: Enter, seal: str) -> None:
    visitor = enter()
    said = answer(visitor, seal)
    assert said.startswith("Valid Permit Temporary residence permit for border residents Number RL01-")
    assert "Name MA MA SAN Period 2 March 2026 to 28 August 2026 Allowed area Ruili City" in said


def test_nothing_is_said_that_is_not_on_the_slip(enter: Enter, clerks: Clerks, case: str, seal: str) -> None:
    visitor = enter()
    answer(visitor, seal)
    facts = clerks.facts(case)
    for key in (
        "person.document_number", "person.phone", "person.name_native", "guarantor.name", "guarantor.uscc",
    ):  # fmt: skip
        assert str(facts[key]) not in visitor.page
    assert case.removeprefix("case:") not in visitor.page
    assert "1994" not in visitor.page


def test_an_expired_and_a_future_one(enter: Enter, seal: str, clock: Clock) -> None:
    visitor = enter()
    clock.forward(days=-2)
    assert answer(visitor, seal).startswith("Not valid yet Permit RL01-")
    clock.forward(days=400)
    assert answer(visitor, seal).startswith("Expired Permit RL01-")


def test_a_void_one_is_void_at_once(enter: Enter, clerks: Clerks, case: str, seal: str) -> None:
    visitor = enter()
    assert answer(visitor, seal).startswith("Valid")
    clerks.desk.perform(clerks.police, case, "permit", "void", reason="permit_lost")
    assert answer(visitor, seal).startswith("Void Permit RL01-")


def test_a_revoked_terminal_vouches_only_for_what_was_known(
    enter: Enter, centre: Centre, clock: Clock
) -> None:
    seal_key, key = Ed25519PrivateKey.generate(), Ed25519PrivateKey.generate()
    secret = admin.invite(centre, "a desk", "counter", ["police"])
    asked = admin.Asked(
        key=key.public_key().public_bytes_raw().hex(),
        seal=seal_key.public_key().public_bytes_raw().hex(),
        code="9QRT",
        proof=key.sign(secret.encode()).hex(),
        secret=secret,
    )
    admin.enrol(centre, asked)
    today = clock().date()
    made = SealClaims(
        "RL01-9QRT-P000001-X", "BORDER_TEMP", "KO KO", 1990, today, today, ("533102",), "RL01", clock()
    )
    visitor = enter()
    assert answer(visitor, sign(made, seal_key)).startswith("Valid")
    admin.revoke(centre, "9QRT", "S001")
    assert answer(visitor, sign(made, seal_key)).startswith("Unknown")


@pytest.mark.parametrize(
    "pasted",
    ["", "hello", "SW1:", "SW1:" + "A" * 5_000, "<script>alert(1)</script>", "SW1Z:\0", "မြန်မာ", "SW1:%%%"],
)
def test_anything_else_is_unknown(enter: Enter, pasted: str) -> None:
    visitor = enter()
    assert answer(visitor, pasted).startswith("Unknown This is not a seal of a permit, or it cannot be read")
    assert "<script>alert" not in visitor.page


def test_a_changed_seal_is_unknown_and_tells_nothing(enter: Enter, seal: str) -> None:
    visitor = enter()
    changed = seal[:-1] + ("A" if seal[-1] != "A" else "B")
    said = answer(visitor, changed)
    assert said.startswith("Unknown The seal was changed after it was signed")
    assert "MA MA SAN" not in said


def test_a_seal_broken_into_lines_is_read(enter: Enter, seal: str) -> None:
    assert answer(enter(), f" {seal[:60]}\r\n{seal[60:]}\n").startswith("Valid")


def test_a_restored_centre_vouches_for_nothing_until_it_is_complete(
    enter: Enter, centre: Centre, seal: str
) -> None:
    centre.renew()
    visitor, supervisor = enter(), enter("S001")
    for _ in range(2):
        answered = visitor.http.post("/verify", data={"seal": seal})
        assert answered.status_code == 409
        assert "restored and is not complete yet" in answered.text
        assert "MA MA SAN" not in answered.text
    supervisor.get("/terminals")
    assert "The central system was restored on" in supervisor.words
    centre.is_complete()
    assert answer(visitor, seal).startswith("Valid")
    supervisor.get("/terminals")
    assert "restored" not in supervisor.words


def test_nothing_is_kept(enter: Enter, seal: str, log: Path) -> None:
    visitor = enter()
    visitor.get("/verify?language=my")
    for pasted in (seal, "MA MA SAN 9876543210"):
        posted = visitor.http.post("/verify", data={"seal": pasted})
        assert "set-cookie" not in posted.headers
        assert str(posted.url).endswith("/verify")
    assert not visitor.http.cookies
    written = log.read_text("utf-8")
    assert written.count('"kind": "verify"') == 3
    assert not [word for word in (seal[:20], "9876543210", "MA MA") if word in written]


def test_it_asks_no_token_and_knows_nobody(enter: Enter, seal: str) -> None:
    """A form without a cookie has nothing that another site could use."""
    visitor = enter("P001")
    visitor.get("/verify")
    assert "陈志远" not in visitor.page
    assert 'name="token"' not in visitor.page


def test_whoever_asks_too_often_waits(enter: Enter) -> None:
    visitor = enter()
    tries = (visitor.http.post("/verify", data={"seal": "hello"}) for _ in range(1_000))
    given = next(one for one in tries if one.status_code != 200)
    assert given.status_code == 429
    assert int(given.headers["retry-after"]) > 0
    assert "Too many requests" in given.text
