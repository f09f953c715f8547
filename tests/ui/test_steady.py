"""One press is one act: keys that are held down, and hands that click everything twice."""

from __future__ import annotations

from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from tests.office import Office
from tests.ui.clerk import CONTROL, ENTER, PLAIN, Clerk, Sit

LEFT = Qt.MouseButton.LeftButton


def officer_with_two(clerk: Sit, office: Office) -> tuple[Clerk, list[str]]:
    """An officer whose first application wants one key more; on the next nothing is missing."""
    cases = [office.worker("accepted") for _ in range(2)]
    office.desk.save_draft(office.police, f"{cases[1]}/permit.approve", {"permit.biometrics": "not_needed"})
    officer = clerk(office.police, cases[0])
    page = officer.page.page
    assert page is not None
    page.focus_field("permit.biometrics")
    officer.type("1")
    return officer, cases


def permits(office: Office, cases: list[str]) -> list[str]:
    return [office.state(case, "permit") for case in cases]


def test_a_key_held_down_decides_one_application(clerk: Sit, office: Office) -> None:
    officer, cases = officer_with_two(clerk, office)
    officer.press(ENTER, CONTROL)
    for _ in range(3):
        again = QKeyEvent(QEvent.Type.KeyPress, ENTER, CONTROL, "\r", True)
        QApplication.sendEvent(QApplication.focusWidget() or officer.window, again)
        QApplication.processEvents()
    assert officer.page.case == cases[1]
    assert permits(office, cases) == ["approved", "accepted"]


def test_a_double_click_decides_one_application(clerk: Sit, office: Office) -> None:
    officer, cases = officer_with_two(clerk, office)
    main, handle = officer.page.side.main, officer.window.windowHandle()
    assert main is not None
    place = main.mapTo(officer.window, main.rect().center())
    QTest.mouseDClick(handle, LEFT, PLAIN, place)
    QApplication.processEvents()
    assert officer.page.case == cases[1]
    assert permits(office, cases) == ["approved", "accepted"]
