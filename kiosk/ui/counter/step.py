"""One question of the first start."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLineEdit, QWidget

from kiosk.model.text import Text
from kiosk.ui import theme
from kiosk.ui.fields.line import LineInput
from kiosk.ui.parts import Button, button, column, label, prose, row
from kiosk.ui.translations import Translations


class Step(QWidget):
    """One question: what it is about, what is asked, why it did not work, its button."""

    def __init__(self, words: Translations, title: Text, about: Text, accept: Text, name: str) -> None:
        super().__init__()
        self.words = words
        self.setObjectName(name)
        self.message = prose(words)
        self.message.setObjectName(f"{name}.message")
        self.message.setProperty("state", "error")
        self.message.hide()
        self.button: Button = button(words, accept, kind="primary", name=f"{name}.go_on")
        self.button.setMinimumHeight(40)
        self.inside = column(spacing=4)
        self._others: list[Button] = []
        self._foot = row(None, self.button)
        parts = (
            prose(words, title, "title"),
            prose(words, about, "second"),
            self.inside,
            self.message,
            self._foot,
        )
        self.setLayout(column(*parts, spacing=2 * theme.GRID))

    def line(self, title: Text, name: str, language: str = "en", *, secret: bool = False) -> LineInput:
        """A labelled line under the last one; Enter goes on to the next, and from the last to the button."""
        made = LineInput(theme.COUNTER, language)
        made.setObjectName(f"{self.objectName()}.{name}")
        if secret:
            made.setEchoMode(QLineEdit.EchoMode.Password)
        made.moved.connect(lambda step: self._walk(made, step))
        self.inside.addWidget(label(self.words, title, "label"))
        self.inside.addWidget(made)
        self.inside.addSpacing(theme.GRID)
        return made

    def other_way(self, title: Text, name: str) -> Button:
        """A button at the left of the foot, which leads elsewhere."""
        made = button(self.words, title, name=f"{self.objectName()}.{name}")
        self._foot.insertWidget(0, made)
        self._others.append(made)
        return made

    def _walk(self, line: LineInput, step: int) -> None:
        walk = self.findChildren(LineInput)
        place = walk.index(line) + step
        if place == len(walk):
            self.button.click()
        else:
            walk[max(0, place)].setFocus(Qt.FocusReason.TabFocusReason)

    def say_why(self, text: Text | None) -> None:
        if text is not None:
            self.words.put(self.message.setText, text)
        self.message.setVisible(text is not None)

    def busy(self, busy: bool) -> None:
        for one in (self.button, *self._others):
            one.setEnabled(not busy)
