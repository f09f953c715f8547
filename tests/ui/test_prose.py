"""Texts that are as wide and as high as they are drawn."""

from __future__ import annotations

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from kiosk.ui import theme
from kiosk.ui.prose import Prose


@pytest.mark.parametrize("text", ["ဆေးစစ်ရန် ညွှန်ကြား", "ရွှေလီမြို့", "ရဲစနစ်တွင် ယူပြီး", "Order the health check"])
def test_a_line_that_stands_on_one_line_is_one_line_high(
    qtbot: QtBot, dressed: QApplication, text: str
) -> None:
    said = Prose()
    qtbot.addWidget(said)
    said.setFont(theme.font("my", theme.LEAD, theme.STRONG))
    said.setText(text)
    assert said.sizeHint().height() == said.heightForWidth(2_000)
