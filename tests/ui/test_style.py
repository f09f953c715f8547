"""The look of buttons: as high in Burmese as in the other languages, with nothing of the letters cut off."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import pytest
from PySide6.QtGui import QFontMetrics, QImage
from PySide6.QtWidgets import QAbstractButton, QApplication, QPushButton
from pytestqt.qtbot import QtBot

from kiosk.ui.counter.language_sheet import LanguageSheet
from tests.office import Office
from tests.ui.clerk import Clerk
from tests.ui.conftest import Dress

KINDS: tuple[Mapping[str, str], ...] = (
    {},
    {"kind": "primary"},
    {"kind": "primary", "measure": "main"},
    {"kind": "primary", "measure": "tall"},
    {"kind": "danger"},
    {"kind": "quiet"},
    {"kind": "segment"},
    {"kind": "option"},
    {"kind": "rail"},
    {"density": "touch"},
    {"density": "public"},
)
# High signs, deep signs, both.
BURMESE = ("မှတ်ပုံတင်ရန်", "ခွင့်ပြုရန်", "လုံချွမ်ခရိုင်", "ညဘက်ချွေးထွက်ခြင်း")


def made(qtbot: QtBot, text: str, look: Mapping[str, str], *, focus: bool) -> QPushButton:
    one = QPushButton(text)
    for name, value in look.items():
        one.setProperty(name, value)
    qtbot.addWidget(one)
    one.show()
    one.activateWindow()
    qtbot.waitUntil(one.isActiveWindow)
    one.setFocus() if focus else one.clearFocus()
    assert one.hasFocus() == focus
    one.adjustSize()
    QApplication.processEvents()
    return one


@pytest.mark.parametrize("focus", [False, True], ids=["", "focus"])
@pytest.mark.parametrize("look", KINDS, ids=lambda look: "-".join(look.values()) or "plain")
def test_a_button_is_as_high_in_every_language(
    qtbot: QtBot, dress: Dress, look: Mapping[str, str], focus: bool
) -> None:
    heights = set()
    for language, text in (("zh", "登记"), ("my", BURMESE[2]), ("en", "Register")):
        dress(language)
        one = made(qtbot, text, look, focus=focus)
        heights |= {one.sizeHint().height(), one.height()}
    assert len(heights) == 1


def ink(one: QPushButton) -> tuple[int, int]:
    """The first and the last row of pixels that the text of a button paints."""
    with_text = one.grab().toImage().convertToFormat(QImage.Format.Format_RGB32)
    text = one.text()
    one.setText("")
    without = one.grab().toImage().convertToFormat(QImage.Format.Format_RGB32)
    one.setText(text)
    rows = [
        y
        for y in range(with_text.height())
        if any(with_text.pixel(x, y) != without.pixel(x, y) for x in range(with_text.width()))
    ]
    return rows[0], rows[-1]


@pytest.mark.parametrize("focus", [False, True], ids=["", "focus"])
@pytest.mark.parametrize("look", KINDS, ids=lambda look: "-".join(look.values()) or "plain")
def test_burmese_letters_stand_whole_in_the_middle_of_a_button(
    qtbot: QtBot, dress: Dress, look: Mapping[str, str], focus: bool
) -> None:
    dress("my")
    middles = []
    for text in BURMESE:
        one = made(qtbot, text, look, focus=focus)
        one.setFixedWidth(one.sizeHint().width())  # stays when the text is taken away
        first, last = ink(one)
        assert last - first + 1 >= QFontMetrics(one.font()).tightBoundingRect(text).height() - 1
        middles.append((first + last) / 2 - (one.height() - 1) / 2)
    size = QFontMetrics(one.font()).height()
    assert abs(sum(middles) / len(middles)) <= size / 12  # of the line; letters with few signs stand deeper


def test_the_windows_buttons_keep_their_height_when_the_language_changes(
    clerk: Callable[..., Clerk], office: Office, dress: Dress
) -> None:
    case = office.begin()
    one = clerk(case=case)
    sheet = LanguageSheet(one.bench, one.bench.seat.words, "", office.pack.office.languages)
    sheet.open_sheet(sheet.first)
    heights: dict[str, set[int]] = {}
    for language in ("zh", "my", "en"):
        one.bench.seat.words.use(language)
        dress(language)
        one.settle()
        for button in one.window.findChildren(QAbstractButton):
            if button.isVisible() and button.objectName():
                heights.setdefault(button.objectName(), set()).add(button.height())
    assert {"next", "new.my", "language.my", "sheet.language.my", "action.register"} <= set(heights)
    assert {name: found for name, found in heights.items() if len(found) > 1} == {}
