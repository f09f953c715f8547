"""What may be done now, and why not: workflow definition + case file + operator -> reasons."""

from __future__ import annotations

from collections.abc import Sequence

from kiosk.model.ask import Ask, joined, label_of
from kiosk.model.file import CaseFile
from kiosk.model.guards import GUARDS
from kiosk.model.noted import ReturnNote, returned
from kiosk.model.text import Text, say
from kiosk.model.workflow import ActionDefinition, GuardCall


def why_not(file: CaseFile, ask: Ask) -> tuple[Text, ...]:
    """Every reason why the action is closed now; empty when it may be done."""
    action = ask.action
    assert action is not None
    if ask.definitions.closed is not None:
        return (ask.definitions.closed,)
    if file.read_only:
        return (say("This case holds an entry of a newer program. It can only be looked at here."),)
    reasons = list(_role_and_state(file, ask, action)) or list(_to_be_settled(file, ask))
    if reasons:
        return tuple(reasons)
    reasons += failed(file, ask, action.guards)
    if ask.final:
        reasons += _inputs_missing(file, ask, action)
    reasons += [
        say("Two unlike values stand for {field}. Settle them first.", field=Text(label_of(ask, key)))
        for key in sorted(file.contested_read)
    ]
    # a workflow may name for its reader what every such action asks anyway
    return tuple(reason for place, reason in enumerate(reasons) if reason not in reasons[:place])


def at_the_window(ask: Ask, action: ActionDefinition) -> tuple[str, ...]:
    """The roles of the operator at whose window an action is taken.

    What only the person himself may do, he does on his own screen: at this stage's window or the reception's.
    """
    if action.is_the_persons:
        return (ask.stage.role if ask.stage else "", "reception")
    return action.roles


def _to_be_settled(file: CaseFile, ask: Ask) -> list[Text]:
    """A contested or shaken stage, or a case with two permits, allows one action: settling it."""
    if file.contested_links():
        return [
            say("Two terminals wrote unlike values while they were apart. A supervisor settles it first.")
        ]
    if ask.stage is not None and file.is_shaken(ask.stage.key):
        return [
            say("What this stage rests on was changed unseen at another desk. A supervisor settles it first.")
        ]
    return []


def _role_and_state(file: CaseFile, ask: Ask, action: ActionDefinition) -> list[Text]:
    if not set(at_the_window(ask, action)) & set(ask.roles):
        names = [Text(ask.pack.office.roles.get(role, role)) for role in action.roles]
        return [say("This is for: {role}.", role=names[0] if len(names) == 1 else joined(names))]
    if file.peek("case.status") not in (None, "open") and ask.stage is None:
        return [say("This case is closed.")]
    if ask.stage is None:
        return []
    state = file.state_of(ask.stage.key) or ask.stage.initial
    if state in action.from_:
        return []
    now = ask.stage.states[state].label if state in ask.stage.states else state
    return [say("The stage stands at “{state}”.", state=Text(now))]


def _inputs_missing(file: CaseFile, ask: Ask, action: ActionDefinition) -> list[Text]:
    """What must be entered with the action itself."""
    missing = []
    if action.kind == "return" and not ask.items:
        missing.append(say("Mark at least one field or paper that is missing or wrong."))
    if action.reasons and ask.reason not in ask.definitions.codes.get(action.reasons, {}):
        missing.append(say("Choose a reason."))
    if action.kind == "return" and "supervisor" not in ask.second_roles:
        late = visible_before(file, ask)
        if late:
            missing.append(
                say(
                    "{item} could be seen at the first return and was not on its list. "
                    "A second return for it needs a supervisor's sign-in.",
                    item=Text(label_of(ask, late[0])),
                )
            )
    if action.second and (not ask.second or ask.second == ask.operator):
        missing.append(say("A second person must sign in for this."))
    return missing


def visible_before(file: CaseFile, ask: Ask) -> tuple[str, ...]:
    """Items now marked that stood just so at the earlier return of this stage and were not listed then."""
    stage = ask.stage
    earlier = returned(file, stage.key) if stage else ReturnNote()
    if not earlier.items:
        return ()
    listed = {mark.key for mark in earlier.before}
    return tuple(
        mark.key
        for mark in ask.items
        if mark.key not in listed and set(entries_behind(file, mark.key)) <= set(earlier.seen)
    )


def entries_behind(file: CaseFile, key: str) -> tuple[str, ...]:
    """The entries that give a field or paper its value now."""
    kind, _, register = (f"case.{key}" if key.startswith("paper.") else key).partition(".")
    state = file.states.get(kind)
    return tuple(state.survivors(register)) if state else ()


def failed(file: CaseFile, ask: Ask, guards: Sequence[GuardCall]) -> list[Text]:
    """The reasons of the guards that do not hold."""
    reasons = (GUARDS[call.name](file, ask, **call.arguments) for call in guards)
    return [reason for reason in reasons if reason is not None]
