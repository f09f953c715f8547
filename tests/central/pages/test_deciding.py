"""Deciding at a browser: the same rules as at a counter, and an act that reaches every terminal."""

from __future__ import annotations

import pytest

from central import feed
from central.centre import Centre
from kiosk.model.entries import OFFICE, Entry, decode
from kiosk.store import journal
from tests.central.pages.visitor import APPROVAL, PASSPHRASE, Enter, Visitor, appoint, enters, path_of
from tests.office import CHECK, EMPLOYER, Clerks, portrait, sample_pack


def decisions(centre: Centre, case: str) -> list[Entry]:
    """The decisions about a case as the feed gives them to a terminal."""
    with centre.database.read() as connection:
        batch = feed.pull(connection, centre.office, "AAAA", (OFFICE,), {}, 5_000)
        assert journal.verify(connection) == []
    entries = [decode(row.body) for row in batch.rows if row.body and row.subject == case]
    return [entry for entry in entries if entry.decision]


class TestOnEachDatabase:
    @pytest.fixture
    def url(self, database_url: str) -> str:
        return database_url

    def test_an_approval_is_an_act_like_any_other(self, enter: Enter, clerks: Clerks, centre: Centre) -> None:
        case = clerks.worker("accepted")
        police = enter("P001")
        path = path_of(case, "actions/permit/approve")
        assert police.send(path, **APPROVAL).headers["location"] == "/cases"
        police.get("/cases")
        assert "Done: Approve. MA MA SAN" in police.words
        assert "To be printed at a counter: Temporary residence permit" in police.words
        entry = decisions(centre, case)[-1]
        assert entry.decision is not None
        assert (entry.decision.action, entry.actor, entry.role) == ("approve", "P001", "police")
        assert (entry.terminal, bool(entry.rests_on)) == (centre.code, True)
        before = clerks.desk.case(clerks.police, case, opened=False)
        centre.projector.rebuild()
        assert clerks.desk.case(clerks.police, case, opened=False) == before
        police.get(path_of(case))
        assert "陈志远" in police.words


def test_what_is_proposed_stands_in_the_form(enter: Enter, clerks: Clerks) -> None:
    case = clerks.worker("accepted")
    police = enter("P001")
    police.get(path_of(case, "actions/permit/approve"))
    assert 'name="a.permit.valid_to" value="2026-08-28"' in police.page
    assert "Until 28 August 2026 at most: the longest this permit may last" in police.words


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"a.permit.valid_to": "5/3/2026"}, "day and month may be taken for each other"),
        ({"a.permit.valid_to": "2027-08-28"}, "28 August 2026"),
        ({"a.permit.biometrics": ""}, "still missing or wrong: Fingerprints"),
        ({"a.permit.kind": "king"}, "is not in the list"),
        ({"a.permit.interview_note": "x" * 2_001}, "2000"),
    ],
)
def test_what_is_wrong_is_said_and_what_was_typed_stays(
    enter: Enter, clerks: Clerks, wrong: dict[str, str], said: str
) -> None:
    case = clerks.worker("accepted")
    police = enter("P001")
    answer = police.send(path_of(case, "actions/permit/approve"), **APPROVAL | wrong)
    assert answer.status_code == 422
    assert said in police.words
    assert 'role="alert"' in police.page
    (value,) = wrong.values()
    assert "list" in said or value in police.page
    assert clerks.state(case, "permit") == "accepted"


def test_a_case_that_changed_meanwhile_is_shown_anew(enter: Enter, clerks: Clerks) -> None:
    case = clerks.worker("accepted")
    police = enter("P001")
    path = path_of(case, "actions/permit/approve")
    police.get(path)
    form = police.hidden(police.page) | APPROVAL
    clerks.desk.record(clerks.reception, case, {"person.phone": "+8613800138009"})
    answer = police.http.post(path, data=form)
    assert answer.status_code == 422
    assert "This case has changed since you opened this page." in answer.text
    assert clerks.state(case, "permit") == "accepted"
    assert police.http.post(path, data=Visitor.hidden(answer.text) | APPROVAL).status_code == 303


def test_who_accepted_does_not_decide(enter: Enter, clerks: Clerks) -> None:
    case = clerks.worker("work_registered")
    clerks.accept(case, by=clerks.police)
    police = enter("P001")
    answer = police.send(path_of(case, "actions/permit/approve"), **APPROVAL)
    assert answer.status_code == 422
    assert clerks.state(case, "permit") == "accepted"


def test_a_return_carries_its_marks(enter: Enter, clerks: Clerks) -> None:
    case = clerks.worker("confirmed")
    labour = enter("L001")
    path = path_of(case, "actions/guarantee/return_work")
    assert labour.send(path).status_code == 422
    marks = {"mark.guarantor.name": "unclear", "mark.paper.guarantee.guarantee_form": "missing"}
    assert labour.send(path, note="stamp", **marks).status_code == 303
    view = clerks.desk.case(clerks.labour, case, opened=False)
    assert {(mark.key, mark.why) for mark in view.items} == {
        ("guarantor.name", "unclear"),
        ("paper.guarantee.guarantee_form", "missing"),
    }


