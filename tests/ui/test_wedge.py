"""Readers that type: their text is told from a person's, wherever the focus is, and leaves no trace there."""

from __future__ import annotations

from collections.abc import Iterator
from time import sleep

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLineEdit, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from kiosk.demo.hands import read_into
from kiosk.ui import theme
from kiosk.ui.counter.wedge import WedgeReader, looks_like_zone
from kiosk.ui.fields.line import LineInput

TD3 = (
    "P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<",
    "L898902C36UTO7408122F1204159ZE184226B<<<<<10",
)


@pytest.fixture
def window(qtbot: QtBot) -> QWidget:
    made = QWidget()
    layout = QVBoxLayout(made)
    layout.addWidget(LineInput(theme.COUNTER))
    layout.addWidget(QLineEdit())
    qtbot.addWidget(made)
    made.show()
    made.activateWindow()
    qtbot.waitUntil(made.isActiveWindow)
    return made


@pytest.fixture
def reader(window: QWidget) -> Iterator[WedgeReader]:
    made = WedgeReader(window)
    yield made
    made.deleteLater()


def scan(widget: QWidget, *lines: str) -> None:
    read_into(lambda: widget, lines)


@pytest.mark.parametrize("place", [0, 1])
def test_a_zone_is_read_in_any_field_and_the_field_gets_back_what_stood_there(
    qtbot: QtBot, window: QWidget, reader: WedgeReader, place: int
) -> None:
    line = window.findChildren(QLineEdit)[place]
    line.setFocus()
    QTest.keyClicks(line, "MA MA")
    qtbot.wait(80)  # a person's pause, longer than a reader's
    with qtbot.waitSignal(reader.scanned) as scanned:
        scan(line, *TD3)
    assert scanned.args == ["\n".join(TD3)]
    assert line.text() == "MA MA"


def test_the_number_on_a_slip_is_read(qtbot: QtBot, window: QWidget, reader: WedgeReader) -> None:
    line = window.findChildren(QLineEdit)[0]
    line.setFocus()
    with qtbot.waitSignal(reader.scanned) as scanned:
        scan(line, "RL01-7K3F-P000123-X")
    assert scanned.args == ["RL01-7K3F-P000123-X"]


def test_a_reader_is_known_by_when_its_keys_were_pressed_however_busy_the_window_is(
    qtbot: QtBot, window: QWidget, reader: WedgeReader
) -> None:
    line = window.findChildren(QLineEdit)[0]
    line.setFocus()
    line.textEdited.connect(lambda: sleep(0.08))  # longer than a reader's pause
    with qtbot.waitSignal(reader.scanned) as scanned:
        scan(line, "RL01-7K3F-P000123-X")
    assert scanned.args == ["RL01-7K3F-P000123-X"]
    assert line.text() == ""
    with qtbot.assertNotEmitted(reader.scanned, wait=200):
        read_into(
            lambda: line, ["RL01-7K3F-P000123-X"], apart=100
        )  # a person's keys, which were handled at once
    assert line.text() == "RL01-7K3F-P000123-X"


@pytest.mark.parametrize("text", ["PHYU PHYU", "<b>bold</b>", "IDA", "A-1", "'; DROP TABLE entry; --"])
def test_what_a_person_types_stays_where_it_is(
    qtbot: QtBot, window: QWidget, reader: WedgeReader, text: str
) -> None:
    line = window.findChildren(QLineEdit)[0]
    line.setFocus()
    with qtbot.assertNotEmitted(reader.scanned, wait=200):
        scan(line, text)
    assert line.text() == text


def test_a_pasted_zone_is_read_and_other_text_is_pasted(
    qtbot: QtBot, window: QWidget, reader: WedgeReader
) -> None:
    line = window.findChildren(QLineEdit)[1]
    line.setFocus()
    QGuiApplication.clipboard().setText("\n".join(TD3))
    with qtbot.waitSignal(reader.scanned) as scanned:
        qtbot.keyClick(line, Qt.Key.Key_V, Qt.KeyboardModifier.ControlModifier)
    assert scanned.args == ["\n".join(TD3)]
    QGuiApplication.clipboard().setText("MA MA")
    qtbot.keyClick(line, Qt.Key.Key_V, Qt.KeyboardModifier.ControlModifier)
    assert line.text() == "MA MA"


def test_a_zone_is_told_by_its_look() -> None:
    assert looks_like_zone("\n".join(TD3))
    assert looks_like_zone(" ".join(TD3).lower())
    assert not looks_like_zone("P<UTO")
    assert not looks_like_zone("MA MA SAN " * 10)


def test_what_is_read_at_one_counter_is_not_anothers(
    qtbot: QtBot, window: QWidget, reader: WedgeReader
) -> None:
    other = QWidget()
    QVBoxLayout(other).addWidget(LineInput(theme.COUNTER))
    qtbot.addWidget(other)
    other.show()
    its = WedgeReader(other)
    heard: list[str] = []
    its.scanned.connect(heard.append)
    line = window.findChildren(QLineEdit)[0]
    line.setFocus()
    with qtbot.waitSignal(reader.scanned) as scanned:
        scan(line, *TD3)
    assert scanned.args == ["\n".join(TD3)]
    assert heard == []
    its.deleteLater()
