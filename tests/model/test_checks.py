"""Checks of one answer against today and other answers."""

from __future__ import annotations

from datetime import date

import pytest

from kiosk.model.checks import CHECKS, WARNINGS, find_check
from kiosk.model.entries import Json

TODAY = date(2026, 3, 5)


def reason(name: str, value: Json, **facts: Json) -> str | None:
    """`facts` are keyed with a double underscore for the dot."""
    check = find_check(name)
    assert check is not None
    text = check(value, {key.replace("__", "."): fact for key, fact in facts.items()}, TODAY)
    return None if text is None else str(text)


@pytest.mark.parametrize(
    ("name", "value", "right"),
    [
        ("not_after_today", "2026-03-05", True),
        ("not_after_today", "2026-03-06", False),
        ("not_after_today", "2026-03-05T23:00+08:00", True),
        ("not_after_today", "2026-03-06T00:00+08:00", False),
        ("not_after_today", "2026-03", True),
        ("not_after_today", "2026-04", False),
        ("not_after_today", None, True),
        ("after_today", "2026-03-06", True),
        ("after_today", "2026-03-05", False),
        ("after_today", None, True),
        ("age_at_most_120", "1906-03-05", True),
        ("age_at_most_120", "1906-03-04", False),
        ("age_at_most_120", "1906-03", True),
        ("age_at_most_120", "1906-02", False),
        ("age_at_most_120", "1906", True),
        ("age_at_most_120", "1905", False),
        ("age_at_most_120", "2026-03-06", False),
        ("age_at_most_120", None, True),
    ],
)
def test_against_today(name: str, value: str | None, right: bool) -> None:
    assert (reason(name, value) is None) is right


@pytest.mark.parametrize(
    ("name", "other"),
    [
        ("not_before_entry", "case__entry_date"),
        ("not_before_arrival", "lodging__arrive_at"),
        ("contract_order", "guarantee__contract_from"),
        ("guarantee_order", "guarantee__valid_from"),
        ("permit_order", "permit__valid_from"),
        ("not_before:case.entry_date", "case__entry_date"),
    ],
)
def test_against_an_earlier_day(name: str, other: str) -> None:
    assert reason(name, "2026-03-05", **{other: "2026-03-05"}) is None
    assert "6 March 2026" in str(reason(name, "2026-03-05", **{other: "2026-03-06"}))
    assert reason(name, "2026-03-05") is None, "what it compares with is not there"


def test_against_the_day_of_a_moment() -> None:
    assert reason("not_before_arrival", "2026-03-05", lodging__arrive_at="2026-03-05T14:30+08:00") is None


def test_against_a_later_day() -> None:
    assert reason("not_after:case.stay_until", "2026-03-05", case__stay_until="2026-03-04") == (
        "This is after 4 March 2026."
    )


def test_sentences() -> None:
    assert reason("not_after_today", "2026-03-06") == "This is after today, 5 March 2026."
    assert reason("age_at_most_120", "1890-01-01") == "Born in 1890, the person would be older than 120."
    assert reason("not_before_entry", "2026-03-04", case__entry_date="2026-03-05") == (
        "This is before the entry on 5 March 2026."
    )


@pytest.mark.parametrize("name", ["", "nonsense", "not_before", "not_before:", "nonsense:case.entry_date"])
def test_unknown_names(name: str) -> None:
    assert find_check(name) is None


def test_every_warning_goes_with_a_check() -> None:
    assert set(WARNINGS) <= set(CHECKS)
