"""The person's own screen: he reads it in his language, and he alone says yes."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from kiosk.model.text import Text, say
from kiosk.ui.person import PersonWindow
from kiosk.ui.prose import broken
from kiosk.ui.theme import font
from tests.office import Office, sample_pack
from tests.ui.clerk import visible_text
from tests.ui.conftest import Dress, MakeSeat

ENTER, SPACE, LEFT = Qt.Key.Key_Return, Qt.Key.Key_Space, Qt.MouseButton.LeftButton


@pytest.fixture
def window(qtbot: QtBot, office: Office, seat: MakeSeat) -> PersonWindow:
    made = PersonWindow(seat())
    qtbot.addWidget(made)
    made.resize(1366, 768)
    made.show()
    return made


def press(qtbot: QtBot, window: QWidget, key: Qt.Key = ENTER) -> None:
    """A key, where the focus of the person's window is."""
    focus = window.focusWidget()
    assert focus is not None
    qtbot.keyClick(focus, key)


def seen(window: QWidget, name: str) -> QPushButton:
    """The button of that name that is on the screen."""
    QApplication.processEvents()
    return next(one for one in window.findChildren(QPushButton, name) if one.isVisible())


def click(qtbot: QtBot, window: QWidget, name: str) -> None:
    qtbot.mouseClick(seen(window, name), LEFT)


def read(window: QWidget) -> str:
    """Everything that can be read at this moment."""
    QApplication.processEvents()  # widgets new in a layout are shown with the next event
    return visible_text(window)


def in_burmese(text: Text) -> str:
    return sample_pack().translators["my"](text)


def test_it_welcomes_in_every_language_and_names_nobody(window: PersonWindow, office: Office) -> None:
    shown = read(window)
    for translator in office.pack.translators.values():
        assert translator(say("Welcome")) in shown
        assert translator(Text(office.pack.office.name)) in shown


def test_the_notice_is_read_page_by_page_and_acknowledged_by_key(
    qtbot: QtBot, window: PersonWindow, office: Office
) -> None:
    case = office.desk.open_case(office.reception, "worker", "my").case
    window.show_notice(case)
    texts = office.pack.office.texts
    ideas = [key for key in texts if key.startswith("notice_") and key != "notice_extras"]
    for number, key in enumerate(ideas):
        assert in_burmese(Text(texts[key])) in read(window)
        press(qtbot, window, SPACE if number % 2 else ENTER)
    assert in_burmese(Text(texts["notice_extras"])) in read(window)
    with qtbot.waitSignals([window.notice_acknowledged, window.done]):
        press(qtbot, window)
    facts = office.desk.case(office.reception, case).facts
    assert facts["case.notice_acknowledged"] is True
    assert facts["case.notice_heard"] is False
    assert facts["case.consent_sms"] is False
    assert facts["case.consent_training"] is False
    assert facts["case.consent_photo_reuse"] is False


def test_a_free_extra_is_said_yes_to_with_a_finger(
    qtbot: QtBot, window: PersonWindow, office: Office
) -> None:
    case = office.desk.open_case(office.reception, "worker", "zh").case
    window.show_notice(case)
    for _page in range(window.notice.count - 1):
        click(qtbot, window, "person.next")
    click(qtbot, window, "person.choice.case.consent_sms.yes")
    click(qtbot, window, "person.choice.case.consent_training.yes")
    click(qtbot, window, "person.choice.case.consent_training.no")
    click(qtbot, window, "person.choice.heard.yes")
    with qtbot.waitSignal(window.notice_acknowledged) as told:
        click(qtbot, window, "person.understood")
    assert told.args[0] is True
    facts = office.desk.case(office.reception, case).facts
    assert facts["case.notice_heard"] is True
    assert facts["case.consent_sms"] is True
    assert facts["case.consent_training"] is False


def test_nobody_agrees_by_pressing_before_the_last_page(
    qtbot: QtBot, window: PersonWindow, office: Office
) -> None:
    case = office.desk.open_case(office.reception, "worker", "my").case
    window.show_notice(case)
    assert not window.findChild(QPushButton, "person.understood").isVisible()  # type: ignore[union-attr]
    press(qtbot, window)
    click(qtbot, window, "person.back")
    assert "case.notice_acknowledged" not in office.desk.case(office.reception, case).facts


