"""The questions of a form as controls of a page, and what was sent read back by the fields' own rules."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import msgspec

from central.pages.site import Visit
from kiosk.model.answers import Problem, shown
from kiosk.model.ask import Definitions
from kiosk.model.documents.countries import countries
from kiosk.model.entries import Json
from kiosk.model.fields import FIELD_TYPES, Context
from kiosk.model.forms import FieldDefinition
from kiosk.model.text import Text, say

FEW = 6  # options that are shown at once; more stand in a list that opens
HINTS = {
    "date": say("Year, month, day, such as {day}", day="2026-03-05"),
    "datetime": say("Day and time, such as {moment}", moment="2026-03-05 14:30"),
    "contact": say("Name, a comma, phone"),
}
NUMERIC = ("date", "integer", "money", "phone", "resident_id")
BURMESE = ("name_native", "nrc")
CHINESE = ("name_han",)


class Option(msgspec.Struct, frozen=True):
    key: str
    label: str


class Control(msgspec.Struct, frozen=True):
    """One question. `kind` is how it is drawn: line, lines, one, several, list, address."""

    key: str
    label: str
    kind: str
    raw: str
    required: bool
    options: tuple[Option, ...] = ()
    hint: Text | None = None
    help: str = ""
    problem: Text | None = None
    only_when: tuple[tuple[str, tuple[str, ...]], ...] = ()  # label of another question, its answers
    numeric: bool = False
    language: str = ""  # of what is typed, where it is not the page's

    @property
    def name(self) -> str:
        return f"a.{self.key}"

    @property
    def chosen(self) -> list[str]:
        return self.raw.split(",")

    @property
    def parts(self) -> tuple[str, str]:
        """Of an address the division and the rest."""
        first, _, rest = self.raw.partition(" ")
        return first, rest


def controls(
    visit: Visit,
    fields: Iterable[FieldDefinition],
    definitions: Definitions,
    raws: Mapping[str, str],
    problems: Mapping[str, Text],
) -> list[Control]:
    labels = {f.key: f for form in definitions.forms.values() for f in form.fields}
    return [
        Control(
            key=field.key,
            label=field.label,
            kind=_kind(field, definitions),
            raw=raws.get(field.key, ""),
            required=field.required,
            options=_options(visit, field, definitions),
            hint=HINTS.get(field.type),
            help=field.help,
            problem=problems.get(field.key),
            only_when=tuple(_condition(key, values, labels, definitions) for key, values in _others(field)),
            numeric=field.type in NUMERIC,
            language="my" if field.type in BURMESE else "zh" if field.type in CHINESE else "",
        )
        for field in fields
    ]


def raws_of(fields: Iterable[FieldDefinition], facts: Mapping[str, Json]) -> dict[str, str]:
    """What stands in the controls for recorded facts."""
    return {
        field.key: FIELD_TYPES[field.type].raw(facts[field.key])
        for field in fields
        if facts.get(field.key) is not None
    }


def sent(visit: Visit, fields: Iterable[FieldDefinition]) -> dict[str, str]:
    """What was sent for each field, as it would have been typed at a counter."""
    raws = {}
    for field in fields:
        values = visit.form.fields.get(f"a.{field.key}", [])
        if field.type == "choices":
            raws[field.key] = ",".join(value for value in values if value)
        elif field.type == "address":
            raws[field.key] = f"{''.join(values)} {visit.get(f'a.{field.key}.text')}".strip()
        else:
            raws[field.key] = values[-1].replace("\r\n", "\n") if values else ""
    return raws


def read(
    visit: Visit,
    fields: Iterable[FieldDefinition],
    definitions: Definitions,
    raws: Mapping[str, str],
    facts: Mapping[str, Json],
) -> tuple[dict[str, Json], list[Problem]]:
    """The answers in their normal form, of the questions that these answers ask; and what cannot be read."""
    answers: dict[str, Json] = {}
    found: dict[str, Problem] = {}
    fields = list(fields)
    for field in fields:
        codes = definitions.codes.get(field.codes, {})
        parsed = FIELD_TYPES[field.type].parse(
            raws[field.key], Context(visit.site.desk.today(), codes, field.options)
        )
        if parsed.problem is not None:
            found[field.key] = Problem(field.key, parsed.problem)
        else:
            answers[field.key] = parsed.value
    whole = {**facts, **answers}
    asked = {field.key for field in fields if shown(field, whole)}
    answers = {key: value for key, value in answers.items() if key in asked}
    return answers, [problem for key, problem in found.items() if key in asked]


def _kind(field: FieldDefinition, definitions: Definitions) -> str:
    few = len(definitions.codes.get(field.codes, {})) <= FEW
    kinds = {
        "boolean": "one", "choice": "one" if few else "list", "choices": "several", "country": "list",
        "address": "address", "long_text": "lines",
    }  # fmt: skip
    return kinds.get(field.type, "line")


def _options(visit: Visit, field: FieldDefinition, definitions: Definitions) -> tuple[Option, ...]:
    say_ = visit.say
    if field.type == "boolean":
        return Option("1", say_(say("Yes"))), Option("0", say_(say("No")))
    if field.type == "country":
        return countries_in(visit)
    codes = definitions.codes.get(field.codes, {})
    return tuple(Option(key, say_(Text(code.label))) for key, code in codes.items())


def countries_in(visit: Visit) -> tuple[Option, ...]:
    show, context = FIELD_TYPES["country"].show, Context(visit.site.desk.today())
    translator = visit.site.words.of(visit.language)
    found = [Option(code, show(code, translator, context)) for code in countries()]
    return tuple(sorted(found, key=lambda one: one.label))


def _others(field: FieldDefinition) -> Iterable[tuple[str, tuple[str, ...]]]:
    return field.show_when.items()


def _condition(
    key: str, values: tuple[str, ...], labels: Mapping[str, FieldDefinition], definitions: Definitions
) -> tuple[str, tuple[str, ...]]:
    """The label of the question that another one hangs on, and the labels of the answers that ask it."""
    field = labels.get(key)
    if field is None:
        return key, values
    codes = definitions.codes.get(field.codes, {})
    words = {"1": "Yes", "0": "No"} if field.type == "boolean" else {}
    return field.label, tuple(
        codes[value].label if value in codes else words.get(value, value) for value in values
    )
