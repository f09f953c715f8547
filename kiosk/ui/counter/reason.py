"""A reason in one line, kept as it is typed until what it was asked for is done."""

from __future__ import annotations

from PySide6.QtWidgets import QVBoxLayout

from kiosk.model.text import say
from kiosk.ui import theme
from kiosk.ui.counter.seat import Seat
from kiosk.ui.fields.line import LineInput
from kiosk.ui.parts import column, label

REASON = "reason"  # its key in the draft


class ReasonLine(LineInput):
    """`key` names the draft: what is asked of which case."""

    def __init__(self, seat: Seat, key: str) -> None:
        super().__init__(theme.COUNTER, "zh")
        self.setObjectName("sheet.reason")
        self._seat, self._key = seat, key
        self.set_raw(seat.desk.draft(seat.operator, key).get(REASON, ""))
        self.changed.connect(self._keep)

    def said(self) -> str:
        return self.raw().strip()

    def with_label(self) -> QVBoxLayout:
        return column(label(self._seat.words, say("Reason"), "label"), self, spacing=4)

    def _keep(self) -> None:
        self._seat.desk.save_draft(self._seat.operator, self._key, {REASON: self.raw()})

    def forget(self) -> None:
        """It is done: the draft goes."""
        self._seat.desk.drop_draft(self._seat.operator, self._key)
