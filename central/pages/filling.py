"""A stage's own form, filled in at a browser: what was changed of what its page showed is recorded.

The page carries what it showed, and by which entries. What came meanwhile in a field that was not changed
stays; in one that was, it is told before it is replaced.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import msgspec
from starlette.responses import Response

from central.pages.cases import may_edit, name_of, opened
from central.pages.controls import controls, raws_of, read, sent
from central.pages.site import Missing, Visit, again
from kiosk.errors import InvalidInput, KioskError, Overtaken, StoreError
from kiosk.model.answers import Problem
from kiosk.model.ask import Definitions
from kiosk.model.case import CaseView, Standing
from kiosk.model.forms import FieldDefinition, FormDefinition
from kiosk.model.telling import shown, stands
from kiosk.model.text import Text, say


class Shown(msgspec.Struct, frozen=True):
    """What a page showed of a field as it is recorded, and by which entries; it comes back with the form."""

    raw: str = ""
    entries: tuple[str, ...] = ()


NOTHING = Shown()


class Filling(msgspec.Struct, frozen=True):
    """A form of a case as it stands now."""

    view: CaseView
    definitions: Definitions
    form: FormDefinition
    fields: list[FieldDefinition]

    @property
    def stands(self) -> dict[str, Shown]:
        raws, standing = raws_of(self.fields, self.view.facts), self.view.standing
        return {
            field.key: Shown(raws.get(field.key, ""), standing[field.key].entries)
            for field in self.fields
            if field.key in standing
        }


def fill_in(visit: Visit) -> Response:
    case = name_of(visit)
    view = opened(visit, case)
    definitions = visit.site.desk.definitions(case)
    form = definitions.forms.get(visit.part("form"))
    stages = definitions.track.stages
    fields = [f for f in form.fields if may_edit(visit, view, f, definitions)] if form is not None else []
    if form is None or not fields or not any(form.key in stage.forms for stage in stages):
        raise Missing(say("Nothing is at this address."))
    filling = Filling(view, definitions, form, fields)
    if not visit.sent:
        proposed = visit.site.desk.proposals(visit.operator, case, {})
        return _asked(visit, filling, raws_of(fields, {**proposed, **view.facts}), {})
    return _take(visit, filling)


def _take(visit: Visit, filling: Filling) -> Response:
    """Records what was changed of what the page showed: what came meanwhile stays, or is told first."""
    view, fields, posted, now = filling.view, filling.fields, _seen(visit), filling.stands
    raws = sent(visit, fields)
    seen = {key: posted.get(key, NOTHING) for key, raw in raws.items() if raw != posted.get(key, NOTHING).raw}
    raws = {key: raw if key in seen else now.get(key, NOTHING).raw for key, raw in raws.items()}
    answers, wrong = read(visit, fields, filling.definitions, raws, view.facts)
    problems = [one for one in wrong if one.key in seen]
    changed = {key: value for key, value in answers.items() if key in seen and value != view.facts.get(key)}
    if problems:
        return _asked(visit, filling, raws, seen, problems)
    try:
        if changed:
            reason = visit.get("reason").strip()[:200]
            desk, operator = visit.site.desk, visit.operator
            entries = {key: was.entries for key, was in seen.items()}
            again(lambda: desk.record(operator, view.case, changed, reason=reason, seen=entries))
    except StoreError:
        raise
    except Overtaken as error:
        values = {key: standing.values[0] for key, standing in error.standing.items()}
        told = raws_of(fields, values)
        seen |= {key: Shown(told.get(key, ""), one.entries) for key, one in error.standing.items()}
        return _asked(visit, filling, raws, seen, _told(visit, filling, error), error.text)
    except KioskError as error:
        found = error.problems if isinstance(error, InvalidInput) else ()
        return _asked(visit, filling, raws, seen, found, error.text)
    done = say("Saved: {form}", form=Text(filling.form.title)) if changed else say("Nothing was changed.")
    return visit.go(f"/cases/{visit.part('case')}", done)


def _seen(visit: Visit) -> dict[str, Shown]:
    """What the page said that it showed; who sends something else has been shown nothing."""
    try:
        return msgspec.json.decode(visit.get("seen"), type=dict[str, Shown])
    except (msgspec.DecodeError, RecursionError):
        return {}


def _told(visit: Visit, filling: Filling, error: Overtaken) -> list[Problem]:
    words, today = visit.site.words.of(visit.language), visit.site.desk.today()

    def told(key: str, standing: Standing) -> Text:
        return stands(standing, lambda value: shown(filling.definitions, key, value, words, today))

    return [Problem(key, told(key, standing)) for key, standing in error.standing.items()]


def _asked(
    visit: Visit,
    filling: Filling,
    raws: Mapping[str, str],
    seen: Mapping[str, Shown],
    problems: Sequence[Problem] = (),
    problem: Text | None = None,
) -> Response:
    """`seen` is what was shown of the fields that were changed, else what stands now."""
    view, form = filling.view, filling.form
    wrong = {one.key: one.text for one in problems}
    made = {one.key: one for one in controls(visit, filling.fields, filling.definitions, raws, wrong)}
    sections = [
        (section.title, [made[field.key] for field in section.fields if field.key in made])
        for section in form.sections
    ]
    return visit.page(
        "form.html",
        422 if problems or problem else 200,
        view=view,
        title=form.title,
        address=f"/cases/{visit.part('case')}",
        sections=[(title, asked) for title, asked in sections if asked],
        wrong=[(made[key], text) for key, text in wrong.items() if key in made],
        problem=problem,
        corrects="supervisor" in visit.operator.roles,
        reason=visit.get("reason"),
        seen=msgspec.json.encode(filling.stands | dict(seen)).decode(),
    )
