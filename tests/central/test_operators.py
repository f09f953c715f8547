"""Who may have written an entry: the operators of the office, in their roles, as the centre knows them."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from msgspec.structs import replace

from central import admin
from central.centre import Centre
from kiosk.actions.terminal import system_clock, uuid7
from kiosk.model.entries import Entry, Write
from tests.central.machine import ALL, Machine, Town, act, entry
from tests.office import sample_pack

LEASE = 5  # days


def appoint(town: Town, number: str, *roles: str, days: int = LEASE) -> None:
    admin.appoint(town.centre, number, f"Name {number}", roles, "a long passphrase", "S001", days)


def days_later(town: Town, days: float) -> None:
    """From now on it is so many days later, at the centre and at all terminals."""
    town.centre.clock = lambda: system_clock() + timedelta(days=days)
    for machine in town.machines:
        machine.ahead = timedelta(days=days).total_seconds()


def why(machine: Machine, *entries: Entry) -> str:
    """Why what is sent is held back; empty when it is not."""
    held = machine.send(*entries).set_aside
    return held[0].reason.format(**held[0].slots) if held else ""


@pytest.fixture
def desk(town: Town) -> Machine:
    return town.machine("AAAA", ALL)


def test_until_the_first_appointment_terminals_keep_their_own_accounts(town: Town, desk: Machine) -> None:
    assert why(desk, entry(actor="X1")) == ""
    appoint(town, "R001", "reception")
    days_later(town, 13)  # a desk that has not heard of it yet
    assert why(desk, entry(actor="X1")) == ""
    days_later(town, 15)
    assert why(desk, entry(actor="X1")) == "“X1” is no operator of this office."
    assert why(desk, entry(actor="R001")) == ""
    admin.release(town.centre, ("RL01", "AAAA", "office"), 1, 9, "S001")
    assert desk.lists()["set_aside"] == []


def test_who_worked_at_a_desk_before_it_joined_is_appointed_under_his_number(
    town: Town, desk: Machine
) -> None:
    appoint(town, "R001", "reception")
    days_later(town, 100)
    appoint(town, "X1", "reception")
    assert why(desk, entry(actor="X1"), entry(actor="X1")) == ""


def test_nobody_acts_in_a_role_that_is_not_his(town: Town, desk: Machine) -> None:
    appoint(town, "R001", "reception")
    appoint(town, "P001", "police", "reception")
    assert why(desk, entry(role="police", actor="R001")) == "R001 does not act as “police”."
    assert why(desk, entry(role="police", actor="P001"), entry(actor="P001"), entry(actor="R001")) == ""


def test_a_dismissal_counts_once_the_lease_is_over(town: Town, desk: Machine) -> None:
    appoint(town, "R001", "reception")
    admin.dismiss(town.centre, "R001", "S001")
    days_later(town, LEASE - 0.1)
    assert why(desk, entry()) == ""
    days_later(town, LEASE + 0.1)
    assert why(desk, entry()) == "R001 was dismissed longer ago than work may be on its way."
    appoint(town, "R001", "reception")
    assert why(desk, entry()) == ""


def test_a_lease_that_was_longer_before_may_still_run(town: Town, desk: Machine) -> None:
    appoint(town, "R001", "reception", days=20)
    appoint(town, "R001", "reception", days=1)
    admin.dismiss(town.centre, "R001", "S001")
    days_later(town, 19)
    assert why(desk, entry()) == ""


def test_a_centre_whose_clock_was_set_back_dismisses_after_it_appointed(town: Town, desk: Machine) -> None:
    """Restored it writes under another name, and follows no clock that is so far ahead."""
    days_later(town, 20)
    appoint(town, "R001", "reception")
    town.centre.renew()
    days_later(town, 0)
    admin.dismiss(Centre(town.centre.database, sample_pack()), "R001", "S001")
    assert why(desk, entry()) == ""


def test_a_role_that_was_taken_away_counts_until_the_lease_is_over(town: Town, desk: Machine) -> None:
    appoint(town, "R001", "reception", "police")
    appoint(town, "R001", "reception")
    days_later(town, LEASE - 0.1)
    assert why(desk, entry(role="police")) == ""
    days_later(town, LEASE + 0.1)
    assert why(desk, entry(role="police")) == "R001 does not act as “police”."
    assert why(desk, entry()) == ""


def test_a_clock_of_the_terminal_changes_nothing(town: Town, desk: Machine) -> None:
    appoint(town, "R001", "reception")
    admin.dismiss(town.centre, "R001", "S001")
    days_later(town, LEASE + 1)
    assert why(desk, entry(wall="2026-01-01T09:00:00+08:00", time=1)) != ""


@pytest.mark.parametrize(
    ("second", "reason"),
    [
        ("S001", ""),
        ("R001", "A second person must sign in for this."),
        ("X9", "“X9” is no operator of this office."),
    ],
)
def test_a_second_person_is_another_operator(town: Town, desk: Machine, second: str, reason: str) -> None:
    appoint(town, "R001", "reception", days=90)
    appoint(town, "S001", "supervisor", days=90)
    days_later(town, 20)
    assert why(desk, entry(second=second)) == reason


def issued(decided_by: str, **changes: Any) -> Entry:
    values = {
        "number": Write("RL01-AAAA-P000001-X"), "status": Write("approved"), "decided_by": Write(decided_by),
    }  # fmt: skip
    return entry(subject="permit:1", role="police", actor="P001", kind="issued", writes=values, **changes)


def test_nobody_decides_in_the_name_of_another(desk: Machine) -> None:
    said = "This entry says that somebody else decided than who wrote it."
    assert why(desk, issued("P001")) == ""
    assert why(desk, issued("P002")) == said
    taken = {"status": Write("open"), "accepted_by": Write("R002")}
    assert why(desk, entry(subject="case:1", writes=taken)) == said
    settled = {"writes": {"decided_by": Write("P002")}, "subject": "permit:1", "kind": "settled"}
    assert why(desk, entry(role="supervisor", actor="S001", **settled)) == ""
    assert why(desk, entry(**settled)) == said


def said(**changes: Any) -> Entry:
    """What the person himself said on his own screen: that he heard the notice."""
    goes_by = {"definitions": sample_pack().digests["worker"], "subject": f"case:{uuid7(0)}"}
    heard = {"notice_acknowledged": Write(True), "notice_heard": Write(True)}
    return entry(role="applicant", writes=heard, **goes_by, **changes)


def test_what_a_person_says_at_a_window_an_operator_writes_down(town: Town, desk: Machine) -> None:
    kiosk = town.machine("BBBB", (), "selfservice")
    appoint(town, "L001", "labour", days=90)
    days_later(town, 20)
    assert why(desk, said(actor="L001")) == ""
    assert why(desk, said(actor="X1")) == "“X1” is no operator of this office."
    assert why(desk, said(actor="")) == "“” is no operator of this office."
    assert why(kiosk, said(actor="")) == ""


def test_what_a_person_says_is_written_down_by_an_operator_of_that_terminal(town: Town) -> None:
    reception, station = town.machine("AAAA"), town.machine("BBBB", ("police",))
    appoint(town, "R001", "reception")
    appoint(town, "P001", "police")
    appoint(town, "S001", "supervisor")
    assert why(reception, said(actor="P001")) == "P001 does not act as “applicant”."
    assert why(station, said(actor="P001")) == ""
    assert why(reception, said(actor="R001"), said(actor="S001")) == ""


def test_the_person_issues_and_signs_nothing(desk: Machine) -> None:
    said = "“applicant” does not write this."
    assert why(desk, replace(issued("P001"), role="applicant")) == said
    accepted = {"accepted_by": Write("R001")}
    assert why(desk, entry(role="applicant", subject="case:1", writes=accepted)) == said


def test_an_act_of_which_one_entry_is_a_strangers_is_held_back_whole(town: Town, desk: Machine) -> None:
    appoint(town, "R001", "reception")
    days_later(town, 20)
    appoint(town, "R001", "reception")
    pushed = desk.send(*act(entry(), entry(actor="X1"), entry()))
    assert [one.sequence for one in pushed.set_aside] == [1, 2, 3]
