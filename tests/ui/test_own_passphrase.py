"""An operator changes his own passphrase at the counter, by keys; whoever was given one does so first."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QLineEdit
from pytestqt.qtbot import QtBot

from central import admin
from kiosk.model.text import say
from kiosk.ui.counter.action_sheet import SecondSheet
from kiosk.ui.counter.main_window import CounterWindow
from kiosk.ui.counter.passphrase import PassphraseSheet
from tests.office import Office
from tests.ui.clerk import ENTER, ESCAPE, WAIT, Clerk, Sit, visible_text
from tests.ui.joined import Counter

GIVEN, OWN = "correct horse", "known to me alone"
F11, F12 = Qt.Key.Key_F11, Qt.Key.Key_F12


def sheet_in(window: CounterWindow) -> PassphraseSheet | None:
    found = [one for one in window.findChildren(PassphraseSheet) if one.isVisible()]
    return found[-1] if found else None


def type_in(*texts: str) -> None:
    """One after the other, where the focus goes by itself after Enter."""
    for text in texts:
        QTest.keyClicks(QApplication.focusWidget(), text)
        QTest.keyClick(QApplication.focusWidget(), ENTER)


def press(key: Qt.Key) -> None:
    QTest.keyClick(QApplication.focusWidget(), key)
    QApplication.processEvents()


# --- a terminal by itself ----------------------------------------------------------------------------


@pytest.fixture
def boss(clerk: Sit, office: Office) -> Clerk:
    """The supervisor of a terminal that keeps its own accounts."""
    office.desk.add_staff("S001", "王海宁", ("supervisor",), GIVEN)
    return clerk(office.supervisor)


def test_f11_asks_for_the_old_one_and_twice_for_another(boss: Clerk, office: Office, qtbot: QtBot) -> None:
    boss.press(F11)
    sheet = boss.sheet_of(PassphraseSheet)
    boss.press(F11)  # there is no second one
    for line in (sheet.old, sheet.new, sheet.again):
        assert line.echoMode() is QLineEdit.EchoMode.Password
    type_in(GIVEN, OWN, OWN)
    qtbot.waitUntil(lambda: boss.sheet() is None, timeout=WAIT)
    assert boss.status == "Your passphrase is changed. Only you know it."
    assert office.desk.sign_in("S001", OWN)


def test_a_wrong_old_one_is_told_and_the_new_one_stays(boss: Clerk, office: Office, qtbot: QtBot) -> None:
    boss.click("passphrase")
    sheet = boss.sheet_of(PassphraseSheet)
    type_in("wrong horse", OWN, OWN)
    qtbot.waitUntil(sheet.message.isVisible, timeout=WAIT)
    assert "passphrase until now is wrong" in sheet.message.text()
    assert QApplication.focusWidget() is sheet.old
    assert (sheet.old.text(), sheet.new.text()) == ("", OWN)
    type_in(GIVEN, "", "")
    qtbot.waitUntil(lambda: boss.sheet() is None, timeout=WAIT)
    assert office.desk.sign_in("S001", OWN)


@pytest.mark.parametrize(
    ("new", "again", "said"),
    [
        (OWN, "known to me alona", "两次输入的口令不一致。"),
        ("1234567", "1234567", "口令须为8至200个字符。"),
        (GIVEN, GIVEN, "这是原口令，请另选一个。"),
    ],
)
def test_what_cannot_be_chosen_is_told_in_the_language_of_the_screen(
    boss: Clerk, office: Office, qtbot: QtBot, new: str, again: str, said: str
) -> None:
    boss.window.words.use("zh")
    boss.press(F11)
    sheet = boss.sheet_of(PassphraseSheet)
    type_in(GIVEN, new, again)
    qtbot.waitUntil(sheet.message.isVisible, timeout=WAIT)
    assert sheet.message.text() == said
    boss.press(ESCAPE)
    assert boss.sheet() is None
    assert office.desk.sign_in("S001", GIVEN)


def test_nothing_is_asked_of_a_line_that_is_empty(boss: Clerk) -> None:
    boss.press(F11)
    sheet = boss.sheet_of(PassphraseSheet)
    sheet.accept.click()
    assert QApplication.focusWidget() is sheet.old
    type_in(GIVEN)
    sheet.accept.click()
    assert QApplication.focusWidget() is sheet.new
    assert sheet.isVisible()


# --- a terminal whose accounts the centre keeps ---------------------------------------------------------


@pytest.fixture
def given(counter: Counter, qtbot: QtBot) -> Counter:
    """R001 was given a passphrase; his window is locked."""
    admin.appoint(counter.centre.centre, "R001", "李晓梅", ["reception"], GIVEN, "admin", to_change=True)
    qtbot.waitUntil(lambda: counter.here.desk.must_change(counter.here.reception), timeout=WAIT)
    counter.window.lock()
    return counter


def sign_in(counter: Counter) -> None:
    QTest.keyClicks(counter.window.sign_in.credentials.passphrase, GIVEN)
    QTest.keyClick(counter.window.sign_in.credentials.passphrase, ENTER)


def test_who_was_given_one_chooses_his_own_before_he_works(given: Counter, qtbot: QtBot) -> None:
    window = given.window
    sign_in(given)
    qtbot.waitUntil(lambda: sheet_in(window) is not None, timeout=WAIT)
    assert "Somebody else knows the passphrase" in visible_text(window)
    press(ESCAPE)
    assert sheet_in(window) is None
    assert not given.bench.isVisible()
    sign_in(given)
    qtbot.waitUntil(lambda: sheet_in(window) is not None, timeout=WAIT)
    type_in(GIVEN, OWN, OWN)
    qtbot.waitUntil(given.bench.isVisible, timeout=WAIT)
    desk = given.here.desk
    assert desk.sign_in("R001", OWN)
    assert not desk.must_change(given.here.reception)


def test_without_a_line_he_works_with_the_one_he_was_given(given: Counter, qtbot: QtBot) -> None:
    """And changes none: it is said why, and that nothing was changed."""
    given.centre.end()
    qtbot.waitUntil(lambda: not given.bridge.status.connected, timeout=WAIT)
    sign_in(given)
    qtbot.waitUntil(given.bench.isVisible, timeout=WAIT)
    press(F11)
    sheet = sheet_in(given.window)
    assert sheet is not None
    type_in(GIVEN, OWN, OWN)
    qtbot.waitUntil(sheet.message.isVisible, timeout=WAIT)
    assert "cannot be reached now. Nothing was changed." in sheet.message.text()
    press(ESCAPE)
    assert given.here.desk.sign_in("R001", GIVEN)
    given.centre.begin()


def test_until_the_answer_is_there_the_sheet_stays(given: Counter, qtbot: QtBot) -> None:
    """Else nobody would be told what came of it; the window can be locked all the same."""
    window = given.window
    window.enter(given.here.reception)
    press(F11)
    sheet = sheet_in(window)
    assert sheet is not None
    type_in(GIVEN, OWN, OWN)
    press(ESCAPE)
    press(F12)
    assert window.sign_in.isVisible()
    qtbot.waitUntil(lambda: given.here.desk.must_change(given.here.reception) is False, timeout=WAIT)
    window.background.wait()
    QApplication.processEvents()
    window.enter(given.here.reception)
    assert sheet_in(window) is None
    status = given.bench.status.findChild(QLabel, "status")
    assert status is not None
    assert "Only you know it" in status.text()


def test_nobody_vouches_as_the_second_by_a_passphrase_that_others_know(given: Counter, qtbot: QtBot) -> None:
    window = given.window
    window.enter(given.here.reception)
    sheet = SecondSheet(given.bench, given.bench.seat, say("A second person signs in"))
    sheet.open_sheet(sheet.credentials.number)
    signed = []
    sheet.signed_in.connect(signed.append)
    type_in("R001", GIVEN)
    qtbot.waitUntil(sheet.message.isVisible, timeout=WAIT)
    assert "Somebody else knows this passphrase." in sheet.message.text()
    assert signed == []
