"""Inputs made of buttons: yes or no, several of a list, and in the touch density one of a list."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent
from PySide6.QtWidgets import QGridLayout, QPushButton, QWidget

from kiosk.ui import theme
from kiosk.ui.fields.choice import Option
from kiosk.ui.fields.line import step_of, with_alt


class Toggles(QWidget):
    """A row of buttons with numbers 1 to 9; a digit presses its button."""

    changed = Signal()
    moved = Signal(int)
    entered = Signal()
    left = Signal()
    several = False  # whether more than one may be pressed at once
    kind = "segment"

    def __init__(self, density: theme.Density, columns: int = 4, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._density, self._columns = density, columns
        self._keys: list[str] = []
        self._buttons: list[QPushButton] = []
        self._chosen: list[str] = []
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setSpacing(theme.GRID // 2 if density is theme.COUNTER else theme.GRID * 2)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)

    def set_options(self, make: Callable[[], Sequence[Option]]) -> None:
        """The buttons, in order; what is pressed stays pressed, under its new label."""
        options = make()
        if [option.key for option in options] != self._keys:
            self._build([option.key for option in options])
        for number, (button, option) in enumerate(zip(self._buttons, options, strict=True), start=1):
            button.setText(option.label)
            button.setToolTip(str(number))
        self._paint()

    def _build(self, keys: list[str]) -> None:
        for button in self._buttons:
            button.deleteLater()
        self._keys, self._buttons = keys, []
        for place, key in enumerate(keys):
            button = QPushButton(self)
            button.setCheckable(True)
            button.setProperty("kind", self.kind)
            button.setProperty("density", self._density.name)
            button.clicked.connect(lambda _checked=False, key=key: self._press(key))
            button.installEventFilter(self)
            self._grid.addWidget(button, place // self._columns, place % self._columns)
            self._buttons.append(button)

    def raw(self) -> str:
        return ",".join(self._chosen)

    def set_raw(self, raw: str, _shown: str = "") -> None:
        self._chosen = [key for key in raw.split(",") if key]
        self._paint()

    def _paint(self) -> None:
        for key, button in zip(self._keys, self._buttons, strict=True):
            button.setChecked(key in self._chosen)

    def _press(self, key: str) -> None:
        if self.several:
            chosen = set(self._chosen) ^ {key}
            self._chosen = [each for each in self._keys if each in chosen]
        else:
            self._chosen = [] if self._chosen == [key] else [key]
        self._paint()
        self.changed.emit()

    def setFocus(self, *_reason: object) -> None:
        """Goes to the button that is pressed, or the first."""
        for key, button in zip(self._keys, self._buttons, strict=True):
            if key in self._chosen:
                button.setFocus(Qt.FocusReason.TabFocusReason)
                return
        if self._buttons:
            self._buttons[0].setFocus(Qt.FocusReason.TabFocusReason)

    def setReadOnly(self, read_only: bool) -> None:
        self.setEnabled(not read_only)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if isinstance(event, QFocusEvent):
            if event.gotFocus():
                self.entered.emit()
            elif not self.isAncestorOf(self.window().focusWidget() or self):
                self.left.emit()
        if event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            return self._key(watched, event)
        return False

    def _key(self, button: QObject, event: QKeyEvent) -> bool:
        step = step_of(event)
        place = self._buttons.index(button) if isinstance(button, QPushButton) else 0
        typed = "" if with_alt(event) else event.text()
        if step:
            self.moved.emit(step)
        elif typed.isdecimal() and typed.isascii() and 0 < int(typed) <= len(self._keys):
            self._press(self._keys[int(typed) - 1])
            self._buttons[int(typed) - 1].setFocus(Qt.FocusReason.OtherFocusReason)
        elif event.key() in (Qt.Key.Key_Left, Qt.Key.Key_Right):
            turn = 1 if event.key() == Qt.Key.Key_Right else -1
            self._buttons[(place + turn) % len(self._buttons)].setFocus(Qt.FocusReason.OtherFocusReason)
        else:
            return False
        return True


class SeveralInput(Toggles):
    """Several of a list; the raw value is the keys with commas between them."""

    several = True


class YesNoInput(Toggles):
    """Yes or no; 1 is yes and 0 is no."""

    def __init__(self, density: theme.Density, parent: QWidget | None = None) -> None:
        super().__init__(density, 2, parent)

    def _key(self, button: QObject, event: QKeyEvent) -> bool:
        if event.text() in ("0", "1") and not with_alt(event):
            key = event.text()
            if self._chosen != [key]:
                self._press(key)
            self._buttons[self._keys.index(key)].setFocus(Qt.FocusReason.OtherFocusReason)
            return True
        return super()._key(button, event)
