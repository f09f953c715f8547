"""Days and moments as they stand in registers, whoever wrote them: no clock, no calendar."""

from __future__ import annotations

import re
from datetime import date, datetime

from kiosk.model.entries import Json

FIRST_YEAR, LAST_YEAR = 1800, 2199  # a year outside belongs to another calendar, or is a slip of the finger
_BEGINS_WITH_A_DAY = re.compile(r"\d{4}-\d\d-\d\d(T.*)?", re.ASCII)


def day_of(value: Json) -> date | None:
    """The day of a date or a moment that was written; None for anything else.

    What is incomplete, impossible, far away or no text is no day: nothing is computed with it, and nothing
    that another program wrote stops who reads it.
    """
    if not isinstance(value, str) or not _BEGINS_WITH_A_DAY.fullmatch(value):
        return None
    try:
        day = date.fromisoformat(value[:10])
    except ValueError:
        return None
    return day if FIRST_YEAR <= day.year <= LAST_YEAR else None


def moment_of(value: Json) -> datetime | None:
    """A moment that was written, with its distance from UTC; None for anything else."""
    if day_of(value) is None:
        return None
    try:
        moment = datetime.fromisoformat(value)
    except ValueError:
        return None
    return moment if moment.tzinfo is not None else None
