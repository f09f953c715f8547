"""One action of a case at a browser: what it asks, why it is closed, and taking it.

An action is always a page of its own, so that nothing is decided by one press. The page carries a mark of
what it showed: when the case has changed meanwhile, it is shown anew before anything is decided.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from datetime import date

import msgspec
from starlette.responses import Response

from central.pages.cases import APPLICANT, compared, here, name_of, opened, pictures
from central.pages.controls import controls, raws_of, read, sent
from central.pages.site import Missing, Visit, again
from kiosk.actions.act import Operator
from kiosk.actions.reading import slip_title
from kiosk.actions.staff import CHOOSE_FIRST
from kiosk.errors import InvalidInput, KioskError, NotAllowed, StoreError
from kiosk.model.answers import Problem, problems, shown
from kiosk.model.ask import Definitions, Mark
from kiosk.model.case import ActionView, CaseView, Changed
from kiosk.model.entries import Json
from kiosk.model.fields import FIELD_TYPES, Context
from kiosk.model.forms import FieldDefinition
from kiosk.model.telling import disputes
from kiosk.model.text import Text, say

WHOLE_CASE = "case"  # in an address: an action of no stage
MARKS = {
    "missing": say("missing"),
    "unclear": say("unclear"),
    "differs": say("differs"),
    "expired": say("expired"),
}


class Sheet(msgspec.Struct, frozen=True):
    """An action and all that its page needs to know."""

    view: CaseView
    action: ActionView
    definitions: Definitions

    @property
    def fields(self) -> list[FieldDefinition]:
        form = self.action.definition.form
        return [f for f in self.definitions.forms[form].fields if f.type != "image"] if form else []

    @property
    def returns(self) -> bool:
        return self.action.definition.kind == "return"

    @property
    def takes_note(self) -> bool:
        return self.returns or bool(self.action.definition.reasons)

    @property
    def seen(self) -> str:
        """A mark of what the page shows of the case."""
        view = self.view
        told = (view.status, view.facts, [(s.key, s.state, s.shaken) for s in view.stages], view.contested)
        return hashlib.sha256(msgspec.json.encode(told, order="sorted")).hexdigest()[:16]


class Entered(msgspec.Struct, frozen=True):
    """What was sent with an action."""

    raws: Mapping[str, str] = msgspec.field(default_factory=dict)
    marks: Mapping[str, str] = msgspec.field(default_factory=dict)
    reason: str = ""
    note: str = ""


def act(visit: Visit) -> Response:
    case = name_of(visit)
    sheet = _sheet(visit, opened(visit, case), visit.site.desk.definitions(case))
    if not visit.sent:
        return _asked(visit, sheet, Entered(_proposed(visit, sheet)))
    entered = _entered(visit, sheet)
    answers, wrong = read(visit, sheet.fields, sheet.definitions, entered.raws, sheet.view.facts)
    note = FIELD_TYPES["text"].parse(entered.note, Context(visit.site.desk.today(), options={"max": 500}))
    if visit.get("seen") != sheet.seen:
        text = say("This case has changed since you opened this page. Look at it again before you decide.")
        return _asked(visit, sheet, entered, problem=text)
    if wrong or note.problem:
        return _asked(visit, sheet, entered, wrong, note.problem)
    try:
        changed = _perform(visit, sheet, answers, entered, note.value or "")
    except StoreError:
        raise
    except KioskError as error:
        found = error.problems if isinstance(error, InvalidInput) else ()
        return _asked(visit, sheet, entered, found, error.text)
    return visit.go("/cases" if sheet.action.stage else _address(visit), *_told(sheet, changed))


def _sheet(visit: Visit, view: CaseView, definitions: Definitions) -> Sheet:
    stage, name = visit.part("stage"), visit.part("action")
    for action in here(view):
        found = (action.stage or WHOLE_CASE, action.key) == (stage, name)
        if found and action.definition.roles != APPLICANT:
            return Sheet(view, action, definitions)
    raise Missing(say("This action is not open to you as the case stands now."))


def _perform(visit: Visit, sheet: Sheet, answers: Mapping[str, Json], entered: Entered, note: str) -> Changed:
    desk, operator, action = visit.site.desk, visit.operator, sheet.action
    items = [Mark(key, why) for key, why in entered.marks.items()]
    second = _second(visit)
    changed = {key: value for key, value in answers.items() if value != sheet.view.facts.get(key)}
    seen = {key: standing.entries for key, standing in sheet.view.standing.items()}
    return again(
        lambda: desk.perform(
            operator,
            sheet.view.case,
            action.stage,
            action.key,
            answers=changed,
            items=items,
            reason=entered.reason,
            note=note,
            second=second,
            seen=seen,
        )
    )


def _second(visit: Visit) -> Operator | None:
    """A second person's own sign-in; without one the desk says that it is needed."""
    number = visit.get("second.number")
    if not number:
        return None
    account = visit.site.accounts.sign_in(number, visit.get("second.passphrase"))
    if account.is_given:
        raise NotAllowed(CHOOSE_FIRST)
    return account.operator


