"""Terminals are invited once and revoked for good; operators come and go; the lists say so, signed."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest
from argon2 import PasswordHasher

from central import admin
from central.centre import Centre
from central.database import open_database
from kiosk.actions.terminal import system_clock
from kiosk.errors import InvalidInput
from kiosk.errors import Refused as NotDone
from kiosk.model.entries import ADMIN, decode
from tests.central.cluster import Cluster
from tests.central.machine import ALL, Machine, Town, act, entry
from tests.office import sample_pack


def enrol(town: Town, machine: Machine, secret: str) -> tuple[int, dict[str, Any]]:
    answer = machine.http.post("/v1/enrol", json=town.asked(machine, secret))
    return answer.status_code, answer.json()


def staff(town: Town, machine: Machine) -> list[str]:
    return sorted(one["number"] for one in town.lists(machine)["staff"])


def appoint(town: Town, number: str, *roles: str) -> None:
    admin.appoint(town.centre, number, f"Name {number}", roles, "a long passphrase", "S001", 5)


# --- terminals -----------------------------------------------------------------------------------------


def test_a_terminal_is_told_what_it_is(town: Town) -> None:
    machine = town.stranger("AAAA")
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
    machine, other = town.stranger("AAAA"), town.stranger("BBBB")
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
    status, said = enrol(town, town.stranger("AAAA"), secret)
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
    machine = town.stranger("AAAA")
    answer = machine.http.post("/v1/enrol", json=town.asked(machine, secret) | changes)
    assert (answer.status_code, answer.json()["kind"]) == (status, kind)
    assert enrol(town, machine, secret)[0] == 200  # the invitation is still good


def test_the_centres_own_code_is_taken(town: Town) -> None:
    secret = admin.invite(town.centre, "Desk 1", "counter", ALL)
    status, said = enrol(town, town.stranger(town.centre.code), secret)
    assert (status, said["kind"]) == (409, "code_taken")


@pytest.mark.parametrize(
    ("name", "face", "departments"),
    [
        ("", "counter", ALL),
        ("x" * 99, "counter", ALL),
        ("a\nb", "counter", ALL),
        ("a\x1b[31mb", "counter", ALL),
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
    old, new = town.machine("AAAA", ("reception", "police")), town.stranger("BBBB")
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
    new = town.stranger(code)
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
    (one,) = [one for one in town.lists(front)["staff"] if one["number"] == "X001"]
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
    (before,) = town.lists(desk)["staff"]
    admin.change(town.centre, "R001", "S001", **given)
    assert [row.stream for row in desk.pull(pulled.cursor)[1]] == [ADMIN]
    (one,) = town.lists(desk)["staff"]
    assert (one["name"], one["roles"], one["lease_days"]) == then
    assert one["verifier"] == before["verifier"]


@pytest.mark.parametrize("given", [{}, {"name": " "}, {"roles": []}, {"roles": ["king"]}, {"lease_days": 0}])
def test_what_no_operator_can_be_changes_nothing(town: Town, given: Any) -> None:
    desk = town.machine("AAAA", ALL)
    appoint(town, "R001", "reception")
    before = town.lists(desk)["staff"]
    with pytest.raises(InvalidInput):
        admin.change(town.centre, "R001", "S001", **given)
    with pytest.raises(InvalidInput):
        admin.change(town.centre, "R002", "S001", name="Wang")
    assert town.lists(desk)["staff"] == before


def test_a_new_passphrase_reaches_the_terminals(town: Town) -> None:
    desk = town.machine("AAAA")
    appoint(town, "R001", "reception")
    pulled, _ = desk.pull()
    admin.set_passphrase(town.centre, "R001", "another passphrase", "S001")
    _, rows = desk.pull(pulled.cursor)
    assert [row.stream for row in rows] == [ADMIN]  # which tells them to come for the lists
    (one,) = town.lists(desk)["staff"]
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
