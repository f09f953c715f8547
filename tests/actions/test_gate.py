"""Doors that stay shut: wrong permits, bypassed controls, and a second person for one document."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress

import pytest

from kiosk.actions.act import Operator
from kiosk.errors import InvalidInput, KioskError, NotAllowed, Refused
from kiosk.model.case import Mark
from kiosk.model.entries import Json
from tests.office import DECISION, EMPLOYER, Office, portrait

# --- the permit ------------------------------------------------------------------------------------


def test_a_withdrawn_case_takes_its_permit_with_it(office: Office) -> None:
    case = office.worker("approved")
    number = str(office.facts(case)["permit.number"])
    office.desk.perform(office.reception, case, "", "withdraw", reason="own_wish")
    assert number in office.desk.terminal.trust().void
    with pytest.raises(Refused, match="cannot be printed"):
        office.desk.slip(office.reception, case, "permit")


def test_the_print_of_an_older_permit_does_not_count(office: Office) -> None:
    case = office.worker("approved")
    office.desk.printed(office.reception, case, "permit")
    office.desk.perform(office.police, case, "permit", "take_back")
    office.approve(case)
    with pytest.raises(Refused, match="has not been printed"):
        office.desk.perform(office.reception, case, "permit", "hand_over")


def test_a_wage_changed_after_the_application_was_accepted_stops_the_decision(office: Office) -> None:
    case = office.worker("accepted")
    office.desk.record(office.labour, case, {"guarantee.wage": "1000.00"})
    with pytest.raises(Refused, match="has changed since"):
        office.approve(case)


def test_a_permit_is_not_handed_over_when_its_guarantee_was_withdrawn(office: Office) -> None:
    case = office.worker("approved")
    office.desk.perform(office.labour, case, "guarantee", "withdraw_guarantee")
    office.desk.printed(office.reception, case, "permit")
    with pytest.raises(Refused, match="guarantee is not in force"):
        office.desk.perform(office.reception, case, "permit", "hand_over")


def test_a_permit_that_lies_in_the_past_is_not_approved(office: Office) -> None:
    case = office.worker("accepted")
    past = DECISION | {"permit.valid_from": "2000-01-01", "permit.valid_to": "2000-02-01"}
    with pytest.raises(Refused, match="before today"):
        office.desk.perform(office.police, case, "permit", "approve", answers=past)


def test_after_a_decision_is_taken_back_its_facts_are_corrected_as_before(office: Office) -> None:
    case = office.worker("approved")
    office.desk.perform(office.police, case, "permit", "take_back")
    office.desk.record(office.reception, case, {"person.name": "MA MA SAN MYINT"})
    assert office.facts(case)["person.name"] == "MA MA SAN MYINT"


def test_a_sealed_name_is_not_changed_through_another_case(office: Office) -> None:
    answers = office.person()
    case = office.register(answers)
    office.lodge(case)
    office.clear(case)
    office.sign(case)
    office.confirm(case)
    office.register_work(case)
    office.accept(case)
    office.approve(case)
    other = office.begin()
    with pytest.raises(NotAllowed, match="Only a supervisor"):
        office.desk.record(office.reception, other, answers | {"person.name": "SOMEBODY ELSE"})
    assert office.facts(case)["person.name"] == "MA MA SAN"


def test_no_one_moves_the_dates_of_a_decided_permit(office: Office) -> None:
    case = office.worker("approved")
    for who in (office.police, office.supervisor):
        with pytest.raises(KioskError):
            office.desk.record(who, case, {"permit.valid_to": "2040-01-01"}, reason="because")


# --- who may write ---------------------------------------------------------------------------------

WRITES: dict[str, Callable[[Office, Operator, str], object]] = {
    "portrait": lambda o, who, case: o.desk.attach_portrait(who, case, portrait()),
    "paper": lambda o, who, case: o.desk.sight_paper(who, case, "permit", "application_form", False),
    "guarantor": lambda o, who, case: o.desk.take_guarantor(who, case, "guarantor:bogus"),
    "person": lambda o, who, case: o.desk.take_person(who, case, "person:bogus"),
    "notice": lambda o, who, case: o.desk.acknowledge_notice(who, case, consents={"case.status": True}),
    "park": lambda o, who, case: o.desk.park(who, case),
}


@pytest.mark.parametrize("what", WRITES)
@pytest.mark.parametrize("role", ["reception", "doctor", "labour", "police"])
def test_a_closed_case_stands_still(office: Office, what: str, role: str) -> None:
    case = office.worker()
    before = office.view(case)
    with pytest.raises(Refused):
        WRITES[what](office, getattr(office, role), case)
    assert office.view(case) == before


@pytest.mark.parametrize("what", ["portrait", "paper", "guarantor"])
def test_a_doctor_handles_no_papers_of_others(office: Office, what: str) -> None:
    case = office.worker("work_registered")
    with pytest.raises(Refused):
        WRITES[what](office, office.doctor, case)


def test_links_go_to_records_that_exist(office: Office) -> None:
    case = office.register()
    for call in (office.desk.take_person, office.desk.take_guarantor):
        with pytest.raises(Refused, match="no such record"):
            call(office.reception, case, "person:bogus")


def test_consents_are_those_of_the_notice(office: Office) -> None:
    case = office.desk.open_case(office.reception, "worker", "my").case
    with pytest.raises(Refused, match="does not ask"):
        office.desk.acknowledge_notice(office.reception, case, consents={"case.status": True})
    office.desk.acknowledge_notice(office.reception, case, consents={"case.consent_sms": True})
    assert office.facts(case)["case.consent_sms"] is True


def test_what_is_no_picture_is_no_portrait(office: Office) -> None:
    case = office.register()
    for data in (b"", b"GIF89a", b"<svg>"):
        with pytest.raises(Refused, match="not a picture"):
            office.desk.attach_portrait(office.reception, case, data)


def test_the_second_person_is_another_person(office: Office) -> None:
    both = Operator("S001", "王海宁", ("supervisor", "labour"))
    case = office.register()
    with pytest.raises(Refused, match="second person"):
        office.desk.perform(
            both, case, "guarantee", "sign", second=both, overrides={"guarantor.uscc": "mine"},
            answers=EMPLOYER | {"guarantor.uscc": "91350203M0001QAY9B"},
        )  # fmt: skip


@pytest.mark.parametrize("value", ["91350203M0001QAY9B", {"a": 1}, 7, ["x"], "x" * 5000])
def test_a_bad_code_is_refused_before_its_question_is_shown(office: Office, value: Json) -> None:
    case = office.register()
    with pytest.raises(InvalidInput):
        office.desk.record(office.labour, case, {"guarantor.uscc": value})
    assert "case.guarantee" not in office.facts(case)


def test_marks_and_actions_that_nobody_defined_are_refused(office: Office) -> None:
    case = office.worker("accepted")
    for marks in ([Mark("person.colour", "missing")], [Mark("person.name", "ugly")]):
        with pytest.raises(Refused, match="names nothing"):
            office.desk.perform(office.police, case, "permit", "return_permit", items=marks)
    for stage, action in (("permit", "dance"), ("ball", "accept"), ("", "dance")):
        with pytest.raises(Refused, match="no action"):
            office.desk.perform(office.police, case, stage, action)


def test_the_accepter_does_not_return_either(office: Office) -> None:
    case = office.worker("work_registered")
    office.accept(case, by=office.police)
    with pytest.raises(Refused, match="another officer"):
        office.desk.perform(
            office.police, case, "permit", "return_permit", items=[Mark("person.name", "differs")]
        )


def test_the_worker_does_not_confirm_at_the_doctors(office: Office) -> None:
    case = office.register()
    office.sign(case)
    with pytest.raises(Refused):
        office.desk.perform(office.doctor, case, "guarantee", "confirm")


# --- the same document -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    "pieces",
    [
        [("person.name",), ("person.document_number", "person.document_issuer")],
        [("person.document_number",), ("person.document_issuer",)],
        [("person.document_issuer", "person.name"), ("person.document_number",)],
    ],
)
def test_no_order_of_typing_makes_a_second_person(office: Office, pieces: list[tuple[str, ...]]) -> None:
    answers = office.person()
    first = office.register(answers)
    second = office.begin()
    with suppress(Refused):  # "This number is registered already: … Take that record instead."
        for piece in pieces:
            office.desk.record(office.reception, second, {key: answers[key] for key in piece})
    if not same_person(office, first, second):
        office.desk.take_person(office.reception, second, str(office.facts(first)["case.person"]))
    assert same_person(office, first, second)
    with office.store.read() as connection:
        assert connection.execute("SELECT count(*) FROM view_document").fetchone() == (1,)


def same_person(office: Office, first: str, second: str) -> bool:
    return office.facts(first)["case.person"] == office.facts(second).get("case.person")
