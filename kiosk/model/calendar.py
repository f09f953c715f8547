"""Days, months and working days. An office's calendar says which days differ from Monday-to-Friday."""

from __future__ import annotations

from calendar import monthrange
from datetime import date, timedelta

from kiosk.errors import KioskError
from kiosk.model.days import FIRST_YEAR, LAST_YEAR
from kiosk.model.office import Calendar
from kiosk.model.text import MONTHS, Text, say


def is_working_day(day: date, calendar: Calendar) -> bool:
    """Raises KioskError for a year whose holidays the calendar does not know."""
    if day.year not in calendar.years:
        raise KioskError(
            say(
                "The holiday calendar of this office does not know the year {year}; it needs a newer one.",
                year=day.year,
            )
        )
    if day in calendar.workdays:
        return True
    return day.weekday() < 5 and day not in calendar.holidays


def add_working_days(start: date, days: int, calendar: Calendar) -> date:
    """The last day of a period of working days; it begins on the day after `start`.

    Raises KioskError where the period reaches a year that the calendar does not know.
    """
    if days < 0:
        raise ValueError("a period has no negative length")
    day = start
    while days:
        day += timedelta(days=1)
        days -= is_working_day(day, calendar)
    return day


def add_months(day: date, months: int) -> date:
    """The same day some months later, or earlier; the last of the month where it has no such day."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def day_problem(year: int, month: int | None = None, day: int | None = None) -> Text | None:
    """Why this is no day (month, year) of the Gregorian calendar; None when it is one."""
    if not FIRST_YEAR <= year <= LAST_YEAR:
        return say("The year {year} cannot be right; type a year such as 1990 or 2026.", year=year)
    if month is None:
        return None
    if not 1 <= month <= 12:
        return say("There is no month {month}.", month=month)
    last = monthrange(year, month)[1]
    if day is not None and not 1 <= day <= last:
        return say(
            "There is no day {day} in {month} {year}.", day=day, month=Text(MONTHS[month - 1]), year=year
        )
    return None
