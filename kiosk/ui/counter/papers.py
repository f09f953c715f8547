"""The papers of a stage: the original was seen, a copy is attached, or the one of an earlier case serves."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from kiosk.model.case import Mark, PaperView
from kiosk.model.text import Text, say
from kiosk.ui import theme
from kiosk.ui.forms import MARK_WORDS
from kiosk.ui.parts import Tick, button, clear, column, label, prose, row
from kiosk.ui.translations import Translations


class PaperList(QWidget):
    """One row for each paper. The space bar ticks; what needs a copy has a button for it."""

    sighted = Signal(str, str, bool)  # stage, paper, seen
    copy_wanted = Signal(str, str)
    reuse_wanted = Signal(str, str)

    def __init__(self, words: Translations) -> None:
        super().__init__()
        self._words = words
        self._rows = QVBoxLayout()
        self._rows.setSpacing(0)
        self._shown: object = None
        self.setLayout(column(label(words, say("Papers"), "strong"), self._rows, spacing=4))

    def show_papers(self, papers: Sequence[PaperView], marks: Sequence[Mark], *, may_edit: bool) -> None:
        """The same ones keep their rows: the focus stays, and a click that was begun."""
        shown = (list(papers), list(marks), may_edit)
        if shown == self._shown:
            for paper in papers:  # one that could not be noted is ticked no more
                tick = self.findChild(Tick, f"paper.{paper.stage}.{paper.key}")
                if tick is not None:
                    tick.setChecked(paper.sighted)
            return
        self._shown = shown
        clear(self._rows)
        self.setVisible(bool(papers))
        why = {mark.key: mark.why for mark in marks}
        for paper in papers:
            line = self._row(paper, why.get(f"paper.{paper.stage}.{paper.key}"), may_edit)
            self._rows.addWidget(line)
            line.show()  # at once: what is hidden is not asked how high its lines are

    def _row(self, paper: PaperView, why: str | None, may_edit: bool) -> QWidget:
        words = self._words
        box = QWidget()
        tick = Tick()
        tick.setObjectName(f"paper.{paper.stage}.{paper.key}")
        tick.setChecked(paper.sighted)
        tick.setEnabled(may_edit)
        words.put(tick.setAccessibleName, Text(paper.label))
        words.put(tick.setToolTip, say("The original was seen"))
        tick.clicked.connect(lambda seen: self.sighted.emit(paper.stage, paper.key, seen))
        name = Text(paper.label)
        if not paper.definition.required and not paper.sighted and paper.copy is None:
            name = say("{paper} (optional)", paper=name)
        parts: list[QWidget] = [tick, prose(words, name)]
        if why is not None:
            tag = label(words, MARK_WORDS.get(why, Text(why)), "tag")
            theme.mark(tag, state="warning")
            parts.append(tag)
        if paper.definition.copy and may_edit:
            parts.append(self._copy_button(paper))
        made = row(*parts)
        made.setStretch(1, 1)
        box.setLayout(made)
        return box

    def _copy_button(self, paper: PaperView) -> QWidget:
        words = self._words
        reuse = paper.copy is None and bool(paper.reusable_from)
        if reuse:
            text, icon = say("Use the copy of {number}", number=paper.reusable_from), "paper"
        elif paper.copy is None:
            text, icon = say("Attach a copy"), "attach"
        else:
            text, icon = say("Copy attached; attach another"), "attached"
        made = button(words, None, kind="quiet", icon=icon, tip=text)
        words.put(made.setAccessibleName, text)
        wanted = self.reuse_wanted if reuse else self.copy_wanted
        made.clicked.connect(lambda: wanted.emit(paper.stage, paper.key))
        made.setObjectName(f"copy.{paper.stage}.{paper.key}")
        return made
