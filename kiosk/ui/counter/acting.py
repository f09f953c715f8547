"""Taking an action: asking what it needs, telling the desk, and saying what came of it."""

from __future__ import annotations

from collections.abc import Collection, Mapping

import msgspec
from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from kiosk.actions.act import Operator
from kiosk.actions.slips import REMEDY_OF
from kiosk.errors import InvalidInput, KioskError, Overtaken
from kiosk.model.ask import Definitions
from kiosk.model.case import ActionView, CaseView, Changed
from kiosk.model.entries import Json
from kiosk.model.text import Text, lines, say
from kiosk.ui.counter.action_sheet import ActionSheet, SecondSheet
from kiosk.ui.counter.seat import Seat

CHANGED = say("This case has changed since you opened this page. Look at it again before you decide.")


class Typed(msgspec.Struct):
    """What was typed on the stage's forms."""

    answers: Mapping[str, Json] = {}
    seen: dict[str, Collection[str]] = {}  # by which entries those fields stood before
    overridable: Mapping[str, Json] = {}  # of the answers: they need a supervisor's word


class Acting(QObject):
    """Knows no action by name: what to ask stands in the workflow."""

    done = Signal(object, object)  # ActionView, Changed
    failed = Signal(object)  # KioskError, of an action that needed no sheet
    read_back = Signal(object)  # ActionView: only the person himself may do this, on his own screen

    def __init__(self, seat: Seat, host: QWidget) -> None:
        super().__init__(host)
        self._seat, self._host = seat, host

    def take(
        self,
        view: CaseView,
        action: ActionView,
        definitions: Definitions,
        typed: Typed,
        *,
        asked: bool = True,
        main: bool = False,
    ) -> None:
        """`asked` is False where what the action asks stands on the page itself."""
        definition = action.definition
        if definition.roles == ("applicant",):
            self.read_back.emit(action)
        elif asked and needs_sheet(action, main=main):
            self._open_sheet(view, action, definitions, typed)
        elif typed.overridable:
            self._ask_supervisor(view, action, typed)
        else:
            self._perform(view, action, typed)

    def _open_sheet(self, view: CaseView, action: ActionView, definitions: Definitions, typed: Typed) -> None:
        remedy = None
        if action.definition.kind == "refuse":
            remedy = remedy_text(self._seat, definitions, action.stage)
        sheet = ActionSheet(self._host, self._seat, view, action, definitions, remedy=remedy)
        sheet.accepted.connect(lambda: self._from_sheet(sheet, definitions, typed))
        sheet.start()

    def _from_sheet(self, sheet: ActionSheet, definitions: Definitions, typed: Typed) -> None:
        if not sheet.is_right():
            return
        told = self._changed_meanwhile(sheet, definitions)
        if told is not None:
            sheet.show_error(told)
            return
        answers, seen = {**typed.answers, **sheet.answers()}, {**typed.seen, **sheet.seen()}
        try:
            changed = self._write(sheet.view, sheet.action, Typed(answers, seen), sheet=sheet)
        except Overtaken as error:
            typed.seen |= {key: standing.entries for key, standing in error.standing.items()}
            if sheet.page is not None:
                sheet.page.show_standing(error.standing)
            sheet.show_error(lines(self._seat.standing(definitions, error.standing), error.text))
        except InvalidInput as error:
            sheet.show_error(error.text)
            if sheet.page is not None:
                sheet.page.show_problems(error.problems)
        except KioskError as error:
            sheet.show_error(error.text)
            if sheet.marks is not None or sheet.action.definition.second:
                sheet.offer_second()
        else:
            sheet.forget()
            sheet.close_sheet()
            self.done.emit(sheet.action, changed)

    def _changed_meanwhile(self, sheet: ActionSheet, definitions: Definitions) -> Text | None:
        """What has changed in the case since the sheet was opened, or since this was told."""
        before = sheet.view
        sheet.view = self._seat.desk.case(self._seat.operator, sheet.view.case, opened=False)
        own = {f"case.paper.{stage}.{paper}" for stage, paper in unsighted(before, sheet.action)}
        after = {key: one for key, one in sheet.view.standing.items() if key not in own}
        changed = {key: one for key, one in after.items() if before.standing.get(key) != one}
        if not changed:
            return None
        fields = {key: one for key, one in changed.items() if definitions.field(key) is not None}
        return lines(self._seat.standing(definitions, fields), CHANGED)

    def _ask_supervisor(self, view: CaseView, action: ActionView, typed: Typed) -> None:
        why = say("A check digit fails. A supervisor who has seen the document may let it pass.")
        sheet = SecondSheet(self._host, self._seat, say("A supervisor signs in"), why)
        reasons = dict.fromkeys(typed.overridable, "document_seen")

        def signed(second: Operator) -> None:
            self._perform(view, action, typed, second=second, overrides=reasons)

        sheet.signed_in.connect(signed)
        sheet.open_sheet(sheet.credentials.number)

    def _perform(
        self,
        view: CaseView,
        action: ActionView,
        typed: Typed,
        *,
        second: Operator | None = None,
        overrides: Mapping[str, str] | None = None,
    ) -> None:
        try:
            changed = self._write(view, action, typed, second=second, overrides=overrides)
        except KioskError as error:
            self.failed.emit(error)
        else:
            self.done.emit(action, changed)

    def _write(
        self,
        view: CaseView,
        action: ActionView,
        typed: Typed,
        *,
        sheet: ActionSheet | None = None,
        second: Operator | None = None,
        overrides: Mapping[str, str] | None = None,
    ) -> Changed:
        """The main action says that the originals were seen, too: they are noted before it."""
        desk, operator = self._seat.desk, self._seat.operator
        if action.definition.kind == "advance":
            for stage, paper in unsighted(view, action):
                desk.sight_paper(operator, view.case, stage, paper)
        return desk.perform(
            operator,
            view.case,
            action.stage,
            action.key,
            answers=typed.answers,
            items=sheet.items() if sheet is not None else (),
            reason=sheet.reason() if sheet is not None else "",
            note=sheet.said() if sheet is not None else "",
            second=sheet.second if sheet is not None else second,
            overrides=overrides,
            seen=typed.seen,
        )


def needs_sheet(action: ActionView, *, main: bool) -> bool:
    """Whether something must be asked, or looked at twice, before the action is taken."""
    definition = action.definition
    asks = definition.form or definition.reasons or definition.kind == "return" or definition.second
    return bool(asks) or not main


def needed_forms(action: ActionView) -> set[object]:
    """The forms that the action's guards ask to be complete."""
    return {g.arguments.get("form") for g in action.definition.guards if g.name == "form_complete"}


def unsighted(view: CaseView, action: ActionView) -> list[tuple[str, str]]:
    """Originals that the action's guards ask for and that were not noted as seen."""
    stages = [
        guard.arguments.get("stage") for guard in action.definition.guards if guard.name == "papers_complete"
    ]
    return [
        (paper.stage, paper.key)
        for paper in view.papers
        if paper.stage in stages and paper.definition.required and not paper.sighted
    ]


def remedy_text(seat: Seat, definitions: Definitions, stage: str) -> Text | None:
    """The remedy that the refusal's paper will name."""
    track = definitions.track
    profile = seat.desk.pack.profiles[track.profile]
    final = "remedy_permit_national" if profile.final_decision else "remedy_permit_border"
    department = track.stage(stage).department
    key = REMEDY_OF.get(department, REMEDY_OF.get(stage, final))
    text = seat.desk.pack.office.texts.get(key)
    return Text(text) if text else None
