"""What a case is shown by where its own definitions are missing, or of a newer program."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from kiosk.model.ask import Definitions
from kiosk.model.forms import FieldDefinition, FormDefinition, Section
from kiosk.model.standin import is_known, stand_in
from kiosk.model.text import say
from kiosk.model.workflow import ActionDefinition, GuardCall, StageDefinition, TrackDefinition
from tests.office import sample_pack

WHY = say("It is so.")


def own(**changes: object) -> Definitions:
    """The sample's definitions of a worker, with one thing of another program."""
    pack = sample_pack()
    track = pack.tracks["worker"]
    field = replace(FieldDefinition("person.tail", "name", "Tail"), **changes.get("field", {}))  # type: ignore[arg-type]
    action = replace(ActionDefinition("fly", "Fly", (), (), ""), **changes.get("action", {}))  # type: ignore[arg-type]
    stage = StageDefinition("flight", "Flight", "reception", "reception", "open", {}, (action,), ("flight",))
    form = FormDefinition("flight", "Flight", (Section("Flight", (field,)),))
    return Definitions(
        replace(track, stages=(*track.stages, stage)), {**pack.forms, "flight": form}, pack.codes
    )


@pytest.mark.parametrize("key", ["paper.registration.identity_document", "paper.flight", "paper."])
def test_a_paper_of_a_stage_that_is_not_there_is_called_by_its_key(key: str) -> None:
    """A stand-in has the stages that the journal names; a paper is sighted before its stage begins."""
    shown = stand_in(sample_pack(), "worker", {"permit": "open"}, WHY)
    assert shown.label(key) == key


def test_what_this_program_has_is_known() -> None:
    assert is_known(own())


@pytest.mark.parametrize(
    "changes",
    [
        {"field": {"type": "hologram"}},
        {"field": {"check": "is_true"}},
        {"field": {"propose": "the_best"}},
        {"action": {"guards": (GuardCall("moon_is_full"),)}},
        {"action": {"effects": ("lift_off",)}},
        {"action": {"kind": "sideways"}},
    ],
)
def test_what_this_program_does_not_have_is_told_and_left_out(changes: dict[str, object]) -> None:
    strange = own(**changes)
    assert not is_known(strange)
    shown = stand_in(sample_pack(), "worker", {"flight": "aloft", "health": ""}, WHY, strange)
    assert shown.closed == WHY
    assert [stage.key for stage in shown.track.stages] == ["flight", "health"]
    assert shown.track.stage("flight").label == "Flight"
    assert shown.track.stage("flight").states["aloft"].light == "elsewhere"
    assert shown.track.stage("health").states == sample_pack().tracks["worker"].stage("health").states
    assert is_known(shown)


def test_of_an_unknown_track_the_states_alone_are_shown() -> None:
    shown = stand_in(sample_pack(), "pilgrim", {"departure": "packed"}, WHY)
    assert isinstance(shown.track, TrackDefinition)
    assert shown.track.label == "pilgrim"
    assert shown.track.stage("departure").states["packed"].label == "packed"
    assert shown.forms.keys() == sample_pack().forms.keys()
    assert shown.track.profile in sample_pack().profiles
