"""The one-line input most field types are typed into."""

from __future__ import annotations

import re

from PySide6.QtCore import Qt, Signal, SignalInstance
from PySide6.QtGui import QFocusEvent, QKeyEvent
from PySide6.QtWidgets import QLineEdit, QWidget

from kiosk.ui import theme

ENTER = (Qt.Key.Key_Return, Qt.Key.Key_Enter)


def step_of(event: QKeyEvent) -> int:
    """+1 for Enter (move on), -1 for Shift+Enter (move back), 0 for any other key.

    Ctrl+Enter is left to the page: a field never submits.
    """
    if event.key() not in ENTER or event.modifiers() & Qt.KeyboardModifier.ControlModifier:
        return 0
    return -1 if event.modifiers() & Qt.KeyboardModifier.ShiftModifier else 1


def with_alt(event: QKeyEvent) -> bool:
    """A key with Alt leads elsewhere; AltGr, which is Alt with Control on some systems, types letters."""
    held = event.modifiers() & (Qt.KeyboardModifier.AltModifier | Qt.KeyboardModifier.ControlModifier)
    return held == Qt.KeyboardModifier.AltModifier


def leads_away(event: QKeyEvent, moved: SignalInstance) -> bool:
    """Whether the key is none of the text: Enter moves on or back, the others are left to the page."""
    step = step_of(event)
    if step:
        event.accept()
        moved.emit(step)
    elif event.key() in ENTER or event.key() == Qt.Key.Key_Escape or with_alt(event):
        event.ignore()
    else:
        return False
    return True


class LineInput(QLineEdit):
    """Shows `shown` while the person is elsewhere and the raw text while he types."""

    changed = Signal()
    moved = Signal(int)
    whole = Signal()  # a key was typed, and nothing can follow what stands here now
    entered = Signal()
    left = Signal()

    def __init__(
        self,
        density: theme.Density,
        language: str = "en",
        parent: QWidget | None = None,
        *,
        whole: str = "",
    ) -> None:
        """`language` is the script that is typed here; the input method is on for Chinese alone.

        `whole` is a pattern of the texts that nothing can follow.
        """
        super().__init__(parent)
        self.script = language
        self._pattern = whole
        self._raw = ""
        self._shown = ""
        self._was_empty = False  # when the person came here
        self.setFont(theme.font(language, density.text))
        self.setFixedHeight(density.input)
        self.setProperty("density", density.name)
        self.setAttribute(Qt.WidgetAttribute.WA_InputMethodEnabled, language == "zh")
        self.textEdited.connect(self._edited)

    def raw(self) -> str:
        """What was typed, as it stands."""
        return self._raw

    def set_raw(self, raw: str, shown: str = "") -> None:
        """Puts a value in; `shown` is how it reads while the field is not being typed into."""
        self._raw, self._shown = raw, shown or raw
        self._paint_text()

    def restore(self, text: str) -> None:
        """Back to a text that stood here: what a reader typed over it was not meant for this field."""
        self.setText(text)
        self._edited(text)

    def _edited(self, text: str) -> None:
        self._raw = self._shown = text
        self.changed.emit()

    def _paint_text(self) -> None:
        wanted = self._raw if self.hasFocus() and not self.isReadOnly() else self._shown
        if self.text() != wanted:
            self.setText(wanted)
            self.setCursorPosition(0)

    def is_whole(self, text: str) -> bool:
        """Whether nothing can follow `text`."""
        return bool(self._pattern and re.fullmatch(self._pattern, text))

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self._was_empty = not self._raw
        self._paint_text()
        if event.reason() != Qt.FocusReason.PopupFocusReason:
            self.selectAll()
        self.entered.emit()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self.deselect()
        if event.reason() not in (Qt.FocusReason.PopupFocusReason, Qt.FocusReason.ActiveWindowFocusReason):
            self.left.emit()
        self._paint_text()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if not leads_away(event, self.moved):
            before = self.text()
            super().keyPressEvent(event)
            self._look_whether_whole(before, event.text())

    def _look_whether_whole(self, before: str, typed: str) -> None:
        """Only keys at the end of a text begun now count: no paste, no reader, and nobody who corrects."""
        if typed and self._was_empty and self.text() == before + typed and self.is_whole(self.text()):
            self.whole.emit()
