"""A stage's own form, filled in at a browser: what was changed is recorded, as at a counter."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from starlette.responses import Response

from central.pages.cases import may_edit, name_of, opened
from central.pages.controls import controls, raws_of, read, sent
from central.pages.site import Missing, Visit, again
from kiosk.errors import InvalidInput, KioskError, StoreError
from kiosk.model.answers import Problem
from kiosk.model.ask import Definitions
from kiosk.model.case import CaseView
from kiosk.model.forms import FieldDefinition, FormDefinition
from kiosk.model.text import Text, say


def fill_in(visit: Visit) -> Response:
    case = name_of(visit)
    view = opened(visit, case)
    definitions = visit.site.desk.definitions(case)
    form = definitions.forms.get(visit.part("form"))
    stages = definitions.track.stages
    fields = [f for f in form.fields if may_edit(visit, view, f, definitions)] if form is not None else []
    if form is None or not fields or not any(form.key in stage.forms for stage in stages):
        raise Missing(say("Nothing is at this address."))
    if not visit.sent:
        proposed = visit.site.desk.proposals(visit.operator, case, {})
        return _asked(visit, view, definitions, form, fields, raws_of(fields, {**proposed, **view.facts}))
    raws = sent(visit, fields)
    answers, problems = read(visit, fields, definitions, raws, view.facts)
    if problems:
        return _asked(visit, view, definitions, form, fields, raws, problems)
    changed = {key: value for key, value in answers.items() if value != view.facts.get(key)}
    try:
        if changed:
            reason = visit.get("reason").strip()[:200]
            desk, operator = visit.site.desk, visit.operator
            again(lambda: desk.record(operator, case, changed, reason=reason))
    except StoreError:
        raise
    except KioskError as error:
        found = error.problems if isinstance(error, InvalidInput) else ()
        return _asked(visit, view, definitions, form, fields, raws, found, error.text)
    told = say("Saved: {form}", form=Text(form.title)) if changed else say("Nothing was changed.")
    return visit.go(f"/cases/{visit.part('case')}", told)


def _asked(
    visit: Visit,
    view: CaseView,
    definitions: Definitions,
    form: FormDefinition,
    fields: Sequence[FieldDefinition],
    raws: Mapping[str, str],
    problems: Sequence[Problem] = (),
    problem: Text | None = None,
) -> Response:
    wrong = {one.key: one.text for one in problems}
    made = {one.key: one for one in controls(visit, fields, definitions, raws, wrong)}
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
    )
