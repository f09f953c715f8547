"""Guards: the conditions a workflow may name. Each reads the case file and says why not, or None.

A guard runs once, in the action; what it read becomes the decision's `rests_on`. No guard reads
nationality, sex, name or NRC type: a property test changes only these and demands the same result.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from kiosk.model import noted
from kiosk.model.answers import problems
from kiosk.model.ask import Ask, joined, label_of
from kiosk.model.days import day_of
from kiosk.model.file import CaseFile, texts
from kiosk.model.noted import PrintNote
from kiosk.model.text import Text, say
from kiosk.model.workflow import Paper

Guard = Callable[..., Text | None]
MOST_SAID = 6  # of the questions that are not answered rightly; how many more there are is said

CONFIRMED = (
    "guarantee.guarantor", "guarantor.name", "guarantee.workplace", "guarantee.job_title",
    "guarantee.wage", "guarantee.contract_from", "guarantee.contract_to",
)  # fmt: skip


def notice_acknowledged(file: CaseFile, ask: Ask) -> Text | None:
    """F0: nothing is collected before the person has seen the notice."""
    if file.get("case.notice_acknowledged"):
        return None
    return say("The person has not acknowledged the notice yet (F8).")


def form_complete(file: CaseFile, ask: Ask, form: str) -> Text | None:
    """Every question of a form that is shown and required is answered, and no answer is wrong."""
    definition = ask.definitions.forms[form]
    for field in definition.fields:
        if field.required:  # what may stay empty is nothing that a decision rests on
            file.get(field.key)
    wrong = [
        problem
        for problem in problems(definition, file.facts(), today=ask.today, codes=ask.definitions.codes)
        if problem.severity == "error"
    ]
    if not wrong:
        return None
    return say(
        "{form}, still missing or wrong: {fields}",
        form=Text(definition.title),
        fields=joined([Text(label_of(ask, problem.key)) for problem in wrong], MOST_SAID),
    )


def shown_paper(paper: Paper, file: CaseFile) -> bool:
    return all(str(file.get(key)) in values for key, values in paper.show_when.items())


def papers_complete(file: CaseFile, ask: Ask, stage: str) -> Text | None:
    """The originals of a stage were sighted; a copy is attached where the stage keeps one."""
    unseen, uncopied = [], []
    for paper in ask.definitions.track.stage(stage).papers:
        if not paper.required or not shown_paper(paper, file):
            continue
        held = noted.paper(file.get(f"case.paper.{stage}.{paper.key}"))
        if not held.sighted:
            unseen.append(Text(paper.label))
        elif paper.copy and not held.copy:
            uncopied.append(Text(paper.label))
    if unseen:
        return say("Papers still to be seen: {papers}", papers=joined(unseen))
    return say("Copies still to be attached: {papers}", papers=joined(uncopied)) if uncopied else None


def stage_is(file: CaseFile, ask: Ask, stage: str, states: Sequence[str]) -> Text | None:
    """Another stage stands in one of these states."""
    definition = ask.definitions.track.stage(stage)
    state = file.state_of(stage) or definition.initial
    if state in states:
        return None
    return say(
        "{stage} stands at “{state}”.",
        stage=Text(definition.label),
        state=Text(definition.states[state].label if state in definition.states else state),
    )


def health_valid(file: CaseFile, ask: Ask) -> Text | None:
    until = day_of(file.get("clearance.valid_to"))
    if until is None or file.get("clearance.status") != "valid":
        return say("The health check is not finished.")
    return None if until >= ask.today else say("The health clearance ran out on {day}.", day=until)


def health_expired(file: CaseFile, ask: Ask) -> Text | None:
    until = day_of(file.get("clearance.valid_to"))
    if until is not None and until < ask.today:
        return None
    return say("The health clearance has not run out.")


def document_valid(file: CaseFile, ask: Ask) -> Text | None:
    until = day_of(file.get("person.document_expiry"))
    if until is None:
        return say("It is not known until when the document is valid.")
    return None if until >= ask.today else say("The document ran out on {day}.", day=until)


def lodging_open(file: CaseFile, ask: Ask) -> Text | None:
    """EEAL 39: the place of stay is registered."""
    if file.get("lodging.left_at"):
        return say("The registered lodging was closed. Register where the person stays now.")
    if file.get("lodging.status") == "open":
        return None
    return say("No lodging is registered.")


def guarantee_in_force(file: CaseFile, ask: Ask) -> Text | None:
    if file.get("guarantee.status") != "in_force":
        return say("The guarantee is not in force.")
    said = file.get("guarantee.valid_to")
    until = day_of(said)
    if said and until is None:  # what cannot be read holds for nothing
        return say("The guarantee is not in force.")
    if until is not None and until < ask.today:
        return say("The guarantee ran out on {day}.", day=until)
    return None


def employer_checked(file: CaseFile, ask: Ask) -> Text | None:
    """The employer's licence is in force; a code whose check digit fails needs a supervisor's word."""
    if file.get("guarantor.kind") != "person" and file.get("guarantor.licence_state") != "in_force":
        return say("The employer's business licence has not been checked, or is not in force.")
    return None


def confirmed_values(file: CaseFile) -> dict[str, Any]:
    """What the worker says yes to: employer, workplace, job, wage and dates."""
    return {key: file.get(key) for key in CONFIRMED}


def worker_confirmed(file: CaseFile, ask: Ask) -> Text | None:
    """The worker himself said yes to exactly what stands there now."""
    confirmed = file.get("guarantee.confirmed")
    if not confirmed:
        return say("The worker has not confirmed the employer on their own screen.")
    if confirmed != confirmed_values(file):
        return say("What the worker confirmed has changed since. Ask the worker again.")
    return None


def workplace_in_area(file: CaseFile, ask: Ask) -> Text | None:
    division = texts(file.get("guarantee.workplace")).get("division", "")
    if any(division.startswith(area) for area in ask.profile.areas):
        return None
    return say("The workplace lies outside the area of this permit.")


def portrait_attached(file: CaseFile, ask: Ask) -> Text | None:
    return None if file.get("case.portrait") else say("The portrait is missing (F6).")


def not_the_accepter(file: CaseFile, ask: Ask) -> Text | None:
    """Four eyes: who accepted an application does not decide it."""
    if file.get("case.accepted_by") != ask.operator:
        return None
    return say("You accepted this application; another officer decides it.")


def permit_dates_within_bounds(file: CaseFile, ask: Ask) -> Text | None:
    """Beginning and end lie within the profile's limits and every date that bounds it."""
    if not ask.final:
        return None
    start, end = day_of(file.get("permit.valid_from")), day_of(file.get("permit.valid_to"))
    if start is None or end is None:
        return say("Give the days from and until which the permit is valid.")
    if end < start:
        return say("The permit would end before it begins.")
    if end < ask.today:
        return say("The permit would have ended before today.")
    latest, bound = latest_end(file, ask, start)
    if end > latest:
        return say("The permit may last until {day} at most: {bound}.", day=latest, bound=bound)
    area = file.get("permit.area")
    if area not in ask.profile.areas:
        return say("This area does not belong to this kind of permit.")
    return None


