"""A supervisor's sheets: why a fact is corrected late, and which of two unlike values is right."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from kiosk.errors import KioskError
from kiosk.model.ask import Definitions
from kiosk.model.case import CaseView
from kiosk.model.entries import Json
from kiosk.model.forms import FieldDefinition
from kiosk.model.text import Text, say
from kiosk.ui import theme
from kiosk.ui.counter.seat import Seat
from kiosk.ui.counter.sheet import Sheet
from kiosk.ui.fields.choice import Option
from kiosk.ui.fields.line import LineInput
from kiosk.ui.fields.toggles import Toggles
from kiosk.ui.parts import column, label, prose


class WhySheet(Sheet):
    """Asks for a reason in one line."""

    given = Signal(str)

    def __init__(self, host: QWidget, seat: Seat, title: Text, text: Text) -> None:
        super().__init__(host, seat.words, title, accept=say("Save"))
        self.body.addWidget(prose(seat.words, text, "second"))
        self.reason = LineInput(theme.COUNTER, "zh")
        self.reason.setObjectName("sheet.reason")
        self.reason.moved.connect(lambda _step: self.accept.setFocus())
        said = label(seat.words, say("Reason"), "label")
        self.body.addLayout(column(said, self.reason, spacing=4))
        self.accepted.connect(self._give)

    def _give(self) -> None:
        reason = self.reason.raw().strip()
        if not reason:
            self.show_error(say("Give a reason."))
            self.reason.setFocus()
            return
        self.close_sheet()
        self.given.emit(reason)


class OneOf(Toggles):
    kind = "option"


class SettleSheet(Sheet):
    """Two unlike values stand; a person says which is right, and why."""

    settled = Signal()

    def __init__(
        self,
        host: QWidget,
        seat: Seat,
        view: CaseView,
        definitions: Definitions,
        key: str,
        values: tuple[Json, ...],
    ) -> None:
        field = next((f for form in definitions.forms.values() for f in form.fields if f.key == key), None)
        name = Text(field.label) if field is not None else stage_label(view, key)
        super().__init__(host, seat.words, say("Settle: {field}", field=name), accept=say("Settle"))
        self._seat, self._case, self._key, self._values = seat, view.case, key, values
        self.values = OneOf(theme.COUNTER, columns=1)
        self.values.setObjectName("sheet.values")

        def options() -> list[Option]:
            said = [self._shown(view, definitions, field, value) for value in values]
            self.shown = [f"{number}   {text}" for number, text in enumerate(said, start=1)]
            return [Option(str(n), text) for n, text in enumerate(self.shown)]

        self.values.set_options(options)
        seat.words.changed.connect(lambda _language: self.values.set_options(options))
        self.body.addWidget(
            prose(seat.words, say("Two terminals wrote this while they were apart."), "second")
        )
        self.body.addWidget(self.values)
        self.reason = LineInput(theme.COUNTER, "zh")
        self.reason.setObjectName("sheet.reason")
        self.reason.moved.connect(lambda _step: self.accept.setFocus())
        said = label(seat.words, say("Reason"), "label")
        self.body.addLayout(column(said, self.reason, spacing=4))
        self.accepted.connect(self._settle)

    def _shown(
        self, view: CaseView, definitions: Definitions, field: FieldDefinition | None, value: Json
    ) -> str:
        if field is not None:
            return self._seat.shown(field, value, definitions)
        if isinstance(value, str):  # one of two subjects of a kind: two permits, say
            number = view.facts.get(f"{value.partition(':')[0]}.number")
            here = value == view.facts.get(self._key) and number
            return self._seat.words(
                Text("{number}", {"number": number}) if here else say("The other terminal's")
            )
        stage = self._key.removeprefix("case.stage.")
        states = view.track.stage(stage).states if self._key.startswith("case.stage.") else {}
        state = value.get("state", "") if isinstance(value, dict) else str(value)
        return self._seat.words(Text(states[state].label)) if state in states else state

    def _settle(self) -> None:
        chosen = self.values.raw()
        if not chosen:
            self.show_error(say("Choose the value that is right."))
            return
        desk, operator = self._seat.desk, self._seat.operator
        try:
            desk.settle(operator, self._case, self._key, self._values[int(chosen)], self.reason.raw().strip())
        except KioskError as error:
            self.show_error(error.text)
            return
        self.close_sheet()
        self.settled.emit()


def stage_label(view: CaseView, key: str) -> Text:
    stage = key.removeprefix("case.stage.")
    known = {each.key: each.label for each in view.track.stages}
    return Text(known.get(stage, key))
