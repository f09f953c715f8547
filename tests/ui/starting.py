"""The first start of a terminal as a test does it: what is typed, waited for and read."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtGui import QInputMethodEvent
from PySide6.QtWidgets import QApplication, QLabel, QWidget
from pytestqt.qtbot import QtBot

from kiosk.actions import enrolment
from kiosk.actions.desk import Desk
from kiosk.definitions import check_pack
from kiosk.model.text import Text
from kiosk.sync.refusals import Unreachable
from kiosk.ui.counter.first_start import Checked, FirstStart
from kiosk.ui.fields.line import LineInput
from tests.office import MONDAY

ENTER = Qt.Key.Key_Return
WAIT = 60_000  # ms: the pack is read, keys and store are made, a passphrase is hashed slowly
Show = Callable[..., FirstStart]
Begin = Callable[[Path], tuple[Desk, str]]  # a desk of a pack, and its recovery key


def check(folder: Path) -> Checked:
    findings = check_pack(folder, MONDAY.date())
    return Checked([finding.text for finding in findings if finding.severity == "error"])


def join(desk: Desk, invitation: str, tell: Callable[[Text], None]) -> Desk:
    enrolment.join(desk.terminal, invitation, tell)
    return desk


def no_centre(invitation: str, tell: Callable[[Text], None]) -> tuple[Desk, str]:
    raise Unreachable


def type_into(qtbot: QtBot, line: LineInput, text: str) -> None:
    line.clear()
    if text.isascii():
        qtbot.keyClicks(line, text)
    else:  # no key has it: the input method gives it
        composed = QInputMethodEvent()
        composed.setCommitString(text)
        QApplication.sendEvent(line, composed)
    qtbot.keyClick(line, ENTER)


def message(window: QWidget, step: str) -> QLabel:
    found = window.findChild(QLabel, f"first_start.{step}.message")
    assert found is not None
    return found


def wait_visible(qtbot: QtBot, widget: QWidget) -> None:
    qtbot.waitUntil(widget.isVisible, timeout=WAIT)


def wait_said(qtbot: QtBot, label: QLabel, words: str) -> None:
    qtbot.waitUntil(lambda: label.isVisible() and words in label.text(), timeout=WAIT)


def shown_key(window: FirstStart) -> str:
    found = window.findChild(QLabel, "first_start.key.shown")
    assert found is not None
    return "-".join(found.text().split())


def alone(qtbot: QtBot, window: FirstStart) -> None:
    qtbot.mouseClick(window.joining.without, Qt.MouseButton.LeftButton)


def invite(qtbot: QtBot, window: FirstStart, invitation: str) -> None:
    """Takes the invitation, and types the recovery key's last group, from the paper."""
    type_into(qtbot, window.joining.invitation, invitation)
    write_down(qtbot, window)


def write_down(qtbot: QtBot, window: FirstStart) -> None:
    wait_visible(qtbot, window.last_group)
    type_into(qtbot, window.last_group, shown_key(window).split("-")[-1])


def name_folder(qtbot: QtBot, window: FirstStart, folder: Path) -> None:
    """Without a central system."""
    alone(qtbot, window)
    type_into(qtbot, window.folder, str(folder))
