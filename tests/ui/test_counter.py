"""The counter as a window: signing in, lists, finding, languages, locking, sheets."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication, QLabel, QLineEdit
from pytestqt.qtbot import QtBot

from kiosk.actions.act import Operator
from kiosk.settings import Settings
from kiosk.ui.counter.main_window import CounterWindow
from kiosk.ui.counter.printer_line import PrinterLine
from kiosk.ui.counter.work_list import text_of
from tests.office import MONDAY, Office
from tests.printing.virtual_printer import virtual_printer
from tests.ui.clerk import CONTROL, ENTER, ESCAPE, WAIT, Sit


@pytest.fixture
def window(qtbot: QtBot, office: Office, settings: Settings, dressed: QApplication) -> CounterWindow:
    """The counter before anybody signed in; two accounts."""
    first = office.desk.add_staff("S001", "王海宁", ("supervisor",), "correct horse battery")
    office.desk.add_staff("R001", "李晓梅", ("reception",), "correct horse staple", by=first)
    made = CounterWindow(office.desk, settings, "en")
    qtbot.addWidget(made)
    made.show()
    made.activateWindow()
    qtbot.waitUntil(made.isActiveWindow)
    return made


def line(window: CounterWindow, name: str) -> QLineEdit:
    found = window.findChild(QLineEdit, name)
    assert isinstance(found, QLineEdit)
    return found


def sign_in(window: CounterWindow, number: str, passphrase: str) -> None:
    QTest.keyClicks(line(window, "staff.number"), number)
    QTest.keyClick(line(window, "staff.number"), ENTER)
    assert QApplication.focusWidget() is line(window, "staff.passphrase")
    QTest.keyClicks(line(window, "staff.passphrase"), passphrase)
    QTest.keyClick(line(window, "staff.passphrase"), ENTER)


def test_signing_in_with_the_keyboard_alone(qtbot: QtBot, window: CounterWindow) -> None:
    assert QApplication.focusWidget() is line(window, "staff.number")
    sign_in(window, "r001", "correct horse staple")
    qtbot.waitUntil(lambda: window.bench is not None, timeout=WAIT)
    assert window.bench is not None
    assert window.bench.seat.operator.roles == ("reception",)
    assert line(window, "staff.passphrase").text() == ""
    window.close()


def test_a_wrong_passphrase_is_told_in_the_language_of_the_screen(
    qtbot: QtBot, window: CounterWindow
) -> None:
    window.words.use("zh")
    sign_in(window, "R001", "wrong horse staple")
    message = window.sign_in.credentials.message
    qtbot.waitUntil(message.isVisible, timeout=WAIT)
    assert message.text()
    assert not message.text().isascii()
    assert window.bench is None
    assert QApplication.focusWidget() is line(window, "staff.passphrase")


def test_passphrases_are_never_shown(window: CounterWindow) -> None:
    assert line(window, "staff.passphrase").echoMode() is QLineEdit.EchoMode.Password


def test_the_list_is_sorted_by_what_runs_out_first(clerk: Sit, office: Office) -> None:
    for day in ("2026-03-20", "2026-03-05", "2026-03-12"):
        office.worker("registered", **{"case.stay_until": day})
    one = clerk()
    days = [row.runs_out.isoformat() for row in one.bench.list.rows() if row.runs_out]
    assert days == ["2026-03-05", "2026-03-12", "2026-03-20"]


def test_a_doctors_rail_has_only_lists_that_can_fill(clerk: Sit, office: Office) -> None:
    one = clerk(office.doctor)
    shown = [b.objectName() for b in one.bench.rail.findChildren(QAbstractButton) if b.isVisible()]
    assert [name for name in shown if name.startswith("list.")] == ["list.waiting", "list.parked"]


def test_lights_have_words(clerk: Sit, office: Office) -> None:
    office.worker("cleared")
    one = clerk(office.labour)
    row = one.bench.list.rows()[0]
    said = text_of(row, "lights", one.window.words, office.desk.today())
    assert said.split(", ") == ["Registered", "Valid", "Waiting for the guarantee", "Not started"]


def test_enter_opens_the_chosen_case_and_escape_goes_back(clerk: Sit, office: Office) -> None:
    cases = [office.worker("registered") for _ in range(3)]
    one = clerk()
    one.press(Qt.Key.Key_Down)
    one.press(ENTER)
    assert one.bench.in_case
    assert one.page.case in cases
    opened = one.page.case
    one.press(ESCAPE)
    assert not one.bench.in_case
    chosen = one.bench.list.list.chosen()
    assert chosen is not None
    assert chosen.case == opened


def test_an_empty_list_says_what_to_do(clerk: Sit) -> None:
    one = clerk()
    texts = [label.text() for label in one.window.findChildren(QLabel) if label.isVisible()]
    assert "Nobody waiting. Scan a document." in texts


def test_a_mistyped_number_of_this_office_is_told_from_an_unknown_one(clerk: Sit, office: Office) -> None:
    whole = str(office.facts(office.worker("registered"))["case.number"])
    wrong = whole[:-4] + ("1" if whole[-4] == "0" else "0") + whole[-3:]
    one = clerk()
    for typed, mistyped in ((wrong, True), ("MM7654321", False)):
        one.press(Qt.Key.Key_F3)
        one.bench.top.scan.setText(typed)  # typed at once it would be a reader's
        one.bench.top.scan.textEdited.emit(typed)
        said = [label.text() for label in one.window.findChildren(QLabel) if label.isVisible()]
        assert "Nobody found." in said
        assert any("mistyped" in text for text in said) is mistyped
        assert ("Enter registers this number." in said) is not mistyped


@pytest.mark.parametrize("typed", ["NAING", "ko ko", "ကိုကို", "貌貌", "1000001"])
def test_finding_by_any_part_in_any_script(clerk: Sit, office: Office, typed: str) -> None:
    case = office.worker(
        "registered",
        **{
            "person.name": "KO KO NAING",
            "person.name_native": "ကိုကိုနိုင်",
            "person.name_zh": "貌貌乃",
            "person.document_number": "MM1000001",
        },
    )
    office.worker("registered", **{"person.name_zh": None, "person.name_native": None})
    one = clerk()
    one.press(Qt.Key.Key_F3)
    for character in typed:
        one.bench.top.scan.insert(character)  # as an input method gives it
        one.bench.top.scan.textEdited.emit(one.bench.top.scan.text())
    assert [row.case for row in one.bench.list.rows()] == [case]
    one.press(ENTER)
    assert one.page.case == case


def test_the_number_on_a_slip_opens_its_case_from_anywhere(clerk: Sit, office: Office) -> None:
    first, other = office.worker("registered"), office.worker("approved")
    number = office.desk.case(office.reception, other, opened=False).facts["permit.number"]
    one = clerk(case=first)
    one.scan(str(number))
    assert one.page.case == other


def test_no_list_is_marked_while_somebody_is_looked_for(clerk: Sit, office: Office) -> None:
    one = clerk()

    def marked() -> list[str]:
        return [b.objectName() for b in one.bench.rail.findChildren(QAbstractButton) if b.isChecked()]

    assert marked() == ["list.waiting"]
    one.press(Qt.Key.Key_F3)
    one.type("zaw")
    assert marked() == []
    one.press(ESCAPE)
    assert marked() == ["list.waiting"]


def test_letters_typed_on_the_list_go_into_the_search(clerk: Sit, office: Office) -> None:
    office.worker("registered", **{"person.name": "ZAW LATT"})
    one = clerk()
    one.type("zaw")
    assert one.bench.top.scan.text() == "zaw"
    assert [row.name for row in one.bench.list.rows()] == ["ZAW LATT"]
    one.press(ESCAPE)
    assert one.bench.top.scan.text() == ""


def test_f10_and_the_switch_change_the_language(clerk: Sit, office: Office) -> None:
    one = clerk()
    one.click("language.my")
    assert one.window.words.language == "my"
    assert QApplication.font().families()[0] == "Noto Sans Myanmar"
    one.press(Qt.Key.Key_F10)
    assert one.window.words.language == "en"


def test_f10_changes_the_language_before_anybody_signs_in(window: CounterWindow) -> None:
    before = window.words.language
    QTest.keyClicks(line(window, "staff.number"), "r001")
    QTest.keyClick(line(window, "staff.number"), Qt.Key.Key_F10)
    assert window.words.language != before
    assert line(window, "staff.number").text() == "r001"
    for language in ("zh", "my", "en"):
        switch = window.findChild(QAbstractButton, f"language.{language}")
        assert switch is not None
        assert "F10" in switch.toolTip()


def test_the_language_changes_in_the_middle_of_a_form(clerk: Sit, office: Office) -> None:
    one = clerk()
    one.type("2")
    one.type("1")
    one.press(ENTER)
    one.type("MM77")
    for language in ("zh", "my", "en"):
        one.click(f"language.{language}")
    one.type("88")
    one.press(ENTER)
    answers = one.page.panel.answers()
    assert answers["person.document_number"] == "MM7788"
    assert answers["person.document_type"] == "border_pass"


def test_locking_hides_everything_and_unlocking_finds_it_again(
    clerk: Sit, office: Office, qtbot: QtBot
) -> None:
    case = office.begin()
    one = clerk(case=case)
    one.type("1")
    one.press(ENTER)
    one.type("MM42")
    one.press(Qt.Key.Key_F12)
    assert one.window.sign_in.isVisible()
    assert not one.bench.isVisible()
    one.window.enter(office.reception)
    assert one.page.case == case
    page = one.form("registration")
    assert page.fields["person.document_number"].raw() == "MM42"


def test_another_operator_gets_a_window_of_his_own(clerk: Sit, office: Office) -> None:
    case = office.worker("registered")
    one = clerk(case=case)
    one.press(Qt.Key.Key_F12)
    one.become(office.labour)
    assert not one.bench.in_case
    assert one.bench.seat.operator.number == office.labour.number


def test_keys_and_the_focus_stay_inside_a_sheet(clerk: Sit, office: Office) -> None:
    case = office.worker("registered")
    one = clerk(case=case)
    one.click("action.withdraw")
    sheet = one.sheet()
    assert sheet is not None
    for _ in range(30):
        one.press(Qt.Key.Key_Tab)
        focus = QApplication.focusWidget()
        assert focus is not None
        assert sheet.isAncestorOf(focus)
    one.press(Qt.Key.Key_F7)  # nothing is parked behind it
    assert one.view.parked_by == ""
    one.press(ESCAPE)
    assert one.sheet() is None
    assert one.view.status == "open"


def test_no_window_pops_up_but_the_counter_and_the_persons(clerk: Sit, office: Office) -> None:
    """Everything else lies inside the window: a scan or a lock still gets through."""
    case = office.worker("approved")
    one = clerk(case=case)
    for key in (Qt.Key.Key_F9, Qt.Key.Key_F6, Qt.Key.Key_F1):
        one.press(key)
        shown = {window.objectName() for window in QApplication.topLevelWidgets() if window.isVisible()}
        assert shown <= {"counter", "person"}
        assert one.window.isActiveWindow()
        one.settle()
        one.press(ESCAPE)


ROLES = ["reception", "doctor", "labour", "police", "supervisor"]


@pytest.mark.parametrize("role", ROLES)
def test_every_role_can_work_without_a_mouse(clerk: Sit, office: Office, role: str) -> None:
    """Tab reaches every button and field that is on the screen."""
    case = office.worker("registered")
    office.order_health(case)
    operator: Operator = getattr(office, role)
    one = clerk(operator, case)
    reached = set()
    for _ in range(120):
        one.press(Qt.Key.Key_Tab)
        reached.add(QApplication.focusWidget())
    buttons = [
        button
        for button in one.page.findChildren(QAbstractButton)
        if button.isVisible() and button.isEnabled() and button.objectName().startswith("action.")
    ]
    assert set(buttons) <= reached


def test_the_status_bar_says_which_printer_answers(clerk: Sit, office: Office, tmp_path: Path) -> None:
    one = clerk()
    line = one.bench.status.findChild(PrinterLine)
    assert line is not None

    def says(word: str) -> bool:
        return word in line.findChildren(QLabel)[0].text()

    one.qtbot.waitUntil(lambda: says("No printer answers"), timeout=WAIT)
    (tmp_path / "printer").mkdir()
    with virtual_printer(tmp_path / "printer") as printer:
        office.desk.terminal.printer = printer.uri
        line.ask()
        one.qtbot.waitUntil(lambda: says(f"Printer: {office.desk.printer()}"), timeout=WAIT)


def test_a_save_without_an_action(clerk: Sit, office: Office) -> None:
    one = clerk()
    one.type("1")
    one.type("1")
    one.press(ENTER)
    one.press(Qt.Key.Key_S, CONTROL)
    assert one.view.facts["person.document_type"] == "border_pass"
    assert one.status == "Saved"


def test_cases_without_a_name_are_told_apart_by_their_numbers(clerk: Sit, office: Office) -> None:
    cases = {office.desk.open_case(office.reception, "worker", "my").case for _ in range(2)}
    bench = clerk().bench
    words, today = bench.seat.words, MONDAY.date()
    assert {row.case for row in bench.list.rows()} == cases
    for row in bench.list.rows():
        assert text_of(row, "name", words, today) == "Not yet known"
        beside = text_of(row, "native", words, today)
        assert len(beside) == len("C000123-X")
        assert row.number.endswith(f"-{beside}")
    named = office.worker("registered")
    bench.list.refresh()
    (row,) = [row for row in bench.list.rows() if row.case == named]
    assert text_of(row, "native", words, today) not in row.number


def test_who_opens_a_case_leaves_a_trace_as_soon_as_anything_is_known_of_the_person(
    clerk: Sit, office: Office
) -> None:
    empty, begun = (office.desk.open_case(office.reception, "worker", "my").case for _ in range(2))
    office.desk.acknowledge_notice(office.reception, begun, heard=True)
    office.desk.record(office.reception, begun, {"person.phone": "+8613812345678"})
    one = clerk(office.labour)
    for case in (empty, begun):
        one.open(case)
        one.settle()
    opened = [entry["subject"] for entry in office.journal() if entry["stream"] == "access"]
    assert opened == [office.desk.case(office.labour, begun, opened=False).facts["case.person"]]
