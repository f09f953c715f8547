"""The charts that the checker builds of each stage."""

from __future__ import annotations

import pytest
from statemachine.exceptions import TransitionNotAllowed

from kiosk.definitions import read_pack
from kiosk.definitions.charts import chart
from kiosk.settings import sample_pack_folder

STAGES = read_pack(sample_pack_folder()).tracks["worker"].stages


@pytest.mark.parametrize("stage", STAGES, ids=[stage.key for stage in STAGES])
def test_a_chart_has_every_state_and_every_transition(stage) -> None:  # type: ignore[no-untyped-def]
    made = chart(stage)
    drawn = {
        (transition.source.id, target.id)
        for state in made.states
        for transition in state.transitions
        for target in transition.targets
    }
    written = {(f"in_{key}", f"in_{action.to}") for action in stage.actions for key in action.from_}
    assert {state.id for state in made.states} == {f"in_{key}" for key in stage.states} | {"at_rest"}
    assert written <= drawn


def test_a_forbidden_event_is_an_error_and_nothing_advances() -> None:
    """The library's defaults would pass it over."""
    health = next(stage for stage in STAGES if stage.key == "health")
    made = chart(health)
    clear = next(event.id for event in made.events if event.name == "Give the clearance")
    machine = made()
    with pytest.raises(TransitionNotAllowed):
        machine.send(clear)
    assert [state.id for state in machine.configuration] == ["in_not_open"]


def test_a_chart_can_be_drawn() -> None:
    drawing = f"{chart(STAGES[0]):mermaid}"
    assert drawing.startswith("stateDiagram-v2")
    assert "in_draft --> in_done : Register" in drawing
