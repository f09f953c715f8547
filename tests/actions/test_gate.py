"""Doors that stay shut: wrong permits, bypassed controls, and what two desks did apart."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import msgspec
import pytest

from kiosk.actions.act import Operator
from kiosk.errors import InvalidInput, KioskError, NotAllowed, Refused
from kiosk.model.case import Mark
from kiosk.model.entries import Decision, Entry, Json, Write
from kiosk.store import journal, search, views
from kiosk.store.rebuild import rebuild
from tests.office import CHECK, DECISION, EMPLOYER, Office, portrait


def facts(office: Office, case: str) -> dict[str, Json]:
    return dict(office.desk.case(office.supervisor, case, opened=False).facts)


def survivors(office: Office, subject: str, register: str) -> tuple[str, ...]:
    with office.store.read() as connection:
        return tuple(views.SqlMemory(connection).state(subject).survivors(register))


def arrives(
    office: Office,
    subject: str,
    writes: dict[str, Write],
    *,
    decision: Decision | None = None,
    act: str = "far-away",
    rests_on: tuple[str, ...] = (),
) -> None:
    """One entry of another terminal, as it would come by sync."""
    entry = Entry(
        id=f"ffffffff-{act}",
        act=act,
        act_size=1,
        subject=subject,
        kind="recorded",
        version=1,
        writes=writes,
        actor="P009",
        role="police",
        office="RL01",
        terminal="ZZZZ",
        stream="office",
        sequence=0,
        time=1,
        wall="2026-03-02T08:00:00+08:00",
        decision=decision,
        rests_on=rests_on,
    )
    with office.store.write() as connection:
        views.apply(views.SqlMemory(connection), journal.append(connection, [entry]))


def withdrawn_unseen(office: Office, case: str) -> None:
    guarantee = str(facts(office, case)["case.guarantee"])
    arrives(office, guarantee, {"status": Write("withdrawn", survivors(office, guarantee, "status"))})


# --- what two desks did apart ----------------------------------------------------------------------


def test_a_shaken_stage_allows_nothing_until_a_supervisor_settles_it(office: Office) -> None:
    case = office.worker("approved")
    withdrawn_unseen(office, case)
    office.desk.printed(office.reception, case, "permit")
    with pytest.raises(Refused, match="changed unseen at another desk"):
        office.desk.perform(office.reception, case, "permit", "hand_over")
    assert case in [row.case for row in office.desk.work_list(office.supervisor)]
    view = office.desk.case(office.supervisor, case, opened=False)
    assert view.stages[3].light.shape == "contested"
    approved, accepted = view.contested["case.stage.permit"]
    assert (approved["state"], accepted["state"]) == ("approved", "accepted")
    number = str(facts(office, case)["permit.number"])
    office.desk.settle(office.supervisor, case, "case.stage.permit", accepted, "guarantee was withdrawn")
    assert office.state(case, "permit") == "accepted"
    assert number in office.desk.terminal.trust().void
    with office.store.read() as connection:
        assert journal.verify(connection) == []


def test_a_shaken_stage_may_be_upheld(office: Office) -> None:
    case = office.worker("approved")
    withdrawn_unseen(office, case)
    view = office.desk.case(office.supervisor, case, opened=False)
    approved = view.contested["case.stage.permit"][0]
    office.desk.settle(office.supervisor, case, "case.stage.permit", approved, "a new guarantee lies here")
    assert not office.desk.case(office.supervisor, case, opened=False).stages[3].shaken


def test_of_two_permits_decided_apart_one_stays_and_the_other_is_void(office: Office) -> None:
    case = office.worker("approved")
    ours = str(facts(office, case)["case.permit"])
    arrives(
        office,
        "permit:theirs",
        {"number": Write("RL01-ZZZZ-P000001-X"), "status": Write("approved"), "case": Write(case)},
    )
    arrives(office, case, {"permit": Write("permit:theirs")}, act="their-link")
    with pytest.raises(Refused, match="supervisor settles"):
        office.desk.perform(office.reception, case, "permit", "hand_over")
    with pytest.raises(NotAllowed):
        office.desk.settle(office.reception, case, "case.permit", ours, "ours")
    office.desk.settle(office.supervisor, case, "case.permit", ours, "ours was first")
    assert "RL01-ZZZZ-P000001-X" in office.desk.terminal.trust().void
    office.hand_over(case)


def test_a_permit_voided_at_one_desk_is_void_whatever_another_did_unseen(office: Office) -> None:
    case = office.worker("approved")
    before = survivors(office, str(facts(office, case)["case.permit"]), "status")
    office.hand_over(case)
    permit, number = str(facts(office, case)["case.permit"]), str(facts(office, case)["permit.number"])
    arrives(office, permit, {"status": Write("void", before)})
    assert number in office.desk.terminal.trust().void


def test_contested_facts_on_a_permit_are_a_supervisors(office: Office) -> None:
    case = office.worker("registered")
    arrives(office, str(facts(office, case)["case.person"]), {"name": Write("SOMEBODY")})
    with pytest.raises(NotAllowed, match="supervisor"):
        office.desk.settle(office.reception, case, "person.name", "SOMEBODY", "so it stands")
    office.desk.settle(office.supervisor, case, "person.name", "SOMEBODY", "so it stands")
    assert facts(office, case)["person.name"] == "SOMEBODY"


def test_nobody_learns_a_doctors_words_by_settling(office: Office) -> None:
    case = office.worker("registered")
    office.order_health(case)
    for value in ("NOT_YET", "FIT"):
        with pytest.raises(Refused, match="nothing to settle"):
            office.desk.settle(office.supervisor, case, "health.conclusion", value, "curious")


# --- the permit ------------------------------------------------------------------------------------


def test_a_withdrawn_case_takes_its_permit_with_it(office: Office) -> None:
    case = office.worker("approved")
    number = str(facts(office, case)["permit.number"])
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
    assert facts(office, case)["person.name"] == "MA MA SAN MYINT"


def test_a_sealed_name_is_not_changed_through_another_case(office: Office) -> None:
    answers = office.person()
    case = office.register(answers)
    for step in (
        office.lodge,
        office.clear,
        office.sign,
        office.confirm,
        office.register_work,
        office.accept,
    ):
        step(case)
    office.approve(case)
    other = office.begin()
    with pytest.raises(NotAllowed, match="Only a supervisor"):
        office.desk.record(office.reception, other, answers | {"person.name": "SOMEBODY ELSE"})
    assert facts(office, case)["person.name"] == "MA MA SAN"


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
    before = office.desk.case(office.supervisor, case, opened=False)
    with pytest.raises(Refused):
        WRITES[what](office, getattr(office, role), case)
    assert office.desk.case(office.supervisor, case, opened=False) == before


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
    assert facts(office, case)["case.consent_sms"] is True


def test_what_is_no_picture_is_no_portrait(office: Office) -> None:
    case = office.register()
    for data in (b"", b"GIF89a", b"<svg>"):
        with pytest.raises(Refused, match="not a picture"):
            office.desk.attach_portrait(office.reception, case, data)


def test_a_case_of_a_newer_program_is_only_looked_at(office: Office) -> None:
    case = office.register()
    arrives(office, case, {"colour": Write("blue")})
    with office.store.write() as connection:
        state = views.SqlMemory(connection).state(case)
        state.read_only = True
        memory = views.SqlMemory(connection)
        memory.keep(case, state)
        memory.save()
    assert office.desk.case(office.reception, case, opened=False).read_only
    for call in (
        lambda: office.desk.record(office.reception, case, {"person.phone": "+8613900139000"}),
        lambda: office.desk.park(office.reception, case),
        lambda: office.order_health(case),
    ):
        with pytest.raises(Refused, match="newer program"):
            call()


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
    assert "case.guarantee" not in facts(office, case)


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


# --- the doctor ------------------------------------------------------------------------------------


def test_a_doctor_is_proposed_no_employer_and_given_no_papers(office: Office) -> None:
    case = office.worker("work_registered")
    proposed = office.desk.proposals(office.doctor, case, {"lodging.kind": "dormitory"})
    assert "样本木业" not in repr(proposed)
    view = office.desk.case(office.doctor, case, opened=False)
    assert "case.paper.guarantee" not in repr(view.facts)
    assert view.papers == ()
    assert view.stages[2].until is None


def test_a_doctors_note_stays_in_the_health_stream(office: Office) -> None:
    case = office.worker("registered")
    office.order_health(case)
    office.desk.perform(office.doctor, case, "health", "clear", answers=CHECK, note="tell nobody")
    streams = {str(entry["stream"]) for entry in office.journal() if "tell nobody" in repr(entry)}
    assert streams == {"health"}


def test_a_retest_is_no_reason_that_the_office_knows(office: Office) -> None:
    assert "retest" not in office.pack.codes["health_reasons"]


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
        office.desk.take_person(office.reception, second, str(facts(office, first)["case.person"]))
    assert same_person(office, first, second)
    with office.store.read() as connection:
        assert connection.execute("SELECT count(*) FROM view_document").fetchone() == (1,)


def same_person(office: Office, first: str, second: str) -> bool:
    return facts(office, first)["case.person"] == facts(office, second).get("case.person")


# --- views and errors ------------------------------------------------------------------------------


def test_an_erased_entry_does_not_take_its_act_along(office: Office) -> None:
    case = office.worker("registered")
    person = str(facts(office, case)["case.person"])
    with office.store.write() as connection:
        connection.execute(
            "INSERT INTO erasure (subject, at, reason) VALUES (?, '2030-01-01', 'x')", (person,)
        )
        connection.execute("UPDATE entry SET body = NULL, salt = NULL WHERE subject = ?", (person,))
    rebuild(office.store)
    assert office.state(case, "registration") == "done"
    assert facts(office, case)["case.person"] == person
    assert "person.name" not in facts(office, case)


def test_a_number_that_was_cleared_is_found_no_more(office: Office) -> None:
    case = office.begin()
    office.desk.record(office.reception, case, office.person())
    number = str(facts(office, case)["person.document_number"])
    office.desk.record(office.reception, case, {"person.document_number": None})
    assert office.desk.find_person(number) is None


def test_a_full_or_missing_folder_of_the_trust_list_undoes_no_act(office: Office, tmp_path: Path) -> None:
    office.desk.terminal.trust_file = tmp_path / "gone" / "trust.json"
    case = office.worker("approved")
    assert office.state(case, "permit") == "approved"


def test_a_case_of_an_unknown_pack_is_shown_and_only_looked_at(office: Office) -> None:
    good, strange = office.register(), office.register()
    arrives(office, strange, {"definitions": Write("0" * 64, survivors(office, strange, "definitions"))})
    assert {row.case for row in office.desk.work_list(office.labour)} == {good, strange}
    view = office.desk.case(office.labour, strange)
    assert view.read_only
    assert view.slips == ()
    assert {str(reason) for action in view.actions for reason in action.closed} == {
        "This terminal does not have this case's office pack yet. It can only be looked at."
    }
    for call in (
        lambda: office.desk.record(office.reception, strange, {"person.phone": "+8613900139000"}),
        lambda: office.desk.slip(office.reception, strange, "progress"),
        lambda: office.order_health(strange),
    ):
        with pytest.raises(Refused, match=r"office pack yet|cannot be printed"):
            call()


def newer_pack(office: Office, **changes: Json) -> bytes:
    """The definitions of the worker's track as a newer program might write them."""
    pack = office.pack
    source = msgspec.json.decode(pack.sources[pack.digests["worker"]])
    stage = source["track"]["stages"][0]
    stage["states"]["draft"]["light"] = "blinking"
    stage["states"]["dreaming"] = {"key": "dreaming", "label": "Dreaming", "light": "mine"}
    stage["actions"][0]["guards"].append({"name": "moon_is_full", "arguments": {}})
    source["forms"]["registration"]["sections"][0]["fields"][0]["type"] = "hologram"
    return msgspec.json.encode(source | changes)


