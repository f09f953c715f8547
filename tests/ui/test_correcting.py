"""Corrections, and what a second person signs for."""

from __future__ import annotations

from PySide6.QtCore import Qt

from kiosk.model.case import Mark
from kiosk.ui.counter.action_sheet import ActionSheet
from kiosk.ui.counter.mark_list import KEY
from tests.office import EMPLOYER, Office
from tests.ui.clerk import CONTROL, ENTER, Clerk, Sit

PASSPHRASE = "correct horse battery"


def employ_supervisor(office: Office) -> None:
    office.desk.add_staff("S001", "王海宁", ("supervisor",), PASSPHRASE)


def supervisor_signs(one: Clerk) -> None:
    """As the second person, on the sheet that asks for one."""
    for typed in ("S001", PASSPHRASE):
        one.type(typed)
        one.press(ENTER)


def test_a_correction_keeps_the_old_value_on_the_screen(clerk: Sit, office: Office) -> None:
    case = office.worker("registered", **{"person.name": "MA SAN"})
    one = clerk(case=case)
    one.page.choose("registration")
    one.correct("registration", "person.name", "MA SANDA")
    assert one.view.facts["person.name"] == "MA SANDA"
    assert "MA SAN" in one.said()
    assert "Before:" in one.said()


def test_after_the_decision_only_a_supervisor_corrects_and_says_why(clerk: Sit, office: Office) -> None:
    case = office.worker("approved")
    one = clerk(case=case)
    one.page.choose("registration")
    page = one.form("registration")
    assert not page.fields["person.phone"].editable
    one.become(office.supervisor)
    one.open(case)
    one.page.choose("registration")
    one.correct("registration", "person.phone", "13900139000")
    one.press(ENTER, CONTROL)
    assert one.sheet() is not None  # no correction without a reason
    for character in "typed wrongly":
        one.type(character)
    one.press(ENTER, CONTROL)
    assert one.view.facts["person.phone"] == "+8613900139000"


def test_a_failing_check_digit_needs_a_supervisors_sign_in(clerk: Sit, office: Office) -> None:
    employ_supervisor(office)
    case = office.worker("cleared")
    one = clerk(office.labour, case)
    page = one.form("guarantee")
    for key, value in (EMPLOYER | {"guarantor.uscc": None}).items():
        if value is not None:
            page.fields[key].put_value(value)
    page.fields["guarantor.kind"].commit()
    page.changed.emit("guarantor.kind")
    page.focus_field("guarantor.uscc")
    one.type("91533102MA00000150")
    one.press(ENTER)
    one.press(ENTER, CONTROL)
    assert office.state(case, "guarantee") == "open"
    assert one.sheet() is not None
    supervisor_signs(one)
    one.qtbot.waitUntil(lambda: office.state(case, "guarantee") == "signed", timeout=30_000)
    assert one.view.facts["guarantor.uscc"] == "91533102MA00000150"


def test_a_second_return_for_something_seen_before_needs_a_supervisor(clerk: Sit, office: Office) -> None:
    employ_supervisor(office)
    case = office.worker("cleared")
    office.sign(case)
    office.desk.perform(
        office.labour, case, "guarantee", "return_work", items=[Mark("guarantee.wage", "unclear")]
    )
    office.desk.perform(office.labour, case, "guarantee", "sign")
    one = clerk(office.labour, case)
    one.click("action.return_work")
    sheet = one.sheet_of(ActionSheet)
    assert sheet.marks is not None
    place = next(
        n for n in range(sheet.marks.count()) if sheet.marks.item(n).data(KEY) == "guarantee.job_title"
    )
    for _ in range(place):
        one.press(Qt.Key.Key_Down)
    one.type("3")
    one.press(ENTER, CONTROL)
    assert office.state(case, "guarantee") == "signed"
    assert "first return" in sheet.message.text()
    one.click("sheet.second")
    supervisor_signs(one)
    one.qtbot.waitUntil(lambda: office.state(case, "guarantee") == "returned", timeout=30_000)
