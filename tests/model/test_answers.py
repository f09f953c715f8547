"""A form with its answers: what is asked, missing, wrong, or only warned of."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

import pytest

from kiosk.model.answers import Problem, problems, shown
from kiosk.model.entries import Json
from kiosk.model.forms import FieldDefinition, FormDefinition, Section
from kiosk.model.office import Code

TODAY = date(2026, 3, 5)
CODES = {"kinds": {key: Code(key, key) for key in ("unit", "person")}}
KIND = FieldDefinition("guarantor.kind", "choice", "Kind", required=True, codes="kinds")
USCC = FieldDefinition(
    "guarantor.uscc", "uscc", "Code", required=True, show_when={"guarantor.kind": ("unit",)}, by="labour"
)
STAY = FieldDefinition("case.stay_until", "date", "Stay", check="not_before_entry")
ENTRY = FieldDefinition("case.entry_date", "date", "Entry", check="not_after_today")
TOLD = FieldDefinition("health.told", "boolean", "Told", required=True)
WHY = FieldDefinition("health.why", "text", "Why", required=True, show_when={"health.told": ("0",)})


def asked(*fields: FieldDefinition, by: str | None = None, **facts: Json) -> tuple[Problem, ...]:
    form = FormDefinition("form", "Form", (Section("", fields),))
    answers = {key.replace("__", "."): value for key, value in facts.items()}
    return problems(form, answers, today=TODAY, codes=CODES, by=by)


def told(found: tuple[Problem, ...]) -> list[tuple[str, str, str]]:
    return [(problem.key, problem.severity, str(problem.text)) for problem in found]


@pytest.mark.parametrize("facts", [{}, {"guarantor__kind": None}, {"guarantor__kind": ""}])
def test_what_is_needed(facts: Mapping[str, Json]) -> None:
    assert told(asked(KIND, USCC, **facts)) == [("guarantor.kind", "error", "This is needed.")]


def test_a_question_is_asked_under_its_condition() -> None:
    assert [problem.key for problem in asked(KIND, USCC, guarantor__kind="unit")] == ["guarantor.uscc"]
    assert asked(KIND, USCC, guarantor__kind="person") == ()
    assert [problem.key for problem in asked(TOLD, WHY, health__told=False)] == ["health.why"]
    assert asked(TOLD, WHY, health__told=True) == ()
    assert not shown(WHY, {})


def test_no_is_an_answer() -> None:
    assert asked(TOLD, health__told=False) == ()


def test_one_role_s_questions() -> None:
    assert [p.key for p in asked(KIND, USCC, by="labour", guarantor__kind="unit")] == ["guarantor.uscc"]
    assert asked(KIND, USCC, by="labour") == (), "its condition does not hold"


@pytest.mark.parametrize("value", ["5/3/2026", "20260305", 20260305, ["2026-03-05"], {"day": 5}, True])
def test_values_that_are_no_normal_form(value: Json) -> None:
    assert [problem.severity for problem in asked(ENTRY, case__entry_date=value)] == ["error"]


def test_a_code_that_is_not_in_the_list() -> None:
    assert "not in the list" in told(asked(KIND, guarantor__kind="mine"))[0][2]


def test_an_overridden_credit_code_is_told_and_stops_nothing() -> None:
    found = asked(USCC, guarantor__kind="unit", guarantor__uscc="91350203M0001QAY9B")
    assert told(found) == [("guarantor.uscc", "warning", "The check digit is B; it should be 9.")]
    assert asked(USCC, guarantor__kind="unit", guarantor__uscc="9135")[0].severity == "error"


def test_checks_between_answers() -> None:
    assert told(asked(STAY, case__stay_until="2026-03-20", case__entry_date="2026-03-21")) == [
        ("case.stay_until", "error", "This is before the entry on 21 March 2026.")
    ]
    assert asked(STAY, case__stay_until="2026-03-20", case__entry_date="2026-03-01") == ()


def test_a_short_stay_is_warned_of() -> None:
    assert told(asked(STAY, case__stay_until="2026-03-07", case__entry_date="2026-03-01")) == [
        ("case.stay_until", "warning", "The permitted stay ends soon, on 7 March 2026.")
    ]
    ended = told(asked(STAY, case__stay_until="2026-03-04", case__entry_date="2026-03-01"))
    assert ended == [("case.stay_until", "warning", "The permitted stay ended on 4 March 2026.")]


def test_a_warning_of_the_type_is_told() -> None:
    name = FieldDefinition("person.name", "name", "Name")
    assert asked(name, person__name="မမဆန်း")[0].severity == "warning"
