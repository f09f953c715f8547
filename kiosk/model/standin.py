"""What a case is shown by where its own definitions are not here, or are of a newer program.

Such a case can only be looked at. Its stages and their lights are in the journal; labels and forms are those
of the pack this terminal works by, as far as it has any for them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from msgspec.structs import replace

from kiosk.model import names
from kiosk.model.ask import Definitions
from kiosk.model.forms import FieldDefinition, FormDefinition
from kiosk.model.office import OfficePack
from kiosk.model.text import Text
from kiosk.model.workflow import ActionDefinition, StageDefinition, StateDefinition, TrackDefinition


def is_known(definitions: Definitions) -> bool:
    """Whether this program has every guard, effect, field type and check that these definitions name."""
    guards, effects = set[str](), set[str]()
    for stage in definitions.track.stages:
        guards.update(guard.name for guard in stage.open_when)
    for action in _actions(definitions.track):
        guards.update(guard.name for guard in action.guards)
        effects.update(action.effects)
    fields = [field for form in definitions.forms.values() for field in form.fields]
    return (
        guards <= names.GUARD_NAMES
        and effects <= names.EFFECT_NAMES
        and {action.kind for action in _actions(definitions.track)} <= names.ACTION_KINDS
        and all(_is_known_field(field) for field in fields)
    )


def stand_in(
    pack: OfficePack, track: str, states: Mapping[str, str], closed: Text, own: Definitions | None = None
) -> Definitions:
    """Definitions by which a case can be looked at: `states` are its stages' (stage -> state), in order.

    `own` are the case's own ones where they can be read, though this program does not know all they name.
    """
    forms = own.forms if own else pack.forms
    base = own.track if own else pack.tracks.get(track)
    label, profile = (base.label, base.profile) if base else (track, "")
    stages = {stage.key: stage for stage in base.stages} if base else {}
    return Definitions(
        TrackDefinition(
            key=track,
            label=label,
            profile=profile if profile in pack.profiles else next(iter(pack.profiles), ""),
            stages=tuple(_stage(stages.get(key), key, state, forms) for key, state in states.items()),
            case_actions=_named(base.case_actions) if base else (),
        ),
        {key: _form(form) for key, form in forms.items()},
        {**pack.codes, **(own.codes if own else {})},
        closed,
    )


def with_states(definitions: Definitions, states: Mapping[str, str]) -> Definitions:
    """Definitions that name the states in which a case's stages stand (stage -> state).

    Another program may have written one that the workflow has not: no action begins there.
    """
    track = definitions.track
    stages = tuple(_with_state(stage, states.get(stage.key) or stage.initial) for stage in track.stages)
    if stages == track.stages:
        return definitions
    return replace(definitions, track=replace(track, stages=stages))


def _with_state(stage: StageDefinition, state: str) -> StageDefinition:
    if state in stage.states:
        return stage
    return replace(stage, states={**stage.states, state: StateDefinition(state, state, "elsewhere")})


def _stage(
    known: StageDefinition | None, key: str, state: str, forms: Mapping[str, FormDefinition]
) -> StageDefinition:
    if known is None:
        known = StageDefinition(key, key, department="", role="", initial=state, states={}, actions=())
    known = _with_state(_with_state(known, known.initial), state or known.initial)
    return replace(
        known,
        actions=_named(known.actions),
        forms=tuple(form for form in known.forms if form in forms),
        open_when=tuple(guard for guard in known.open_when if guard.name in names.GUARD_NAMES),
    )


def _named(actions: Iterable[ActionDefinition]) -> tuple[ActionDefinition, ...]:
    """What the history calls them by; none of them is taken."""
    return tuple(replace(action, kind="advance", guards=(), effects=()) for action in actions)


def _form(form: FormDefinition) -> FormDefinition:
    """Without the fields that this program cannot show, and without rules: nothing is entered."""
    return replace(
        form,
        sections=tuple(
            replace(
                section,
                fields=tuple(
                    replace(field, check="", propose="")
                    for field in section.fields
                    if field.type in names.FIELD_TYPE_NAMES
                ),
            )
            for section in form.sections
        ),
    )


def _is_known_field(field: FieldDefinition) -> bool:
    return (
        field.type in names.FIELD_TYPE_NAMES
        and (not field.check or field.check.partition(":")[0] in names.CHECK_NAMES)
        and (not field.propose or field.propose in names.PROPOSAL_NAMES)
    )


def _actions(track: TrackDefinition) -> Iterator[ActionDefinition]:
    for stage in track.stages:
        yield from stage.actions
    yield from track.case_actions
