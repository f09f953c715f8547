"""What a pack says: its sentences, each with the line it stands in."""

from __future__ import annotations

from collections.abc import Iterator

from kiosk.definitions.findings import Report
from kiosk.definitions.lines import Place
from kiosk.definitions.pinning import actions_of
from kiosk.model.office import OfficePack


def texts_of(pack: OfficePack, report: Report) -> Iterator[tuple[str, Place]]:
    """Every text of a pack that a person reads (a msgid), and where it stands."""
    office, place = pack.office, report.place
    yield office.name, place(office, "name")
    yield office.address, place(office, "address")
    for part in ("departments", "roles"):
        for key, text in getattr(office, part).items():
            yield text, place(office, part, key)
    for key, text in office.texts.items():
        yield text, place(office.texts, key)
    for profile in pack.profiles.values():
        yield profile.title, place(profile, "title")
    for codes in pack.codes.values():
        for code in codes.values():
            yield code.label, place(code, "label")
            if "ground" in code.more:
                yield str(code.more["ground"]), place(code, "more", "ground")
    for form in pack.forms.values():
        yield form.title, place(form, "title")
        for section in form.sections:
            yield section.title, place(section, "title")
        for field in form.fields:
            yield field.label, place(field, "label")
            if field.help:
                yield field.help, place(field, "help")
    for track in pack.tracks.values():
        yield track.label, place(track, "label")
        for action in actions_of(track):
            yield action.label, place(action, "label")
        for stage in track.stages:
            yield stage.label, place(stage, "label")
            for paper in stage.papers:
                yield paper.label, place(paper, "label")
            for key, state in stage.states.items():
                yield state.label, place(stage, "states", key, "label")
                if state.next_step:
                    yield state.next_step, place(stage, "states", key, "next_step")
