"""The bar on top of the counter: what gives way where not all of it has room."""

from __future__ import annotations

import pytest
from PySide6.QtWidgets import QApplication, QLabel, QWidget
from pytestqt.qtbot import QtBot

from kiosk.model.text import Text
from kiosk.ui.counter.bars import TopBar
from kiosk.ui.parts import button, column
from kiosk.ui.prose import natural_width
from tests.ui.conftest import Dress, MakeSeat

SMALLEST = 1366  # px


@pytest.mark.parametrize("language", ["zh", "my", "en"])
@pytest.mark.parametrize("exchange", ["Connected", "Not connected, 1234 to send" * 2])
def test_who_is_signed_in_is_read_whole(
    seat: MakeSeat, dress: Dress, qtbot: QtBot, language: str, exchange: str
) -> None:
    dress(language)
    sat = seat(language=language)
    office, roles = sat.desk.pack.office, Text("Doctor of the health post, Supervisor of the office")
    bar = TopBar(sat.words, office, sat.operator, roles, button(sat.words, exchange))
    window = QWidget()
    window.setLayout(column(bar, None))
    qtbot.addWidget(window)
    window.show()
    for width in (1920, SMALLEST):  # a window that was wide can be made small again
        window.resize(width, 768)
        QApplication.processEvents()

    def is_whole(name: str) -> bool:
        shown = bar.findChild(QLabel, name)
        assert shown is not None
        return natural_width(shown.text(), shown.font()) <= shown.width()

    assert bar.width() == SMALLEST
    assert is_whole("operator")
    assert not is_whole("roles")
    assert is_whole("office") == (exchange == "Connected")
    hint = bar.scan.placeholderText()
    assert hint.endswith("(F3)")
    assert natural_width(hint, bar.scan.font()) <= bar.scan.width() - 48
