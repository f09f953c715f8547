"""An employer known from before is picked, not typed: by any part of his name or code."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtGui import QFocusEvent

from kiosk.model.case import GuarantorRow
from kiosk.model.text import say
from kiosk.ui import theme
from kiosk.ui.counter.seat import Seat
from kiosk.ui.fields.choice import ChoiceInput, Option


class EmployerPicker(ChoiceInput):
    """A line that finds as it is typed; Enter takes what is marked in the list."""

    picked = Signal(str)  # a guarantor

    def __init__(self, seat: Seat) -> None:
        super().__init__(theme.COUNTER)
        self._seat = seat
        self._found: dict[str, GuarantorRow] = {}
        self.setObjectName("employer.picker")
        seat.words.put(self.setPlaceholderText, say("Employer known from before: name or code"))
        self.moved.connect(self._moved)

    def matching(self, typed: str) -> list[Option]:
        rows = self._seat.desk.guarantors(typed, 9) if typed.strip() else []
        self._found = {row.guarantor: row for row in rows}
        self._made = tuple(
            Option(row.guarantor, f"{row.name}   {row.code}   {row.address}", mark=str(place))
            for place, row in enumerate(rows, start=1)
        )
        return list(self._made)

    def focusInEvent(self, event: QFocusEvent) -> None:
        self.set_raw("")
        super().focusInEvent(event)

    def _moved(self, step: int) -> None:
        chosen = self.raw()
        self.set_raw("")
        if step > 0 and chosen in self._found:
            self.picked.emit(chosen)
