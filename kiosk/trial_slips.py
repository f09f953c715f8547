"""Draws every slip of a pack with its longest words, to find what does not fit before anybody is waiting."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, datetime, timedelta, timezone

from kiosk.definitions import Finding
from kiosk.definitions.findings import Report
from kiosk.definitions.wording import texts_of
from kiosk.model.entries import Json
from kiosk.model.forms import FieldDefinition
from kiosk.model.office import OfficePack
from kiosk.model.slip import SLIP_KINDS, Opinion, Slip
from kiosk.model.text import Text, Translator, say
from kiosk.printing import check

NOON = datetime(2026, 12, 28, 12, 0, tzinfo=timezone(timedelta(hours=8)))
LONGEST_NUMBER = "XX00-0000-P000000-X"
# An answer of each type that carries no word of the pack.
ANSWERS: Mapping[str, Json] = {
    "date": "2026-12-28",
    "datetime": "2026-12-28T12:00+08:00",
    "country": "MMR",
    "boolean": True,
    "money": "2800.00",
    "integer": 1,
    "contact": {"name": "AUNG AUNG", "phone": "+959250000000"},
    "phone": "+8613800138000",
}


def misfits(pack: OfficePack, report: Report) -> Iterator[Finding]:
    """A finding for each text that does not fit a slip or that no font can draw, at its line in the pack."""
    places = {
        translate(text): place
        for text, place in texts_of(pack, report)
        for translate in pack.translators.values()
    }
    for slip in trial_slips(pack):
        for problem in check(slip, pack):
            drawn = str(problem.slots.get("text", ""))
            place = next((places[text] for text in places if text and text in drawn), None)
            yield Finding(
                place.file if place else "assets/translations",
                place.line if place else 0,
                say(
                    "On the slip “{slip}”: {problem}.",
                    slip=Text(SLIP_KINDS[slip.kind].title),
                    problem=problem,
                ),
                say("Say it in fewer words, here or in the translation."),
            )


def trial_slips(pack: OfficePack) -> Iterator[Slip]:
    """One slip of each kind for each language, and a permit for each profile."""
    for language in pack.office.languages:
        for kind, definition in SLIP_KINDS.items():
            titles = [profile.title for profile in pack.profiles.values()] if kind == "permit" else [""]
            for title in titles:
                yield _slip(pack, language, kind, title or definition.title)


def _slip(pack: OfficePack, language: str, kind: str, title: str) -> Slip:
    translate = pack.translators[language]
    reasons = [code for codes in pack.codes.values() for code in codes.values() if "ground" in code.more]
    stages = [stage for track in pack.tracks.values() for stage in track.stages]
    labels = [Text(paper.label) for stage in stages for paper in stage.papers]
    states = [state for stage in stages for state in stage.states.values()]
    steps = [Text(state.next_step) for state in states if state.next_step]
    remedies = [Text(text) for key, text in pack.office.texts.items() if key.startswith("remedy_")]
    return Slip(
        kind=kind,
        number=LONGEST_NUMBER,
        language=language,
        issued_at=NOON,
        name="AUNG AUNG",
        document_tail="0000",
        title=title,
        case_number=LONGEST_NUMBER,
        facts={
            field.key: _answer(field, pack, translate)
            for form in pack.forms.values()
            for field in form.fields
            if field.type != "image"
        },
        forms=tuple(form for form in pack.forms if form != "notice") if kind == "application_form" else (),
        items=tuple([Text(code.label) for code in reasons] if kind == "refusal" else labels),
        opinions=tuple(
            Opinion(
                pack.office.departments.get(stage.department, ""),
                stage.label,
                max((Text(state.label) for state in stage.states.values()), key=lambda t: len(translate(t))),
            )
            for stage in stages
        ),
        ground=_longest([Text(str(code.more["ground"])) for code in reasons], translate),
        remedy=_longest(remedies, translate),
        received_at=NOON,
        decide_by=date(2026, 12, 28),
        collect_after=NOON if kind == "progress" else None,
        officer="P001",
        window="1",
        seal="0" * 240,
        reprint=1,
        provisional=True,
        next_text=_longest(steps, translate) if kind in ("progress", "missing") else None,
    )


def _answer(field: FieldDefinition, pack: OfficePack, translate: Translator) -> Json:
    """The longest answer the pack's words can give."""
    codes = pack.codes.get(field.codes, {})
    longest = max(codes.values(), key=lambda code: len(translate(code.label)), default=None)
    if longest is None:
        return ANSWERS.get(field.type, "0000000000")
    if field.type == "address":
        return {"division": longest.key, "text": "1"}
    return [longest.key] if field.type == "choices" else longest.key


def _longest(texts: list[Text], translate: Translator) -> Text | None:
    return max(texts, key=lambda text: len(translate(text)), default=None)
