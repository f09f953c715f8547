"""The writing actions on a case: recording facts, and taking a stage from one state to another.

Each function works inside one `Act` whose transaction the caller (`Desk`) opens and commits; raising
leaves nothing written.
"""

from __future__ import annotations

from collections.abc import Mapping

from msgspec.structs import replace

from kiosk.actions import gate
from kiosk.actions.act import Act, Operator
from kiosk.actions.standing import Seen, refuse_unseen
from kiosk.actions.twins import with_document
from kiosk.errors import InvalidInput, NotAllowed, Refused
from kiosk.model import noted
from kiosk.model.answers import Problem, field_problems, problems
from kiosk.model.ask import Ask, Definitions, joined, label_of, stage_value
from kiosk.model.effects import EFFECTS, FRESH, Mint
from kiosk.model.entries import Decision, Json
from kiosk.model.file import CaseFile
from kiosk.model.forms import FieldDefinition
from kiosk.model.persons import same_person
from kiosk.model.steps import at_the_window, entries_behind, failed, why_not
from kiosk.model.text import Text, lines, say
from kiosk.model.workflow import ActionDefinition, StageDefinition
from kiosk.store.views import row_of


def ask_for(act: Act, definitions: Definitions, *, second: Operator | None = None) -> Ask:
    """Who asks, before stage and action are named."""
    return Ask(
        pack=act.terminal.pack,
        definitions=definitions,
        operator=act.operator.number,
        roles=act.operator.roles,
        now=act.now,
        second=second.number if second else "",
        second_roles=second.roles if second else (),
        other_open_cases=other_open_cases(act, act.file),
    )


def other_open_cases(act: Act, file: CaseFile) -> tuple[str, ...]:
    """Numbers of the person's other open cases on this track."""
    person = file.subjects.get("person")
    if not person:
        return ()
    found = [
        row_of(body)
        for one in same_person(person, act.memory.state)
        for (body,) in act.connection.execute(
            "SELECT body FROM view_case WHERE person = ? AND status = 'open' AND case_id <> ?",
            (one, file.case),
        ).fetchall()
    ]
    return tuple(row.number for row in found if row.track == file.peek("case.track"))


def record(
    act: Act,
    definitions: Definitions,
    answers: Mapping[str, Json],
    *,
    reason: str = "",
    second: Operator | None = None,
    overrides: Mapping[str, str] | None = None,
    seen: Seen | None = None,
) -> None:
    """Writes the facts that changed, one entry for each subject; corrections keep the old value.

    `overrides` lets a supervisor (second sign-in) accept a value whose check digit fails: key -> reason.
    What stands now is replaced where it is among what was `seen` (all, if None), else Overtaken is raised.
    """
    overrides = overrides or {}
    fields = {key: gate.field_named(definitions, key) for key in answers}
    roles = {key: gate.role_for(act, field, definitions) for key, field in fields.items() if field}
    _check_answers(act, definitions, fields, answers, overrides, second)
    _take_known(act, answers, roles)
    for key, role in roles.items():
        kind = key.partition(".")[0]
        if kind not in act.file.subjects:
            act.role = role
            act.subject(kind)
    changed = act.changed(answers)
    written = [f"{kind}.{register}" for kind, values in changed.items() for register in values]
    corrected = [key for key in written if act.file.peek(key) is not None]
    for key in corrected:
        _may_correct(act, fields[key], reason, roles[key])
    if seen is not None:
        refuse_unseen(act, changed, seen)
    for kind, values in changed.items():
        keys = [f"{kind}.{register}" for register in values]
        passed = {key: why for key, why in overrides.items() if key in keys}
        values = values | {f"{key.partition('.')[2]}_override": why for key, why in passed.items()}
        act.role = roles[keys[0]]
        note = {"reason": reason} if reason else None
        act.write(kind, "recorded" if {*corrected}.isdisjoint(keys) else "corrected", values, note=note)


def _check_answers(
    act: Act,
    definitions: Definitions,
    fields: Mapping[str, FieldDefinition | None],
    answers: Mapping[str, Json],
    overrides: Mapping[str, str],
    second: Operator | None,
) -> None:
    """Raises InvalidInput for an unknown field or a wrong value, whether its question is shown or not."""
    if overrides and (second is None or "supervisor" not in second.roles):
        raise Refused(say("Only a supervisor's sign-in lets a failing check digit pass."))
    context = {**act.file.facts(), **answers}
    found: list[Problem] = []
    for key, field in fields.items():
        if field is None:
            found.append(Problem(key, say("The office's forms have no field {key}.", key=key)))
        elif answers[key] is not None:
            asked = field_problems(field, context, today=act.now.date(), codes=definitions.codes)
            found += [p for p in asked if _stops(act, p, answers[key], overrides)]
    if found:
        labels = {key: Text(field.label if field else key) for key, field in fields.items()}
        wrong = [say("{field}: {reason}", field=labels[p.key], reason=p.text) for p in found[:4]]
        raise InvalidInput(lines(*wrong), found)


