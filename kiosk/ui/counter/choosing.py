"""Which stage a case opens at, what its main action is, and whether there is more to do after one."""

from __future__ import annotations

from kiosk.model.case import ActionView, CaseView, StageView

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