def latest_end(file: CaseFile, ask: Ask, start: date) -> tuple[date, Text]:
    """The last day a permit from `start` may have, and the bound that sets it."""
    bounds = [(start + timedelta(days=ask.profile.max_days - 1), say("the longest this permit may last"))]
    for key in ask.profile.bounds:
        day = day_of(file.get(key))
        if day is not None:
            bounds.append((day, Text(label_of(ask, key))))
    return min(bounds, key=lambda bound: bound[0])


def not_handed_over(file: CaseFile, ask: Ask) -> Text | None:
    if file.get("permit.status") == "active":
        return say("The permit was handed over. A supervisor can void it.")
    return None


def conclusion_is(file: CaseFile, ask: Ask, values: Sequence[str]) -> Text | None:
    if not ask.final or file.get("health.conclusion") in values:
        return None
    return say("The doctor's conclusion does not allow this.")


def person_told(file: CaseFile, ask: Ask) -> Text | None:
    """The person himself is told his result (AIDS Regulations 42)."""
    if not ask.final or file.get("health.told_person"):
        return None
    return say("Tell the person the result first, and tick it.")


def no_open_duplicate(file: CaseFile, ask: Ask) -> Text | None:
    if ask.other_open_cases:
        return say("This person has another open case: {number}.", number=ask.other_open_cases[0])
    return None


def case_open(file: CaseFile, ask: Ask) -> Text | None:
    return None if file.get("case.status", "open") == "open" else say("This case is closed.")


def permit_printed(file: CaseFile, ask: Ask) -> Text | None:
    """The slip of this very permit was printed and that print was not spoiled."""
    number = file.get("permit.number")
    for made in prints(file).values():
        if made.slip == "permit" and made.number == number and not made.spoiled:
            return None
    return say("The permit has not been printed yet (F9).")


def prints(file: CaseFile) -> Mapping[str, PrintNote]:
    """The ledger of prints, by their ids."""
    registers = [one for one in sorted(file.states["case"].registers) if one.startswith("print.")]
    found = {one.removeprefix("print."): noted.print_(file.get(f"case.{one}")) for one in registers}
    return {key: made for key, made in found.items() if made is not None}


def items_listed(file: CaseFile, ask: Ask) -> Text | None:
    """Named in a workflow for the reader; every action of kind `return` demands it anyway."""
    return (
        say("Mark at least one field or paper that is missing or wrong.")
        if ask.final and not ask.items
        else None
    )


def reason_given(file: CaseFile, ask: Ask) -> Text | None:
    return say("Choose a reason.") if ask.final and not ask.reason else None


GUARDS: Mapping[str, Guard] = {
    guard.__name__: guard
    for guard in (
        notice_acknowledged, form_complete, papers_complete, stage_is, health_valid, health_expired,
        document_valid, lodging_open, guarantee_in_force, employer_checked, worker_confirmed,
        workplace_in_area, portrait_attached, not_the_accepter, permit_dates_within_bounds,
        not_handed_over, conclusion_is, person_told, no_open_duplicate, case_open, permit_printed,
        items_listed, reason_given,
    )
}  # fmt: skip
