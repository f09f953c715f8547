"""What the pages show to whom, and what they never carry."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from central.centre import Centre
from kiosk.model.entries import ACCESS, decode
from kiosk.ui import theme
from tests.central.pages.visitor import APPROVAL, Enter, path_of
from tests.office import CHECK, LODGING, Clerks, sample_pack

STYLE = Path(__file__).parents[3] / "central/pages/static/pages.css"


def test_each_role_has_its_own_list_and_actions(enter: Enter, clerks: Clerks) -> None:
    accepted, confirmed = clerks.worker("accepted"), clerks.worker("confirmed")
    police, labour = enter("P001"), enter("L001")
    police.get("/cases")
    assert path_of(accepted) in police.page
    assert path_of(confirmed) not in police.page
    labour.get("/cases")
    assert path_of(confirmed) in labour.page
    assert labour.get(path_of(accepted, "actions/permit/approve")).status_code == 404
    assert labour.send(path_of(accepted, "actions/permit/approve"), "/cases", **APPROVAL).status_code == 404
    assert clerks.state(accepted, "permit") == "accepted"


def test_a_closed_action_says_why(enter: Enter, clerks: Clerks) -> None:
    case = clerks.worker("confirmed")
    visitor = enter("L001")
    visitor.get(path_of(case))
    assert "Register the work Closed Papers still to be seen: Business licence" in visitor.words


def test_what_the_person_himself_does_is_not_done_here(enter: Enter, clerks: Clerks) -> None:
    case = clerks.worker("cleared")
    clerks.sign(case)
    visitor = enter("L001")
    visitor.get(path_of(case))
    assert "The person answers on the screen at a counter." in visitor.words
    assert "/guarantee/confirm" not in visitor.page
    assert visitor.send(path_of(case, "actions/guarantee/confirm"), "/cases").status_code == 404


def test_a_doctors_words_are_shown_to_doctors_alone(enter: Enter, clerks: Clerks) -> None:
    case = clerks.worker("registered")
    clerks.order_health(case)
    doctor = enter("D001")
    answers = CHECK | {"health.conclusion": "NOT_YET", "health.symptoms": ["cough"]}
    cough = sample_pack().codes["symptoms"]["cough"].label
    clerks.desk.perform(clerks.doctor, case, "health", "not_yet", answers=answers)
    doctor.get(path_of(case))
    words = "Not yet", "Pregnancy", "Conclusion", cough
    assert all(word in doctor.words for word in words)
    for number in ("P001", "L001", "R001", "S001"):
        other = enter(number)
        for path in (path_of(case), "/cases", path_of(case, "forms/health_check")):
            other.get(path)
            shown = other.words.replace("Nothing yet", "").replace("not seen yet", "")
            assert not [word for word in words if word in shown]
        assert other.get(path_of(case, "forms/health_check")).status_code == 404


def test_a_doctor_sees_no_employer(enter: Enter, clerks: Clerks) -> None:
    case = clerks.worker("confirmed")
    doctor = enter("D001")
    doctor.get(path_of(case))
    assert "瑞丽样本木业有限公司" not in doctor.page
    assert "MM100" not in doctor.page  # the number of the document, masked for who need not compare it


def test_what_a_role_need_not_know_is_masked(enter: Enter, clerks: Clerks) -> None:
    case = clerks.worker("accepted")
    police = enter("P001")
    police.get(path_of(case))
    assert "+86 138 0013 8000" not in police.words
    assert "••••8000" in police.words


def test_what_people_typed_is_text(enter: Enter, clerks: Clerks) -> None:
    bad = "<script>alert(1)</script>"
    case = clerks.worker("cleared")
    clerks.desk.perform(
        clerks.reception,
        case,
        "registration",
        "register_lodging",
        answers=LODGING | {"lodging.host_name": bad},
    )
    visitor = enter("R001")
    for answer in (visitor.get(path_of(case)), visitor.send("/cases", find=bad)):
        assert bad not in answer.text
        assert "&lt;script&gt;" in answer.text
    visitor.get("/sign-in?language=%22%3E%3Cscript%3E")
    assert "<script>" not in visitor.page.replace("<script src", "")


def test_looking_is_noted_once(enter: Enter, clerks: Clerks, centre: Centre) -> None:
    case = clerks.worker("accepted")
    before = len(readings(centre))
    visitor = enter("P001")
    for path in (
        path_of(case),
        path_of(case),
        path_of(case, "portrait"),
        path_of(case, "actions/permit/approve"),
    ):
        assert visitor.get(path).status_code == 200
    assert len(readings(centre)) == before + 1
    assert readings(centre)[-1] == ("read", "P001")


def readings(centre: Centre) -> list[tuple[str, str]]:
    with centre.database.read() as connection:
        rows = connection.execute(
            "SELECT body FROM entry WHERE stream = ? ORDER BY sequence", (ACCESS,)
        ).fetchall()
    return [(entry.kind, entry.actor) for entry in (decode(body) for (body,) in rows)]


def test_finding_by_a_name_leaves_no_trace_in_the_address(enter: Enter, clerks: Clerks) -> None:
    case = clerks.worker("accepted")
    visitor = enter("P001")
    answer = visitor.send("/cases", find="ma ma")
    assert path_of(case) in answer.text
    assert "ma" not in str(answer.url).rpartition("/")[2].replace("cases", "")


def test_a_mistyped_number_is_told_from_an_unknown_one(enter: Enter, clerks: Clerks) -> None:
    whole = str(clerks.facts(clerks.worker("accepted"))["case.number"])
    visitor = enter("P001")
    assert "mistyped" in visitor.send("/cases", find=whole[:-1] + ("A" if whole[-1] != "A" else "B")).text
    assert "mistyped" not in visitor.send("/cases", find="MM7654321").text
    assert "mistyped" not in visitor.send("/cases", find=whole).text


def test_pictures_are_shown_as_what_they_are(enter: Enter, clerks: Clerks) -> None:
    case = clerks.worker("accepted")
    visitor = enter("P001")
    picture = visitor.http.get(path_of(case, "portrait"))
    assert (picture.headers["content-type"], picture.content[:2]) == ("image/jpeg", b"\xff\xd8")
    paper = visitor.http.get(path_of(case, "papers/guarantee/business_licence"))
    assert paper.headers["content-disposition"].startswith("attachment")
    assert "sandbox" in paper.headers["content-security-policy"]
    assert visitor.http.get(path_of(case, "papers/guarantee/work_contract")).status_code == 404


@pytest.mark.parametrize("language", ["zh", "my", "en"])
def test_pages_speak_the_language_that_was_chosen(enter: Enter, language: str) -> None:
    visitor = enter("P001")
    visitor.get(f"/cases?language={language}")
    visitor.get("/cases")
    assert f'<html lang="{language}">' in visitor.page
    words = {"zh": "待我办理", "my": "ကျွန်ုပ်အတွက်", "en": "Waiting for me"}
    assert words[language] in visitor.words


def test_the_colours_are_those_of_the_counter() -> None:
    named = dict(re.findall(r"--([a-z-]+): (#[0-9A-F]{6});", STYLE.read_text("utf-8")))
    assert len(named) == 18
    for name, colour in named.items():
        assert getattr(theme, name.replace("-", "_").upper()) == colour
