"""Whose seals hold: the trust list that every terminal gets, and the permits that are void."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from central import admin
from kiosk.actions.terminal import system_clock
from kiosk.model.entries import Entry, Write
from kiosk.seal import SealClaims, TrustList, seal_name, sign, verify
from tests.central.machine import ALL, Town, entry


def permit(number: str, status: str = "active") -> dict[str, Any]:
    return {"number": Write(number), "status": Write(status)}


def printed(number: str, **more: str) -> Entry:
    """A line of the ledger of prints, as a counter writes it."""
    value = {"slip": "permit", "number": number, **more}
    return entry(subject="case:1", kind="printed", writes={f"print.{number}": Write(value)})


def sealed(key: Ed25519PrivateKey, number: str, name: str = "KO KO") -> tuple[SealClaims, str]:
    now = system_clock()
    claims = SealClaims(
        number, "BORDER_TEMP", name, 1990, now.date(), now.date(), ("533102",), "RL01", now
    )  # fmt: skip
    return claims, sign(claims, key)


def test_a_revoked_terminals_seals_hold_for_what_it_had_printed(town: Town) -> None:
    key = Ed25519PrivateKey.generate()
    desk, other = town.stranger("AAAA"), town.machine("BBBB")
    secret = admin.invite(town.centre, "desk", "counter", ("reception",))
    own = key.public_key().public_bytes_raw().hex()
    assert desk.http.post("/v1/enrol", json=town.asked(desk, secret, seal=own)).is_success
    number = "RL01-BBBB-P000001-X"  # that another desk gave
    early, bare, late = sealed(key, number), sealed(key, "RL01-BBBB-P000002-X"), sealed(key, "RL01-BBBB-P3-X")
    false = sealed(key, number, "MA MA")

    def holding() -> list[bool]:
        trust = TrustList.from_json(town.lists(other)["trust"])
        return [verify(seal, trust, system_clock()).valid for _, seal in (early, bare, late, false)]

    desk.send(printed(number, seal=seal_name(early[1])))
    desk.send(printed(bare[0].number))  # a thief's, who would put any name beside the number
    desk.send(printed(bare[0].number, seal=bare[0].number))
    assert holding() == [True, True, True, True]
    admin.revoke(town.centre, "AAAA", "S001")
    assert holding() == [True, False, False, False]
    desk.send(printed(late[0].number, seal=seal_name(late[1])))
    assert holding() == [True, False, False, False]
    admin.release(town.centre, ("RL01", "AAAA", "office"), 4, 4, "S001")
    assert holding() == [True, False, True, False]
    terminals = {key.terminal for key in TrustList.from_json(town.lists(other)["trust"]).keys.values()}
    assert terminals == {"AAAA", "BBBB", town.centre.code}


def test_only_those_terminals_vouch_for_permits_that_print_them(town: Town) -> None:
    for code, *departments in (
        ("AAAA", "reception"), ("BBBB", "police"), ("CCCC", "labour"), ("DDDD", "health_post"),
        ("EEEE", "labour", "reception"),
    ):  # fmt: skip
        town.machine(code, departments)
    trust = TrustList.from_json(town.lists(town.machines[0])["trust"])
    vouching = {key.terminal for key in trust.keys.values() if key.only is None}
    assert vouching == {"AAAA", "BBBB", "EEEE", town.centre.code}
    assert {key.terminal for key in trust.keys.values() if key.only == frozenset()} == {"CCCC", "DDDD"}


def test_a_void_permit_is_on_the_list(town: Town) -> None:
    desk = town.machine("AAAA", ALL)
    first = entry(subject="permit:1", role="police", writes=permit("RL01-AAAA-P000001-X"))
    desk.send(first)
    assert town.lists(desk)["trust"]["void"] == []
    desk.send(entry(subject="permit:1", role="police", writes={"status": Write("void", (first.id,))}))
    assert [one["number"] for one in town.lists(desk)["trust"]["void"]] == ["RL01-AAAA-P000001-X"]


def test_what_was_voided_longer_ago_than_any_permit_lasts_leaves_the_list(town: Town) -> None:
    desk = town.machine("AAAA", ALL)
    for days in (2_100, 1_900):
        wall = (system_clock() - timedelta(days=days)).isoformat()
        first = entry(subject=f"permit:{days}", role="police", writes=permit(f"P{days}"), wall=wall)
        voided = {"status": Write("void", (first.id,))}
        desk.send(first, entry(subject=f"permit:{days}", role="police", writes=voided, wall=wall))
    assert [one["number"] for one in town.lists(desk)["trust"]["void"]] == ["P1900"]


def test_no_permit_is_sealed_at_a_self_service_terminal(town: Town) -> None:
    town.machine("AAAA", (), "selfservice")
    keys = town.lists(town.machine("BBBB"))["trust"]["keys"]
    assert {key["terminal"] for key in keys} == {"BBBB", town.centre.code}


def test_nobody_joins_with_the_seal_of_another(town: Town) -> None:
    town.machine("AAAA")
    (seal,) = (
        key["public"]
        for key in town.lists(town.machine("BBBB"))["trust"]["keys"]
        if key["terminal"] == "AAAA"
    )
    thief = town.stranger("CCCC")
    secret = admin.invite(town.centre, "desk", "counter", ["reception"])
    answer = thief.http.post("/v1/enrol", json=town.asked(thief, secret, seal=seal))
    assert (answer.status_code, answer.json()["kind"]) == (400, "wrong")