def _told(sheet: Sheet, changed: Changed) -> list[Text]:
    row = sheet.view.row
    name = row.name or row.number
    told = [say("Done: {action}. {name}", action=Text(sheet.action.label), name=name)]
    for slip in changed.slips:
        title = Text(slip_title(slip.kind))
        told.append(say("To be printed at a counter: {slip}", slip=title))
    return told


# --- the page ------------------------------------------------------------------------------------------


def _asked(
    visit: Visit,
    sheet: Sheet,
    entered: Entered,
    wrong: Sequence[Problem] = (),
    problem: Text | None = None,
) -> Response:
    view, definition = sheet.view, sheet.action.definition
    told = {one.key: one.text for one in wrong}
    asked = controls(visit, sheet.fields, sheet.definitions, entered.raws, told)
    codes = sheet.definitions.codes
    stage = next((stage for stage in view.stages if stage.key == sheet.action.stage), None)
    return visit.page(
        "action.html",
        422 if problem or wrong else 200,
        view=view,
        action=sheet.action,
        stage=stage,
        address=_address(visit),
        controls=asked,
        wrong=[(one, one.problem) for one in asked if one.problem],
        problem=problem,
        entered=entered,
        reasons=tuple(codes.get(definition.reasons, {}).values()),
        markables=_markables(sheet) if sheet.returns else (),
        marks=MARKS,
        takes_note=sheet.takes_note,
        asks_second=definition.second or (sheet.returns and problem is not None),  # a late mark needs one
        exceptions=_exceptions(sheet, visit.site.desk.today()),
        compared=tuple(compared(visit, view, sheet.definitions)),
        pictures=pictures(view),
        bound=_bound(visit, sheet),
        seen=sheet.seen,
    )


def _address(visit: Visit) -> str:
    return f"/cases/{visit.part('case')}"


def _proposed(visit: Visit, sheet: Sheet) -> dict[str, str]:
    """What is recorded or proposed; of a new permit nothing of an earlier one."""
    proposed = visit.site.desk.proposals(visit.operator, sheet.view.case, {})
    return raws_of(sheet.fields, {**proposed, **sheet.view.facts})


def _entered(visit: Visit, sheet: Sheet) -> Entered:
    marks = {key: visit.get(f"mark.{key}") for key, _ in _markables(sheet)} if sheet.returns else {}
    return Entered(
        sent(visit, sheet.fields),
        {key: why for key, why in marks.items() if why},
        visit.get("reason"),
        visit.get("note"),
    )


def _bound(visit: Visit, sheet: Sheet) -> Text | None:
    """The last day that a permit may have, and what sets it."""
    if not any(field.propose == "permit_end" for field in sheet.fields):
        return None
    day, bound = visit.site.desk.permit_bound(visit.operator, sheet.view.case, visit.site.desk.today())
    return say("Until {day} at most: {bound}", day=day, bound=bound)


def _markables(sheet: Sheet) -> list[tuple[str, str]]:
    """(key, label) of the papers that are asked and of the stage's fields; of all where it has no form."""
    view, definitions = sheet.view, sheet.definitions
    stage = definitions.track.stage(sheet.action.stage)
    papers = [
        (f"paper.{paper.stage}.{paper.key}", paper.label)
        for paper in view.papers
        if paper.stage == stage.key or not stage.forms
    ]
    every = [key for each in definitions.track.stages if not each.private for key in each.forms]
    fields = [f for key in stage.forms or every for f in definitions.forms[key].fields]
    return papers + [(f.key, f.label) for f in fields if shown(f, view.facts) and f.type != "image"]


def _exceptions(sheet: Sheet, today: date) -> list[tuple[str, Text]]:
    """What must be looked at before one decides, most serious first: its kind and what it says."""
    view, definitions = sheet.view, sheet.definitions
    labels = {f.key: Text(f.label) for form in definitions.forms.values() for f in form.fields}
    found = [("contested", text) for text in disputes(view, definitions)]
    found += [("warning", reason) for reason in sheet.action.closed]
    for form in definitions.forms.values():
        if any(view.facts.get(f.key) is not None for f in form.fields):
            for one in problems(form, view.facts, today=today, codes=definitions.codes):
                if one.severity == "warning":
                    found.append(
                        ("warning", say("{field}: {reason}", field=labels[one.key], reason=one.text))
                    )
    found += [
        ("warning", say("{field} was corrected by {name}.", field=labels[key], name=old[-1].by))
        for key, old in view.changes.items()
        if key in labels
    ]
    return found
