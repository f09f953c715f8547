"""What desks did apart, through a real centre: shown side by side at each, and settled by a supervisor."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from msgspec.structs import replace

from kiosk.errors import Refused
from kiosk.model.disputes import Dispute
from kiosk.model.entries import Json
from kiosk.model.telling import Telling
from tests.actions.exchanged import whole
from tests.office import DECISION, Office
from tests.store.compared import views

Pair = tuple[Office, Office]
STAGE = "case.stage.permit"


def dispute(office: Office, case: str, key: str) -> Dispute:
    found = office.desk.dispute(office.supervisor, case, key)
    assert found is not None
    return found


def english(office: Office, case: str) -> Telling:
    desk = office.desk
    return Telling(desk.definitions(case), desk.pack.office.roles, desk.translator("en"), desk.today())


def settle(office: Office, case: str, key: str, state: str) -> None:
    value = next(one for one in dispute(office, case, key).choices if one["state"] == state)
    office.desk.settle(office.supervisor, case, key, value, "looked at both")


def in_both(desks: Pair, join: Callable[[], None], until: str, **changes: Json) -> str:
    """A worker's case that both desks have."""
    case = desks[0].worker(until, **changes)
    join()
    return case


def unlike(desks: Pair, join: Callable[[], None], until: str, role: str, key: str, *values: Json) -> str:
    """A case in which two clerks of one role wrote apart, one at each desk."""
    case = in_both(desks, join, until)
    for office, value in zip(desks, values, strict=True):
        office.desk.record(getattr(office, role), case, {key: value})
    join()
    return case


def shaken(desks: Pair, join: Callable[[], None], role: str) -> str:
    """A case that one desk approved, while the other learnt that the document ends sooner."""
    one, other = desks
    case = in_both(desks, join, "accepted")
    one.approve(case)
    other.desk.record(getattr(other, role), case, {"person.document_expiry": "2027-01-31"})
    join()
    return case


def test_two_corrections_are_told_with_who_when_where_and_what_was_not_known(
    desks: Pair, join: Callable[[], None]
) -> None:
    one, other = desks
    case = in_both(desks, join, "registered", **{"person.name": "MA SAN"})
    one.desk.record(one.reception, case, {"person.name": "MA SANDA"})
    one.clock.forward(minutes=8)
    other.desk.record(other.supervisor, case, {"person.name": "MA SAN DA"})
    join()
    for office in desks:
        found = dispute(office, case, "person.name")
        mine, theirs = found.sides
        assert (mine.wrote.value, theirs.wrote.value) == ("MA SANDA", "MA SAN DA")
        assert (mine.wrote.role, theirs.wrote.role) == ("reception", "supervisor")
        assert (theirs.wrote.at - mine.wrote.at).total_seconds() == 480
        assert mine.saw == theirs.saw == ("MA SAN",)
        assert mine.missed == (theirs.wrote,)
        assert theirs.missed == (mine.wrote,)
        assert not found.grounds
        telling = english(office, case)
        here = (
            f"this terminal ({one.desk.terminal.code})"
            if office is one
            else "desk (" + one.desk.terminal.code
        )
        assert here in telling.where(mine.wrote)
        assert telling.missed(theirs)[0].startswith("Did not know that R001 wrote “MA SANDA” for Name as in")
        assert telling.choices(found) == ["MA SANDA", "MA SAN DA"]
        assert case in [row.case for row in office.desk.work_list(office.supervisor)]
    one.desk.settle(one.supervisor, case, "person.name", "MA SAN DA", "passport seen")
    join()
    assert other.desk.dispute(other.supervisor, case, "person.name") is None
    assert case not in [row.case for row in other.desk.work_list(other.supervisor)]
    assert views(one.store) == views(other.store)
    whole(one.store)


def test_a_phone_that_any_clerk_settles_does_not_wait_for_a_supervisor(
    desks: Pair, join: Callable[[], None]
) -> None:
    one, _ = desks
    case = unlike(desks, join, "registered", "reception", "person.phone", "+8613800138011", "+8613800138022")
    assert case not in [row.case for row in one.desk.work_list(one.supervisor)]
    assert len(dispute(one, case, "person.phone").sides) == 2


def test_a_shaken_decision_is_told_by_what_it_rests_on_and_upheld_it_rests_on_what_stands_now(
    desks: Pair, join: Callable[[], None]
) -> None:
    one, other = desks
    case = shaken(desks, join, "supervisor")
    found = dispute(other, case, STAGE)
    (ground,) = found.grounds
    assert (ground.then, ground.now) == ("2027-02-28", "2027-01-31")
    assert (ground.changed.key, ground.changed.name) == ("person.document_expiry", "S001")
    assert [side.rests for side in found.sides] == [()]  # what stands as it stood tells nothing
    assert english(other, case).choices(found) == [
        "The decision stands: Print and hand over",
        "It goes to: Waiting for the decision",
    ]
    erased = replace(found, grounds=())
    assert english(other, case).choices(erased) == english(other, case).choices(found)
    settle(other, case, STAGE, "approved")
    join()
    assert one.desk.dispute(one.supervisor, case, STAGE) is None
    one.desk.printed(one.reception, case, "permit")
    # knowing of the upheld decision, a change is the next event; unknowing it shakes again
    one.desk.record(one.supervisor, case, {"person.document_expiry": "2027-01-30"}, reason="misread")
    join()
    assert one.desk.dispute(one.supervisor, case, STAGE) is None


