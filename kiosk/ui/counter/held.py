"""What the central system holds back of this terminal: what it is, why, and the way to the field to mend."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from kiosk.model.ask import Definitions
from kiosk.model.telling import LABELS, is_named, label
from kiosk.model.text import Text, say
from kiosk.ui.counter.compared import Compared
from kiosk.ui.counter.seat import Seat
from kiosk.ui.parts import Button, button, column, prose

if TYPE_CHECKING:
    from kiosk.actions.held import Where
    from kiosk.actions.status import Status
    from kiosk.store.held import SetAside

AT_ONCE = 20  # of them: each has to be laid out
AROUND = 400  # px that the sheet needs besides
SUBJECTS = {  # subject: a fact that is called as it is
    "case": "case.status",
    "guarantor": "guarantee.guarantor",
    "health": "case.clearance",  # of what a doctor writes no more is told
}


class HeldList(Compared):
    """One entry under the other; each that is of a case leads there."""

    wanted = Signal(str, tuple)  # a case, and the facts to be looked at there

    def __init__(self, seat: Seat, host: QWidget, width: int) -> None:
        super().__init__(seat, host, AROUND, width)
        self._definitions: dict[str, Definitions] = {}

    def show_held(self, status: Status, after: int = 0) -> None:
        """The next of them, and a button that asks for more."""
        now, left = status.set_aside[after : after + AT_ONCE], len(status.set_aside) - after - AT_ONCE
        for one in now:
            self.made.addLayout(self._row(one, status.where[one.subject]))
        if left > 0:
            more = button(self.seat.words, say("More ({count})", count=left), icon="down", name="held.more")
            more.clicked.connect(lambda: self._go_on(more, status, after + AT_ONCE))
            self.made.addWidget(more, 0, Qt.AlignmentFlag.AlignLeft)
        self.fitted()

    def _go_on(self, more: Button, status: Status, after: int) -> None:
        """The next ones in the place of the button; the first that leads somewhere has the focus then."""
        known = set(self.findChildren(Button))
        self.show_held(status, after)
        first = next((one for one in self.findChildren(Button) if one not in known), more)
        first.show()
        first.setFocus(Qt.FocusReason.TabFocusReason)
        more.deleteLater()

    def _row(self, one: SetAside, where: Where) -> QVBoxLayout:
        words = self.seat.words
        keys = tuple(f"{one.subject.partition(':')[0]}.{register}" for register in one.registers)
        reason = prose(words, one.reason)
        if not where.case:
            what, why = _without_a_case(one.subject, where.called)
            return column(prose(words, what, "strong"), reason, prose(words, why, "second"), spacing=4)
        what = say("{field}, case {number}", field=self._called(where.case, keys), number=where.called)
        way = button(words, say("Open the case"), kind="quiet", icon="right", name=f"held.{one.sequence}")
        way.clicked.connect(lambda: self.wanted.emit(where.case, keys))
        made = column(prose(words, what, "strong"), reason, way, spacing=4)
        made.setAlignment(way, Qt.AlignmentFlag.AlignLeft)
        return made

    def _called(self, case: str, keys: tuple[str, ...]) -> Text:
        """The first of the facts that has a name, or the subject."""
        if case not in self._definitions:
            self._definitions[case] = self.seat.desk.definitions(case)
        definitions = self._definitions[case]
        kind = keys[0].partition(".")[0] if keys else "case"
        named = (key for key in keys if kind != "health" and is_named(definitions, key))
        return label(definitions, next(named, SUBJECTS.get(kind, f"case.{kind}")))


def _without_a_case(subject: str, called: str) -> tuple[Text, Text]:
    """What it is, and why there is nowhere to go."""
    if subject.startswith("guarantor:"):
        what = say("{field}: {value}", field=LABELS["guarantee.guarantor"], value=called)
        return what, say(
            "It belongs to no case alone. Open one that names this employer, and correct it there."
        )
    return say("An entry of this terminal"), say(
        "It belongs to no case, so there is no page to open. Ask an administrator of the central system."
    )
