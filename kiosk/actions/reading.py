"""Reading for screens: lists, search, and a case as one page, limited to what a role may see."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime

from msgspec.structs import replace

from kiosk.actions.act import Operator
from kiosk.actions.disputes import Looking, to_settle
from kiosk.actions.standing import staff_names, standing_of
from kiosk.actions.terminal import Terminal
from kiosk.actions.twins import COMPARE, cases_of, twins
from kiosk.model import noted
from kiosk.model.ask import Ask, Definitions, language_of
from kiosk.model.case import (
    ActionView,
    CaseRow,
    CaseView,
    Light,
    PaperView,
    PrintView,
    StageView,
)
from kiosk.model.days import day_of
from kiosk.model.entries import HEALTH, SUBJECTS, Json
from kiosk.model.file import CaseFile, texts
from kiosk.model.guards import prints, shown_paper
from kiosk.model.history import history, of_stages, old_values
from kiosk.model.listing import RUNS_OUT, ListRow, StageLine, is_contested, list_row
from kiosk.model.noted import PrintNote
from kiosk.model.order import in_order
from kiosk.model.persons import same_person
from kiosk.model.roles import is_only_doctor
from kiosk.model.slip import SLIP_KINDS
from kiosk.model.steps import why_not
from kiosk.model.text import Text, say
from kiosk.model.workflow import ActionDefinition, StageDefinition, TrackDefinition
from kiosk.store import journal, many
from kiosk.store.memory import SqlMemory

HEALTH_ONLY = "health"
NOT_FOR_DOCTORS = ("guarantor", "guarantee", "lodging", "permit")  # the host of a dormitory is the employer
BY_STAGE = ("stage", "paper", "returned", "refused")  # registers of a case that name their stage
LIGHT_WORDS = {
    "not_open": "Not started",
    "mine": "To do",
    "elsewhere": "In progress",
    "returned": "Papers are missing",
    "done": "Done",
    "refused": "Refused",
    "expired": "Expired",
    "contested": "To be settled",
    "down": "Out of reach",
}
SETTLE = Text(LIGHT_WORDS["contested"])

STATUS_WORDS = {"open": "Open", "ended": "Ended", "withdrawn": "Withdrawn", "refused": "Refused"}


def may_see(roles: tuple[str, ...], subject: str) -> bool:
    """A doctor sees no employer; what he writes nobody else sees."""
    if subject == HEALTH_ONLY:
        return "doctor" in roles
    return subject not in NOT_FOR_DOCTORS or not is_only_doctor(roles)


def may_see_fact(key: str, track: TrackDefinition, roles: tuple[str, ...]) -> bool:
    """Whether a fact may be seen; a doctor sees neither other stages nor links to what is not his."""
    kind, register, stage = (*key.split("."), "", "")[:3]
    if register in SUBJECTS and not may_see(roles, register):
        return False
    own = register not in BY_STAGE or stage in seen_stages(track, roles)
    return may_see(roles, kind) and own


def visible(file: CaseFile, definitions: Definitions, roles: tuple[str, ...]) -> dict[str, Json]:
    """The facts that these roles may see; a doctor also sees no papers but his own stage's."""
    facts = {key: value for key, value in file.facts().items() if may_see(roles, key.partition(".")[0])}
    if not is_only_doctor(roles):
        return facts
    own = tuple(f"case.paper.{stage.key}." for stage in definitions.track.stages if stage.private)
    return {k: v for k, v in facts.items() if not k.startswith("case.paper.") or k.startswith(own)}


def seen_stages(track: TrackDefinition, roles: tuple[str, ...]) -> tuple[str, ...]:
    """The stages whose work these roles may follow: a doctor's own, and the one before it opens."""
    if not is_only_doctor(roles):
        return tuple(stage.key for stage in track.stages)
    own = [stage for stage in track.stages if stage.private]
    before = {guard.arguments.get("stage") for stage in own for guard in stage.open_when}
    return tuple(stage.key for stage in track.stages if stage in own or stage.key in before)


