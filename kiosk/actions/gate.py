"""Who may write what, and when: one gate for every writing call, whatever screen it comes from."""

from __future__ import annotations

from collections.abc import Iterator

from kiosk.actions.act import Act
from kiosk.actions.terminal import Terminal
from kiosk.errors import NotAllowed, Refused
from kiosk.model.ask import Definitions, joined
from kiosk.model.forms import FieldDefinition
from kiosk.model.text import Text, say
from kiosk.model.workflow import ActionDefinition, StageDefinition, TrackDefinition, permit_departments
from kiosk.store import exchange as store
from kiosk.store.views import row_of

LIVING = ("approved", "active")  # a permit that was decided and holds


def refuse_what_cannot_be_written(act: Act) -> None:
    """A case of a newer program or an unknown pack is only looked at; a second person is another person."""
    if act.second == act.operator.number:
        raise Refused(say("A second person must sign in for this."))
    closed = act.terminal.definitions_of(act.file).closed
    if closed is not None:
        raise Refused(closed)
    if act.file.read_only:
        raise Refused(say("This case holds an entry of a newer program. It can only be looked at here."))


def refuse_on_closed_case(act: Act) -> None:
    """Papers, pictures and links of a case stand still once it is closed or its permit is decided."""
    refuse_what_cannot_be_written(act)
    if act.file.peek("case.status") != "open":
        raise Refused(say("This case is closed."))
    if is_decided(act):
        raise Refused(say("The permit is decided. Take the decision back first."))


def is_decided(act: Act) -> bool:
    """Whether a permit of this case holds; one that was taken back leaves the case undecided."""
    status = act.file.peek("permit.status")
    return status in LIVING or (status is not None and act.file.peek("case.status") != "open")


def is_sealed(act: Act, key: str) -> bool:
    """Whether a fact stands on a permit that holds; a person's facts stand on those of all his cases."""
    if is_decided(act):
        return True
    person = act.file.subjects.get("person")
    if not key.startswith("person.") or not person:
        return False
    rows = act.connection.execute("SELECT body FROM view_case WHERE person = ?", (person,))
    return any(row_of(body).permit in LIVING for (body,) in rows)


def roles_of(field: FieldDefinition, definitions: Definitions) -> tuple[str, ...]:
    """The roles that enter a field: its owner first, then whoever takes an action that asks its form."""
    roles = [field.by]
    for form in definitions.forms.values():
        if any(own.key == field.key for own in form.fields):
            roles += [role for action in _actions_asking(form.key, definitions) for role in action.roles]
    if field.subject != "health":
        roles.append("supervisor")
    return tuple(dict.fromkeys(roles))


def _actions_asking(form: str, definitions: Definitions) -> Iterator[ActionDefinition]:
    for stage in definitions.track.stages:
        for action in stage.actions:
            if action.form == form or any(guard.arguments.get("form") == form for guard in action.guards):
                yield action


def role_for(act: Act, field: FieldDefinition, definitions: Definitions) -> str:
    """The role in which the operator enters a field. Raises NotAllowed when he has none."""
    allowed = roles_of(field, definitions)
    if field.by == "applicant":  # what the person says at any window
        allowed = (*allowed, "reception")
    role = next((role for role in allowed if role in act.operator.roles), "")
    if not role:
        raise NotAllowed(say("{field} belongs to another department.", field=Text(field.label)))
    return role


def field_named(definitions: Definitions, key: str) -> FieldDefinition | None:
    """The field of that key, in whichever form it stands."""
    return definitions.field(key)


def refuse_strangers(act: Act, stage: StageDefinition) -> None:
    """A stage's papers are handled by the roles that act in it."""
    if stage.roles.isdisjoint(act.operator.roles):
        raise NotAllowed(say("{stage} belongs to another department.", stage=Text(stage.label)))


def refuse_to_seal(terminal: Terminal, kind: str, track: TrackDefinition) -> None:
    """A permit is printed where the office prints permits: elsewhere its seal would vouch for nothing.

    `track` is the case's own. A terminal that has joined no centre prints what it likes.
    """
    if kind != "permit":
        return
    with terminal.store.read() as connection:
        own = store.known(connection, "centre/departments")
    if own is None:
        return
    printing = permit_departments([*terminal.pack.tracks.values(), track])
    if not printing.intersection(own.decode().split()):
        named = terminal.pack.office.departments
        places = joined([Text(named.get(department, department)) for department in sorted(printing)])
        raise Refused(say("Permits are printed at: {departments}.", departments=places))
