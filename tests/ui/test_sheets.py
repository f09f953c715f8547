"""What holds while a sheet lies over the window."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication

from kiosk.ui.counter.action_sheet import ActionSheet
from kiosk.ui.fields.line import LineInput
from tests.office import Office
from tests.ui.clerk import CONTROL, ENTER, ESCAPE, Clerk, Sit, visible_text

ALT = Qt.KeyboardModifier.AltModifier


def returning(clerk: Sit, office: Office) -> tuple[Clerk, LineInput]:
    """An officer who has typed a note on the sheet that returns an application."""
    case = office.worker("accepted")
    officer = clerk(office.police, case)
    officer.click("action.return_permit")
    sheet = officer.sheet()
    assert sheet is not None
    note = sheet.findChild(LineInput, "sheet.note")
    assert note is not None
    note.setFocus()
    officer.type("page 2")
    return officer, note


def test_a_window_with_a_sheet_can_be_locked_and_keeps_what_was_typed(clerk: Sit, office: Office) -> None:
    officer, note = returning(clerk, office)
    officer.press(Qt.Key.Key_F12)
    assert officer.window.sign_in.isVisible()
    officer.become(office.police)
    sheet, focus = officer.sheet(), QApplication.focusWidget()
    assert sheet is not None
    assert focus is not None
    assert sheet.isAncestorOf(focus)
    assert note.raw() == "page 2"


def test_what_is_marked_and_noted_is_there_when_a_return_is_opened_again(clerk: Sit, office: Office) -> None:
    """After Esc, and after another operator has sat at the window meanwhile."""
    officer, _note = returning(clerk, office)
    sheet = officer.sheet_of(ActionSheet)
    assert sheet.marks is not None
    sheet.marks.setFocus()
    officer.press(Qt.Key.Key_Down)
    officer.type("2")
    marked = sheet.items()
    assert len(marked) == 1
    officer.press(ESCAPE)
    assert officer.sheet() is None
    case = officer.page.case
    officer.become(office.reception)
    officer.become(office.police)
    officer.open(case)
    officer.click("action.return_permit")
    again = officer.sheet_of(ActionSheet)
    assert (again.items(), again.said()) == (marked, "page 2")
    officer.press(ENTER, CONTROL)
    assert office.state(case, "permit") == "returned"
    assert office.desk.draft(office.police, again.draft_key) == {}


def test_the_reason_of_a_refusal_is_there_when_it_is_opened_again(clerk: Sit, office: Office) -> None:
    case = office.worker("accepted")
    officer = clerk(office.police, case)
    officer.click("action.refuse")
    officer.type("3")
    officer.press(ESCAPE)
    officer.click("action.refuse")
    sheet = officer.sheet_of(ActionSheet)
    words = visible_text(sheet)
    assert "article 31 (3)" in words
    officer.press(ENTER, CONTROL)
    assert office.state(case, "permit") == "refused"


def test_the_language_changes_over_a_sheet(clerk: Sit, office: Office) -> None:
    officer, note = returning(clerk, office)
    before = officer.window.words.language
    officer.press(Qt.Key.Key_F10)
    assert officer.window.words.language != before
    assert officer.sheet() is not None
    assert note.raw() == "page 2"


@pytest.mark.parametrize("key", [Qt.Key.Key_A, Qt.Key.Key_R, Qt.Key.Key_E, Qt.Key.Key_1])
def test_no_key_reaches_what_lies_behind_a_sheet(clerk: Sit, office: Office, key: Qt.Key) -> None:
    officer, _note = returning(clerk, office)
    sheet = officer.sheet()
    officer.press(key, ALT)
    focus = QApplication.focusWidget()
    assert sheet is not None
    assert officer.sheet() is sheet
    assert focus is not None
    assert sheet.isAncestorOf(focus)
    assert officer.state("permit") == "accepted"


def test_a_scan_does_not_take_a_half_filled_sheet_away(clerk: Sit, office: Office) -> None:
    other = office.worker("registered")
    officer, note = returning(clerk, office)
    officer.scan(office.desk.case(office.police, other, opened=False).number)
    sheet = officer.sheet()
    assert sheet is not None
    assert officer.page.case != other
    assert note.raw() == "page 2"
    assert sheet.message.text() == "Finish or close this first, then scan again."


def test_slips_that_are_looked_at_give_way_to_the_next_document(clerk: Sit, office: Office) -> None:
    case, other = office.worker("accepted"), office.worker("registered")
    one = clerk(case=case)
    one.press(Qt.Key.Key_F9)
    one.settle()
    assert one.sheet() is not None
    one.scan(office.desk.case(office.reception, other, opened=False).number)
    assert one.sheet() is None
    assert one.page.case == other
