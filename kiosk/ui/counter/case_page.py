"""A case as one page: head, stages, the form of one stage, and what may be done about it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent, QPixmap
from PySide6.QtWidgets import QApplication, QStackedWidget, QWidget

from kiosk.errors import InvalidInput, KioskError
from kiosk.model.ask import Definitions, joined
from kiosk.model.case import ActionView, CaseView, Changed, StageView
from kiosk.model.entries import Json
from kiosk.model.text import Text, say
from kiosk.ui.counter.acting import Acting, unsighted
from kiosk.ui.counter.asking import Asking
from kiosk.ui.counter.case_head import CaseHead
from kiosk.ui.counter.case_papers import CasePapers
from kiosk.ui.counter.choosing import first_stage, main_action, stays
from kiosk.ui.counter.decide_panel import DecidePanel
from kiosk.ui.counter.reading import DocumentReading
from kiosk.ui.counter.seat import Seat
from kiosk.ui.counter.settling import SettleSheet, WhySheet
from kiosk.ui.counter.side_panel import ActionButton, SidePanel
from kiosk.ui.counter.stage_panel import DECIDED, StagePanel
from kiosk.ui.counter.strip import Strip
from kiosk.ui.fields.line import ENTER
from kiosk.ui.parts import column, row
from kiosk.ui.person import PersonWindow


class CasePage(QWidget):
    """Everything a clerk does with one case. It says what happened; where to go then the window decides."""

    left = Signal()  # back to the list
    told = Signal(object, str)  # a Text for the status bar, its state
    finished = Signal(object, object)  # ActionView, Changed: nothing more to do here for this operator
    slips_wanted = Signal(tuple)  # kinds to be printed now
    wanted = Signal(str)  # another case
    portrait_wanted = Signal()

    def __init__(self, seat: Seat, person: PersonWindow, host: QWidget) -> None:
        super().__init__()
        self.setObjectName("case")
        self._seat, self._host = seat, host
        self._view: CaseView | None = None
        self._stage = ""
        self._definitions: Definitions | None = None
        self._portrait: tuple[str, QPixmap | None] = ("", None)
        office = seat.desk.pack.office
        self.head = CaseHead(seat.words, office)
        self.panel = StagePanel(seat)
        self.decide = DecidePanel(seat)
        self.side = SidePanel(seat.words, office)
        self.acting = Acting(seat, host)
        self.asking = Asking(person, self)
        self.papers = CasePapers(seat, self.side.papers, host)
        self.reading = DocumentReading(seat, self.panel)
        self._left = QStackedWidget()
        self._left.addWidget(self.panel)
        self._left.addWidget(self.decide)
        body = row(self._left, self.side, spacing=0)
        body.setStretch(0, 1)
        whole = column(self.head, body, spacing=0)
        whole.setStretch(1, 1)
        self.setLayout(whole)
        self._connect()

    def _connect(self) -> None:
        self.head.back.connect(self.leave)
        self.head.stage_chosen.connect(self.choose)
        self.head.notice.connect(self.show_notice)
        self.head.portrait.connect(self.portrait_wanted)
        self.head.slips.connect(lambda: self.slips_wanted.emit(()))
        self.head.park.connect(self.park)
        self.panel.changed.connect(self._field_changed)
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

    # Opening and reading again ------------------------------------------------------------------------

    @property
    def view(self) -> CaseView | None:
        return self._view

    @property
    def case(self) -> str:
        return self._view.case if self._view is not None else ""

    @property
    def strip(self) -> Strip:
        """Where sentences about this case stand at this moment."""
        return self.decide.strip if self._left.currentWidget() is self.decide else self.panel.strip

    def open(self, case: str) -> None:
        """Shows a case; the journal notes who opened it once it stands on the screen."""
        self.panel.flush()
        self._definitions = self._seat.desk.definitions(case)
        self.reading.forget()
        for strip in (self.panel.strip, self.decide.strip):
            strip.dismiss()
        view = self._seat.desk.case(self._seat.operator, case, opened=False)
        self._stage = first_stage(view, self._seat.operator.roles)
        self._show(view)

    def note_opening(self) -> None:
        if self._view is not None and self._view.facts.get("person.document_number"):
            self._seat.desk.note_opening(self._seat.operator, self.case)

    def refresh(self) -> None:
        """Reads the case again: what was typed meanwhile is in the drafts and stays."""
        if self._view is None:
            return
        self.panel.flush()
        self.decide.flush()
        self._show(self._seat.desk.case(self._seat.operator, self.case, opened=False))

    def _show(self, view: CaseView) -> None:
        self._view, self.papers.case = view, view.case
        doctor = self._seat.operator.roles == ("doctor",)
        self.head.show_case(view, self._portrait_of(view), self._seat.desk.today(), doctor=doctor)
        self._show_stage()
        self._offer_settling(view)

    def _portrait_of(self, view: CaseView) -> QPixmap | None:
        reference = view.facts.get("case.portrait")
        if not reference:
            return None
        if self._portrait[0] != reference["blob"]:
            data, picture = self._seat.desk.blob(reference), QPixmap()
            made = data is not None and picture.loadFromData(data)
            if made:
                keep, smooth = Qt.AspectRatioMode.KeepAspectRatio, Qt.TransformationMode.SmoothTransformation
                picture = picture.scaled(60, 80, keep, smooth)
            self._portrait = (reference["blob"], picture if made else None)
        return self._portrait[1]

    @property
    def stage(self) -> StageView:
        assert self._view is not None
        return next(stage for stage in self._view.stages if stage.key == self._stage)

    def choose(self, stage: str) -> None:
        """Turns to another stage."""
        if stage == self._stage or self._view is None:
            return
        self.panel.flush()
        self._stage = stage
        self.strip.dismiss()
        self._show_stage()
        self._offer_settling(self._view)
        self.focus_first()

    def _show_stage(self) -> None:
        assert self._view is not None
        assert self._definitions is not None
        view, stage, definitions = self._view, self.stage, self._definitions
        self.head.choose(stage.key)
        main = main_action(view, stage, None)
        decides = main is not None and bool(main.definition.form) and not stage.forms
        if decides and main is not None:
            self.decide.show_case(view, stage, main, definitions)
        else:
            self.panel.show_stage(view, stage, definitions)
            self._propose()
        self._left.setCurrentWidget(self.decide if decides else self.panel)
        papers = [paper for paper in view.papers if paper.stage == stage.key]
        may = view.status == "open" and not view.read_only
        self.side.papers.show_papers(papers, view.items, may_edit=may)
        self._show_actions()

    def _show_actions(self) -> None:
        """The actions as they would stand if what is typed were recorded, and the originals seen."""
        assert self._view is not None
        view = self._view
        if view.status == "open":
            main = self._main()
            answers = self.panel.answers() if self._left.currentWidget() is self.panel else {}
            seen = unsighted(view, main) if main is not None else []
            actions = self._seat.desk.actions(self._seat.operator, view.case, answers, seen)
            view = self._view = replace(view, actions=actions)
        main = self._main()
        self.side.show_stage(view, self.stage, main, seen=bool(main is not None and unsighted(view, main)))

    def _main(self) -> ActionView | None:
        """What Ctrl+Enter does now."""
        assert self._view is not None
        page = self.panel.page if self._left.currentWidget() is self.panel else None
        return main_action(self._view, self.stage, page.form.key if page is not None else None)

    # Typing -------------------------------------------------------------------------------------------

    def focus_first(self) -> None:
        """Where the work begins: the first question without an answer, else the main action."""
        if self._left.currentWidget() is self.decide and self.decide.page is not None:
            self.decide.page.focus_first()
        elif not self.panel.focus_first():
            self.focus_main()

    def focus_main(self) -> None:
        if self.side.main is not None:
            self.side.main.setFocus(Qt.FocusReason.TabFocusReason)
        else:
            self.setFocus(Qt.FocusReason.OtherFocusReason)

    def _field_changed(self, key: str) -> None:
        self._propose()
        self._show_actions()
        if key.startswith("person.document_") and self._view is not None:
            self.reading.look(self._view)

    def _propose(self) -> None:
        if self._view is not None and self._view.status == "open":
            typed = self.panel.answers()
            self.panel.propose(self._seat.desk.proposals(self._seat.operator, self.case, typed))

    def scanned(self, text: str) -> bool:
        """A machine-readable zone, for the form on the screen; False when it does not belong here."""
        if self._view is None or self._left.currentWidget() is not self.panel:
            return False
        taken = self.reading.scanned(self._view, text)
        self._propose()
        self._show_actions()
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
        main = self._main()
        if main is not None:
            self._wanted(main)

    def _wanted(self, action: ActionView) -> None:
        assert self._view is not None
        assert self._definitions is not None
        main = self._main()
        is_main = main is not None and (main.stage, main.key) == (action.stage, action.key)
        on_page = self._left.currentWidget() is self.decide and is_main
        if on_page:
            self.decide.take_proposals()
        answers, overridable, complete = self._typed_for(action, is_main=is_main)
        if not complete:
            return
        if action.closed and not answers and not is_main:
            self.explain(action)
            return
        on_page = on_page or self.panel.form(action.definition.form) is not None
        self.acting.take(
            self._view, action, self._definitions, answers, overridable, asked=not on_page, main=is_main
        )

    def _typed_for(
        self, action: ActionView, *, is_main: bool
    ) -> tuple[dict[str, Json], dict[str, Json], bool]:
        """What was typed; False when a form that the action needs is not complete (it is shown)."""
        if self._left.currentWidget() is self.decide:
            page = self.decide.page if is_main else None
            if page is None:
                return {}, {}, True
            return page.answers(), {}, not page.show_problems(page.problems())
        answers = self.panel.answers()
        overridable: dict[str, Json] = {}
        if not is_main:
            return answers, overridable, True
        needed = {g.arguments.get("form") for g in action.definition.guards if g.name == "form_complete"}
        for page in self.panel.pages:
            overridable |= {key: value for key, value in page.overridable().items() if key in answers}
            wrong = [p for p in page.problems() if not p.overridable]
            if page.form.key in needed and wrong:
                self.panel.show_problems(wrong)
                return answers, overridable, False
        return answers, overridable, True

    def save(self) -> None:
        """Ctrl+S: records what was typed without taking any action."""
        assert self._view is not None
        if not self.panel.answers():
            return
        if self._view.facts.get("permit.status") in DECIDED:
            text = say("The permit is decided. Say why this is corrected.")
            sheet = WhySheet(self._host, self._seat, say("Correct a fact"), text)
            sheet.given.connect(self._record)
            sheet.open_sheet(sheet.reason)
        else:
            self._record("")

    def _record(self, reason: str) -> None:
        desk, operator = self._seat.desk, self._seat.operator
        try:
            desk.record(operator, self.case, self.panel.answers(), reason=reason)
        except KioskError as error:
            self._failed(error)
            return
        self.panel.recorded()
        self.refresh()
        self.told.emit(say("Saved"), "done")

    def _offer_settling(self, view: CaseView) -> None:
        """Unlike values wait for a person; the first of them is offered."""
        definitions = self._definitions
        here = f"case.stage.{self._stage}"
        key = here if here in view.contested else next(iter(view.contested), None)
        if key is None or definitions is None:
            return

        def open_sheet() -> None:
            sheet = SettleSheet(self._host, self._seat, view, definitions, key, view.contested[key])
            sheet.settled.connect(self.refresh)
            sheet.open_sheet(sheet.values)

        text = say("Two terminals wrote unlike values while they were apart.")
        self.strip.tell(text, "contested", (say("Settle…"), open_sheet))

    def _done(self, action: ActionView, changed: Changed) -> None:
        deciding = self._left.currentWidget() is self.decide
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
        self.strip.tell(error.text, "error")
        self.refresh_actions()

    def refresh_actions(self) -> None:
        """Reads why actions are closed again, leaving the form alone."""
        self._view = self._seat.desk.case(self._seat.operator, self.case, opened=False)
        papers = [paper for paper in self._view.papers if paper.stage == self._stage]
        self.side.papers.show_papers(papers, self._view.items, may_edit=self._view.status == "open")
        self._show_actions()

    def explain(self, action: ActionView | None = None) -> None:
        """F1: why the action that has the focus (or the main one) is closed."""
        if action is None:
            focus = QApplication.focusWidget()
            action = focus.action if isinstance(focus, ActionButton) else self._main()
        if action is None:
            self.strip.tell(say("Nothing to do here for you."))
        elif action.closed:
            for_ = say("{action} is closed:", action=Text(action.label))
            self.strip.tell(Text("{first} {rest}", {"first": for_, "rest": joined(action.closed)}), "warning")
        else:
            self.strip.tell(say("{action}: nothing stands in the way.", action=Text(action.label)), "done")

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

    def flush(self) -> None:
        """What was typed a moment ago goes into the drafts."""
        self.panel.flush()
        self.decide.flush()

    # Keys -----------------------------------------------------------------------------------------------

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key, control = event.key(), bool(event.modifiers() & Qt.KeyboardModifier.ControlModifier)
        page = self.decide.page if self._left.currentWidget() is self.decide else self.panel.page
        if page is not None and key == Qt.Key.Key_Alt:
            page.show_numbers(True)
            return
        alt = bool(event.modifiers() & Qt.KeyboardModifier.AltModifier)
        if page is not None and alt and Qt.Key.Key_1 <= key <= Qt.Key.Key_9:
            page.focus_number(key - Qt.Key.Key_0)
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
