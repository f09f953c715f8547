"""Pins a track: the bytes a case's definitions can be rebuilt from, and their digest.

Pinned are the workflow, its forms and the code lists these name; calendars, staff, fees and
translations stay current. The bytes are JSON in the pack's own order, for the order of a list is
the order in which it is offered.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping

import msgspec

from kiosk.model.forms import FormDefinition
from kiosk.model.office import Code, CodeList
from kiosk.model.workflow import ActionDefinition, TrackDefinition

FORMS = ("notice",)  # what every case needs though no stage names it
CODE_LISTS = ("item_marks", "reprint_reasons", "spoil_reasons")


class Pinned(msgspec.Struct, frozen=True):
    """What is pinned. Attributes as in the model; codes by list and key."""

    track: TrackDefinition
    forms: dict[str, FormDefinition]
    codes: dict[str, dict[str, Code]]


def actions_of(track: TrackDefinition) -> Iterator[ActionDefinition]:
    """Every action of a track, those on the whole case last."""
    for stage in track.stages:
        yield from stage.actions
    yield from track.case_actions


def forms_of(track: TrackDefinition) -> list[str]:
    """The keys of the forms a track uses, in order."""
    named = [form for stage in track.stages for form in stage.forms]
    named += [action.form for action in actions_of(track) if action.form]
    return list(dict.fromkeys([*FORMS, *named]))


def pin(
    track: TrackDefinition, forms: Mapping[str, FormDefinition], codes: Mapping[str, CodeList]
) -> tuple[str, bytes]:
    """Digest (SHA-256, hexadecimal) and bytes of a track with its forms and code lists."""
    used = {key: forms[key] for key in forms_of(track) if key in forms}
    lists = [field.codes for form in used.values() for field in form.fields if field.codes]
    lists += [action.reasons for action in actions_of(track) if action.reasons]
    named = dict.fromkeys([*lists, *CODE_LISTS])
    source = msgspec.json.encode(
        Pinned(track, used, {key: dict(codes[key]) for key in named if key in codes})
    )
    return hashlib.sha256(source).hexdigest(), source


def track_from_source(
    source: bytes,
) -> tuple[TrackDefinition, dict[str, FormDefinition], dict[str, dict[str, Code]]]:
    """The definitions a case began with, from the bytes of `OfficePack.sources`."""
    pinned = msgspec.json.decode(source, type=Pinned)
    return pinned.track, pinned.forms, pinned.codes