def _stops(act: Act, problem: Problem, value: Json, overrides: Mapping[str, str]) -> bool:
    """An error stops; a failing check digit stops once, until a supervisor lets the value pass."""
    if problem.overridable:
        return problem.key not in overrides and act.file.peek(problem.key) != value
    return problem.severity == "error"


def _may_correct(act: Act, field: FieldDefinition | None, reason: str, role: str) -> None:
    """Before a permit seals the fact: who entered it or owns it. After: a supervisor, with a reason."""
    assert field is not None
    if gate.is_sealed(act, field.key):
        if "supervisor" not in act.operator.roles or not reason.strip():
            raise NotAllowed(
                say(
                    "The permit is decided. Only a supervisor corrects {field}, with a reason.",
                    field=Text(field.label),
                )
            )
        if field.subject == "permit":
            raise Refused(say("A decided permit is not corrected. Make it void and decide anew."))
        return
    held = act.file.held(field.key)
    if held and not {held.role, field.by, "supervisor"} & {*act.operator.roles}:
        owner = act.terminal.pack.office.roles.get(held.role, held.role)
        raise NotAllowed(
            say("{field} was entered by: {role}. They correct it.", field=Text(field.label), role=Text(owner))
        )


def _take_known(act: Act, answers: Mapping[str, Json], roles: Mapping[str, str]) -> None:
    """The same document finds the person, the same code the guarantor, instead of making a second one."""
    if key := _first(answers, "person.document_number", "person.document_issuer"):
        act.role = roles[key]
        number = str(answers.get("person.document_number") or act.file.peek("person.document_number") or "")
        issuer = str(answers.get("person.document_issuer") or act.file.peek("person.document_issuer") or "")
        _take(act, "person", find_document(act, number, issuer))
    if key := _first(answers, "guarantor.uscc", "guarantor.resident_id"):
        act.role = roles[key]
        query = "SELECT guarantor FROM view_guarantor WHERE code = ? ORDER BY guarantor LIMIT 1"
        row = act.connection.execute(query, (answers[key],)).fetchone()
        _take(act, "guarantor", row[0] if row else "")


def _first(answers: Mapping[str, Json], *keys: str) -> str:
    """The first of these that is answered, or ""."""
    return next((key for key in keys if answers.get(key)), "")


def _take(act: Act, kind: str, known: str) -> None:
    """Takes what is known; refuses where the case already stands on another one."""
    if not known or act.file.subjects.get(kind) == known:
        return
    if kind in act.file.subjects:
        name = str(act.memory.state(known).value("name", ""))
        raise Refused(say("This number is registered already: {name}. Take that record instead.", name=name))
    act.attach(kind, known)


def find_document(act: Act, number: str, issuer: str) -> str:
    """The person with that document: the case's own, or the record that stands for all that are linked."""
    known = with_document(act.connection, number, issuer)
    own = act.file.subjects.get("person", "")
    if not known or own in known:
        return own
    records = same_person(known[0], act.memory.state)
    return own if own in records else records[0]


def perform(
    act: Act,
    ask: Ask,
    answers: Mapping[str, Json],
    *,
    second: Operator | None = None,
    overrides: Mapping[str, str] | None = None,
    seen: Seen | None = None,
) -> None:
    """Takes `ask.action`: records the answers, runs the guards on what then stands, writes the decision."""
    action = ask.action
    assert action is not None
    file = act.file
    _act_for_the_person(act, action)
    for effect in action.effects:
        if effect in FRESH:
            act.subject(FRESH[effect], fresh=True)
    if answers:
        record(act, ask.definitions, answers, second=second, overrides=overrides, seen=seen)
        _act_for_the_person(act, action)  # an answer may have been entered in another of his roles
    file.read.clear()
    file.contested_read.clear()
    ask = replace(ask, other_open_cases=other_open_cases(act, file))
    closed = why_not(file, ask)
    if closed:
        raise Refused(lines(*closed))
    _check_marks(ask)
    _check_action_form(act, ask)
    _decide(act, ask)
    if action.is_the_persons:  # what follows from his word is not his own doing
        act.role = next(role for role in at_the_window(ask, action) if role in act.operator.roles)
        act.on_behalf_of = ""
    _open_stages(act, ask)


def _act_for_the_person(act: Act, action: ActionDefinition) -> None:
    """What only the person himself may do, he does on his own screen at this operator's window."""
    if action.is_the_persons:
        act.role = "applicant"
        act.on_behalf_of = act.file.subjects.get("person", "")
    else:
        act.role = next((role for role in action.roles if role in act.operator.roles), act.role)


