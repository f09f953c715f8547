"""How late it is for leases: counted on from the centre's own word, whatever is done to a clock."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import msgspec

LATEST = datetime(9999, 1, 1, tzinfo=UTC)  # nothing is later: room for every zone before the calendar ends
LONGEST = 1_000_000.0  # days


class Reckoned(msgspec.Struct, frozen=True):
    """`time` is the centre's, as late as this terminal can know it was when its own clock showed `clock`."""

    time: datetime
    clock: datetime


def end_of_lease(at: datetime, days: float) -> datetime:
    """Until when who was listed at `at`, by the centre's clock, works without the centre."""
    return at + min(timedelta(days=max(0.0, min(days, LONGEST))), LATEST - at)


def counted_on(known: Reckoned, clock: datetime) -> Reckoned:
    """The same when the terminal's clock shows `clock`. It never gets earlier.

    A clock that went on counts by as much as it went on, however wrong it is. One that was set back counts
    from there on, or as what it shows where that is more: it may have been ahead before and be right now.
    What a clock was ahead for a moment, the centre's next word takes back.
    """
    if clock < known.clock:
        return Reckoned(max(known.time, clock), clock)
    return Reckoned(known.time + min(clock - known.clock, max(LATEST - known.time, timedelta(0))), clock)
