"""Terminals are invited once and revoked for good; operators come and go; the lists say so, signed."""

from __future__ import annotations

import base64
import json
from datetime import timedelta
from typing import Any

import pytest
from argon2 import PasswordHasher
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from central import admin
from central.centre import Centre
from central.database import open_database
from kiosk.actions.terminal import system_clock
from kiosk.errors import InvalidInput
from kiosk.errors import Refused as NotDone
from kiosk.model.entries import ADMIN, Entry, Write, decode
from kiosk.seal import SealClaims, TrustList, seal_name, sign, verify
from tests.central.cluster import Cluster
from tests.central.machine import ALL, Machine, Town, act, entry
from tests.office import sample_pack


def stranger(town: Town, code: str) -> Machine:
    machine = Machine(town.server.address, code, Ed25519PrivateKey.generate())
    town.machines.append(machine)
    return machine


def enrol(town: Town, machine: Machine, secret: str) -> tuple[int, dict[str, Any]]:
    answer = machine.http.post("/v1/enrol", json=town.asked(machine, secret))
    return answer.status_code, answer.json()


def signed(town: Town, machine: Machine) -> dict[str, Any]:
    """The lists a terminal gets, verified."""
    answer = machine.lists()
    content = base64.b64decode(answer["signed"])
    town.centre.key.public_key().verify(bytes.fromhex(answer["signature"]), content)
    found: dict[str, Any] = json.loads(content)
    return found


def staff(town: Town, machine: Machine) -> list[str]:
    return sorted(one["number"] for one in signed(town, machine)["staff"])


def appoint(town: Town, number: str, *roles: str) -> None:
    admin.appoint(town.centre, number, f"Name {number}", roles, "a long passphrase", "S001", 5)


# --- terminals -----------------------------------------------------------------------------------------


def test_a_terminal_is_told_what_it_is(town: Town) -> None:
    machine = stranger(town, "AAAA")
    secret = admin.invite(town.centre, "Desk 1", "counter", ("reception", "police"))
    status, said = enrol(town, machine, secret)
    assert status == 200
    assert said == {
        "office": "RL01",
        "terminal": "AAAA",
        "face": "counter",
        "departments": ["reception", "police"],
        "centre": {"terminal": town.centre.code, "key": town.centre.public.hex()},
        "epoch": town.centre.epoch,
    }
    _, rows = machine.pull()
    (row,) = rows
    assert row.body is not None
    written = decode(row.body)
    assert (row.stream, written.subject, written.kind) == (ADMIN, "terminal:AAAA", "enrolled")
    assert written.writes["name"].value == "Desk 1"


def test_an_invitation_is_good_once_but_its_answer_may_be_asked_for_again(town: Town) -> None:
    machine, other = stranger(town, "AAAA"), stranger(town, "BBBB")
    secret = admin.invite(town.centre, "Desk 1", "counter", ALL)
    asked = town.asked(machine, secret)
    first = machine.http.post("/v1/enrol", json=asked)
    assert machine.http.post("/v1/enrol", json=asked).json() == first.json()
    assert len(machine.pull()[1]) == 1
    status, said = enrol(town, other, secret)
    assert (status, said["kind"]) == (403, "invitation")


def test_an_invitation_grows_old(town: Town) -> None:
    secret = admin.invite(town.centre, "Desk 1", "counter", ALL)
    town.centre.clock = lambda: system_clock() + timedelta(days=8)
    status, said = enrol(town, stranger(town, "AAAA"), secret)
    assert (status, said["kind"]) == (403, "invitation")


@pytest.mark.parametrize(
    ("changes", "status", "kind"),
    [
        ({"secret": "X" * 26}, 400, "wrong"),  # its proof is of another one
        ({"proof": "00" * 64}, 400, "wrong"),
        ({"key": "00"}, 400, "wrong"),
        ({"seal": "ü"}, 400, "wrong"),
        ({"code": "aaaa"}, 400, "wrong"),
        ({"code": "A/A"}, 400, "wrong"),
        ({"code": "BBBB"}, 409, "code_taken"),
    ],
)
def test_who_does_not_prove_himself_is_not_taken_in(
    town: Town, changes: dict[str, str], status: int, kind: str
) -> None:
    town.machine("BBBB")
    secret = admin.invite(town.centre, "Desk 1", "counter", ALL)
    machine = stranger(town, "AAAA")
    answer = machine.http.post("/v1/enrol", json=town.asked(machine, secret) | changes)
    assert (answer.status_code, answer.json()["kind"]) == (status, kind)
    assert enrol(town, machine, secret)[0] == 200  # the invitation is still good


