"""What the screen says, said again in another language without touching anything else."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication, QEvent
from PySide6.QtWidgets import QApplication, QLabel
from pytestqt.qtbot import QtBot
from shiboken6 import delete

from kiosk.model.text import Text, Translator, say
from kiosk.ui.translations import Translations, lines
from tests.office import Office
from tests.ui.clerk import Clerk, Sit

CHINESE = {"Sign in": "登录", "Window {number}": "{number}号窗口"}


def made() -> Translations:
    return Translations({"zh": Translator("zh", CHINESE)}, "en")


def test_texts_change_with_the_language(qtbot: QtBot) -> None:
    words, label = made(), QLabel()
    qtbot.addWidget(label)
    words.put(label.setText, say("Window {number}", number=3))
    assert label.text() == "Window 3"
    with qtbot.waitSignal(words.changed) as changed:
        words.use("zh")
    assert changed.args == ["zh"]
    assert label.text() == "3号窗口"


def test_the_last_text_put_stands(qtbot: QtBot) -> None:
    words, label = made(), QLabel()
    qtbot.addWidget(label)
    words.put(label.setText, say("Sign in"))
    words.put(label.setText, "MA MA SAN")
    words.use("zh")
    assert label.text() == "MA MA SAN"


def test_several_setters_of_one_widget_are_kept_apart(qtbot: QtBot) -> None:
    words, label = made(), QLabel()
    qtbot.addWidget(label)
    words.put(label.setText, "fixed")
    words.put(label.setToolTip, say("Sign in"))
    words.use("zh")
    assert (label.text(), label.toolTip()) == ("fixed", "登录")


def test_widgets_that_are_gone_are_forgotten(qapp: QApplication) -> None:
    words, label = made(), QLabel()
    words.put(label.setText, say("Sign in"))
    delete(label)
    words.use("zh")
    assert words.language == "zh"


def test_an_unknown_language_changes_nothing(qtbot: QtBot) -> None:
    words = made()
    with qtbot.assertNotEmitted(words.changed):
        words.use("tlh")
    assert words.language == "en"


def test_sentences_under_one_another() -> None:
    said = Translator("zh", CHINESE)(lines(say("Sign in"), Text(""), say("Window {number}", number=1)))
    assert said == "登录\n1号窗口"


def change_language(one: Clerk) -> None:
    """Once all that was closed is gone; what raised an error then would fail the test."""
    QApplication.processEvents()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    one.window.words.use("zh")


def test_the_windows_of_who_sat_here_before_hear_nothing_of_another_language(
    clerk: Sit, office: Office
) -> None:
    one = clerk(case=office.worker("accepted"))
    one.become(office.police)
    change_language(one)
    assert one.bench.rail.next.text() == "打开下一个"


def test_a_closed_sheet_hears_nothing_of_another_language(clerk: Sit, office: Office) -> None:
    one = clerk(office.police, office.worker("accepted"))
    one.click("action.return_permit")
    one.close_sheets()
    change_language(one)
    assert one.sheet() is None
