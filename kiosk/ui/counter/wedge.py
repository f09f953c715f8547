"""Readers that type: passport and barcode readers send their text as very fast keys, wherever the focus is.

The first keys of a text cannot be told from a person's, so they land in the field that has the focus. As
soon as they are recognised, the field gets back what stood in it and the rest is kept away from it.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

import msgspec
from PySide6.QtCore import QElapsedTimer, QEvent, QObject, Qt, QTimer, Signal
from PySide6.QtGui import QGuiApplication, QKeyEvent, QKeySequence
from PySide6.QtWidgets import QApplication, QLineEdit, QWidget

from kiosk.ui.fields.line import ENTER, LineInput

FAST = 60  # ms between two keys of a reader
QUIET = 120  # ms without a key: the text is complete
MOST = 24  # keys looked back at
ONCE = (*ENTER, Qt.Key.Key_Escape)  # held down they press once: the next case was not looked at yet

# A machine-readable zone begins with the kind of document and has fillers; a number of this office has
# its office and its terminal first; a seal says what it is.
BEGINNINGS = (
    re.compile(r"(?=.*<)[PIACV][A-Z0-9<]{4,}"),
    re.compile(r"[A-Z0-9]{4}-[A-Z0-9]{4}-.*"),
    re.compile(r"SW1Z?:.*"),
)
ZONE = re.compile(r"[PIACV][A-Z0-9<\s]{60,}")


def looks_like_zone(text: str) -> bool:
    """True for the text of a machine-readable zone, whatever stands between its lines."""
    return "<<" in text and ZONE.fullmatch(text.strip().upper()) is not None


class Key(msgspec.Struct, frozen=True):
    """A key that was typed, and what stood in its field before it."""

    typed: str
    line: QLineEdit | None
    before: str


class WedgeReader(QObject):
    """Watches the keys of the whole application; `scanned` gives the text of one reading."""

    scanned = Signal(str)

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self._keys: list[Key] = []  # typed fast, and not yet recognised
        self._text = ""  # of the reading that is going on
        self._clock = QElapsedTimer()
        self._clock.start()
        self._last = 0  # ms, when the last key was pressed
        self._pause = QTimer(self)
        self._pause.setSingleShot(True)
        self._pause.setInterval(QUIET)
        self._pause.timeout.connect(self._finish)
        app = QApplication.instance()
        assert isinstance(app, QApplication)
        app.focusChanged.connect(self._watch)
        app.focusWindowChanged.connect(self._watch)
        self._watch()

    def _watch(self, *_: object) -> None:
        """Keys go to the widget that has the focus, else to the window. What had it before stays watched: it
        gets few events, while a filter of the application is asked of each that any widget gets."""
        at = QApplication.focusWidget() or QApplication.activeWindow()
        if at is not None:
            at.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() != QEvent.Type.KeyPress or not isinstance(event, QKeyEvent):
            return False
        focus = QApplication.focusWidget()
        if watched is not (focus or QApplication.activeWindow()):
            return False  # the same key on its way to the parents of its widget
        if self._is_anothers(focus):
            return False
        if event.isAutoRepeat() and event.key() in ONCE:
            return True
        if event.matches(QKeySequence.StandardKey.Paste):
            return self._pasted()
        return self._key(event, focus)

    def _is_anothers(self, focus: QWidget | None) -> bool:
        """Whether the key goes to another counter of this process, which has a reader of its own."""
        window = focus.window() if focus is not None else QApplication.activeWindow()
        return window is not self.parent() and window is not None and bool(window.findChild(WedgeReader))

    def _pasted(self) -> bool:
        text = QGuiApplication.clipboard().text()
        if not looks_like_zone(text):
            return False
        self.scanned.emit(text)
        return True

    def _key(self, event: QKeyEvent, focus: QWidget | None) -> bool:
        """True keeps the key from the field."""
        if self._text:
            self._text += "\n" if event.key() in ENTER else event.text()
            self._pause.start()
            return True
        typed = event.text()
        # when it was pressed, not when a busy window comes to it
        before, self._last = self._last, event.timestamp() or self._clock.elapsed()
        if not 0 <= self._last - before <= FAST or not typed or not typed.isprintable():
            self._keys.clear()
        if not typed or not typed.isprintable():
            return False
        line = focus if isinstance(focus, QLineEdit) else None
        self._keys.append(Key(typed, line, line.text() if line is not None else ""))
        del self._keys[:-MOST]
        return self._recognise()

    def _recognise(self) -> bool:
        """Whether the last keys, from some key on, are the beginning of a reading."""
        for place in range(len(self._keys)):
            text = "".join(key.typed for key in self._keys[place:])
            if any(beginning.fullmatch(text) for beginning in BEGINNINGS):
                self._give_back(self._keys[place:])
                self._keys.clear()
                self._text = text
                self._pause.start()
                return True
        return False

    def _give_back(self, keys: Sequence[Key]) -> None:
        """Each field gets back what stood in it before the reader began; the first has the focus again.

        There may be more than one: a field goes on by itself when a digit chooses in it.
        """
        for line, before in {key.line: key.before for key in reversed(keys)}.items():
            if isinstance(line, LineInput):
                line.restore(before)
            elif line is not None:
                line.setText(before)
        if keys[0].line is not None:
            keys[0].line.setFocus()

    def _finish(self) -> None:
        text, self._text = self._text.strip(), ""
        self.scanned.emit(text)
