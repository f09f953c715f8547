"""An operator changes his own passphrase: from his window, or before it opens where he was given one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QLineEdit, QWidget

from kiosk.actions.act import Operator
from kiosk.actions.desk import Desk
from kiosk.actions.staff import RULE
from kiosk.errors import KioskError
from kiosk.model.text import Text, say
from kiosk.ui import theme
from kiosk.ui.background import Background
from kiosk.ui.counter.sheet import Sheet
from kiosk.ui.fields.line import LineInput
from kiosk.ui.parts import column, label, prose
from kiosk.ui.translations import Translations

if TYPE_CHECKING:
    from kiosk.ui.exchange_status import ExchangeBridge

CHANGED = say("Your passphrase is changed. Only you know it.")


def must_change(desk: Desk, exchange: ExchangeBridge | None, operator: Operator) -> bool:
    """Whether he chooses another one first. While the centre cannot be asked he works with what he has."""
    return exchange is not None and exchange.status.connected and desk.must_change(operator)


class PassphraseSheet(Sheet):
    """The old one and twice the new one. It stays until the answer is there, to tell what came of it."""

    changed = Signal()

    def __init__(
        self,
        host: QWidget,
        words: Translations,
        background: Background,
        desk: Desk,
        operator: Operator,
        *,
        given: bool = False,
    ) -> None:
        title = say("Change the passphrase")
        super().__init__(host, words, title, width=440, accept=title)
        self._background, self._desk, self._operator = background, desk, operator
        if given:
            why = say(
                "Somebody else knows the passphrase that you signed in with. Choose one of your own first."
            )
            self.body.addWidget(prose(words, why))
        self.old = self._line(say("Passphrase until now"), "old")
        self.new = self._line(say("New passphrase"), "new", prose(words, RULE, "small"))
        self.again = self._line(say("New passphrase, once more"), "again")
        self.accepted.connect(self._submit)

    def _line(self, title: Text, name: str, *below: QWidget) -> LineInput:
        made = LineInput(theme.COUNTER)
        made.setObjectName(f"passphrase.{name}")
        made.setEchoMode(QLineEdit.EchoMode.Password)
        made.moved.connect(lambda step: self._walk(made, step))
        self.body.addLayout(column(label(self.words, title, "label"), made, *below, spacing=4))
        return made

    def _walk(self, line: LineInput, step: int) -> None:
        walk = (self.old, self.new, self.again)
        place = walk.index(line) + step
        if place == len(walk):
            self.accept.click()
        else:
            walk[max(0, place)].setFocus()

    def _submit(self) -> None:
        old, new, again = (line.raw() for line in (self.old, self.new, self.again))
        for line in (self.old, self.new, self.again):
            if not line.raw():
                line.setFocus()
                return
        if new != again:
            self.show_error(say("The two passphrases differ."))
            self.again.setFocus()
            return
        self.show_error(None)
        self._busy(True)
        desk, operator = self._desk, self._operator
        self._background.run(lambda: desk.change_passphrase(operator, old, new), self._done, self._failed)

    def _busy(self, busy: bool) -> None:
        for each in (self.old, self.new, self.again, self.accept, self.cancel):
            each.setEnabled(not busy)
        if busy:
            self.setFocus()

    def close_sheet(self) -> None:
        if self.accept.isEnabled():
            super().close_sheet()

    def _done(self, _nothing: None) -> None:
        self._busy(False)
        self.close_sheet()
        self.changed.emit()

    def _failed(self, error: KioskError) -> None:
        """What was typed stays but for the old one, which may be wrong."""
        self._busy(False)
        self.show_error(error.text)
        self.old.set_raw("")
        self.old.setFocus()
