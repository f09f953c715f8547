"""What the screen says, said again in another language without touching anything else."""

from __future__ import annotations

from PySide6.QtWidgets import QApplication, QLabel
from pytestqt.qtbot import QtBot
from shiboken6 import delete

from kiosk.model.text import Text, Translator, say
from kiosk.ui.translations import Translations, lines

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