@pytest.mark.parametrize("changes", [{}, {"track": "something else"}])
def test_a_case_of_a_pack_that_needs_a_newer_program_is_shown(
    office: Office, changes: dict[str, Json]
) -> None:
    case = office.register()
    digest = "1" * 64
    with office.store.write() as connection:
        connection.execute(
            "INSERT INTO definition (digest, body) VALUES (?, ?)", (digest, newer_pack(office, **changes))
        )
    stage = {"state": "dreaming", "light": "glowing", "holder": "labour"}
    arrives(
        office,
        case,
        {
            "definitions": Write(digest, survivors(office, case, "definitions")),
            "stage.registration": Write(stage, survivors(office, case, "stage.registration")),
        },
    )
    (row,) = office.desk.work_list(office.labour)
    assert row.lights[0].shape == "elsewhere"
    view = office.desk.case(office.reception, case)
    assert view.read_only
    assert view.stages[0].state == "dreaming"
    assert view.facts["person.sex"] == "2"
    assert [entry["kind"] for entry in office.journal()][-1] == "read"
    with pytest.raises(Refused, match="of a newer program"):
        office.desk.park(office.reception, case)


def test_many_employers_of_one_name_crowd_out_no_worker(office: Office) -> None:
    case = office.register(office.person(**{"person.name_zh": "样本"}))
    with office.store.write() as connection:
        for number in range(40):
            search.index(connection, f"guarantor:{number}", ("样本木业", f"9153{number}"))
    assert [row.case for row in office.desk.find(office.reception, "样本")] == [case]


def test_a_case_that_waits_for_two_of_my_roles_is_counted_once(office: Office) -> None:
    both = Operator("X001", "双职", ("reception", "labour"))
    office.register()
    assert office.desk.counts(both)["waiting"] == len(office.desk.work_list(both)) == 1


def test_a_parked_case_that_is_withdrawn_waits_for_nobody(office: Office) -> None:
    case = office.register()
    office.desk.park(office.reception, case)
    office.desk.perform(office.reception, case, "", "withdraw", reason="own_wish")
    for who in (office.reception, office.labour, office.police):
        assert set(office.desk.counts(who).values()) == {0}
