"""What a document tells: its machine-readable zone fills the form, and its number finds a known person."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from PySide6.QtCore import QObject, Signal

from kiosk.errors import KioskError
from kiosk.model.case import CaseView, PersonRow
from kiosk.model.documents import mrz_answers, parse_mrz
from kiosk.model.entries import Json
from kiosk.model.text import Text, lines, say
from kiosk.ui.counter.seat import Seat
from kiosk.ui.counter.stage_panel import StagePanel

NUMBER, ISSUER = "person.document_number", "person.document_issuer"


class DocumentReading(QObject):
    """Asks a person to compare: no check digit covers the name, and a number may be mistyped."""

    taken = Signal()  # the case was tied to a person known from before
    other_case = Signal(str)  # the open case of that person

    def __init__(self, seat: Seat, panel: StagePanel) -> None:
        super().__init__(panel)
        self._seat, self._panel = seat, panel
        self._asked = ("", "")

    def forget(self) -> None:
        """Another case: ask anew."""
        self._asked = ("", "")

    def scanned(self, view: CaseView, text: str) -> bool:
        """Fills the form on the screen from a zone; False when none of its fields is there."""
        page = next((page for page in self._panel.pages if NUMBER in page.fields), None)
        if page is None or not page.fields[NUMBER].editable:
            return False
        zone = parse_mrz(text)
        if zone.problems:
            self._panel.strip.tell(lines(*zone.problems), "error")
            return True
        self._panel.choose(self._panel.pages.index(page))
        page.fill(mrz_answers(zone, self._seat.desk.today()))
        if not self.look(view):
            self.compare(zone.warnings)
        return True

    def compare(self, warnings: Sequence[Text] = ()) -> None:
        """Enter says that what was read matches the document."""
        text = say("Read from the document. Compare it with the document, then press Enter.")
        if warnings:
            text = lines(text, *warnings)
        state = "warning" if warnings else ""
        self._panel.strip.tell(text, state, (say("It matches"), self._matches), focus=True)

    def _matches(self) -> None:
        self._panel.strip.dismiss()
        for page in self._panel.pages:
            page.confirm_fresh()
        self._panel.focus_first()

    def look(self, view: CaseView) -> bool:
        """Looks for the document that was typed or read; True when a clerk is asked about its person."""
        answers: Mapping[str, Json] = self._panel.answers()
        asked = (str(answers.get(NUMBER) or ""), str(answers.get(ISSUER) or ""))
        if view.facts.get(NUMBER) is not None or not all(asked) or asked == self._asked:
            return False
        self._asked = asked
        found = self._seat.desk.find_person(*asked)
        if found is not None:
            self._ask(view.case, found)
        return found is not None

    def _ask(self, case: str, found: PersonRow) -> None:
        choices = [(say("Same person"), lambda: self._take(case, found))]
        text = say("Known here: {name}, born {birth}.", name=found.name, birth=found.birth_date)
        going = next((row for row in found.cases if row.status == "open" and row.case != case), None)
        if going is not None:
            text = say(
                "Known here: {name}, born {birth}. Case {number} is still open.",
                name=found.name,
                birth=found.birth_date,
                number=going.number,
            )
            choices.insert(0, (say("Open that case"), lambda: self.other_case.emit(going.case)))
        self._panel.strip.tell(text, "warning" if going is not None else "", *choices, focus=True)

    def _take(self, case: str, found: PersonRow) -> None:
        try:
            self._seat.desk.take_person(self._seat.operator, case, found.person)
        except KioskError as error:
            self._panel.strip.tell(error.text, "error")
            return
        self._panel.strip.dismiss()
        self.taken.emit()