def light_of(line: StageLine, stage: StageDefinition, row: ListRow, today: date) -> Light:
    """The stage at a glance. Time is an argument: an expired clearance is seen, never written."""
    shape = "contested" if line.contested else line.light if line.light in LIGHT_WORDS else "elsewhere"
    told = line.state in stage.states and not line.contested
    label = stage.states[line.state].label if told else LIGHT_WORDS[shape]
    if stage.private and line.state in stage.done:
        until = day_of(row.health_until)
        expired = until is not None and until < today
        shape, label = ("expired", "Expired") if expired else ("done", "Valid")
    return Light(stage.key, shape, label, line.returned)


def case_row(case: str, row: ListRow, definitions: Definitions, operator: Operator, today: date) -> CaseRow:
    """One line of a list as this operator may see it."""
    doctor = is_only_doctor(operator.roles)
    stages = {stage.key: stage for stage in definitions.track.stages}
    lines = [line for line in row.stages if line.key in stages]
    dates = [(day, what) for day, what in row.dates if not (doctor and what == "guarantee.valid_to")]
    next_ = _next_line(lines, operator)
    settles = "supervisor" in operator.roles and is_contested(row)
    return CaseRow(
        case=case,
        number=row.number,
        track=row.track,
        status=row.status,
        name=row.name,
        name_native=row.name_native,
        name_zh=row.name_zh,
        document_tail=row.document[-4:],
        lights=tuple(light_of(line, stages[line.key], row, today) for line in lines),
        next_step=SETTLE if settles else _next_step(row, next_, stages),
        runs_out=day_of(dates[0][0]) if dates else None,
        reason=Text(RUNS_OUT[dates[0][1]]) if dates else None,
        holders=tuple(dict.fromkeys(line.holder for line in lines if line.holder)),
        parked_by=row.parked_by,
        laboratory_number=row.laboratory_number if "doctor" in operator.roles else "",
        exception=row.exception and "doctor" in operator.roles,
        since=datetime.fromisoformat(next_.since) if next_ is not None and next_.since else None,
    )


def _next_line(lines: list[StageLine], operator: Operator) -> StageLine | None:
    """The stage whose turn it is: one of mine first."""
    mine = [line for line in lines if line.holder in operator.roles]
    return next(iter(mine or [line for line in lines if line.holder]), None)


def _next_step(row: ListRow, line: StageLine | None, stages: Mapping[str, StageDefinition]) -> Text:
    if row.status != "open":
        return Text(STATUS_WORDS.get(row.status, row.status))
    if line is None:
        return say("Nothing to do")
    stage = stages[line.key]
    state = SETTLE if line.contested else Text(stage.states[line.state or stage.initial].label)
    return say("{stage}: {state}", stage=Text(stage.label), state=state)


def case_view(
    terminal: Terminal, memory: SqlMemory, file: CaseFile, operator: Operator, now: datetime
) -> CaseView:
    """A case as one page for one operator."""
    definitions = terminal.definitions_of(file)
    row = list_row(file)
    ask = Ask(terminal.pack, definitions, operator.number, operator.roles, now)
    names = staff_names(memory)
    subjects = [subject for kind, subject in file.subjects.items() if may_see(operator.roles, kind)]
    entries = [
        entry
        for entry in journal.of_subjects(memory.connection, subjects)
        if entry.stream in ("office", HEALTH)
    ]
    seen = seen_stages(definitions.track, operator.roles)
    order = in_order(of_stages(entries, definitions.track, seen), now)
    facts = visible(file, definitions, operator.roles)
    standing = {key: standing_of(file, key, names) for key in facts}
    unsettled = to_settle(file, definitions, memory)
    slips, doctor = printable(file, operator.roles), is_only_doctor(operator.roles)
    if definitions.closed is not None:
        slips = ()
    return CaseView(
        case=file.case,
        number=row.number,
        track=definitions.track,
        status=row.status,
        language=language_of(file, terminal.pack),
        facts=facts,
        stages=tuple(
            _stage_view(file, memory, stage, row, names, now, seen) for stage in definitions.track.stages
        ),
        actions=action_views(file, ask),
        papers=tuple(_papers(file, definitions, memory, operator.roles)),
        history=history(order, ask, names),
        changes=old_values(order.entries, names),
        contested={
            key: values
            for key, values in unsettled.items()
            if may_see_fact(key, definitions.track, operator.roles)
        },
        standing={key: stands for key, stands in standing.items() if stands is not None},
        items=tuple(
            mark for s in row.stages if s.light == "returned" for mark in noted.returned(file, s.key).items
        ),
        slips=slips,
        prints=tuple(one for one in _prints(file, names) if one.slip in slips or not doctor),
        row=case_row(file.case, row, definitions, operator, now.date()),
        parked_by=row.parked_by,
        read_only=file.read_only or definitions.closed is not None,
        doubled=_doubled(memory, file.case, row),
        twins=twins(memory, file) if {*COMPARE} & {*operator.roles} else (),
    )


