"""Inputs of two parts: an address (division and street), a contact (name and phone)."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QFont
from PySide6.QtWidgets import QHBoxLayout, QWidget

from kiosk.ui import theme
from kiosk.ui.fields.choice import ChoiceInput, Option
from kiosk.ui.fields.line import LineInput


class PairInput(QWidget):
    """Two lines side by side; Enter walks from the first to the second, then on."""

    separator = " "  # between the parts of the raw value, as `model.fields.composed` reads it

    changed = Signal()
    moved = Signal(int)
    entered = Signal()
    left = Signal()

    def __init__(
        self,
        first: LineInput,
        second: LineInput,
        shares: tuple[int, int],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.first, self.second = first, second
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(theme.GRID)
        for part, share in zip((first, second), shares, strict=True):
            layout.addWidget(part, share)
            part.changed.connect(self.changed)
            part.entered.connect(self.entered)
            part.left.connect(self._part_left)
        first.moved.connect(lambda step: second.setFocus() if step > 0 else self.moved.emit(step))
        second.moved.connect(lambda step: first.setFocus() if step < 0 else self.moved.emit(step))
        self.setFocusProxy(first)

    def _part_left(self) -> None:
        """Leaving one part for the other is not leaving the field."""
        if self.window().focusWidget() not in (self.first, self.second):
            self.left.emit()

    def raw(self) -> str:
        first, second = self.first.raw().strip(), self.second.raw().strip()
        return f"{first}{self.separator}{second}" if second else first

    def set_raw(self, raw: str, _shown: str = "") -> None:
        """Each part shows itself; while one is typed into, nothing is put over it."""
        if raw == self.raw():
            return
        first, _, second = raw.partition(self.separator)
        self.first.set_raw(first)
        self.second.set_raw(second)

    def setReadOnly(self, read_only: bool) -> None:
        self.first.setReadOnly(read_only)
        self.second.setReadOnly(read_only)

    def setPlaceholderText(self, text: str) -> None:
        self.second.setPlaceholderText(text)

    def hasFocus(self) -> bool:
        return self.window().focusWidget() in (self.first, self.second)

    def setFocus(self, *_reason: object) -> None:
        self.first.setFocus(Qt.FocusReason.TabFocusReason)


class AddressInput(PairInput):
    """The division from the office's list, then street and room as they are written."""

    def __init__(self, density: theme.Density, parent: QWidget | None = None) -> None:
        self.division = ChoiceInput(density)
        super().__init__(self.division, LineInput(density, "zh"), (2, 3), parent)

    def setFont(self, font: QFont | str | Sequence[str]) -> None:
        """The division is read in the language of the screen; the street is Chinese."""
        self.division.setFont(font)

    def set_options(self, options: Callable[[], Sequence[Option]]) -> None:
        self.division.set_options(options)


class ContactInput(PairInput):
    """A name and a phone."""

    separator = ", "

    def __init__(self, density: theme.Density, parent: QWidget | None = None) -> None:
        super().__init__(LineInput(density, "my"), LineInput(density, "en"), (3, 2), parent)