def test_the_centres_own_code_is_taken(town: Town) -> None:
    secret = admin.invite(town.centre, "Desk 1", "counter", ALL)
    status, said = enrol(town, stranger(town, town.centre.code), secret)
    assert (status, said["kind"]) == (409, "code_taken")


@pytest.mark.parametrize(
    ("name", "face", "departments"),
    [
        ("", "counter", ALL),
        ("x" * 99, "counter", ALL),
        ("a", "desk", ALL),
        ("a", "counter", ("market",)),
        ("a", "counter", ()),
        ("a", "selfservice", ALL),
    ],
)
def test_an_invitation_that_makes_no_sense(
    centre: Centre, name: str, face: str, departments: tuple[str, ...]
) -> None:
    with pytest.raises(InvalidInput):
        admin.invite(centre, name, face, departments)


def test_a_terminal_gets_a_successor_that_its_old_key_signs_for(town: Town) -> None:
    old, new = town.machine("AAAA", ("reception", "police")), stranger(town, "BBBB")
    asked = town.asked(new, "", proof=new.key.sign(b"RL01/AAAA").hex())
    body = json.dumps(asked).encode()
    answer = old.call("POST", "/v1/successor", body)
    assert answer.status_code == 200
    assert (answer.json()["terminal"], answer.json()["departments"]) == ("BBBB", ["reception", "police"])
    assert new.send(entry(role="police")).set_aside == ()
    assert old.call("POST", "/v1/successor", body).json() == answer.json()  # its answer was lost
    with town.centre.database.read() as connection:
        assert town.centre.registry(connection).members["BBBB"].predecessor == "AAAA"
    wrong = town.asked(new, "", code="CCCC")
    assert old.call("POST", "/v1/successor", json.dumps(wrong).encode()).status_code == 400


def test_who_is_revoked_is_revoked_once(town: Town) -> None:
    town.machine("AAAA")
    admin.revoke(town.centre, "AAAA", "S001")
    with pytest.raises(NotDone):
        admin.revoke(town.centre, "AAAA", "S001")
    for code in ("ZZZZ", town.centre.code):
        with pytest.raises(InvalidInput):
            admin.revoke(town.centre, code, "S001")


def succeed(town: Town, old: Machine, code: str) -> Machine:
    new = stranger(town, code)
    asked = town.asked(new, "", proof=new.key.sign(f"RL01/{old.code}".encode()).hex())
    assert old.call("POST", "/v1/successor", json.dumps(asked).encode()).status_code == 200
    return new


def test_a_whole_line_is_revoked_or_one_of_it(town: Town) -> None:
    first, apart = town.machine("AAAA"), town.machine("ZZZZ")
    second, third = succeed(town, first, "BBBB"), succeed(town, first, "CCCC")
    fourth = succeed(town, third, "DDDD")
    with pytest.raises(NotDone, match=r"AAAA, CCCC, DDDD\. Say --line"):
        admin.revoke(town.centre, "BBBB", "S001")
    assert admin.revoke(town.centre, "BBBB", "S001", line=False) == ("BBBB",)
    assert len(second.send(entry()).set_aside) == 1
    assert admin.revoke(town.centre, "BBBB", "S001", line=True) == ("AAAA", "CCCC", "DDDD")
    for machine in (first, third, fourth):
        assert len(machine.send(entry()).set_aside) == 1
    assert apart.send(entry()).set_aside == ()
    with pytest.raises(NotDone):
        admin.revoke(town.centre, "DDDD", "S001", line=True)


# --- seals -----------------------------------------------------------------------------------------------


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
    desk, other = stranger(town, "AAAA"), town.machine("BBBB")
    secret = admin.invite(town.centre, "desk", "counter", ("reception",))
    own = key.public_key().public_bytes_raw().hex()
    assert desk.http.post("/v1/enrol", json=town.asked(desk, secret, seal=own)).is_success
    number = "RL01-BBBB-P000001-X"  # that another desk gave
    early, bare, late = sealed(key, number), sealed(key, "RL01-BBBB-P000002-X"), sealed(key, "RL01-BBBB-P3-X")
    false = sealed(key, number, "MA MA")

    def holding() -> list[bool]:
        trust = TrustList.from_json(signed(town, other)["trust"])
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
    terminals = {key.terminal for key in TrustList.from_json(signed(town, other)["trust"]).keys.values()}
    assert terminals == {"AAAA", "BBBB", town.centre.code}


