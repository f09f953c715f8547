"""The worker says yes or no to employer, workplace, job, wage and dates, seen by nobody else."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QGridLayout, QVBoxLayout, QWidget

from kiosk.model.text import Text, say
from kiosk.ui import theme
from kiosk.ui.parts import clear, column, frame, prose, row, scrolled
from kiosk.ui.person.facts import Fact, FactRow
from kiosk.ui.person.look import big
from kiosk.ui.person.pictures import Picture
from kiosk.ui.translations import Translations


class ConfirmPage(QWidget):
    """A question about facts; `yes` and `no` are what the person answers."""

    yes = Signal()
    no = Signal()

    def __init__(self, words: Translations) -> None:
        super().__init__()
        self.words = words
        self._facts = QGridLayout()
        self._facts.setHorizontalSpacing(48)
        self._facts.setVerticalSpacing(2 * theme.GRID)
        inside = QWidget()
        inside.setLayout(column(self._facts, None, margins=(40, 24, 40, 24)))
        box = frame("surface")
        box.setLayout(column(scrolled(inside, theme.SURFACE)))
        eye = Picture("alone", 72)
        eye.setFixedSize(72, 72)
        alone = prose(words, say("Only you should see this page. Nobody else may look now."))
        alone.setAlignment(Qt.AlignmentFlag.AlignVCenter)
        banner = frame("banner")
        told = row(eye, alone, margins=(16, 8, 24, 8), spacing=24)
        told.setStretch(1, 1)
        banner.setLayout(told)
        no = big(words, say("No, this is not right"), "", "person.no")
        self.agree = big(words, Text(""), "primary", "person.yes")
        no.clicked.connect(self.no)
        self.agree.clicked.connect(self.yes)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(2 * theme.GRID)
        whole.addWidget(banner)
        whole.addWidget(box, 1)
        whole.addLayout(row(no, None, self.agree))

    def show_facts(self, facts: Sequence[Fact], action: Text) -> None:
        """`action` is what the person agrees to, in the pack's words."""
        clear(self._facts)
        for place, fact in enumerate(facts):
            self._facts.addWidget(FactRow(self.words, fact, "idea"), place // 2, place % 2)
        for side in (0, 1):
            self._facts.setColumnStretch(side, 1)
        self.words.put(self.agree.say, action)
        self.agree.setFocus(Qt.FocusReason.TabFocusReason)
