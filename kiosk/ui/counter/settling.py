"""A supervisor's sheets: why a fact is corrected late, and which of unlike values is right."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QGridLayout, QWidget

from kiosk.errors import KioskError
from kiosk.model.ask import Definitions
from kiosk.model.disputes import Dispute, Side
from kiosk.model.telling import Telling
from kiosk.model.telling import label as name_of
from kiosk.model.text import Text, say
from kiosk.ui import theme
from kiosk.ui.counter.compared import WIDTH, Compared
from kiosk.ui.counter.reason import ReasonLine
from kiosk.ui.counter.seat import Seat
from kiosk.ui.counter.sheet import Sheet
from kiosk.ui.fields.choice import Option
from kiosk.ui.fields.toggles import Toggles
from kiosk.ui.parts import clear, column, frame, prose
from kiosk.ui.prose import fitting


class WhySheet(Sheet):
    """Asks for a reason in one line."""

    given = Signal(str)

    def __init__(self, host: QWidget, seat: Seat, title: Text, text: Text, key: str) -> None:
        super().__init__(host, seat.words, title, accept=say("Save"))
        self.body.addWidget(prose(seat.words, text, "second"))
        self.reason = ReasonLine(seat, key)
        self.reason.moved.connect(lambda _step: self.accept.setFocus())
        self.body.addLayout(self.reason.with_label())
        self.accepted.connect(self._give)

    def _give(self) -> None:
        reason = self.reason.said()
        if not reason:
            self.show_error(say("Give a reason."))
            self.reason.setFocus()
            return
        self.close_sheet()
        self.given.emit(reason)


class OneOf(Toggles):
    kind = "option"


class Sides(Compared):
    """Unlike values as columns: what, who, when, at which desk, knowing what."""

    def show_dispute(self, dispute: Dispute, definitions: Definitions) -> None:
        clear(self.made)
        telling = self.telling(definitions)
        grid = QGridLayout()
        grid.setSpacing(2 * theme.GRID)
        for place, side in enumerate(dispute.sides):
            grid.addWidget(self._side(telling, side, dispute), place // 3, place % 3)
            grid.setColumnStretch(place % 3, 1)
        self.made.addLayout(grid)
        if dispute.grounds:
            self.made.addLayout(self._grounds(telling, dispute))
        self.fitted()

    def _side(self, telling: Telling, side: Side, dispute: Dispute) -> QWidget:
        box = frame("surface")
        words, wrote = self.seat.words, side.wrote
        heading = telling.wrote(wrote)
        if not dispute.shaken:  # by its number it is chosen
            heading = f"{dispute.choices.index(wrote.value) + 1}   {heading}"
        said = [
            prose(words, heading, "lead"),
            prose(words, telling.who(wrote), "strong"),
            prose(words, telling.where(wrote), "second"),
        ]
        said += [prose(words, telling.fact(*one)) for one in side.about]
        said.append(prose(words, telling.saw(side)))
        said += [prose(words, one) for one in telling.rests(side)]
        for one in () if dispute.shaken else telling.missed(side):  # else they are told below
            said.append(prose(words, one))
            said[-1].setProperty("state", "contested")
        box.setLayout(column(*said, None, margins=(16, 12, 16, 12), spacing=4))
        return box

    def _grounds(self, telling: Telling, dispute: Dispute) -> QGridLayout:
        """What a decision rests on, as it was and as it is."""
        words, grid = self.seat.words, QGridLayout()
        grid.setHorizontalSpacing(2 * theme.GRID)
        grid.setVerticalSpacing(theme.GRID)
        heads = ("", say("When it was decided"), say("Now"), say("Changed by"))
        lines = [[words(head) if isinstance(head, Text) else head for head in heads]]
        for one in dispute.grounds:
            key = one.changed.key
            name = words(name_of(telling.definitions, key))
            by = f"{telling.who(one.changed)}\n{telling.where(one.changed)}"
            lines.append([name, telling.value(key, one.then), telling.value(key, one.now), by])
        for at, line in enumerate(lines):
            for place, text in enumerate(line):
                cell = prose(words, text, "label" if at == 0 else "strong" if place in (0, 2) else "")
                if at and place == 2:
                    cell.setProperty("state", "contested")
                grid.addWidget(cell, at, place, Qt.AlignmentFlag.AlignTop)
        for place, share in enumerate((3, 3, 3, 4)):
            grid.setColumnStretch(place, share)
        return grid


class SettleSheet(Sheet):
    """A person says which of unlike values is right, or what becomes of a shaken decision, and why."""

    settled = Signal()

    def __init__(
        self, host: QWidget, seat: Seat, case: str, definitions: Definitions, dispute: Dispute
    ) -> None:
        name = name_of(definitions, dispute.key)
        super().__init__(
            host, seat.words, say("Settle: {field}", field=name), width=WIDTH, accept=say("Settle")
        )
        self._seat, self._case, self._dispute, self._definitions = seat, case, dispute, definitions
        shaken = dispute.shaken
        text = say("This was written at desks that were apart. Which is right?")
        if shaken:
            text = say("This was decided while another desk, apart, changed what it rests on.")
        self.body.addWidget(prose(seat.words, text, "second"))
        self.sides = Sides(seat, host)
        self.body.addWidget(self.sides)
        self._columns = 1 if shaken else min(3, len(dispute.choices))
        self.values = OneOf(theme.COUNTER, columns=self._columns)
        self.values.setObjectName("sheet.values")
        self.body.addWidget(self.values)
        if definitions.field(dispute.key) is not None:
            hint = say("If none is right, close this and write what is right into the form.")
            self.body.addWidget(prose(seat.words, hint, "small"))
        self.reason = ReasonLine(seat, f"{case}/settle.{dispute.key}")
        self.reason.moved.connect(lambda _step: self.accept.setFocus())
        self.body.addLayout(self.reason.with_label())
        self.accepted.connect(self._settle)
        seat.words.changed.connect(self._fill)
        self._fill()

    def _fill(self, _language: str = "") -> None:
        self.sides.show_dispute(self._dispute, self._definitions)
        said = self.sides.telling(self._definitions).choices(self._dispute)
        self.shown = [f"{number}   {text}" for number, text in enumerate(said, start=1)]
        room = WIDTH // self._columns - 10 * theme.GRID
        font = theme.font(self._seat.words.language)
        short = [fitting(text, font, room) for text in self.shown]
        self.values.set_options(lambda: [Option(str(n), text) for n, text in enumerate(short)])

    def _settle(self) -> None:
        chosen = self.values.raw()
        if not chosen:
            self.show_error(say("Choose the value that is right."))
            return
        desk, operator, value = self._seat.desk, self._seat.operator, self._dispute.choices[int(chosen)]
        key, shown = self._dispute.key, self._dispute
        try:
            desk.settle(operator, self._case, key, value, self.reason.said(), shown=shown)
        except KioskError as error:
            now = desk.dispute(operator, self._case, key)
            if now is not None and now != shown:  # its values may have other numbers
                self._dispute = now
                self.values.set_raw("")
                self._fill()
            self.show_error(error.text)
            return
        self.reason.forget()
        self.close_sheet()
        self.settled.emit()
