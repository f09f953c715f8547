"""A form and the answers to it: which questions are asked, and what is missing or wrong."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date

import msgspec

from kiosk.model.checks import WARNINGS, find_check
from kiosk.model.entries import Json
from kiosk.model.fields import FIELD_TYPES
from kiosk.model.forms import FieldDefinition, FormDefinition
from kiosk.model.office import CodeList
from kiosk.model.parsed import Context
from kiosk.model.text import Text, say


class Problem(msgspec.Struct, frozen=True):
    """What is wrong with one answer; a "warning" is shown and stops nothing.

    An `overridable` one (a check digit) stops the action that first writes the answer, unless a
    supervisor signs in for it.
    """

    key: str
    text: Text
    severity: str = "error"
    overridable: bool = False


def shown(field: FieldDefinition, facts: Mapping[str, Json]) -> bool:
    """Whether the question is asked, given the other answers."""
    return all(_as_code(facts.get(key)) in values for key, values in field.show_when.items())


def _as_code(value: Json) -> str:
    """An answer as a form's condition writes it: yes and no are 1 and 0."""
    return str(int(value)) if isinstance(value, bool) else str(value)


def problems(
    form: FormDefinition,
    facts: Mapping[str, Json],
    *,
    today: date,
    codes: Mapping[str, CodeList],
    by: str | None = None,
) -> tuple[Problem, ...]:
    """Everything missing or wrong in the answers (normal forms by key); `by` asks for one role's fields."""
    return tuple(
        problem
        for field in form.fields
        if by in (None, field.by) and shown(field, facts)
        for problem in field_problems(field, facts, today=today, codes=codes)
    )


def field_problems(
    field: FieldDefinition, facts: Mapping[str, Json], *, today: date, codes: Mapping[str, CodeList]
) -> Iterator[Problem]:
    """At most one error of one answer, or its warnings.

    A problem that a supervisor may override is a warning where the answer stands in the facts: the
    action that wrote it has demanded the supervisor.
    """
    value = facts.get(field.key)
    if value is None or value in ("", []):
        if field.required:
            yield Problem(field.key, say("This is needed."))
        return
    kind = FIELD_TYPES[field.type]
    read = kind.parse(kind.raw(value), Context(today, codes.get(field.codes, {}), field.options))
    if read.problem:
        overridable = bool(read.parts.get("overridable"))
        yield Problem(field.key, read.problem, "warning" if overridable else "error", overridable)
        return
    if read.value != value:
        yield Problem(field.key, say("This is not in the form that this question takes."))
        return
    if read.warning:
        yield Problem(field.key, read.warning, "warning")
    yield from _checked(field, value, facts, today)


def _checked(
    field: FieldDefinition, value: Json, facts: Mapping[str, Json], today: date
) -> Iterator[Problem]:
    check, warn = find_check(field.check), WARNINGS.get(field.check)
    wrong = check(value, facts, today) if check else None
    warning = warn(value, facts, today) if warn and not wrong else None
    if wrong:
        yield Problem(field.key, wrong)
    if warning:
        yield Problem(field.key, warning, "warning")
