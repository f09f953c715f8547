"""What a clerk does with a case: fills in forms, takes actions, asks the person, attaches papers."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QWidget

from kiosk.errors import InvalidInput, KioskError, Overtaken
from kiosk.model.case import ActionView, Changed
from kiosk.model.telling import label as name_of
from kiosk.model.text import Text, lines, say
from kiosk.ui.counter.acting import Acting, Typed, needed_forms
from kiosk.ui.counter.asking import Asking
from kiosk.ui.counter.case_papers import CasePapers
from kiosk.ui.counter.case_show import CaseShow
from kiosk.ui.counter.choosing import stays
from kiosk.ui.counter.reading import DocumentReading
from kiosk.ui.counter.seat import Seat
from kiosk.ui.counter.settling import SettleSheet, WhySheet
from kiosk.ui.counter.stage_panel import DECIDED
from kiosk.ui.counter.twins import TwinsSheet
from kiosk.ui.fields.line import ENTER, with_alt
from kiosk.ui.person import PersonWindow

CORRECTION = "correction"  # in the key of the draft of its reason


class CasePage(CaseShow):
    """Everything a clerk does with one case. It says what happened; where to go then the window decides."""

    left = Signal()  # back to the list
    told = Signal(object, str)  # a Text for the status bar, its state
    finished = Signal(object, object)  # ActionView, Changed: nothing more to do here for this operator
    slips_wanted = Signal(tuple)  # kinds to be printed now
    wanted = Signal(str)  # another case
    portrait_wanted = Signal()

    def __init__(self, seat: Seat, person: PersonWindow, host: QWidget) -> None:
        super().__init__(seat)
        self._host = host
        self.acting = Acting(seat, host)
        self.asking = Asking(person, self)
        self.papers = CasePapers(seat, self.side.papers, host)
        self.reading = DocumentReading(seat, self.panel)
        self._connect()

    def _connect(self) -> None:
        self.head.back.connect(self.leave)
        self.head.stage_chosen.connect(self.choose)
        self.head.notice.connect(self.show_notice)
        self.head.portrait.connect(self.portrait_wanted)
        self.head.slips.connect(lambda: self.slips_wanted.emit(()))
        self.head.park.connect(self.park)
        self.shown.connect(self._shown)
        self.twins_wanted.connect(self.show_twins)
        self.panel.changed.connect(self._field_changed)
        self.panel.turned.connect(self.show_actions)
        self.panel.walked_off.connect(self.focus_main)
        self.panel.picture_wanted.connect(lambda _key: self.portrait_wanted.emit())
        self.panel.employer_picked.connect(self._take_employer)
        self.decide.walked_off.connect(self.focus_main)
        self.side.wanted.connect(self._wanted)
        self.side.explained.connect(self.explain)
        self.asking.told.connect(self.told)
        self.papers.changed.connect(self.refresh_actions)
        self.papers.failed.connect(self._failed)
        self.acting.done.connect(self._done)
        self.acting.failed.connect(self._failed)
        self.acting.read_back.connect(self._ask_person)
        self.reading.taken.connect(self._person_taken)
        self.reading.other_case.connect(self.wanted)

    # Typing -------------------------------------------------------------------------------------------

    def _field_changed(self, key: str) -> None:
        self.propose()
        self.show_actions()
        if key.startswith("person.document_") and self._view is not None:
            self.reading.look(self._view)

    def scanned(self, text: str) -> bool:
        """A machine-readable zone, for the form on the screen; False when it does not belong here."""
        if self._view is None or self.deciding:
            return False
        taken = self.reading.scanned(self._view, text)
        self.propose()
        self.show_actions()
        return taken

    def typed_number(self, number: str) -> None:
        """A document's number that was looked for and not found: it is the new person's."""
        page = next((p for p in self.panel.pages if "person.document_number" in p.fields), None)
        if page is not None:
            page.fields["person.document_number"].put_raw(number)
            page.typed.emit()

    def _take_employer(self, guarantor: str) -> None:
        try:
            self._seat.desk.take_guarantor(self._seat.operator, self.case, guarantor)
        except KioskError as error:
            self._failed(error)
            return
        self.refresh()
        self.focus_first()

    def _person_taken(self) -> None:
        self.refresh()
        self.reading.compare()

    # Actions ------------------------------------------------------------------------------------------

    def take_main(self) -> None:
        """Ctrl+Enter."""
        main = self.main()
        if main is not None:
            self._wanted(main)

    def _wanted(self, action: ActionView) -> None:
        assert self._view is not None
        assert self.definitions is not None
        main = self.main()
        is_main = main is not None and (main.stage, main.key) == (action.stage, action.key)
        on_page = self.deciding and is_main
        if is_main and not self._take_proposals(action):
            self.told.emit(say("Look at this first, then press Ctrl+Enter again."), "warning")
            return
        typed = self._typed_for(action, is_main=is_main)
        if typed is None:
            return
        if action.closed and not typed.answers and not is_main:
            self.explain(action)
            return
        on_page = on_page or self.panel.form(action.definition.form) is not None
        self.acting.take(self._view, action, self.definitions, typed, asked=not on_page, main=is_main)

    def _take_proposals(self, action: ActionView) -> bool:
        """Takes what the form on the screen proposes, where the action asks for that form."""
        page = self.page
        if page is None or not (self.deciding or page.form.key in needed_forms(action)):
            return True
        return page.take_proposals()

    def _typed_for(self, action: ActionView, *, is_main: bool) -> Typed | None:
        """What was typed; None when a form that the action needs is not complete (it is shown)."""
        if self.deciding:
            page = self.decide.page if is_main else None
            if page is None:
                return Typed()
            return None if page.show_problems(page.problems()) else Typed(page.answers(), page.seen())
        typed = Typed(self.panel.answers(), self.panel.seen())
        if not is_main:
            return typed
        needed = needed_forms(action)
        for page in self.panel.pages:
            found = {key: value for key, value in page.overridable().items() if key in typed.answers}
            typed.overridable = {**typed.overridable, **found}
            wrong = [p for p in page.problems() if not p.overridable]
            if page.form.key in needed and wrong:
                self.panel.show_problems(wrong)
                return None
        return typed

    def save(self) -> None:
        """Ctrl+S: records what was typed without taking any action."""
        assert self._view is not None
        if not self.panel.answers():
            return
        if self._view.facts.get("permit.status") in DECIDED:
            text = say("The permit is decided. Say why this is corrected.")
            key = f"{self.case}/{CORRECTION}"
            sheet = WhySheet(self._host, self._seat, say("Correct a fact"), text, key)
            sheet.given.connect(self._record)
            sheet.open_sheet(sheet.reason)
        else:
            self._record("")

    def _record(self, reason: str) -> None:
        desk, operator = self._seat.desk, self._seat.operator
        try:
            desk.record(operator, self.case, self.panel.answers(), reason=reason, seen=self.panel.seen())
        except KioskError as error:
            self._failed(error)
            return
        if reason:
            desk.drop_draft(operator, f"{self.case}/{CORRECTION}")
        self.panel.recorded()
        self.strip.dismiss()
        self.refresh()
        self.told.emit(say("Saved"), "done")

    def _shown(self) -> None:
        """Another case, or another stage: unlike values wait for a person, and are offered to be settled."""
        view, definitions = self._view, self.definitions
        if view is None or definitions is None:
            return
        if self.papers.case != view.case:
            self.papers.case = view.case
            self.reading.forget()
        key = self.to_settle
        if key is None:
            return
        field = name_of(definitions, key)
        text = say("{field}: unlike values were written at desks that were apart.", field=field)
        if any(stage.shaken and key == f"case.stage.{stage.key}" for stage in view.stages):
            text = say("{stage}: what this rests on was changed unseen at another desk.", stage=field)
        if self.settles:
            self.strip.tell(text, "contested", (say("Settle…"), lambda: self.settle(key)))
        else:
            self.strip.tell(lines(text, say("A supervisor settles it.")), "contested")

    def settle(self, key: str) -> None:
        """Shows side by side what desks wrote apart, to be settled."""
        desk, operator, definitions = self._seat.desk, self._seat.operator, self.definitions
        dispute = desk.dispute(operator, self.case, key)
        if dispute is None or definitions is None:  # settled elsewhere meanwhile
            self.strip.dismiss()
            self.refresh()
            return
        sheet = SettleSheet(self._host, self._seat, self.case, definitions, dispute)
        sheet.settled.connect(self._settled)
        sheet.open_sheet(sheet.values)

    def show_twins(self) -> None:
        """Shows the other records that may be of the same person."""
        desk, operator = self._seat.desk, self._seat.operator
        assert self.definitions is not None
        try:
            records = desk.records(operator, self.case)
        except KioskError as error:
            self._failed(error)
            return
        if len(records) < 2:  # another document was written meanwhile
            self.refresh()
            return
        sheet = TwinsSheet(self._host, self._seat, self.case, self.definitions, records)
        sheet.changed.connect(self.refresh)
        sheet.wanted.connect(self.wanted)
        sheet.open_sheet(sheet.reason if sheet.reason.isVisibleTo(sheet) else sheet.cancel)

    def _settled(self) -> None:
        self.strip.dismiss()
        self.refresh()

    def _done(self, action: ActionView, changed: Changed) -> None:
        deciding = self.deciding
        self.panel.recorded()
        if deciding:
            self.decide.recorded()
        self.strip.dismiss()
        self.refresh()
        assert self._view is not None
        stage = Text(self.stage.label) if action.stage else Text(self._view.track.label)
        self.told.emit(say("{stage}: {action}", stage=stage, action=Text(action.label)), "done")
        kinds = tuple(request.kind for request in changed.slips)
        if kinds and not (deciding and action.definition.kind == "advance"):
            self.slips_wanted.emit(kinds)  # an approval is printed where the permit is handed over
        if stays(self._view, action):
            self.focus_first()
        else:
            self.finished.emit(action, changed)

    def _failed(self, error: KioskError) -> None:
        if isinstance(error, InvalidInput):
            self.panel.show_problems(error.problems)
        if isinstance(error, Overtaken):
            self._tell(error)
        else:
            self.strip.tell(error.text, "error")
        self.refresh_actions()

    def _tell(self, error: Overtaken) -> None:
        """What another desk wrote stands beside what is typed here; what is done again replaces it."""
        assert self.definitions is not None
        pages = [self.decide.page] if self.deciding else self.panel.pages
        for page in pages:
            if page is not None:
                page.show_standing(error.standing)
        self.strip.tell(lines(self._seat.standing(self.definitions, error.standing), error.text), "warning")
        if not self.deciding:
            self.panel.focus_field(next(iter(error.standing)))

    # The person's screen, parking -----------------------------------------------------------------------

    def show_notice(self) -> None:
        """F8."""
        if self._view is not None:
            self.asking.notice(self._view)

    def _ask_person(self, action: ActionView) -> None:
        if self._view is not None:
            self.asking.confirmation(self._view, action, self.strip)

    def person_answered(self, how: str) -> None:
        """The person's screen has an answer; `how` is a word of `PersonWindow.done`."""
        if self._view is not None:
            self.refresh()
            self.asking.answered(how, self.strip)

    def park(self) -> None:
        """F7: a colleague may take over; a parked case is taken up again."""
        assert self._view is not None
        parked = not self._view.parked_by
        desk, operator, case = self._seat.desk, self._seat.operator, self.case
        self.panel.flush()
        try:
            desk.park(operator, case, parked)
        except KioskError as error:
            self._failed(error)
            return
        if parked:
            self.told.emit(say("Parked. It stands in the list “Parked”."), "done")
            self.left.emit()
        else:
            self.refresh()

    def leave(self) -> None:
        """Back to the list; what was typed stays as a draft."""
        self.flush()
        self.left.emit()

    # Keys -----------------------------------------------------------------------------------------------

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key, control = event.key(), bool(event.modifiers() & Qt.KeyboardModifier.ControlModifier)
        if self.page is not None and key == Qt.Key.Key_Alt:
            self.page.show_numbers(True)
            return
        if self.page is not None and with_alt(event) and Qt.Key.Key_1 <= key <= Qt.Key.Key_9:
            self.page.focus_number(key - Qt.Key.Key_0)
            return
        plain: Mapping[int, object] = {
            Qt.Key.Key_F1: self.explain,
            Qt.Key.Key_F6: self.portrait_wanted.emit,
            Qt.Key.Key_F7: self.park,
            Qt.Key.Key_F8: self.show_notice,
            Qt.Key.Key_F9: lambda: self.slips_wanted.emit(()),
            Qt.Key.Key_Escape: self.leave,
        }
        controlled: Mapping[int, object] = {
            **dict.fromkeys(ENTER, self.take_main),
            Qt.Key.Key_S: self.save,
            Qt.Key.Key_PageDown: lambda: self.panel.turn(1),
            Qt.Key.Key_PageUp: lambda: self.panel.turn(-1),
        }
        act = (controlled if control else plain).get(key)
        stages = self._view.stages if self._view is not None else ()
        if act is not None:
            act()  # type: ignore[operator]
        elif control and Qt.Key.Key_1 <= key < Qt.Key.Key_1 + len(stages):
            self.choose(stages[key - Qt.Key.Key_1].key)
        else:
            event.ignore()

    def keyReleaseEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Alt:
            for page in (self.decide.page, self.panel.page):
                if page is not None:
                    page.show_numbers(False)
        super().keyReleaseEvent(event)
