"""Working days from an office's calendar, and months."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.errors import KioskError
from kiosk.model.calendar import add_months, add_working_days, day_problem, is_working_day
from kiosk.model.office import Calendar

# The week of 5 October 2026: holidays Monday to Wednesday, made up for on Saturday the 10th.
CALENDAR = Calendar(
    holidays=frozenset(date(2026, 10, day) for day in (1, 2, 5, 6, 7)),
    workdays=frozenset({date(2026, 10, 10)}),
    years=frozenset({2026}),
)


@pytest.mark.parametrize(
    ("day", "works"), [(4, False), (5, False), (7, False), (8, True), (9, True), (10, True), (11, False)]
)
def test_working_days_of_the_week(day: int, works: bool) -> None:
    assert is_working_day(date(2026, 10, day), CALENDAR) is works


@pytest.mark.parametrize(
    ("start", "days", "end"),
    [
        (date(2026, 9, 30), 1, date(2026, 10, 8)),
        (date(2026, 9, 30), 3, date(2026, 10, 10)),
        (date(2026, 9, 30), 4, date(2026, 10, 12)),
        (date(2026, 3, 5), 15, date(2026, 3, 26)),
        (date(2026, 3, 7), 1, date(2026, 3, 9)),
        (date(2026, 3, 7), 0, date(2026, 3, 7)),
    ],
)
def test_periods_begin_on_the_day_after(start: date, days: int, end: date) -> None:
    assert add_working_days(start, days, CALENDAR) == end


def test_a_year_the_calendar_does_not_know_is_refused() -> None:
    with pytest.raises(KioskError) as caught:
        add_working_days(date(2026, 12, 28), 15, CALENDAR)
    assert "does not know the year 2027" in str(caught.value.text)


def test_a_negative_period_is_a_mistake_of_the_program() -> None:
    with pytest.raises(ValueError, match="negative"):
        add_working_days(date(2026, 3, 5), -1, CALENDAR)


@given(st.dates(date(2026, 1, 1), date(2026, 6, 30)), st.integers(1, 40))
def test_the_end_is_a_working_day_and_the_days_between_count(start: date, days: int) -> None:
    end = add_working_days(start, days, CALENDAR)
    between = [start + timedelta(days=n) for n in range(1, (end - start).days + 1)]
    assert sum(is_working_day(day, CALENDAR) for day in between) == days
    assert is_working_day(end, CALENDAR)


@pytest.mark.parametrize(
    ("day", "months", "later"),
    [
        (date(2026, 3, 5), 6, date(2026, 9, 5)),
        (date(2026, 1, 31), 1, date(2026, 2, 28)),
        (date(2024, 1, 31), 1, date(2024, 2, 29)),
        (date(2026, 12, 31), 2, date(2027, 2, 28)),
        (date(2026, 3, 31), -1, date(2026, 2, 28)),
        (date(2026, 1, 15), -13, date(2024, 12, 15)),
    ],
)
def test_months(day: date, months: int, later: date) -> None:
    assert add_months(day, months) == later


def test_what_is_a_day() -> None:
    assert day_problem(2024, 2, 29) is None
    assert day_problem(2026, 5) is None
    assert day_problem(1799) is not None
    assert day_problem(2026, 2, 0) is not None
