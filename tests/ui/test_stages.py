"""A worker's way through the stages, as each department sees and does it at its window."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication

from tests.office import EMPLOYER, Office, portrait
from tests.ui.clerk import CONTROL, ENTER, Sit, visible_text


def test_reception_orders_the_health_check(clerk: Sit, office: Office) -> None:
    case = office.worker("registered")
    one = clerk(case=case)
    one.order_health()
    assert office.state(case, "health") == "ordered"


def test_the_doctor_works_from_laboratory_numbers_and_sees_no_employer(clerk: Sit, office: Office) -> None:
    case = office.worker("confirmed")
    again = office.worker("registered")
    office.order_health(again)
    one = clerk(office.doctor)
    rows = one.bench.list.rows()
    assert [row.case for row in rows] == [again]
    assert rows[0].laboratory_number
    one.open(case)
    for stage in ("registration", "health", "guarantee", "permit"):
        one.page.choose(stage)
        QApplication.processEvents()
        assert str(EMPLOYER["guarantor.name"]) not in one.said()
        assert str(EMPLOYER["guarantor.uscc"]) not in one.said()


def test_the_doctor_clears(clerk: Sit, office: Office) -> None:
    case = office.worker("registered")
    office.order_health(case)
    one = clerk(office.doctor)
    one.press(ENTER)
    one.type("1")  # explained
    one.press(ENTER)
    one.type("2")  # pregnancy: the list's second
    one.press(ENTER)
    one.type("1")  # checks done
    one.press(ENTER)
    one.press(ENTER, CONTROL)
    assert one.sheet() is not None
    one.type("1")  # fit
    one.press(ENTER)
    one.type("1")  # told
    one.press(ENTER)
    one.press(ENTER, CONTROL)
    assert office.state(case, "health") == "valid"


def test_outside_the_health_post_nothing_tells_not_yet_from_in_progress(clerk: Sit, office: Office) -> None:
    case = office.worker("registered")
    office.order_health(case)
    one = clerk(case=case)
    one.page.choose("health")
    before = one.said()
    office.desk.perform(
        office.doctor,
        case,
        "health",
        "not_yet",
        answers={
            "health.info_given": True,
            "health.pregnancy": "no",
            "health.modules": ["basic"],
            "health.conclusion": "NOT_YET",
            "health.told_person": True,
        },
    )
    one.page.refresh()
    QApplication.processEvents()
    assert one.said() == before


def test_an_employer_known_from_before_is_picked(clerk: Sit, office: Office) -> None:
    office.worker("confirmed")
    case = office.worker("cleared")
    one = clerk(office.labour, case)
    picker = one.page.panel.employer
    assert picker.isVisible()
    picker.setFocus()
    for character in "样本木业":
        picker.insert(character)
        picker.textEdited.emit(picker.text())
    one.press(ENTER)
    assert one.view.facts["guarantor.uscc"] == EMPLOYER["guarantor.uscc"]
    assert not picker.isVisible()


def test_the_worker_himself_confirms_on_his_own_screen(clerk: Sit, office: Office) -> None:
    case = office.worker("cleared")
    office.sign(case)
    one = clerk(office.labour, case)
    one.press(ENTER, CONTROL)  # asks the person
    assert office.state(case, "guarantee") == "signed"
    assert "representative" in one.strip
    one.press(ENTER)  # that is so
    assert str(EMPLOYER["guarantor.name"]) in visible_text(one.person)
    one.click("person.yes", one.person)
    assert office.state(case, "guarantee") == "confirmed"
    assert "confirmed employer and work" in one.status


def test_a_worker_who_says_no_is_heard(clerk: Sit, office: Office) -> None:
    case = office.worker("cleared")
    office.sign(case)
    one = clerk(office.labour, case)
    one.press(ENTER, CONTROL)
    one.press(ENTER)
    one.click("person.no", one.person)
    assert office.state(case, "guarantee") == "signed"
    assert "alone" in one.strip


def test_work_is_registered_when_the_papers_are_there(clerk: Sit, office: Office, tmp_path: Path) -> None:
    case = office.worker("confirmed")
    one = clerk(office.labour, case)
    one.press(ENTER, CONTROL)
    assert office.state(case, "guarantee") == "confirmed"  # a copy of the licence is missing
    copy = tmp_path / "licence.pdf"
    copy.write_bytes(b"%PDF-1.4 invented")
    one.page.papers.attach("guarantee", "business_licence", copy)
    one.settle()
    one.press(ENTER, CONTROL)
    assert office.state(case, "guarantee") == "registered"


@pytest.mark.parametrize("name", ["letter.txt", "gone.pdf"])
def test_a_file_that_cannot_be_attached_is_told(
    clerk: Sit, office: Office, tmp_path: Path, name: str
) -> None:
    (tmp_path / "letter.txt").write_text("invented")
    case = office.worker("confirmed")
    one = clerk(office.labour, case)
    one.page.papers.attach("guarantee", "business_licence", tmp_path / name)
    one.settle()
    assert one.strip
    assert all(paper.copy is None for paper in one.view.papers)


def test_a_window_clerk_accepts_and_sees_the_receipt(clerk: Sit, office: Office) -> None:
    case = office.worker("work_registered")
    office.desk.attach_portrait(office.reception, case, portrait())
    one = clerk(case=case)
    one.press(ENTER, CONTROL)  # the application form was read back and signed: seen
    assert office.state(case, "permit") == "accepted"
    assert one.sheet() is not None  # the receipt, before it is printed
    one.close_sheets()
    assert not one.bench.in_case


def test_printing_then_handing_over(clerk: Sit, office: Office) -> None:
    case = office.worker("approved")
    one = clerk(case=case)
    one.press(Qt.Key.Key_F1)
    assert "not been printed" in one.strip
    office.desk.printed(office.reception, case, "permit")
    one.page.refresh()
    one.press(ENTER, CONTROL)
    assert office.state(case, "permit") == "handed_over"
    assert one.office.desk.case(office.reception, case, opened=False).status == "ended"


def test_a_progress_slip_goes_out_by_itself_or_is_saved(clerk: Sit, office: Office) -> None:
    """No printer answers here: nothing is lost, the window says where it is."""
    case = office.worker("registered")
    one = clerk(case=case)
    one.order_health()
    slips = one.bench.seat.settings.slips
    one.qtbot.waitUntil(lambda: bool(list(slips.glob("progress-*.pdf"))), timeout=60_000)
    one.settle()
    assert "progress-" in one.status
