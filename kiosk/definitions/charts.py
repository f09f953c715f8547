"""Builds each stage's state chart with python-statemachine, to find dead ends and to draw it.

Used by the checker only: at run time the table of transitions in the workflow does (it is a
thousand times quicker). The library's two unsafe defaults are off: with them a forbidden event
is passed over, and an error in an action is swallowed while the state advances.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from types import new_class
from typing import Any

from statemachine import Event, State, StateChart
from statemachine.graph import disconnected_states, states_without_path_to_final_states

from kiosk.definitions.checking import Check
from kiosk.model.text import say
from kiosk.model.workflow import StageDefinition

END = "at_rest"  # where a stage may stay for good: finished, refused or void


def chart(stage: StageDefinition) -> type[StateChart[Any]]:
    """The stage as a chart, an event for each action. Every state the stage may rest in leads to END.

    Keys get a prefix, for in this library a state and an event of one name hide each other.
    """
    states = {key: State(state.label, initial=key == stage.initial) for key, state in stage.states.items()}
    end = State("At rest", final=True)
    events: dict[str, Event] = {}
    for number, (name, source, target) in enumerate(_steps(stage, states)):
        events[f"do_{number}"] = Event(source.to(target or end), name=name)
    switches = {
        "allow_event_without_transition": False,
        "catch_errors_as_events": False,
        # The checks that the library would raise one by one are asked for in `dead_ends`, all at once.
        "validate_disconnected_states": False,
        "validate_trap_states": False,
        "validate_final_reachability": False,
    }
    named = {f"in_{key}": state for key, state in states.items()}
    return new_class(
        f"Stage_{stage.key}",
        (StateChart,),
        exec_body=lambda body: body.update({**switches, **named, END: end, **events}),
    )


def _steps(stage: StageDefinition, states: Mapping[str, State]) -> Iterator[tuple[str, State, State | None]]:
    """(what is done, from, to) of every transition; `to` is None for coming to rest."""
    if stage.open_when and "open" in states and stage.initial != "open":
        yield "Opens", states[stage.initial], states["open"]
    for action in stage.actions:
        for key in action.from_:
            if key in states and action.to in states:
                yield action.label, states[key], states[action.to]
    for key, state in stage.states.items():
        if key in stage.done or state.light == "refused":
            yield "Rests", states[key], None


def dead_ends(stage: StageDefinition) -> tuple[list[str], list[str]]:
    """States that cannot be reached, and states from which the stage can never come to rest."""
    machine = chart(stage)
    states = {state.id.removeprefix("in_"): state for state in machine.states}
    unreachable = disconnected_states(states[stage.initial], set(machine.states))
    trapped = set(states_without_path_to_final_states(machine.states)) - unreachable
    return (
        [key for key in stage.states if states[key] in unreachable],
        [key for key in stage.states if states[key] in trapped],
    )


class ChartCheck(Check):
    """Every state can be reached, and from every state the stage can be finished."""

    def run(self) -> None:
        for track in self.pack.tracks.values():
            for stage in track.stages:
                if stage.initial in stage.states:
                    self.stage(stage)

    def stage(self, stage: StageDefinition) -> None:
        unreachable, trapped = dead_ends(stage)
        for key in unreachable:
            self.report.add(
                self.report.place(stage, "states", key),
                say("Nothing leads to the state “{state}”.", state=key),
                say("Let an action go “to: {state}”, or remove the state.", state=key),
            )
        for key in trapped:
            self.report.add(
                self.report.place(stage, "states", key),
                say("From the state “{state}” this stage can never be finished.", state=key),
                say("Add an action from it, or name it under “done”."),
            )