def test_a_second_return_for_what_was_there_before_needs_a_supervisor(enter: Enter, clerks: Clerks) -> None:
    case = clerks.worker("confirmed")
    labour = enter("L001")
    appoint(enter.centre, clerks, "S001")
    path = path_of(case, "actions/guarantee/return_work")
    labour.send(path, **{"mark.guarantor.name": "unclear"})
    clerks.sign(case)
    clerks.confirm(case)
    late: dict[str, str | list[str]] = {"mark.guarantor.representative_name": "unclear"}
    labour.get(path)
    assert "A second person signs in" not in labour.words
    assert labour.send(path, **late).status_code == 422
    assert "A second person signs in" in labour.words
    for number, passphrase, status in (
        ("S001", "not this one", 422),
        ("L001", PASSPHRASE, 422),
        ("S001", PASSPHRASE, 303),
    ):
        second = {"second.number": number, "second.passphrase": passphrase}
        assert labour.send(path, **late, **second).status_code == status
    assert clerks.state(case, "guarantee") == "returned"
    assert labour.get("/cases").status_code == 200  # still the one who signed in first
    assert "杨立新" in labour.page


def test_a_refusal_needs_a_reason_of_the_list(enter: Enter, clerks: Clerks) -> None:
    case = clerks.worker("accepted")
    police = enter("P001")
    path = path_of(case, "actions/permit/refuse")
    assert police.send(path).status_code == 422
    assert "Choose a reason." in police.words
    assert "Legal ground:" in police.words
    assert police.send(path, reason="king").status_code == 422
    assert police.send(path, reason="false_statement", note="a\0b").status_code == 422
    reason = next(iter(sample_pack().codes["permit_refusal"]))
    assert police.send(path, reason=reason).status_code == 303
    assert clerks.state(case, "permit") == "refused"


def test_a_doctor_fills_in_his_form_and_gives_the_clearance(
    enter: Enter, clerks: Clerks, centre: Centre
) -> None:
    case = clerks.worker("registered")
    clerks.order_health(case)
    doctor = enter("D001")
    form = path_of(case, "forms/health_check")
    assert doctor.send(form, **enters("health.", CHECK)).status_code == 303
    doctor.get(path_of(case))
    assert "Saved: Health check" in doctor.words
    path = path_of(case, "actions/health/clear")
    later = {"a.health.follow_up_date": "a day that this answer does not ask for"}
    assert doctor.send(path, **enters("health.", CHECK) | later).status_code == 303
    assert clerks.state(case, "health") == "valid"
    assert b"FIT" not in b"".join(office_bodies(centre))


def office_bodies(centre: Centre) -> list[bytes]:
    with centre.database.read() as connection:
        rows = connection.execute("SELECT body FROM entry WHERE stream = ?", (OFFICE,)).fetchall()
    return [bytes(body) for (body,) in rows]


def test_a_department_without_a_terminal_works_through_its_stage(enter: Enter, clerks: Clerks) -> None:
    case = clerks.worker("cleared")
    labour = enter("L001")
    answer = labour.send(path_of(case, "forms/guarantee"), **enters("guarant", EMPLOYER))
    assert answer.status_code == 303, labour.words
    assert labour.send(path_of(case, "actions/guarantee/sign")).status_code == 303, labour.words
    clerks.confirm(case)
    for paper in ("business_licence", "representative_identity", "guarantee_form"):
        assert (
            labour.send(path_of(case, "papers/guarantee", paper), path_of(case), seen="1").status_code == 303
        )
    register = path_of(case, "actions/guarantee/register_work")
    assert labour.send(register).status_code == 422
    assert "Copies still to be attached: Business licence" in labour.words
    assert labour.attach(case, "guarantee", "business_licence", portrait()).status_code == 303, labour.words
    assert labour.send(register).status_code == 303, labour.words
    assert clerks.state(case, "guarantee") == "registered"


def test_a_form_says_what_is_wrong_in_it(enter: Enter, clerks: Clerks) -> None:
    case = clerks.worker("cleared")
    labour = enter("L001")
    form = path_of(case, "forms/guarantee")
    answers = enters("guarant", EMPLOYER) | {"a.guarantor.uscc": "91533102MA0000015X"}
    assert labour.send(form, **answers).status_code == 422
    assert 'aria-describedby="a.guarantor.uscc.problem"' in labour.page
    assert labour.get(path_of(case, "forms/registration")).status_code in (200, 404)
    assert labour.send(form).headers["location"] == path_of(case)
    labour.get(path_of(case))
    assert "Nothing was changed." in labour.words


def test_a_paper_of_another_department_is_not_for_me(enter: Enter, clerks: Clerks) -> None:
    case = clerks.worker("accepted")
    doctor = enter("L001")
    path = path_of(case, "papers/permit/application_form")
    assert doctor.send(path, path_of(case), seen="0").status_code == 403
    assert doctor.send(path_of(case, "papers/permit/nothing"), path_of(case), seen="1").status_code == 404