def _doubled(memory: SqlMemory, case: str, row: ListRow) -> tuple[str, ...]:
    """Numbers that another case has, too: of two terminals one was a copy of the other."""
    question = "SELECT number, case_id FROM view_number WHERE number IN (...)"
    found = many.ask(memory.connection, question, row.numbers)
    return tuple(sorted({number for number, other in found if other != case}))


def _stage_view(
    file: CaseFile,
    memory: SqlMemory,
    stage: StageDefinition,
    row: ListRow,
    names: Mapping[str, str],
    now: datetime,
    seen: tuple[str, ...],
) -> StageView:
    """A stage; of one that is not seen only its light and state."""
    register = f"stage.{stage.key}"
    held = file.held(f"case.{register}")
    value = file.peek_stage(stage.key)
    line = next(
        (line for line in row.stages if line.key == stage.key), StageLine(stage.key, "", "not_open", "")
    )
    state = value.get("state") or stage.initial
    light = light_of(line, stage, row, now.date())
    return StageView(
        key=stage.key,
        label=stage.label,
        department=stage.department,
        state=state,
        state_label=light.label if stage.private else stage.states[state].label,
        light=light,
        holder=value.get("holder", ""),
        holder_name=names.get(held.actor, held.actor) if held and stage.key in seen else "",
        since=datetime.fromisoformat(held.wall) if held and stage.key in seen else None,
        until=until_of(file, stage, state) if stage.key in seen else None,
        forms=stage.forms,
        shaken=any(memory.is_shaken(entry) for entry in file.states["case"].survivors(register)),
        contested=line.contested,
    )


def until_of(file: CaseFile, stage: StageDefinition, state: str) -> date | None:
    """Until when the stage must be done, or what it gave is valid; not what is yet to be given, nor what is
    to be done no more."""
    if stage.private:
        day = file.peek("clearance.valid_to")
    elif _has_effect(stage, "issue_permit"):
        decided = file.peek("permit.status") in ("approved", "active")
        awaited = file.peek("case.status") == "open"
        day = file.peek("permit.valid_to") if decided else file.peek("case.decide_by") if awaited else None
    else:
        given = _has_effect(stage, "sign_guarantee") and state in stage.done
        day = file.peek("guarantee.valid_to") if given else None
    return day_of(day)


def _has_effect(stage: StageDefinition, effect: str) -> bool:
    return any(effect in action.effects for action in stage.actions)


def action_views(file: CaseFile, ask: Ask) -> tuple[ActionView, ...]:
    """The actions of the operator's roles and of the person himself, each with why it is closed."""
    found = []
    for stage in ask.definitions.track.stages:
        for action in stage.actions:
            if set(action.roles) & {*ask.roles, "applicant"}:
                found.append(_action_view(file, ask, stage, action))
    for action in ask.definitions.track.case_actions:
        if set(action.roles) & set(ask.roles):
            found.append(_action_view(file, ask, None, action))
    return tuple(found)


def _action_view(
    file: CaseFile, ask: Ask, stage: StageDefinition | None, action: ActionDefinition
) -> ActionView:
    file.read.clear()
    file.contested_read.clear()
    closed = why_not(file, replace(ask, stage=stage, action=action))
    return ActionView(stage.key if stage else "", action.key, action.label, closed, action)


