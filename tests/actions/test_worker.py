"""A worker's case from the notice to the permit, through the door that screens use."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path

import pytest

from kiosk.actions.act import Operator
from kiosk.errors import InvalidInput, NotAllowed, Refused
from kiosk.model.case import CaseView, Mark
from kiosk.seal import TrustList, verify
from tests.office import DECISION, EMPLOYER, STAGES, Office


def view(office: Office, case: str, who: Operator | None = None) -> CaseView:
    return office.desk.case(who or office.supervisor, case, opened=False)


def states(office: Office, case: str) -> tuple[str, ...]:
    return tuple(stage.state for stage in view(office, case).stages)


def test_a_case_goes_from_notice_to_handed_over(office: Office) -> None:
    case = office.worker()
    assert states(office, case) == ("done", "valid", "registered", "handed_over")
    facts = view(office, case).facts
    assert facts["permit.status"] == "active"
    assert facts["case.status"] == "ended"
    assert facts["permit.valid_to"] == "2026-08-28"


def test_nothing_is_collected_before_the_notice(office: Office) -> None:
    case = office.desk.open_case(office.reception, "worker", "my").case
    office.desk.sight_paper(office.reception, case, "registration", "identity_document")
    with pytest.raises(Refused, match="acknowledged the notice"):
        office.desk.perform(office.reception, case, "registration", "register", answers=office.person())
    assert "person.name" not in view(office, case).facts


def test_stages_run_side_by_side(office: Office) -> None:
    """Guarantee and work registration are finished while the blood results are awaited."""
    case = office.register()
    office.order_health(case)
    office.sign(case)
    office.confirm(case)
    office.register_work(case)
    office.lodge(case)
    assert states(office, case) == ("done", "ordered", "registered", "not_open")
    office.desk.perform(office.doctor, case, "health", "clear", answers={
        "health.info_given": True, "health.pregnancy": "no", "health.modules": ["blood"],
        "health.conclusion": "FIT", "health.told_person": True,
    })  # fmt: skip
    assert states(office, case)[3] == "open"


def test_the_same_document_finds_the_person(office: Office) -> None:
    answers = office.person()
    first = office.register(answers)
    office.desk.perform(office.reception, first, "", "withdraw", reason="own_wish")
    second = office.register(answers | {"person.name": "MA MA SAN MYINT"})
    assert view(office, first).facts["case.person"] == view(office, second).facts["case.person"]
    (old,) = view(office, second).changes["person.name"]
    assert old.value == "MA MA SAN"


def test_a_second_open_case_of_one_person_is_refused(office: Office) -> None:
    answers = office.person()
    office.register(answers)
    with pytest.raises(Refused, match="another open case"):
        office.register(answers)


def test_a_known_employer_is_found_by_his_code(office: Office) -> None:
    first, second = office.worker("confirmed"), office.worker("confirmed")
    assert (
        view(office, first).facts["guarantee.guarantor"] == view(office, second).facts["guarantee.guarantor"]
    )
    assert [row.name for row in office.desk.guarantors("样本木业")] == [EMPLOYER["guarantor.name"]]


def test_an_employer_is_picked_not_typed(office: Office) -> None:
    office.worker("confirmed")
    case = office.register()
    (row,) = office.desk.guarantors("9153")
    office.desk.take_guarantor(office.labour, case, row.guarantor)
    work = {key: value for key, value in EMPLOYER.items() if key.startswith("guarantee.")}
    office.desk.perform(office.labour, case, "guarantee", "sign", answers=work)
    assert states(office, case)[2] == "signed"


def test_what_the_worker_confirmed_must_not_change(office: Office) -> None:
    case = office.worker("confirmed")
    office.desk.record(office.labour, case, {"guarantee.wage": "1800.00"})
    with pytest.raises(Refused, match="has changed since"):
        office.register_work(case)


def test_the_worker_confirms_on_his_own_behalf(office: Office) -> None:
    case = office.worker("confirmed")
    (entry,) = [e for e in office.journal() if e.get("decision") and e["decision"]["action"] == "confirm"]
    assert (entry["role"], entry["actor"]) == ("applicant", "L001")
    assert entry["on_behalf_of"] == view(office, case).facts["case.person"]


def test_the_decision_day_counts_chinese_working_days(office: Office) -> None:
    """15 working days from Monday 2 March 2026: no holiday lies between."""
    case = office.worker("accepted")
    assert view(office, case).facts["case.decide_by"] == "2026-03-23"


def test_who_accepts_does_not_decide(office: Office) -> None:
    case = office.worker("work_registered")
    office.accept(case, by=office.police)
    with pytest.raises(Refused, match="another officer"):
        office.approve(case)
    office.desk.perform(office.other_police, case, "permit", "approve", answers=DECISION)
    assert states(office, case)[3] == "approved"


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"permit.valid_to": "2027-03-01"}, "until 28 August 2026 at most"),
        ({"permit.valid_to": "2026-03-01"}, "The permit begins later"),
        ({"permit.area": "5331"}, "area"),
        ({"permit.kind": ""}, "Reason for residence: This is needed"),
    ],
)
def test_dates_and_area_stay_within_the_profile(office: Office, change: dict[str, str], said: str) -> None:
    case = office.worker("accepted")
    with pytest.raises((Refused, InvalidInput), match=said):
        office.desk.perform(office.police, case, "permit", "approve", answers=DECISION | change)
    assert states(office, case)[3] == "accepted"
    assert "permit.number" not in view(office, case).facts


def test_a_return_carries_a_list_and_a_second_one_for_what_was_visible_needs_a_supervisor(
    office: Office,
) -> None:
    case = office.worker("accepted")
    desk, police = office.desk, office.police
    with pytest.raises(Refused, match="Mark at least one"):
        desk.perform(police, case, "permit", "return_permit")
    desk.perform(police, case, "permit", "return_permit", items=[Mark("person.name", "differs")])
    assert view(office, case).items == (Mark("person.name", "differs"),)
    desk.record(office.reception, case, {"person.name": "MA MA SAN MYINT"})
    desk.perform(office.reception, case, "permit", "accept")
    late = [Mark("person.sex", "unclear")]
    with pytest.raises(Refused, match="could be seen at the first return"):
        desk.perform(police, case, "permit", "return_permit", items=late)
    desk.perform(police, case, "permit", "return_permit", items=late, second=office.supervisor)
    assert states(office, case)[3] == "returned"


def test_a_return_for_what_changed_since_needs_no_supervisor(office: Office) -> None:
    case = office.worker("accepted")
    desk, police = office.desk, office.police
    desk.perform(police, case, "permit", "return_permit", items=[Mark("person.name", "differs")])
    desk.record(office.reception, case, {"case.purpose": "trade"})
    desk.perform(office.reception, case, "permit", "accept")
    desk.perform(police, case, "permit", "return_permit", items=[Mark("case.purpose", "differs")])
    assert states(office, case)[3] == "returned"


def test_a_refusal_names_reason_and_officer_and_leaves_no_mark_on_the_person(office: Office) -> None:
    case = office.worker("accepted")
    with pytest.raises(Refused, match="Choose a reason"):
        office.desk.perform(office.police, case, "permit", "refuse")
    office.desk.perform(office.police, case, "permit", "refuse", reason="papers_not_full")
    assert view(office, case).status == "refused"
    slip = office.desk.slip(office.reception, case, "refusal")
    assert slip.officer == "P001"
    assert slip.remedy is not None
    assert [str(item) for item in slip.items] == ["The papers required were not brought in full"]


def test_a_decision_is_taken_back_until_the_permit_is_handed_over(office: Office) -> None:
    case = office.worker("approved")
    number = view(office, case).facts["permit.number"]
    office.desk.perform(office.police, case, "permit", "take_back")
    assert office.desk.terminal.trust().void[str(number)] == office.desk.today()
    office.approve(case)
    assert view(office, case).facts["permit.number"] != number
    office.hand_over(case)
    with pytest.raises(Refused):
        office.desk.perform(office.police, case, "permit", "take_back")


def test_a_permit_is_not_handed_over_before_it_is_printed(office: Office) -> None:
    case = office.worker("approved")
    with pytest.raises(Refused, match="has not been printed"):
        office.desk.perform(office.reception, case, "permit", "hand_over")


def test_prints_stand_in_a_ledger_and_a_second_one_needs_a_reason(office: Office) -> None:
    case = office.worker("approved")
    desk, clerk = office.desk, office.reception
    desk.printed(clerk, case, "permit")
    with pytest.raises(Refused, match="printed before"):
        desk.printed(clerk, case, "permit")
    (first,) = view(office, case).prints
    desk.spoiled(clerk, case, first.print, "jam")
    with pytest.raises(Refused, match="has not been printed"):
        desk.perform(clerk, case, "permit", "hand_over")
    desk.printed(clerk, case, "permit", reprint_reason="print_failed")
    assert [(p.reprint, p.spoiled) for p in view(office, case).prints] == [(0, "jam"), (1, "")]
    assert desk.slip(clerk, case, "permit").reprint == 2


def test_the_worker_may_withdraw_at_any_time_before_the_end(office: Office) -> None:
    for stage in STAGES[:-1]:
        case = office.worker(stage)
        office.desk.perform(office.reception, case, "", "withdraw", reason="own_wish")
        assert view(office, case).status == "withdrawn"
    case = office.worker()
    with pytest.raises(Refused, match="closed"):
        office.desk.perform(office.reception, case, "", "withdraw", reason="own_wish")


def test_a_withdrawn_guarantee_closes_the_next_steps(office: Office) -> None:
    case = office.worker("accepted")
    office.desk.perform(office.labour, case, "guarantee", "withdraw_guarantee")
    with pytest.raises(Refused, match="guarantee is not in force"):
        office.approve(case)


def test_an_expired_clearance_closes_the_decision_and_allows_a_new_check(office: Office) -> None:
    case = office.worker("accepted")
    assert view(office, case).stages[1].light.shape == "done"
    office.clock.forward(days=190)
    assert view(office, case).stages[1].light.shape == "expired"
    with pytest.raises(Refused, match="health clearance ran out"):
        office.approve(case)
    office.desk.perform(
        office.reception, case, "health", "reorder", answers={"case.health_reason": "renewal"}
    )
    assert view(office, case).stages[1].state == "ordered"


def test_only_the_owner_role_takes_an_action(office: Office) -> None:
    case = office.worker("accepted")
    for stranger in (office.reception, office.labour, office.doctor):
        with pytest.raises(Refused, match="Police officer"):
            office.desk.perform(stranger, case, "permit", "approve")


def test_every_closed_action_says_why(office: Office) -> None:
    case = office.register()
    for who in (office.reception, office.doctor, office.labour, office.police, office.supervisor):
        for action in view(office, case, who).actions:
            for reason in action.closed:
                for language in ("zh", "my", "en"):
                    assert office.desk.translator(language)(reason).strip()


def test_where_not_all_that_is_missing_is_named_the_rest_is_counted(office: Office) -> None:
    case = office.desk.open_case(office.reception, "worker", "my").case
    actions = view(office, case, office.reception).actions
    closed = [str(why) for action in actions for why in action.closed]
    missing = next(why for why in closed if "still missing or wrong" in why)
    assert re.search(r": ([^,]+, ){5}[^,]+ and \d+ more$", missing)


def test_lists_are_sorted_by_what_runs_out_first(office: Office) -> None:
    for day in ("2026-03-20", "2026-03-10", "2026-03-15"):
        office.register(office.person(**{"case.stay_until": day}))
    listed = office.desk.work_list(office.labour)
    assert [row.runs_out for row in listed] == [date(2026, 3, 10), date(2026, 3, 15), date(2026, 3, 20)]
    office.clock.forward(days=13)
    assert office.desk.counts(office.labour)["due"] == 2


def test_a_case_is_found_by_name_document_and_slip_number(office: Office) -> None:
    case = office.worker("accepted")
    facts = view(office, case).facts
    for text in (
        "麻散",
        "မစံ",
        "ma san",
        "a sa",
        str(facts["person.document_number"]),
        str(facts["case.receipt_number"]),
        str(facts["case.receipt_number"])[:-2].lower(),  # being typed
        str(facts["case.receipt_number"])[10:],  # without the office and the terminal
    ):
        assert [row.case for row in office.desk.find(office.reception, text)] == [case], text
    assert office.desk.find(office.reception, "nobody of this name") == []


def test_a_scanned_seal_opens_its_case_even_when_void(office: Office) -> None:
    case = office.worker("approved")
    seal = office.desk.slip(office.police, case, "permit").seal
    assert [row.case for row in office.desk.find(office.reception, seal)] == [case]
    office.desk.perform(office.police, case, "permit", "take_back")
    assert [row.case for row in office.desk.find(office.reception, seal)] == [case]


def test_the_trust_list_on_disk_knows_a_void_permit_at_once(office: Office, tmp_path: Path) -> None:
    office.desk.terminal.trust_file = tmp_path / "trust.json"
    case = office.worker()
    seal = office.desk.slip(office.police, case, "permit").seal
    read = TrustList.read(tmp_path / "trust.json")
    assert verify(seal, read, office.clock()).status == "valid"
    office.desk.perform(office.police, case, "permit", "void", reason="permit_lost")
    read = TrustList.read(tmp_path / "trust.json")
    assert verify(seal, read, office.clock()).status == "void"


def test_a_decided_permit_is_corrected_by_no_officer_alone(office: Office) -> None:
    case = office.worker("approved")
    with pytest.raises(NotAllowed, match="Only a supervisor"):
        office.desk.record(office.police, case, {"permit.valid_to": "2026-08-01"})


def test_a_parked_case_is_everybodys(office: Office) -> None:
    case = office.register()
    office.desk.park(office.reception, case)
    assert [row.case for row in office.desk.work_list(office.labour, "parked")] == [case]
    office.desk.park(office.labour, case, False)
    assert office.desk.counts(office.reception)["parked"] == 0


def test_a_uscc_that_fails_needs_a_supervisor_and_a_reason(office: Office) -> None:
    case = office.register()
    wrong = {"guarantor.uscc": "91350203M0001QAY9B"}
    with pytest.raises(InvalidInput):
        office.sign(case, **wrong)
    with pytest.raises(Refused, match="supervisor"):
        office.desk.perform(
            office.labour, case, "guarantee", "sign", answers=EMPLOYER | wrong,
            overrides={"guarantor.uscc": "as on the licence"},
        )  # fmt: skip
    office.desk.perform(
        office.labour, case, "guarantee", "sign", answers=EMPLOYER | wrong,
        overrides={"guarantor.uscc": "as on the licence"}, second=office.supervisor,
    )  # fmt: skip
    assert view(office, case).facts["guarantor.uscc_override"] == "as on the licence"
    (signed,) = [e for e in office.journal() if e.get("decision") and e["decision"]["action"] == "sign"]
    assert signed["second"] == "S001"


def test_a_corrected_fact_keeps_its_old_value_and_its_rules(office: Office) -> None:
    case = office.worker("registered")
    office.desk.record(office.reception, case, {"person.name": "MA SAN SAN"})
    with pytest.raises(NotAllowed, match="belongs to another department"):
        office.desk.record(office.labour, case, {"person.name": "MA THAN"})
    with pytest.raises(NotAllowed, match="was entered by: Reception clerk"):
        office.desk.record(office.labour, case, {"lodging.host_name": "样本"})
    (old,) = view(office, case).changes["person.name"]
    assert old.value == "MA MA SAN"


def test_after_the_decision_only_a_supervisor_corrects_with_a_reason(office: Office) -> None:
    case = office.worker("approved")
    change = {"person.name": "MA SAN SAN"}
    with pytest.raises(NotAllowed, match="Only a supervisor"):
        office.desk.record(office.reception, case, change)
    with pytest.raises(NotAllowed, match="with a reason"):
        office.desk.record(office.supervisor, case, change)
    office.desk.record(office.supervisor, case, change, reason="misread")
    (old,) = view(office, case).changes["person.name"]
    assert (old.value, old.reason) == ("MA MA SAN", "misread")


def test_a_case_keeps_the_definitions_it_began_with(office: Office) -> None:
    case = office.register()
    terminal = office.desk.terminal
    before = office.desk.definitions(case)
    from msgspec.structs import replace

    terminal.work_by(replace(terminal.pack, sources={}, digests={"worker": "0" * 64}))
    assert view(office, case).track == before.track
    assert office.desk.definitions(case) == before


def test_nobody_is_told_to_come_back_for_a_case_that_has_ended(office: Office) -> None:
    going, ended = office.worker("accepted"), office.worker("handed_over")
    assert office.desk.slip(office.reception, going, "progress").collect_after is not None
    assert office.desk.slip(office.reception, ended, "progress").collect_after is None
