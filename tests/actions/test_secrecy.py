"""The doctor's secrecy, the doctor's blindness for employers, and that nobody is treated differently."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kiosk.errors import NotAllowed, Refused
from kiosk.model.entries import Json
from tests.office import CHECK, EMPLOYER, LODGING, PERSON, Office

NOT_YET = CHECK | {"health.conclusion": "NOT_YET", "health.symptoms": ["fever"]}
EVERYBODY_ELSE = ("reception", "labour", "police", "supervisor")


def seen_by(office: Office, case: str, role: str) -> str:
    """All that a role is shown of a case: page, list, history, slips; as text."""
    operator = getattr(office, role)
    view = office.desk.case(operator, case, opened=False)
    history = [(line.sentence, line.actor) for line in view.history]
    lists = ("waiting", "returned", "ready", "parked")
    rows = [row for which in lists for row in office.desk.work_list(operator, which)]
    slips = [office.desk.slip(operator, case, kind) for kind in view.slips if kind != "permit"]
    return repr((view.facts, view.stages, history, view.row, rows, slips, view.changes))


def test_not_yet_and_retest_cannot_be_told_from_in_progress(office: Office) -> None:
    case = office.worker("registered")
    office.order_health(case)
    before = {role: seen_by(office, case, role) for role in EVERYBODY_ELSE}
    office.desk.perform(office.doctor, case, "health", "not_yet", answers=NOT_YET)
    office.desk.perform(office.doctor, case, "health", "retest")
    for role in EVERYBODY_ELSE:
        assert seen_by(office, case, role) == before[role]
    assert "NOT_YET" in seen_by(office, case, "doctor")


def test_fit_and_follow_up_look_alike(office: Office) -> None:
    """Outside the health post only valid and its dates are seen."""
    plain, follow = office.register(), office.register()
    for case in (plain, follow):
        office.order_health(case)
    office.desk.perform(office.doctor, plain, "health", "clear", answers=CHECK)
    office.desk.perform(
        office.doctor, follow, "health", "clear",
        answers=CHECK | {"health.conclusion": "FIT_WITH_FOLLOW_UP", "health.follow_up_date": "2026-04-01"},
    )  # fmt: skip
    for role in EVERYBODY_ELSE:
        seen = seen_by(office, follow, role)
        assert "FOLLOW_UP" not in seen
        assert "2026-04-01" not in seen
        operator = getattr(office, role)
        lights = [office.desk.case(operator, case, opened=False).stages[1].light for case in (plain, follow)]
        assert lights[0] == lights[1]


def test_what_a_doctor_writes_stands_in_the_health_stream_alone(office: Office) -> None:
    case = office.worker("cleared")
    for entry in office.journal():
        text = json.dumps(entry)
        if entry["stream"] != "health":
            assert "conclusion" not in text
            assert "pregnancy" not in text
            assert not any(cited in text for cited in health_entries(office))
    assert health_entries(office)
    assert office.state(case, "health") == "valid"


def health_entries(office: Office) -> list[str]:
    return [str(entry["id"]) for entry in office.journal() if entry["stream"] == "health"]


def test_a_doctor_sees_no_employer(office: Office) -> None:
    case = office.worker("work_registered")
    seen = seen_by(office, case, "doctor")
    assert "样本木业" not in seen
    assert "guarantee.wage" not in seen
    with pytest.raises(NotAllowed):
        office.desk.record(office.doctor, case, {"guarantee.wage": "1.00"})


def test_the_doctors_history_is_of_registration_and_health_only(office: Office) -> None:
    case = office.worker("work_registered")
    office.desk.park(office.labour, case)
    office.accept(case)
    office.approve(case)
    office.desk.printed(office.reception, case, "permit")
    office.desk.printed(office.reception, case, "guarantee")
    seen = office.desk.case(office.doctor, case, opened=False)
    told = [(str(line.sentence), line.actor) for line in seen.history]
    assert ("Registration: Register", "R001") in told
    assert ("Health check: Give the clearance", "D001") in told
    assert {actor for _, actor in told} == {"R001", "D001"}
    for word in ("Guarantee", "permit", "Permit", "licence", "Application form"):
        assert [sentence for sentence, _ in told if word in sentence] == []
    assert [bool(stage.holder_name) for stage in seen.stages] == [True, True, False, False]
    assert seen.prints == ()
    everything = office.view(case)
    assert {"L001", "P001"} < {line.actor for line in everything.history}


def test_the_doctors_list_goes_by_laboratory_number_exceptions_first(office: Office) -> None:
    cases = [office.register() for _ in range(4)]
    for case in cases:
        office.order_health(case)
    office.desk.perform(office.doctor, cases[2], "health", "not_yet", answers=NOT_YET)
    rows = office.desk.work_list(office.doctor)
    assert rows[0].case == cases[2]
    numbers = [row.laboratory_number for row in rows[1:]]
    assert numbers == sorted(numbers)
    assert all(numbers)
    assert all(row.laboratory_number == "" for row in office.desk.work_list(office.labour))


def test_others_may_not_write_health(office: Office) -> None:
    case = office.register()
    office.order_health(case)
    with pytest.raises((NotAllowed, Refused)):
        office.desk.record(office.police, case, {"health.conclusion": "FIT"})


def test_opening_a_case_leaves_an_entry_that_says_who(office: Office) -> None:
    case = office.register()
    office.desk.case(office.labour, case)
    reads = [entry for entry in office.journal() if entry["stream"] == "access"]
    assert [(entry["actor"], entry["kind"]) for entry in reads] == [("L001", "read")]
    assert "writes" not in reads[0] or reads[0]["writes"] == {}


letters = st.text(st.characters(categories=["Lu"], max_codepoint=0x7F), min_size=1, max_size=30)
PERSONS = st.fixed_dictionaries(
    {
        "person.nationality": st.sampled_from(["MMR", "CHN", "THA", "XXA", "XXB", "USA", "LAO"]),
        "person.document_issuer": st.just("MMR"),
        "person.sex": st.sampled_from(["0", "1", "2", "9"]),
        "person.name": letters,
        "person.nrc": st.sampled_from([f"12/OUKAMA({letter})123456" for letter in "NEPTYS"]),
    }
)


@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(PERSONS)
def test_no_rule_reads_nationality_sex_name_or_nrc_type(office: Office, changed: dict[str, Json]) -> None:
    """Two persons alike but for these have the same lights, dates and closed actions at every stage."""
    for until in ("registered", "accepted", "approved"):
        assert rules_of(office, office.worker(until)) == rules_of(office, office.worker(until, **changed))


def rules_of(office: Office, case: str) -> object:
    found = []
    for role in ("reception", "doctor", "labour", "police", "supervisor"):
        view = office.desk.case(getattr(office, role), case, opened=False)
        lights = [(stage.state, stage.light, stage.until) for stage in view.stages]
        actions = [(a.stage, a.key, [str(reason) for reason in a.closed]) for a in view.actions]
        found.append((lights, actions, view.row.runs_out, view.row.holders, view.slips))
    return found


def test_nothing_typed_in_a_whole_case_reaches_the_log(office: Office, log: Path) -> None:
    case = office.worker()
    with pytest.raises(NotAllowed):
        office.desk.record(office.labour, case, {"person.name": "MAUNG MAUNG"})
    written = log.read_text("utf-8")
    assert written.count('"event": "act"') >= 15
    typed = [*texts(PERSON), *texts(EMPLOYER), *texts(LODGING), "MAUNG MAUNG", "RL01-"]
    assert [text for text in typed if text in written] == []


def texts(answers: Json) -> list[str]:
    """The words and numbers among answers; codes of the pack are no secret."""
    if isinstance(answers, dict):
        return [text for value in answers.values() for text in texts(value)]
    spoken = isinstance(answers, str) and (len(answers) > 7 or not answers.isascii()) and "_" not in answers
    return [answers] if spoken else []


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
