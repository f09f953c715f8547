"""A case as one page: head, stages, the form of one stage, what may be done, and what was done."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec.structs import replace
from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QApplication, QStackedWidget, QWidget

from kiosk.model.ask import Definitions
from kiosk.model.case import ActionView, CaseView, StageView
from kiosk.model.disputes import may_settle, next_to_settle
from kiosk.model.persons import LINKED
from kiosk.model.roles import is_only_doctor
from kiosk.model.telling import doubled_in, told_of
from kiosk.model.text import Text, lines, say
from kiosk.ui.counter.acting import unsighted
from kiosk.ui.counter.case_head import CaseHead
from kiosk.ui.counter.choosing import first_stage, main_action, stage_of
from kiosk.ui.counter.decide_panel import DecidePanel
from kiosk.ui.counter.seat import Seat
from kiosk.ui.counter.side_panel import ActionButton, SidePanel
from kiosk.ui.counter.stage_panel import StagePanel
from kiosk.ui.counter.strip import Strip
from kiosk.ui.forms import FormPage
from kiosk.ui.parts import column, row


class CaseShow(QWidget):
    """Shows one case; `CasePage` lets a clerk do something about it."""

    shown = Signal()  # a case or another stage of it stands on the screen now
    twins_wanted = Signal()  # the other records of this person, side by side

    def __init__(self, seat: Seat) -> None:
        super().__init__()
        self.setObjectName("case")
        self._seat = seat
        self._view: CaseView | None = None
        self._stage = ""
        self.definitions: Definitions | None = None
        office = seat.desk.pack.office
        self.head = CaseHead(seat.words, office)
        self.panel = StagePanel(seat)
        self.decide = DecidePanel(seat)
        self.side = SidePanel(seat.words, office)
        self._left = QStackedWidget()
        self._left.addWidget(self.panel)
        self._left.addWidget(self.decide)
        body = row(self._left, self.side, spacing=0)
        body.setStretch(0, 1)
        self.banner = Strip(seat.words, "banner", quiet=True)
        whole = column(self.head, row(self.banner, margins=(16, 0, 16, 8)), body, spacing=0)
        whole.setStretch(2, 1)
        self.setLayout(whole)

    # Opening and reading again ------------------------------------------------------------------------

    @property
    def view(self) -> CaseView | None:
        return self._view

    @property
    def case(self) -> str:
        return self._view.case if self._view is not None else ""

    @property
    def deciding(self) -> bool:
        """Whether a decision stands in place of the forms."""
        return self._left.currentWidget() is self.decide

    @property
    def page(self) -> FormPage | None:
        """The form that is being filled in."""
        return self.decide.page if self.deciding else self.panel.page

    @property
    def strip(self) -> Strip:
        """Where sentences about this case stand at this moment."""
        return self.decide.strip if self.deciding else self.panel.strip

    def open(self, case: str) -> None:
        """Shows a case; the journal notes who opened it once it stands on the screen."""
        self.flush()
        self.definitions = self._seat.desk.definitions(case)
        for strip in (self.panel.strip, self.decide.strip):
            strip.dismiss()
        view = self._seat.desk.case(self._seat.operator, case, opened=False)
        self._stage = first_stage(view, self._seat.operator.roles)
        self._show(view)

    def note_opening(self) -> None:
        if self._view is not None and self._view.facts.get("case.person"):  # else nothing is known of anybody
            self._seat.desk.note_opening(self._seat.operator, self.case)

    def refresh(self) -> None:
        """Reads the case again: what was typed meanwhile is in the drafts and stays."""
        if self._view is None:
            return
        self.flush()
        self._show(self._seat.desk.case(self._seat.operator, self.case, opened=False))

    def look_again(self) -> CaseView | None:
        """The case as it stands now; what is on the screen stays."""
        if self._view is None:
            return None
        return self._seat.desk.case(self._seat.operator, self.case, opened=False)

    def show_around(self, view: CaseView) -> None:
        """Everything of a case but the form that is being filled in."""
        self._view = view
        self._show_banner(view)
        self.head.show_case(view, self._seat.desk, doctor=is_only_doctor(self._seat.operator.roles))
        self.head.choose(self._stage)
        self.refresh_actions()

    def _show(self, view: CaseView) -> None:
        self._view = view
        doctor = is_only_doctor(self._seat.operator.roles)
        self.head.show_case(view, self._seat.desk, doctor=doctor)
        self._show_banner(view)
        self._show_stage()
        self.shown.emit()

    def _show_banner(self, view: CaseView) -> None:
        """Whether this person may have been registered twice, or a number was given twice."""
        said = [text for text in (doubled_in(view.doubled), told_of(view.twins)) if text is not None]
        if not said:
            self.banner.dismiss()
            return
        is_calm = not view.doubled and all(twin.link == LINKED for twin in view.twins)
        choices = [(say("Compare…"), self.twins_wanted.emit)] if view.twins else []
        self.banner.tell(lines(*said), "" if is_calm else "warning", *choices)

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
        self.shown.emit()
        self.focus_first()

    def look_at(self, keys: Sequence[str]) -> None:
        """Turns to the stage of the first fact that has one, and to its field."""
        assert self.definitions is not None
        stage, key = stage_of(self.definitions, keys)
        if not stage:
            return
        self.choose(stage)
        if not self.deciding:
            self.panel.focus_field(key)
        elif self.page is not None and key in self.page.fields:
            self.page.focus_field(key)

    def _show_stage(self) -> None:
        assert self._view is not None
        assert self.definitions is not None
        view, stage, definitions = self._view, self.stage, self.definitions
        self.head.choose(stage.key)
        main = main_action(view, stage, None)
        decides = main is not None and bool(main.definition.form) and not stage.forms
        if decides and main is not None:
            self.decide.show_case(view, stage, main, definitions)
        else:
            self.panel.show_stage(view, stage, definitions)
            self.propose()
        self._left.setCurrentWidget(self.decide if decides else self.panel)
        papers = [paper for paper in view.papers if paper.stage == stage.key]
        may = view.status == "open" and not view.read_only
        self.side.papers.show_papers(papers, view.items, may_edit=may)
        self.show_actions()

    def show_actions(self) -> None:
        """The actions as they would stand if what is typed or proposed were recorded, the originals seen."""
        assert self._view is not None
        view = self._view
        if view.status == "open":
            main = self.main()
            answers = {} if self.deciding else {**self.panel.offers(), **self.panel.answers_so_far()}
            seen = unsighted(view, main) if main is not None else []
            actions = self._seat.desk.actions(self._seat.operator, view.case, answers, seen)
            view = self._view = replace(view, actions=actions)
        main = self.main()
        sights = main is not None and bool(unsighted(view, main))
        self.side.show_stage(view, self.stage, main, seen=sights, settles=self.settles)

    def main(self) -> ActionView | None:
        """What Ctrl+Enter does now."""
        assert self._view is not None
        form = self.page.form.key if self.page is not None and not self.deciding else None
        return main_action(self._view, self.stage, form)

    def refresh_actions(self) -> None:
        """Reads why actions are closed again, leaving the form alone."""
        self._view = self._seat.desk.case(self._seat.operator, self.case, opened=False)
        papers = [paper for paper in self._view.papers if paper.stage == self._stage]
        self.side.papers.show_papers(papers, self._view.items, may_edit=self._view.status == "open")
        self.show_actions()

    @property
    def to_settle(self) -> str | None:
        """What was written apart and waits for a person; what is offered first here."""
        assert self._view is not None
        return next_to_settle(self._view.contested, self._stage, self._seat.operator.roles)

    @property
    def settles(self) -> bool:
        """Whether whoever sits here is that person."""
        key = self.to_settle
        return key is not None and may_settle(key, self._seat.operator.roles)

    def explain(self, action: ActionView | None = None) -> None:
        """F1: why the action that has the focus (or the main one) is closed."""
        if action is None:
            focus = QApplication.focusWidget()
            action = focus.action if isinstance(focus, ActionButton) else self.main()
        if action is None and self.settles:
            return  # what there is to do stands in the strip
        if action is None:
            self.strip.tell(say("Nothing to do here for you."))
        elif action.closed:
            for_ = say("{action} is closed:", action=Text(action.label))
            self.strip.tell(lines(for_, *action.closed), "warning")
        else:
            self.strip.tell(say("{action}: nothing stands in the way.", action=Text(action.label)), "done")

    def propose(self) -> None:
        """Offers what the rules propose for what is typed so far."""
        if self._view is not None and self._view.status == "open":
            typed = self.panel.answers_so_far()
            self.panel.propose(self._seat.desk.proposals(self._seat.operator, self.case, typed))

    # Where the focus goes -----------------------------------------------------------------------------

    def focus_first(self) -> None:
        """Where the work begins: the first question without an answer, else the main action."""
        if self.deciding:
            self.decide.focus_first()
        elif not self.panel.focus_first():
            self.focus_main()

    def focus_main(self) -> None:
        if self.side.main is not None:
            self.side.main.setFocus(Qt.FocusReason.TabFocusReason)
        else:
            self.setFocus(Qt.FocusReason.OtherFocusReason)

    def flush(self) -> None:
        """What was typed a moment ago goes into the drafts."""
        self.panel.flush()
        self.decide.flush()