def test_an_upheld_decision_is_shaken_again_by_what_is_changed_unseen(
    desks: Pair, join: Callable[[], None]
) -> None:
    one, other = desks
    case = shaken(desks, join, "reception")
    other.desk.record(other.supervisor, case, {"person.document_expiry": "2027-01-30"}, reason="misread")
    settle(one, case, STAGE, "approved")
    join()
    for office in desks:
        assert [ground.now for ground in dispute(office, case, STAGE).grounds] == ["2027-01-30"]


def test_a_decision_is_not_upheld_while_what_it_rests_on_is_contested(
    desks: Pair, join: Callable[[], None]
) -> None:
    one, other = desks
    case = in_both(desks, join, "accepted")
    one.desk.record(one.reception, case, {"person.document_expiry": "2027-01-01"})
    one.approve(case)
    other.desk.record(other.reception, case, {"person.document_expiry": "2027-01-31"})
    one.desk.record(one.supervisor, case, {"person.document_expiry": "2027-01-02"}, reason="misread")
    other.desk.perform(other.labour, case, "guarantee", "withdraw_guarantee")
    join()
    with pytest.raises(Refused, match="Two unlike values stand for Document valid until"):
        settle(one, case, STAGE, "approved")
    settle(one, case, STAGE, "accepted")
    assert one.facts(case)["permit.status"] == "void"


def apart(desks: Pair, join: Callable[[], None]) -> str:
    """A case that one officer approved and another refused."""
    one, other = desks
    case = in_both(desks, join, "accepted")
    one.approve(case)
    one.clock.forward(minutes=5)
    other.desk.perform(other.police, case, "permit", "refuse", reason="papers_not_full")
    join()
    return case


def test_a_refusal_that_lost_leaves_the_case_open(desks: Pair, join: Callable[[], None]) -> None:
    one, other = desks
    case = apart(desks, join)
    found = dispute(other, case, STAGE)
    assert english(other, case).choices(found) == ["Print and hand over", "Permit refused"]
    assert other.facts(case)["case.status"] == "refused"
    settle(other, case, STAGE, "approved")
    join()
    assert one.facts(case)["case.status"] == "open"
    one.hand_over(case)
    assert one.state(case, "permit") == "handed_over"


def test_an_approval_that_lost_has_no_permit(desks: Pair, join: Callable[[], None]) -> None:
    one, _ = desks
    case = apart(desks, join)
    number = str(one.facts(case)["permit.number"])
    settle(one, case, STAGE, "refused")
    assert one.facts(case)["case.status"] == "refused"
    assert number in one.desk.terminal.trust().void


def test_two_permits_are_told_by_their_numbers_and_dates(desks: Pair, join: Callable[[], None]) -> None:
    one, other = desks
    case = in_both(desks, join, "accepted")
    one.approve(case)
    other.desk.perform(
        other.police, case, "permit", "approve", answers=DECISION | {"permit.valid_to": "2026-05-28"}
    )
    join()
    found = dispute(one, case, "case.permit")
    telling = english(one, case)
    assert [telling.wrote(side.wrote) for side in found.sides] == telling.choices(found)
    assert all(choice.startswith("RL01-") for choice in telling.choices(found))
    assert {telling.fact(*fact) for side in found.sides for fact in side.about} >= {
        "Valid until: 28 August 2026",
        "Valid until: 28 May 2026",
    }


@pytest.mark.parametrize(
    ("state", "permit", "case_status"), [("approved", "approved", "open"), ("void", "void", "ended")]
)
def test_a_shaken_handing_over_goes_back_or_the_permit_becomes_void(
    desks: Pair, join: Callable[[], None], state: str, permit: str, case_status: str
) -> None:
    one, other = desks
    case = in_both(desks, join, "approved")
    one.hand_over(case)
    other.desk.perform(other.labour, case, "guarantee", "withdraw_guarantee")
    join()
    (ground,) = (g for g in dispute(one, case, STAGE).grounds if g.changed.key == "guarantee.status")
    telling = english(one, case)
    assert (telling.value("guarantee.status", ground.then), ground.now) == ("in force", "withdrawn")
    settle(one, case, STAGE, state)
    assert one.state(case, "permit") == state
    assert one.facts(case)["permit.status"] == permit
    assert one.facts(case)["case.status"] == case_status
    join()
    assert views(one.store) == views(other.store)


def test_a_doctor_learns_nothing_of_an_employer_by_what_was_not_known(
    desks: Pair, join: Callable[[], None]
) -> None:
    one, _ = desks
    key = "guarantor.representative_phone"
    case = unlike(desks, join, "accepted", "labour", key, "+8613900139001", "+8613900139002")
    assert one.desk.dispute(one.doctor, case, key) is None
    assert one.desk.dispute(one.labour, case, key) is not None
