"""Readers that type: passport and barcode readers send their text as very fast keys, wherever the focus is.

The first keys of a text cannot be told from a person's, so they land in the field that has the focus. As
soon as they are recognised, the field gets back what stood in it and the rest is kept away from it.
"""

from __future__ import annotations

import re

from PySide6.QtCore import QEvent, QObject, QTimer, Signal
from PySide6.QtGui import QGuiApplication, QKeyEvent, QKeySequence
from PySide6.QtWidgets import QApplication, QLineEdit, QWidget

from kiosk.ui.fields.line import ENTER, LineInput

FAST = 60  # ms between two keys of a reader
QUIET = 120  # ms without a key: the text is complete

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


class WedgeReader(QObject):
    """Watches the keys of the whole application; `scanned` gives the text of one reading."""

    scanned = Signal(str)

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self._window = window
        self._keys = ""
        self._before: tuple[QLineEdit, str] | None = None
        self._reading = False
        self._last = 0
        self._pause = QTimer(self)
        self._pause.setSingleShot(True)
        self._pause.setInterval(QUIET)
        self._pause.timeout.connect(self._finish)
        app = QApplication.instance()
        assert app is not None
        app.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() != QEvent.Type.KeyPress or not isinstance(event, QKeyEvent):
            return False
        focus = self._window.focusWidget()
        if watched is not (focus or self._window):
            return False
        if event.matches(QKeySequence.StandardKey.Paste):
            return self._pasted()
        return self._key(event, focus)

    def _pasted(self) -> bool:
        text = QGuiApplication.clipboard().text()
        if not looks_like_zone(text):
            return False
        self.scanned.emit(text)
        return True

    def _key(self, event: QKeyEvent, focus: QWidget | None) -> bool:
        enter, typed = event.key() in ENTER, event.text()
        if self._reading:
            self._keys += "\n" if enter else typed
            self._pause.start()
            return True
        if not typed or not typed.isprintable():
            self._keys = ""
            return False
        if event.timestamp() - self._last > FAST or not self._keys:
            self._keys = ""
            self._before = (focus, focus.text()) if isinstance(focus, QLineEdit) else None
        self._last = event.timestamp()
        self._keys += typed
        if not any(beginning.fullmatch(self._keys) for beginning in BEGINNINGS):
            return False
        self._reading = True
        self._give_back()
        self._pause.start()
        return True

    def _give_back(self) -> None:
        """The field gets back what stood in it before the reader began."""
        if self._before is None:
            return
        line, text = self._before
        if isinstance(line, LineInput):
            line.restore(text)
        else:
            line.setText(text)

    def _finish(self) -> None:
        text, self._keys, self._reading, self._before = self._keys.strip(), "", False, None
        if text:
            self.scanned.emit(text)