def _check_marks(ask: Ask) -> None:
    known, reasons = {*_all_items(ask)}, ask.definitions.codes.get("item_marks", {})
    if any(mark.key not in known or mark.why not in reasons for mark in ask.items):
        raise Refused(say("One of the marks names nothing that this office asks for."))


def _check_action_form(act: Act, ask: Ask) -> None:
    if ask.action is None or not ask.action.form:
        return
    form = ask.definitions.forms[ask.action.form]
    found = [
        problem
        for problem in problems(form, act.file.facts(), today=ask.today, codes=ask.definitions.codes)
        if problem.severity == "error"
    ]
    if found:
        fields = joined([Text(label_of(ask, problem.key)) for problem in found])
        raise InvalidInput(
            say("{form}, still missing or wrong: {fields}", form=Text(form.title), fields=fields), found
        )


def _decide(act: Act, ask: Ask) -> None:
    """The decision and what it brings with it: one entry on the case, one for each other subject."""
    action, file = ask.action, act.file
    assert action is not None
    writes: dict[str, Json] = {}
    for effect in action.effects:
        writes |= EFFECTS[effect](file, ask, act.mint)
    private = action.kind == "private"
    subject = "health" if private else "case"
    own: dict[str, Json] = {
        key.partition(".")[2]: value for key, value in writes.items() if key.startswith(f"{subject}.")
    }
    decision = None
    if ask.stage is not None:
        before = file.state_of(ask.stage.key) or ask.stage.initial
        decision = Decision(action.key, ask.stage.key, before, action.to)
        if not private and action.to != before:
            own[f"stage.{ask.stage.key}"] = stage_value(ask.stage, action.to)
            own |= _what_was_said(file, ask, ask.stage, act.mint)
    note = {name: value for name, value in (("reason", ask.reason), ("note", ask.note)) if value}
    if ask.stage is not None and ask.stage.private and not private:
        if note and "health" in file.subjects:  # what a doctor says stays in the health stream
            act.write("health", "recorded", {"note": note})
        note = {}
    rests = {cite for cite, kind in file.read.items() if (kind == "health") == private}
    act.write(subject, "decided", own, decision=decision, rests_on=rests, note={**note, "action": action.key})
    others = {key: value for key, value in writes.items() if not key.startswith(f"{subject}.")}
    for kind, values in act.changed(others).items():
        numbers = [value for register, value in values.items() if register.endswith("number")]
        if kind in file.subjects:
            act.write(
                kind,
                "issued" if numbers else "changed_status",
                values,
                note={"number": numbers[0]} if numbers else None,
            )


def _what_was_said(file: CaseFile, ask: Ask, stage: StageDefinition, mint: Mint) -> dict[str, Json]:
    """The list of a return, with what could be seen then; the reason of a refusal.

    Each is a notice with a number of its own, by which it is cited and found: the last of `numbers`.
    """
    action = ask.action
    assert action is not None
    if action.kind == "return":
        seen = sorted({entry for key in _all_items(ask) for entry in entries_behind(file, key)})
        earlier = noted.returned(file, stage.key)
        before = [mark for mark in earlier.before if mark not in ask.items]
        items, kept = ([{"key": one.key, "why": one.why} for one in marks] for marks in (ask.items, before))
        stopped = {"decide_by": None} if file.peek("case.accepted_stage") == stage.key else {}
        return stopped | {
            f"returned.{stage.key}": {
                "items": items,
                "before": kept + items,
                "seen": sorted({*seen, *earlier.seen}),
                "note": ask.note,
                "numbers": [*earlier.numbers, mint.number("N")],
            }
        }
    if action.kind == "refuse":
        refusal = noted.refused(file, stage.key) or noted.RefusalNote()
        numbers = [*refusal.numbers, mint.number("D")]
        said = {"reason": ask.reason, "note": ask.note, "by": ask.operator, "numbers": numbers}
        return {f"refused.{stage.key}": said}
    return {}


def _all_items(ask: Ask) -> list[str]:
    keys = [field.key for form in ask.definitions.forms.values() for field in form.fields]
    return keys + [f"paper.{s.key}.{paper.key}" for s in ask.definitions.track.stages for paper in s.papers]


def _open_stages(act: Act, ask: Ask) -> None:
    """Stages whose conditions now hold are opened, as facts: lists and lights then need no pack."""
    for stage in ask.definitions.track.stages:
        if act.file.peek_stage(stage.key) or not stage.open_when:
            continue
        if not failed(act.file, ask, stage.open_when):
            act.write("case", "changed_status", {f"stage.{stage.key}": stage_value(stage, stage.opening)})
