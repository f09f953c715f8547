"""The work list, and a case as one page: the same reading as at a counter, limited to the same roles."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec
from starlette.responses import Response

from central.pages.site import Missing, Visit, again
from kiosk.actions import gate
from kiosk.actions.reading import slip_title
from kiosk.errors import Refused
from kiosk.model.answers import shown
from kiosk.model.ask import Definitions
from kiosk.model.case import ActionView, CaseView, PaperView, StageView
from kiosk.model.disputes import Dispute
from kiosk.model.entries import Json
from kiosk.model.fields import FIELD_TYPES, Context
from kiosk.model.forms import FieldDefinition
from kiosk.model.numbers import MISTYPED, is_mistyped
from kiosk.model.roles import is_only_doctor
from kiosk.model.telling import Telling, doubled_in, told_of
from kiosk.model.text import say

LISTS = {
    "waiting": say("Waiting for me"),
    "due": say("Due today"),
    "returned": say("Returned"),
    "ready": say("Ready to hand over"),
    "parked": say("Parked"),
    "twice": say("Registered twice"),
}
APPLICANT = ("applicant",)
MASKED = ("P2", "P3")
COMPARED = (  # what an officer compares with the pictures: never masked for who opens the case
    "person.name", "person.name_native", "person.document_type", "person.document_number",
    "person.document_expiry", "person.birth_date", "person.sex", "person.nationality",
)  # fmt: skip
PICTURES = ("image/jpeg", "image/png")


class Said(msgspec.Struct, frozen=True):
    """One answer as it is read; `was` are its earlier values."""

    key: str
    label: str
    value: str
    was: tuple[str, ...] = ()


class Facts(msgspec.Struct, frozen=True):
    """The answers to one form. `fill_in` when somebody of my role answers it."""

    form: str
    title: str
    answers: tuple[Said, ...]
    fill_in: bool


def work_list(visit: Visit) -> Response:
    """One list of my roles; with something to find, what was found. What is sought stands in no address."""
    desk, operator = visit.site.desk, visit.operator
    which, sought = visit.asked("list"), visit.get("find").strip()[:100]
    which = which if which in LISTS else "waiting"
    rows = desk.find(operator, sought) if sought else desk.work_list(operator, which)
    return visit.page(
        "cases.html",
        lists={
            key: title for key, title in LISTS.items() if key != "twice" or "supervisor" in operator.roles
        },
        counts=desk.counts(operator),
        which="" if sought else which,
        sought=sought,
        mistyped=MISTYPED if is_mistyped(sought, desk.terminal.office) else None,
        rows=rows,
        today=desk.today(),
        doctor=is_only_doctor(operator.roles),
    )


def show(visit: Visit) -> Response:
    case = name_of(visit)
    visit.site.accounts.refresh()  # the names in the history
    view = opened(visit, case)
    desk = visit.site.desk
    definitions = desk.definitions(case)
    return visit.page(
        "case.html",
        view=view,
        address=f"/cases/{visit.part('case')}",
        facts=tuple(facts(visit, view, definitions)),
        compared=tuple(compared(visit, view, definitions)),
        telling=telling(visit, definitions),
        apart=apart(visit, view),
        doubled=doubled_in(view.doubled),
        twins=told_of(view.twins),
        actions=offered(view),
        main=main_action(view, visit.operator.roles),
        with_person=any(one.definition.roles == APPLICANT for one in here(view)),
        papers=view.papers,
        mine=papers_of(visit, definitions),
        pictures=pictures(view),
        today=desk.today(),
        slips=[(print_, slip_title(print_.slip)) for print_ in view.prints],
    )


def opened(visit: Visit, case: str) -> CaseView:
    """The case for this operator; the journal notes once that he opened it. Raises Missing."""
    desk, session = visit.site.desk, visit.session
    try:
        view = desk.case(visit.operator, case, opened=False)
    except Refused as error:
        raise Missing(error.text) from error
    if session is not None and case not in session.opened and not view.read_only:
        again(lambda: desk.note_opening(visit.operator, case))
        session.opened.add(case)
    return view


def name_of(visit: Visit) -> str:
    return f"case:{visit.part('case')}"


# --- facts ---------------------------------------------------------------------------------------------


def facts(visit: Visit, view: CaseView, definitions: Definitions) -> Iterator[Facts]:
    """What is known, form by form in the order of the stages; an empty form only to who fills it in."""
    stages = definitions.track.stages
    keys = dict.fromkeys(key for stage in stages for key in stage.forms)
    keys |= dict.fromkeys(action.form for stage in stages for action in stage.actions if action.form)
    own = {key for stage in stages for key in stage.forms}
    said_before = set(COMPARED)
    for key in keys:
        form = definitions.forms[key]
        fields = [f for f in form.fields if f.key not in said_before and f.type != "image"]
        answers = tuple(said(visit, view, field, definitions) for field in fields if is_answered(view, field))
        said_before |= {field.key for field in fields}
        fill_in = key in own and any(may_edit(visit, view, field, definitions) for field in form.fields)
        if answers or fill_in:
            yield Facts(key, form.title, answers, fill_in)


def compared(visit: Visit, view: CaseView, definitions: Definitions) -> Iterator[Said]:
    fields = {field.key: field for form in definitions.forms.values() for field in form.fields}
    for key in COMPARED:
        if key in fields and view.facts.get(key) is not None:
            yield said(visit, view, fields[key], definitions)


def is_answered(view: CaseView, field: FieldDefinition) -> bool:
    return view.facts.get(field.key) not in (None, "", []) and shown(field, view.facts)


def said(visit: Visit, view: CaseView, field: FieldDefinition, definitions: Definitions) -> Said:
    """An answer for this operator: what he need not know of is masked."""
    masked = is_masked(visit, field)
    return Said(
        field.key,
        field.label,
        show_value(visit, field, view.facts[field.key], definitions, masked=masked),
        tuple(
            show_value(visit, field, old.value, definitions, masked=masked)
            for old in view.changes.get(field.key, ())
            if old.value is not None
        ),
    )


def is_masked(visit: Visit, field: FieldDefinition) -> bool:
    roles = visit.operator.roles
    compares = field.key in COMPARED and not is_only_doctor(roles)
    return field.privacy in MASKED and not compares and field.by not in roles


def show_value(
    visit: Visit, field: FieldDefinition, value: Json, definitions: Definitions, *, masked: bool = False
) -> str:
    kind = FIELD_TYPES[field.type]
    if masked:
        return kind.mask(value)
    codes = definitions.codes.get(field.codes, {})
    context = Context(visit.site.desk.today(), codes, field.options)
    return kind.show(value, visit.site.words.of(visit.language), context)


def may_edit(visit: Visit, view: CaseView, field: FieldDefinition, definitions: Definitions) -> bool:
    """Whether a form offers the field to this operator; whether it is written, the desk decides."""
    roles = set(visit.operator.roles)
    if view.read_only or field.type == "image" or field.subject == "permit":
        return False
    if view.status != "open" or view.facts.get("permit.status") in ("approved", "active"):
        return "supervisor" in roles and field.subject != "health" and view.facts.get(field.key) is not None
    return bool(roles & set(gate.roles_of(field, definitions)))


# --- what desks wrote apart ----------------------------------------------------------------------------


def apart(visit: Visit, view: CaseView) -> list[Dispute]:
    """What waits to be settled, to be looked at side by side; a supervisor settles it at a counter."""
    found = (visit.site.desk.dispute(visit.operator, view.case, key) for key in view.contested)
    return [dispute for dispute in found if dispute is not None]


def telling(visit: Visit, definitions: Definitions) -> Telling:
    def hides(key: str) -> bool:
        field = definitions.field(key)
        return field is not None and is_masked(visit, field)

    site = visit.site
    roles, words = site.centre.pack.office.roles, site.words.of(visit.language)
    return Telling(definitions, roles, words, site.desk.today(), hides)


# --- actions and papers --------------------------------------------------------------------------------


def here(view: CaseView) -> list[ActionView]:
    """The actions that belong to how the case stands: of each stage's state, and on the whole open case."""
    states = {stage.key: stage.state for stage in view.stages}
    return [
        action
        for action in view.actions
        if (states[action.stage] in action.definition.from_ if action.stage else view.status == "open")
    ]


