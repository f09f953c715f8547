"""Which stage a case opens at, what its main action is, and whether there is more to do after one."""

from __future__ import annotations

from collections.abc import Sequence

from kiosk.model.ask import Definitions
from kiosk.model.case import ActionView, CaseView, StageView
from kiosk.model.workflow import StageDefinition

APPLICANT = ("applicant",)


def first_stage(view: CaseView, roles: tuple[str, ...]) -> str:
    """The stage that waits for one of my roles; else one I can act on; else the last that was begun."""
    for stage in view.stages:
        if stage.holder in roles:
            return stage.key
    for stage in view.stages:
        if any(
            action.stage == stage.key and not action.closed and action.definition.to not in ("", stage.state)
            for action in view.actions
        ):
            return stage.key
    begun = [stage.key for stage in view.stages if stage.light.shape != "not_open"]
    return begun[-1] if begun else view.stages[0].key


def stage_of(definitions: Definitions, keys: Sequence[str]) -> tuple[str, str]:
    """The stage whose page shows one of some facts, and the first such fact; else one that asks for others of
    their subject, and ""; two empty texts where there is neither."""
    asked = {stage.key: _asked(definitions, stage) for stage in definitions.track.stages}
    for key in keys:
        for stage, fields in asked.items():
            own = [f"case.{kind}.{stage}" for kind in ("stage", "returned", "refused")]
            if key in fields or key in own or key.startswith(f"case.paper.{stage}."):
                return stage, key
    subjects = {kind if kind != "case" else name for kind, _, name in (key.partition(".") for key in keys)}
    found = (stage for stage, fields in asked.items() if subjects & {key.partition(".")[0] for key in fields})
    return next(found, ""), ""


def _asked(definitions: Definitions, stage: StageDefinition) -> set[str]:
    """The facts that a stage and its actions ask for."""
    names = {*stage.forms, *(action.form for action in stage.actions)} & definitions.forms.keys()
    return {field.key for name in names for field in definitions.forms[name].fields}


def main_action(view: CaseView, stage: StageView, form: str | None) -> ActionView | None:
    """What Ctrl+Enter does: the action that asks for the form on the screen, else the one that advances."""
    if view.status != "open":
        return None
    here = [
        action
        for action in view.actions
        if action.stage == stage.key
        and stage.state in action.definition.from_
        and action.definition.kind == "advance"
    ]
    for action in here:
        if form is not None and action.definition.form == form:
            return action
    onward = [action for action in here if action.definition.to != stage.state]
    mine = [action for action in onward if action.definition.roles != APPLICANT]
    back = [action for action in mine if _goes_back(view, action)]
    forward = [action for action in mine if action not in back]
    return next(iter(forward), None) or next(
        (action for action in onward if action.definition.roles == APPLICANT), None
    )


def _goes_back(view: CaseView, action: ActionView) -> bool:
    """Whether an action leads to a state that comes earlier in the stage's own list of states."""
    states = list(view.track.stage(action.stage).states)
    now = next(stage.state for stage in view.stages if stage.key == action.stage)
    if action.definition.to not in states or now not in states:
        return False
    return states.index(action.definition.to) < states.index(now) and "withdraw" in " ".join(
        action.definition.effects
    )


def stays(view: CaseView, action: ActionView) -> bool:
    """After an action: whether the same stage has a next step that is taken at this window."""
    if not action.stage or view.status != "open":
        return False
    if action.definition.kind != "advance":
        return False
    stage = next(stage for stage in view.stages if stage.key == action.stage)
    if stage.state in action.definition.from_:
        return True  # it changed nothing of the stage: a lodging was registered, say
    after = main_action(view, stage, None)
    return after is not None
