"""Workflow definitions: stages, states and actions as data. Made from `workflows/*.yaml`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import msgspec


class GuardCall(msgspec.Struct, frozen=True):
    """A guard by name (model.guards.GUARDS) with the arguments the pack gives it."""

    name: str
    arguments: Mapping[str, object] = msgspec.field(default_factory=dict)


class StateDefinition(msgspec.Struct, frozen=True):
    """`light` is a shape of `screens.md`; `holder` is the role that must act next, or ""."""

    key: str
    label: str
    light: str
    holder: str = ""
    next_step: str = ""  # where the person goes and what to do there, as the progress slip says it (a msgid)


class ActionDefinition(msgspec.Struct, frozen=True):
    """What a role may do in some states of a stage."""

    key: str
    label: str
    roles: tuple[str, ...]
    from_: tuple[str, ...]
    to: str
    kind: str = "advance"  # advance | return | refuse | private (health stream only) | undo
    guards: tuple[GuardCall, ...] = ()
    effects: tuple[str, ...] = ()  # names in actions.effects.EFFECTS
    form: str = ""  # a small form asked with the action (dates of a permit, a conclusion)
    slips: tuple[str, ...] = ()  # printed afterwards
    reasons: str = ""  # code list of reasons that may be chosen
    second: bool = False  # needs a second person's own sign-in

    @property
    def is_the_persons(self) -> bool:
        """Whether only the person himself takes it, on his own screen."""
        return self.roles == ("applicant",)


class Paper(msgspec.Struct, frozen=True):
    """A document of a stage: original sighted, copy attached, reusable by later cases."""

    key: str
    label: str
    required: bool = True
    copy: bool = False
    reusable: bool = True
    show_when: Mapping[str, tuple[str, ...]] = msgspec.field(default_factory=dict)


class StageDefinition(msgspec.Struct, frozen=True):
    """A part of a track that one department owns, with a small state chart of its own."""

    key: str
    label: str
    department: str
    role: str
    initial: str
    states: Mapping[str, StateDefinition]
    actions: tuple[ActionDefinition, ...]
    forms: tuple[str, ...] = ()
    papers: tuple[Paper, ...] = ()
    open_when: tuple[GuardCall, ...] = ()
    private: bool = False  # outside its own department the light knows only four words
    done: tuple[str, ...] = ()  # the states in which the stage counts as finished

    @property
    def roles(self) -> frozenset[str]:
        """Who acts in it."""
        return frozenset({self.role, *(role for action in self.actions for role in action.roles)})

    @property
    def opening(self) -> str:
        """The state in which it is opened when what it waited for is there."""
        return "open" if "open" in self.states else self.initial

    def action(self, key: str) -> ActionDefinition:
        return next(action for action in self.actions if action.key == key)


class TrackDefinition(msgspec.Struct, frozen=True):
    """One kind of case: its stages in order, its permit profile and the actions on the whole case."""

    key: str
    label: str
    profile: str
    stages: tuple[StageDefinition, ...]
    case_actions: tuple[ActionDefinition, ...] = ()  # withdraw

    @property
    def beginners(self) -> frozenset[str]:
        """The roles in which a case is begun: those of the first stage, and who settles any."""
        return (self.stages[0].roles | {"supervisor"}) - {"applicant"}

    def stage(self, key: str) -> StageDefinition:
        return next(stage for stage in self.stages if stage.key == key)


def permit_departments(tracks: Iterable[TrackDefinition]) -> frozenset[str]:
    """The departments at whose counters permits are printed: those who act in a stage that issues one."""
    stages = [stage for track in tracks for stage in track.stages]
    issuing = [stage for stage in stages if any("issue_permit" in action.effects for action in stage.actions)]
    roles = {role for stage in issuing for role in stage.roles}
    return frozenset(stage.department for stage in stages if stage.role in roles)
