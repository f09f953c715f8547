"""The prints of a slip so far: when, by whom, why again; and which of them were spoiled."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from PySide6.QtCore import QTimer, Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from kiosk.model.case import PrintView
from kiosk.model.office import CodeList
from kiosk.model.text import Text, say
from kiosk.ui import theme
from kiosk.ui.fields.choice import Option
from kiosk.ui.fields.options import options_of
from kiosk.ui.fields.toggles import Toggles
from kiosk.ui.parts import button, clear, frame, label, prose, row
from kiosk.ui.translations import Translations


class ReasonChoice(QWidget):
    """A question with its reasons as buttons; digits press them."""

    chosen = Signal(str)

    def __init__(self, words: Translations, question: Text, codes: CodeList, name: str) -> None:
        super().__init__()
        self._words, self._codes = words, codes
        self.toggles = Toggles(theme.COUNTER, columns=1)
        self.toggles.setObjectName(name)
        self._say()
        words.changed.connect(self._say)
        self.toggles.changed.connect(lambda: self.chosen.emit(self.toggles.raw()))
        made = QVBoxLayout(self)
        made.setContentsMargins(0, 0, 0, 0)
        made.setSpacing(theme.GRID)
        made.addWidget(prose(words, question, "strong"))
        made.addWidget(self.toggles)

    def _say(self, _language: str = "") -> None:
        options = options_of("choice", self._codes, self._words)
        numbered = [Option(o.key, f"{number}   {o.label}") for number, o in enumerate(options, start=1)]
        self.toggles.set_options(lambda: numbered)

    @property
    def reason(self) -> str:
        return self.toggles.raw()

    def forget(self) -> None:
        self.toggles.set_raw("")


class Ledger(QWidget):
    """One line a print; a print that went wrong can be marked from here."""

    spoiled = Signal(str, str)  # the print, the reason
    asking = Signal(QWidget)  # where the question stands

    def __init__(self, words: Translations, codes: Mapping[str, CodeList]) -> None:
        super().__init__()
        self._words, self._codes = words, codes
        self._spoiling = ""
        self._lines = QVBoxLayout()
        self._lines.setSpacing(theme.GRID)
        self._why = ReasonChoice(
            words,
            say("What is wrong with this print?"),
            codes.get("spoil_reasons", {}),
            "preview.spoil_reason",
        )
        self._why.chosen.connect(self._chosen)
        self._why.hide()
        made = QVBoxLayout(self)
        made.setContentsMargins(0, 0, 0, 0)
        made.setSpacing(2 * theme.GRID)
        made.addWidget(label(words, say("Printed before"), "strong"))
        made.addLayout(self._lines)
        made.addWidget(self._why)

    def show_prints(self, prints: Sequence[PrintView]) -> None:
        clear(self._lines)
        self._why.hide()
        for number, one in enumerate(prints, start=1):
            self._lines.addWidget(self._line(one, number))
        if not prints:
            self._lines.addWidget(prose(self._words, say("Not printed yet."), "second"))

    def _line(self, one: PrintView, number: int) -> QWidget:
        box = frame("quiet")
        when = label(self._words, Text("{at}", {"at": f"{one.at:%Y-%m-%d %H:%M}"}))
        who = prose(self._words, Text("{who}", {"who": one.by}), "second")
        first = row(when, who)
        first.setStretch(1, 1)
        made = QVBoxLayout(box)
        made.setContentsMargins(0, 0, 0, 0)
        made.setSpacing(0)
        made.addLayout(first)
        if one.spoiled:
            spoiled = say("Spoiled: {reason}", reason=self._reason("spoil_reasons", one.spoiled))
            told = prose(self._words, spoiled)
            told.setProperty("state", "warning")
            made.addWidget(told)
        else:
            mark = button(self._words, say("Spoiled…"), kind="quiet", name=f"preview.spoil.{number}")
            mark.clicked.connect(lambda: self._ask(one.print))
            first.addWidget(mark)
        if one.reason:
            why = say("Printed again: {reason}", reason=self._reason("reprint_reasons", one.reason))
            made.addWidget(prose(self._words, why, "second"))
        return box

    def _reason(self, codes: str, key: str) -> Text:
        code = self._codes.get(codes, {}).get(key)
        return Text(code.label) if code else Text(key)

    def _ask(self, print_id: str) -> None:
        self._spoiling = print_id
        self._why.forget()
        self._why.show()
        self._why.toggles.setFocus()
        QTimer.singleShot(0, self, lambda: self.asking.emit(self._why))  # once it has its place

    def _chosen(self, reason: str) -> None:
        if reason:
            self.spoiled.emit(self._spoiling, reason)
