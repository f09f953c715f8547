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
Begin = Callable[[Path], tuple[Desk, str]]  # a desk of a pack, and its recovery key


def check(folder: Path) -> Checked:
    findings = check_pack(folder, MONDAY.date())
    return Checked([finding.text for finding in findings if finding.severity == "error"])


def join(desk: Desk, invitation: str, tell: Callable[[Text], None]) -> Desk:
    enrolment.join(desk.terminal, invitation, tell)
    return desk


def no_centre(invitation: str, tell: Callable[[Text], None]) -> tuple[Desk, str]:
    raise Unreachable


class Start:
    """Somebody at the window of a first start: what he types, waits for and reads."""

    def __init__(self, qtbot: QtBot, window: FirstStart) -> None:
        self.qtbot, self.window = qtbot, window

    def type(self, line: LineInput, text: str) -> None:
        line.clear()
        if text.isascii():
            self.qtbot.keyClicks(line, text)
        else:  # no key has it: the input method gives it
            composed = QInputMethodEvent()
            composed.setCommitString(text)
            QApplication.sendEvent(line, composed)
        self.qtbot.keyClick(line, ENTER)

    def message(self, step: str) -> QLabel:
        found = self.window.findChild(QLabel, f"first_start.{step}.message")
        assert found is not None
        return found

    def wait_visible(self, widget: QWidget) -> None:
        self.qtbot.waitUntil(widget.isVisible, timeout=WAIT)

    def wait_said(self, step: str, words: str) -> None:
        label = self.message(step)
        self.qtbot.waitUntil(lambda: label.isVisible() and words in label.text(), timeout=WAIT)

    def shown_key(self) -> str:
        found = self.window.findChild(QLabel, "first_start.key.shown")
        assert found is not None
        return "-".join(found.text().split())

    def alone(self) -> None:
        """Without a central system."""
        self.qtbot.mouseClick(self.window.joining.without, Qt.MouseButton.LeftButton)

    def name_folder(self, folder: Path) -> None:
        self.alone()
        self.type(self.window.folder, str(folder))

    def invite(self, invitation: str) -> None:
        """Takes the invitation, and types the recovery key's last group, from the paper."""
        self.type(self.window.joining.invitation, invitation)
        self.write_down()

    def write_down(self) -> None:
        self.wait_visible(self.window.last_group)
        self.type(self.window.last_group, self.shown_key().split("-")[-1])


Show = Callable[..., Start]