def test_only_those_terminals_vouch_for_permits_that_print_them(town: Town) -> None:
    for code, *departments in (
        ("AAAA", "reception"), ("BBBB", "police"), ("CCCC", "labour"), ("DDDD", "health_post"),
        ("EEEE", "labour", "reception"),
    ):  # fmt: skip
        town.machine(code, departments)
    trust = TrustList.from_json(signed(town, town.machines[0])["trust"])
    vouching = {key.terminal for key in trust.keys.values() if key.only is None}
    assert vouching == {"AAAA", "BBBB", "EEEE", town.centre.code}
    assert {key.terminal for key in trust.keys.values() if key.only == frozenset()} == {"CCCC", "DDDD"}


def test_a_void_permit_is_on_the_list(town: Town) -> None:
    desk = town.machine("AAAA", ALL)
    first = entry(subject="permit:1", role="police", writes=permit("RL01-AAAA-P000001-X"))
    desk.send(first)
    assert signed(town, desk)["trust"]["void"] == []
    desk.send(entry(subject="permit:1", role="police", writes={"status": Write("void", (first.id,))}))
    assert [one["number"] for one in signed(town, desk)["trust"]["void"]] == ["RL01-AAAA-P000001-X"]


# --- operators -------------------------------------------------------------------------------------------


def test_terminals_learn_the_staff_of_their_departments(town: Town) -> None:
    front, post = town.machine("AAAA", ("reception",)), town.machine("BBBB", ("health_post",))
    kiosk = town.machine("CCCC", (), "selfservice")
    appoint(town, "r001", "reception")
    appoint(town, "D001", "doctor")
    appoint(town, "S001", "supervisor")
    appoint(town, "X001", "reception", "police")
    assert staff(town, front) == ["R001", "S001", "X001"]
    assert staff(town, post) == ["D001", "S001"]
    assert staff(town, kiosk) == []
    (one,) = [one for one in signed(town, front)["staff"] if one["number"] == "X001"]
    assert (one["roles"], one["lease_days"], one["name"]) == (["reception"], 5, "Name X001")
    PasswordHasher().verify(one["verifier"], "a long passphrase")


def test_who_is_dismissed_is_out_and_may_come_back(town: Town) -> None:
    desk = town.machine("AAAA")
    appoint(town, "R001", "reception")
    admin.dismiss(town.centre, "R001", "S001")
    assert staff(town, desk) == []
    with pytest.raises(InvalidInput):
        admin.dismiss(town.centre, "R001", "S001")
    appoint(town, "R001", "reception")
    assert staff(town, desk) == ["R001"]


@pytest.mark.parametrize(
    ("given", "then"),
    [
        ({"name": " Wang "}, ("Wang", ["reception"], 5)),
        ({"roles": ["police", "reception"]}, ("Name R001", ["police", "reception"], 5)),
        ({"lease_days": 3}, ("Name R001", ["reception"], 3)),
    ],
)
def test_what_is_not_given_of_an_operator_stays(town: Town, given: Any, then: tuple[object, ...]) -> None:
    desk = town.machine("AAAA", ALL)
    appoint(town, "R001", "reception")
    pulled, _ = desk.pull()
    (before,) = signed(town, desk)["staff"]
    admin.change(town.centre, "R001", "S001", **given)
    assert [row.stream for row in desk.pull(pulled.cursor)[1]] == [ADMIN]
    (one,) = signed(town, desk)["staff"]
    assert (one["name"], one["roles"], one["lease_days"]) == then
    assert one["verifier"] == before["verifier"]


@pytest.mark.parametrize("given", [{}, {"name": " "}, {"roles": []}, {"roles": ["king"]}, {"lease_days": 0}])
def test_what_no_operator_can_be_changes_nothing(town: Town, given: Any) -> None:
    desk = town.machine("AAAA", ALL)
    appoint(town, "R001", "reception")
    before = signed(town, desk)["staff"]
    with pytest.raises(InvalidInput):
        admin.change(town.centre, "R001", "S001", **given)
    with pytest.raises(InvalidInput):
        admin.change(town.centre, "R002", "S001", name="Wang")
    assert signed(town, desk)["staff"] == before


