"""The input for text of several lines; Enter moves on here too, the text wraps by itself."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent
from PySide6.QtWidgets import QPlainTextEdit, QWidget

from kiosk.ui import theme
from kiosk.ui.fields.line import leads_away


class Paragraph(QPlainTextEdit):
    changed = Signal()
    moved = Signal(int)
    entered = Signal()
    left = Signal()

    def __init__(self, density: theme.Density, language: str = "my", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFont(theme.font(language, density.text))
        self.setTabChangesFocus(True)
        self.setFixedHeight(2 * density.input + theme.GRID)
        self.setProperty("density", density.name)
        self._quiet = False
        self.textChanged.connect(self._edited)

    def raw(self) -> str:
        return self.toPlainText()

    def set_raw(self, raw: str, _shown: str = "") -> None:
        if raw == self.toPlainText():
            return
        self._quiet = True
        self.setPlainText(raw)
        self._quiet = False

    def _edited(self) -> None:
        if not self._quiet:
            self.changed.emit()

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self.entered.emit()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self.left.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if not leads_away(event, self.moved):
            super().keyPressEvent(event)
