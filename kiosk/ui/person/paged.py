"""Pages that are walked through one by one: the frame of the notice and of the read-back."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from kiosk.model.text import Text, say
from kiosk.ui import theme
from kiosk.ui.parts import Button, row
from kiosk.ui.person.look import big
from kiosk.ui.person.pictures import Dots
from kiosk.ui.translations import Translations


class Paged(QWidget):
    """Content above, and below it the way back, where one is, and the way on.

    Who fills it draws page `place` of `count` when `turned` says so. The last page has another button than
    the others, so that nobody agrees by pressing on too fast.
    """

    turned = Signal()

    def __init__(self, words: Translations, last: Text, last_name: str) -> None:
        super().__init__()
        self.words = words
        self.place, self.count = 0, 1
        self.back = big(words, say("Back"), "", "person.back")
        self.next = big(words, say("Go on"), "primary", "person.next")
        self.last = big(words, last, "primary", last_name)
        self.back.clicked.connect(lambda: self.go_to(self.place - 1))
        self.next.clicked.connect(lambda: self.go_to(self.place + 1))
        self._dots = Dots()
        self.aside = QHBoxLayout()  # more buttons, left of the way on
        self.content = QVBoxLayout()
        self.content.setContentsMargins(0, 0, 0, 0)
        foot = row(self.back, None, self._dots, None, self.aside, self.next, self.last)
        foot.setSpacing(2 * theme.GRID)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(2 * theme.GRID)
        whole.addLayout(self.content, 1)
        whole.addLayout(foot)

    def begin(self, count: int) -> None:
        self.count = max(1, count)
        self.go_to(0)

    def go_to(self, place: int) -> None:
        """Shows a page, with the focus on the way on."""
        self.place = max(0, min(place, self.count - 1))
        is_last = self.place == self.count - 1
        self._dots.show_place(self.place, self.count)
        self.back.setEnabled(self.place > 0)
        self.next.setVisible(not is_last)
        self.last.setVisible(is_last)
        self.turned.emit()
        self.focus_main()

    def main(self) -> Button:
        return self.last if self.place == self.count - 1 else self.next

    def focus_main(self) -> None:
        self.main().setFocus(Qt.FocusReason.TabFocusReason)