def test_the_person_changes_his_language_and_keeps_his_place(
    qtbot: QtBot, window: PersonWindow, office: Office, seat: MakeSeat
) -> None:
    case = office.desk.open_case(office.reception, "worker", "my").case
    window.show_notice(case)
    press(qtbot, window)
    purpose = Text(office.pack.office.texts["notice_purpose"])
    assert in_burmese(purpose) in read(window)
    click(qtbot, window, "person.language.zh")
    assert office.pack.translators["zh"](purpose) in read(window)
    assert window.seat.words.language == "en"  # the clerk's screen goes its own way


def test_the_application_is_read_back_whole(qtbot: QtBot, window: PersonWindow, office: Office) -> None:
    case = office.register()
    office.lodge(case)
    office.sign(case)
    window.show_application(case)
    shown = read(window)
    for _page in range(window.application.count - 1):
        press(qtbot, window)
        shown += read(window)
    for answer in ("MA MA SAN", "MM1000001", "17 မေ 1994", "2,800.00", "张样本", "样本路1号宿舍203"):
        assert answer in shown
    before = len(office.journal())
    with qtbot.waitSignal(window.done) as told:
        press(qtbot, window)
    assert told.args == ["right"]
    assert len(office.journal()) == before


def test_something_wrong_goes_back_to_the_clerk(qtbot: QtBot, window: PersonWindow, office: Office) -> None:
    window.show_application(office.register())
    with qtbot.waitSignal(window.done) as told:
        click(qtbot, window, "person.wrong")
    assert told.args == ["wrong"]
    assert "MA MA SAN" not in read(window)


def test_the_worker_confirms_employer_and_wage_alone(
    qtbot: QtBot, window: PersonWindow, office: Office
) -> None:
    case = office.register()
    office.sign(case)
    window.show_confirmation(case, "guarantee", "confirm")
    shown = read(window)
    assert in_burmese(say("Only you should see this page. Nobody else may look now.")) in shown
    for answer in ("瑞丽样本木业有限公司", "样本路1号车间", "2,800.00", "2 မတ် 2026"):
        assert answer in shown
    with qtbot.waitSignal(window.done) as told:
        press(qtbot, window)
    assert told.args == ["confirmed"]
    assert office.state(case, "guarantee") == "confirmed"


def test_a_no_writes_nothing(qtbot: QtBot, window: PersonWindow, office: Office) -> None:
    case = office.register()
    office.sign(case)
    window.show_confirmation(case, "guarantee", "confirm")
    before = len(office.journal())
    with qtbot.waitSignal(window.done) as told:
        click(qtbot, window, "person.no")
    assert told.args == ["not_confirmed"]
    assert office.state(case, "guarantee") == "signed"
    assert len(office.journal()) == before


def test_what_can_no_longer_be_confirmed_says_why_in_his_language(
    qtbot: QtBot, window: PersonWindow, office: Office
) -> None:
    case = office.register()
    office.sign(case)
    window.show_confirmation(case, "guarantee", "confirm")
    office.desk.perform(office.labour, case, "guarantee", "withdraw_guarantee")
    press(qtbot, window)
    assert window.findChild(QWidget, "person.trouble").isVisible()  # type: ignore[union-attr]
    assert office.state(case, "guarantee") == "open"


def test_targets_are_large_enough_for_a_finger(window: PersonWindow, office: Office) -> None:
    case = office.desk.open_case(office.reception, "worker", "my").case
    window.show_notice(case)
    buttons = [button for button in window.findChildren(QPushButton) if button.isVisible()]
    assert len(buttons) >= 5
    for button in buttons:
        assert min(button.width(), button.height()) >= 76, button.objectName()


def test_buttons_stand_whole_whatever_the_clerk_reads(
    dress: Dress, window: PersonWindow, office: Office
) -> None:
    dress("my")
    case = office.desk.open_case(office.reception, "worker", "my").case
    window.show_notice(case)
    QApplication.processEvents()
    for button in window.findChildren(QPushButton):
        parent = button.parentWidget()
        assert button.maximumHeight() >= 2 * button.minimumHeight()
        assert parent.rect().contains(button.geometry()) or not button.isVisible(), button.objectName()


def test_burmese_lines_end_between_syllables(dressed: object) -> None:
    text = in_burmese(Text(sample_pack().office.texts["notice_extras"]))
    for width in range(200, 900, 41):
        lines = broken(text, font("my", 24), width)
        assert "".join(lines).replace(" ", "") == text.replace(" ", "")
        for line in lines[1:]:
            assert line[0] not in "\u104a\u104b\u1037\u1038\u1039\u103a", line
            assert not line[1:3].strip("\u1037").startswith(("\u1039", "\u103a")), line
