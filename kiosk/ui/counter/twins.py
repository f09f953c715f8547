"""One person registered twice: the records side by side, and a supervisor's word whether they are one."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QGridLayout, QWidget

from kiosk.errors import KioskError
from kiosk.model.ask import Definitions
from kiosk.model.case import CaseRow, Record
from kiosk.model.persons import DISPUTED, LINKED
from kiosk.model.telling import Telling, label
from kiosk.model.text import Text, say
from kiosk.ui import theme
from kiosk.ui.counter.compared import WIDTH, Compared
from kiosk.ui.counter.reason import ReasonLine
from kiosk.ui.counter.seat import Seat
from kiosk.ui.counter.sheet import Sheet
from kiosk.ui.fields.choice import Option
from kiosk.ui.fields.toggles import Toggles
from kiosk.ui.parts import Button, button, clear, column, prose

AROUND = 304  # px that the sheet needs besides the records
LINKS = {
    "apart": say("The same document was registered at two desks that were apart. Is it one person?"),
    "linked": say("A supervisor has said that this is one person. The cases of both are found together."),
    "disputed": say(
        "One desk linked the two records, another undid it. They are not linked until you decide."
    ),
}


class Records(Compared):
    """Two records as columns, fact by fact; what is not alike stands out."""

    opened = Signal(str)  # a case

    def show_records(self, records: Sequence[Record], definitions: Definitions) -> None:
        clear(self.made)
        telling, words = self.telling(definitions), self.seat.words
        grid = QGridLayout()
        grid.setHorizontalSpacing(2 * theme.GRID)
        grid.setVerticalSpacing(theme.GRID // 2)
        for place, record in enumerate(records, start=1):
            name = prose(words, str(record.facts.get("person.name") or ""), "lead")
            grid.addWidget(name, 0, place)
            grid.setColumnStretch(place, 5)
        grid.setColumnStretch(0, 3)
        self._line(grid, say("Registered by"), [self._registered(telling, one) for one in records])
        for key in self._keys(records, definitions):
            values = [one.facts.get(key) for one in records]
            shown = [telling.value(key, value) for value in values]
            self._line(grid, label(definitions, key), shown, alike=all(one == values[0] for one in values))
        at = grid.rowCount()
        grid.addWidget(prose(words, say("Cases"), "second"), at, 0, Qt.AlignmentFlag.AlignTop)
        for place, record in enumerate(records, start=1):
            grid.addWidget(self._cases(record.cases, own=place == 1), at, place, Qt.AlignmentFlag.AlignTop)
        self.made.addLayout(grid)
        self.fitted()

    def _line(self, grid: QGridLayout, name: Text, values: Sequence[str], *, alike: bool = True) -> None:
        at = grid.rowCount()
        grid.addWidget(prose(self.seat.words, name, "second"), at, 0, Qt.AlignmentFlag.AlignTop)
        for place, value in enumerate(values, start=1):
            cell = prose(self.seat.words, value, "" if alike else "strong")
            if not alike:
                cell.setProperty("state", "contested")
            grid.addWidget(cell, at, place, Qt.AlignmentFlag.AlignTop)

    def _registered(self, telling: Telling, record: Record) -> str:
        if record.registered is None:  # erased
            return ""
        return f"{telling.who(record.registered)}\n{telling.where(record.registered)}"

    def _keys(self, records: Sequence[Record], definitions: Definitions) -> list[str]:
        fields = (field for form in definitions.forms.values() for field in form.fields)
        keys = dict.fromkeys(field.key for field in fields if field.subject == "person")
        return [key for key in keys if any(one.facts.get(key) not in (None, "") for one in records)]

    def _cases(self, cases: Sequence[CaseRow], *, own: bool) -> QWidget:
        box, words = QWidget(), self.seat.words
        parts: list[QWidget] = []
        for case in cases:
            step = words(case.next_step)
            parts.append(prose(words, Text("{number}   {step}", {"number": case.number, "step": step})))
            if not own:
                one = button(words, say("Open that case"), kind="quiet", icon="right", name="twins.open")
                one.clicked.connect(lambda _checked=False, case=case.case: self.opened.emit(case))
                parts.append(one)
        made = column(*parts, spacing=0)
        for part in parts:
            if isinstance(part, Button):
                made.setAlignment(part, Qt.AlignmentFlag.AlignLeft)
        box.setLayout(made)
        return box


class OtherRecord(Toggles):
    kind = "segment"


class TwinsSheet(Sheet):
    """A supervisor links the record of this case with another, or undoes it; others only look."""

    changed = Signal()
    wanted = Signal(str)  # another case

    def __init__(
        self, host: QWidget, seat: Seat, case: str, definitions: Definitions, records: Sequence[Record]
    ) -> None:
        super().__init__(
            host,
            seat.words,
            say("One person, registered twice?"),
            width=WIDTH,
            accept=say("It is one person"),
        )
        self._seat, self._case, self._definitions, self._records = seat, case, definitions, records
        decides = "supervisor" in seat.operator.roles
        self._told = prose(seat.words, "", "second")
        self.body.addWidget(self._told)
        self.others = OtherRecord(theme.COUNTER, columns=len(records) - 1)
        self.others.setObjectName("twins.others")
        self.others.set_options(lambda: [Option(str(n), str(n)) for n in range(1, len(records))])
        self.others.set_raw("1")
        self.others.setVisible(len(records) > 2)
        self.others.changed.connect(self._fill)
        self.body.addWidget(self.others)
        self.compared = Records(seat, host, AROUND)
        self.compared.opened.connect(self._open)
        self.body.addWidget(self.compared)
        self.reason = ReasonLine(seat, f"{case}/link")
        self.reason.moved.connect(lambda _step: self.accept.setFocus())
        if decides:
            self.body.addLayout(self.reason.with_label())
        else:
            self.body.addWidget(prose(seat.words, say("A supervisor says whether it is one person.")))
            seat.words.put(self.cancel.say, say("Close"))
        self._decides = decides
        self.undo = button(seat.words, say("Undo the link"), kind="danger", name="twins.undo")
        self.undo.clicked.connect(lambda: self._say(same=False))
        self.extra.addWidget(self.undo)
        self.accepted.connect(lambda: self._say(same=True))
        seat.words.changed.connect(self._fill)
        self._fill()

    @property
    def other(self) -> Record:
        return self._records[int(self.others.raw() or 1)]

    def _fill(self, _language: str = "") -> None:
        link = self.other.link
        self.words.put(self._told.setText, LINKS[link])
        self.compared.show_records((self._records[0], self.other), self._definitions)
        for one, shown in ((self.accept, link != LINKED), (self.undo, link in (LINKED, DISPUTED))):
            one.setVisible(shown and self._decides)
            one.setEnabled(shown and self._decides)

    def _say(self, *, same: bool) -> None:
        try:
            self._seat.desk.link_person(
                self._seat.operator, self._case, self.other.person, self.reason.said(), same=same
            )
        except KioskError as error:
            self.show_error(error.text)
            return
        self.reason.forget()
        self.close_sheet()
        self.changed.emit()

    def _open(self, case: str) -> None:
        self.close_sheet()
        self.wanted.emit(case)