def _papers(
    file: CaseFile, definitions: Definitions, memory: SqlMemory, roles: tuple[str, ...]
) -> Iterable[PaperView]:
    earlier = None
    for stage in definitions.track.stages:
        if is_only_doctor(roles) and not stage.private:
            continue
        for paper in stage.papers:
            if not shown_paper(paper, file):
                continue
            held = noted.paper(file.peek(f"case.paper.{stage.key}.{paper.key}"))
            reusable = ""
            if paper.copy and paper.reusable and not held.copy:
                if earlier is None:
                    earlier = earlier_papers(file, memory)
                reusable = earlier.get(paper.key, ("", {}))[0]
            yield PaperView(
                stage.key,
                paper.key,
                paper.label,
                paper,
                held.sighted,
                held.copy,
                reusable,
            )


def earlier_papers(file: CaseFile, memory: SqlMemory) -> dict[str, tuple[str, Mapping[str, str]]]:
    """Copies in the person's earlier cases: paper key -> (case number, copy)."""
    person = file.subjects.get("person")
    if not person:
        return {}
    found: dict[str, tuple[str, Mapping[str, str]]] = {}
    for case in sorted(cases_of(memory.connection, same_person(person, memory.state))):
        if case == file.case:
            continue
        state = memory.state(case)
        for register in state.registers:
            copy = noted.paper(state.value(register)).copy if register.startswith("paper.") else None
            if copy:
                found[register.split(".", 2)[-1]] = (state.text("number"), copy)
    return found


def printable(file: CaseFile, roles: tuple[str, ...]) -> tuple[str, ...]:
    """The slips that these roles may print as the case stands; a doctor's name no employer."""
    kinds = _printable(file)
    return tuple(kind for kind in kinds if kind == "health_certificate") if is_only_doctor(roles) else kinds


def _printable(file: CaseFile) -> tuple[str, ...]:
    kinds = ["progress", "opinions"] if "person" in file.subjects else []
    if "person" in file.subjects:
        kinds.append("application_form")
    if file.peek("case.receipt_number"):
        kinds.append("receipt")
    if file.peek("guarantor.name"):
        kinds.append("guarantee")
    if file.peek("clearance.certificate_number"):
        kinds.append("health_certificate")
    stages = [file.peek_stage(stage).get("light") for stage in file.stages()]
    if "returned" in stages:
        kinds.append("missing")
    if "refused" in stages and file.peek("case.status") == "refused":
        kinds.append("refusal")
    if file.peek("permit.status") in ("approved", "active"):
        kinds.append("permit")
    return tuple(kinds)


def _prints(file: CaseFile, names: Mapping[str, str]) -> tuple[PrintView, ...]:
    views = []
    for key, made in prints(file).items():
        private = texts(file.peek(f"health.print.{key}"))
        views.append(
            PrintView(
                print=key,
                slip=made.slip,
                number=made.number,
                at=made.at,
                by=names.get(made.by, made.by),
                reprint=made.reprint,
                reason=made.reason or private.get("reason", ""),
                spoiled=made.spoiled,
            )
        )
    return tuple(sorted(views, key=lambda view: view.at))


def earlier_prints(file: CaseFile, kind: str, number: str) -> list[PrintNote]:
    """The prints that another one repeats; a slip that tells how things stand now repeats none."""
    if SLIP_KINDS[kind].anew:
        return []
    return [made for made in prints(file).values() if (made.slip, made.number) == (kind, number)]


def looking(terminal: Terminal, memory: SqlMemory, file: CaseFile, operator: Operator) -> Looking:
    """What says to this operator who did something, and when."""
    definitions = terminal.definitions_of(file)
    names = staff_names(memory)
    track, roles = definitions.track, operator.roles
    return Looking(terminal, memory, definitions, names, lambda key: may_see_fact(key, track, roles))


def slip_title(kind: str) -> str:
    return SLIP_KINDS[kind].title