def offered(view: CaseView) -> list[tuple[StageView | None, list[ActionView]]]:
    """The actions that a person at a browser may take, by stage; the person himself sits at a window."""
    mine = [action for action in here(view) if action.definition.roles != APPLICANT]
    stages: list[StageView | None] = [*view.stages, None]
    found = [(s, [a for a in mine if a.stage == (s.key if s is not None else "")]) for s in stages]
    return [(stage, actions) for stage, actions in found if actions]


def main_action(view: CaseView, roles: tuple[str, ...]) -> ActionView | None:
    """What takes the case on from where it waits for me: the way of the stage's own list of states."""
    for stage in view.stages if view.status == "open" else ():
        states = list(view.track.stage(stage.key).states)
        for action in here(view) if stage.holder in roles else ():
            to = action.definition.to
            onward = action.definition.kind == "advance" and to in states
            if action.stage == stage.key and onward and states.index(to) > states.index(stage.state):
                return action
    return None


def papers_of(visit: Visit, definitions: Definitions) -> set[str]:
    """The stages whose papers are handled by this operator."""
    roles = set(visit.operator.roles)
    return {stage.key for stage in definitions.track.stages if roles & stage.roles}


def pictures(view: CaseView) -> list[PaperView]:
    """Copies that a browser shows on the page."""
    return [paper for paper in view.papers if paper.copy and paper.copy.get("type") in PICTURES]