def test_a_new_passphrase_reaches_the_terminals(town: Town) -> None:
    desk = town.machine("AAAA")
    appoint(town, "R001", "reception")
    pulled, _ = desk.pull()
    admin.set_passphrase(town.centre, "R001", "another passphrase", "S001")
    _, rows = desk.pull(pulled.cursor)
    assert [row.stream for row in rows] == [ADMIN]  # which tells them to come for the lists
    (one,) = signed(town, desk)["staff"]
    PasswordHasher().verify(one["verifier"], "another passphrase")
    assert all(one["verifier"].encode() not in (row.body or b"") for row in rows)


@pytest.mark.parametrize(
    ("number", "name", "roles", "passphrase", "days"),
    [
        ("", "a", ("reception",), "a long passphrase", 5),
        ("R 1", "a", ("reception",), "a long passphrase", 5),
        ("R001", " ", ("reception",), "a long passphrase", 5),
        ("R001", "a", (), "a long passphrase", 5),
        ("R001", "a", ("king",), "a long passphrase", 5),
        ("R001", "a", ("applicant",), "a long passphrase", 5),
        ("R001", "a", ("reception",), "short", 5),
        ("R001", "a", ("reception",), "a long passphrase", 0),
    ],
)
def test_an_operator_that_makes_no_sense(
    centre: Centre, number: str, name: str, roles: tuple[str, ...], passphrase: str, days: int
) -> None:
    with pytest.raises(InvalidInput):
        admin.appoint(centre, number, name, roles, passphrase, "S001", days)


def test_two_processes_write_one_stream(centre: Centre) -> None:
    beside = Centre(open_database(centre.database.url), sample_pack())
    assert (beside.code, beside.public, beside.epoch) == (centre.code, centre.public, centre.epoch)
    for number, one in enumerate([centre, beside] * 3):
        admin.appoint(one, f"R{number}", "Li", ("reception",), "a long passphrase", "S001")
    with centre.database.read() as connection:
        assert len(centre.registry(connection).operators) == 6
    beside.close()


def test_what_a_terminal_is_told_is_held_back_of_its_own(town: Town) -> None:
    desk, other = town.machine("AAAA"), town.machine("BBBB")
    desk.send(entry(), *act(entry(role="police"), entry()))
    (one, two) = desk.lists()["set_aside"]
    assert (one["stream"], one["sequence"], two["sequence"]) == ("office", 2, 3)
    assert one["reason"].format(**one["slots"])
    assert other.lists()["set_aside"] == []


def test_no_permit_is_sealed_at_a_self_service_terminal(town: Town) -> None:
    town.machine("AAAA", (), "selfservice")
    keys = signed(town, town.machine("BBBB"))["trust"]["keys"]
    assert {key["terminal"] for key in keys} == {"BBBB", town.centre.code}


def test_nobody_joins_with_the_seal_of_another(town: Town) -> None:
    town.machine("AAAA")
    (seal,) = (
        key["public"]
        for key in signed(town, town.machine("BBBB"))["trust"]["keys"]
        if key["terminal"] == "AAAA"
    )
    thief = stranger(town, "CCCC")
    secret = admin.invite(town.centre, "desk", "counter", ["reception"])
    answer = thief.http.post("/v1/enrol", json=town.asked(thief, secret, seal=seal))
    assert (answer.status_code, answer.json()["kind"]) == (400, "wrong")


def test_a_renewal_that_failed_leaves_the_centre_its_former_name(cluster: Cluster, prepared: str) -> None:
    with Centre(open_database(cluster.database(template=prepared)), sample_pack()) as centre:
        first, epoch = centre.code, centre.epoch
        with centre.database.write() as connection:
            connection.execute(
                "CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS "
                "$$ BEGIN RAISE EXCEPTION 'the disk is full'; END $$"
            )
            connection.execute(
                "CREATE CONSTRAINT TRIGGER at_commit AFTER UPDATE ON identity "
                "DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION refuse()"
            )
        with pytest.raises(Exception, match="the disk is full"):
            centre.renew()
        assert (centre.code, centre.epoch) == (first, epoch)
        with centre.database.write() as connection:
            connection.execute("DROP TRIGGER at_commit ON identity")
        centre.renew()
        admin.appoint(centre, "R001", "Li", ("reception",), "a long passphrase", "S001")
        with centre.database.read() as connection:
            kept = connection.execute("SELECT key FROM identity WHERE key LIKE 'former/%'").fetchall()
            assert "R001" in centre.registry(connection).operators
    assert kept == [(f"former/{first}",)]
