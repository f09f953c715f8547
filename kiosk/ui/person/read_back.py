"""The application read back: everything the person gave, before he signs it."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QWidget

from kiosk.model.text import say
from kiosk.ui import theme
from kiosk.ui.parts import clear, column, frame, scrolled
from kiosk.ui.person.facts import Block, BlockView
from kiosk.ui.person.look import big
from kiosk.ui.person.paged import Paged
from kiosk.ui.translations import Translations

BESIDE = 2  # blocks on one page


class ReadBackPage(Paged):
    """Blocks of facts, two a page. "Something is wrong" can be said on every page, "right" on the last."""

    right = Signal()
    wrong = Signal()

    def __init__(self, words: Translations) -> None:
        super().__init__(words, say("This is right"), "person.right")
        self.turned.connect(self._show_place)
        self._blocks: Sequence[Block] = ()
        self._beside = QHBoxLayout()
        self._beside.setSpacing(48)
        inside = QWidget()
        inside.setLayout(column(self._beside, None, margins=(40, 24, 40, 24)))
        box = frame("surface")
        box.setLayout(column(scrolled(inside, theme.SURFACE)))
        self.content.addWidget(box)
        wrong = big(words, say("Something is wrong"), "", "person.wrong")
        wrong.clicked.connect(self.wrong)
        self.aside.addWidget(wrong)
        self.last.clicked.connect(self.right)

    def show_blocks(self, blocks: Sequence[Block]) -> None:
        self._blocks = blocks
        self.begin(-(-len(blocks) // BESIDE))

    def _show_place(self) -> None:
        clear(self._beside)
        first = self.place * BESIDE
        for block in self._blocks[first : first + BESIDE]:
            self._beside.addWidget(BlockView(self.words, block), 1)
        if len(self._blocks[first : first + BESIDE]) < BESIDE:
            self._beside.addStretch(1)
