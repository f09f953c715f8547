"""Hands for the demo: real key and mouse events into the real windows, a log of the keys, pictures."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path
from time import monotonic

from PySide6.QtCore import QCoreApplication, QEvent, QEventLoop, Qt
from PySide6.QtGui import QInputMethodEvent, QKeyEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget

PATIENCE = 20.0  # seconds until something that should appear is given up


class NotThere(RuntimeError):
    """The demo looked for something on the screen and did not find it."""


@dataclass
class Hands:
    """Types, clicks, waits, takes pictures. `keys` counts the presses of each time something was done."""

    folder: Path
    keys: dict[str, list[int]] = field(default_factory=dict)
    pictures: list[str] = field(default_factory=list)
    _purpose: str = ""
    _window: QWidget | None = None

    def begin(self, purpose: str) -> None:
        """What the next presses are for, e.g. "register with MRZ"; "" ends the count."""
        self._purpose = purpose
        if purpose:
            self.keys.setdefault(purpose, []).append(0)

    def press(self, key: Qt.Key, modifiers: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
        """One key press, wherever the focus is."""
        QTest.keyClick(self.target(), key, modifiers)
        self._count(1)
        self.settle()

    def type(self, text: str) -> None:
        """Each character is a key press; what no keyboard has a key for comes as an input method gives it."""
        target = self.target()
        for character in text:
            if character.isascii():
                QTest.keyClicks(target, character)
            else:
                composed = QInputMethodEvent()
                composed.setCommitString(character)
                QCoreApplication.sendEvent(target, composed)
        self._count(len(text))
        self.settle()

    def scan(self, text: str) -> None:
        """A reader types: fast keys that no person pressed, so they are not counted."""
        read_into(self.target, text.splitlines())
        self.settle()

    def click(self, window: QWidget, name: str) -> None:
        """A mouse click on the widget of that name."""
        widget = self.find(window, name)
        QTest.mouseClick(widget, Qt.MouseButton.LeftButton)
        self.settle()

    def find(self, window: QWidget, name: str) -> QWidget:
        """The visible widget of that object name; waits until it is there."""
        found: list[QWidget] = []

        def look() -> bool:
            found[:] = [w for w in window.findChildren(QWidget, name) if w.isVisible() and w.isEnabled()]
            return bool(found)

        self.until(look, f"no {name} on the screen")
        return found[0]

    def front(self, window: QWidget) -> None:
        """Turns to a window, as its person would: what is typed goes there."""
        window.activateWindow()
        self._window = window
        self.settle()

    def wait(self, milliseconds: int) -> None:
        """A pause, as a reader or a person makes one."""
        QTest.qWait(milliseconds)

    def target(self) -> QWidget:
        """Who has the focus, else the active window."""
        if self._window is None:
            raise NotThere("no window is in front")
        return self._window.focusWidget() or self._window

    def until(self, holds: Callable[[], bool], otherwise: str) -> None:
        """Lets the windows work until `holds`; raises NotThere when it never does."""
        give_up = monotonic() + PATIENCE
        while not holds():
            if monotonic() > give_up:
                raise self.stuck(otherwise)
            QCoreApplication.processEvents(QEventLoop.ProcessEventsFlag.AllEvents, 20)

    def stuck(self, why: str) -> NotThere:
        """The error to raise; a picture shows where the story ended."""
        if self._window is not None:
            self.picture(self._window, "stuck")
        return NotThere(why)

    def settle(self) -> None:
        """Lets what was started finish painting: a window lays itself out level by level."""
        for _ in range(8):
            QCoreApplication.processEvents(QEventLoop.ProcessEventsFlag.AllEvents, 5)

    def picture(self, window: QWidget, name: str) -> None:
        """A PNG of a window."""
        self.settle()
        file = self.folder / f"{len(self.pictures) + 1:02}-{name}.png"
        window.grab().save(str(file))
        self.pictures.append(file.name)

    def _count(self, presses: int) -> None:
        if self._purpose:
            self.keys[self._purpose][-1] += presses

    def fewest(self) -> dict[str, int]:
        """The fewest presses by purpose."""
        return {purpose: min(counts) for purpose, counts in self.keys.items()}

    def write_log(self) -> None:
        """The key log, beside the pictures."""
        (self.folder / "keys.json").write_text(json.dumps(self.keys, indent=1, ensure_ascii=False) + "\n")


def read_into(target: Callable[[], QWidget], lines: Iterable[str], apart: int = 5) -> None:
    """Types as a reader does, each key `apart` ms after the last one by its own time, however busy we are."""
    at = int(monotonic() * 1000)
    for line in lines:
        for character in f"{line}\r":
            key = Qt.Key.Key_Return if character == "\r" else Qt.Key(ord(character.upper()))
            at += apart
            for kind in (QEvent.Type.KeyPress, QEvent.Type.KeyRelease):
                event = QKeyEvent(kind, key, Qt.KeyboardModifier.NoModifier, character)
                event.setTimestamp(at)
                QCoreApplication.sendEvent(target(), event)
