"""A strip over a form: one sentence, and what may be done about it with one key."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout

from kiosk.model.text import Text
from kiosk.ui import icons, theme
from kiosk.ui.parts import Button, button, clear, label, prose, row
from kiosk.ui.translations import Translations

SIGNS = {
    "": ("info", theme.ACCENT_DARK),
    "warning": ("warning", theme.RETURNED),
    "error": ("warning", theme.REFUSED),
    "contested": ("warning", theme.CONTESTED),
    "done": ("check", theme.DONE),
}
Choice = tuple[Text, Callable[[], None]]


class Strip(QFrame):
    """Hidden while there is nothing to say. A quiet one is slim: it stands for as long as a case is open."""

    def __init__(self, words: Translations, name: str = "strip", *, quiet: bool = False) -> None:
        super().__init__()
        self._words = words
        self.setObjectName(name)
        self.setProperty("role", "notice")
        self._sign = label(words)
        self._text = prose(words)
        self._buttons = QHBoxLayout()
        self._quiet = quiet
        margins = (16, 2, 8, 2) if quiet else (16, 12, 16, 12)
        made = row(self._sign, self._text, self._buttons, margins=margins, spacing=12)
        made.setStretch(1, 1)
        self.setLayout(made)
        self.first: Button | None = None
        self.hide()

    def tell(self, text: Text, state: str = "", *choices: Choice, focus: bool = False) -> None:
        """Says it; each choice is a button, and Enter takes the first when `focus` is given."""
        theme.mark(self, state=state)
        name, colour = SIGNS[state]
        self._sign.setPixmap(icons.pixmap(name, colour, 20, self.devicePixelRatioF()))
        self._words.put(self._text.setText, text)
        clear(self._buttons)
        self.first = None
        for said, act in choices:
            kind = "quiet" if self._quiet else "primary" if self.first is None else ""
            one = button(self._words, said, kind=kind, name=f"{self.objectName()}.button")
            one.clicked.connect(act)
            self._buttons.addWidget(one)
            one.show()  # at once: what is not yet shown cannot have the focus
            self.first = self.first or one
        self.show()
        if focus and self.first is not None:
            self.first.setFocus(Qt.FocusReason.OtherFocusReason)

    def dismiss(self) -> None:
        self.hide()
