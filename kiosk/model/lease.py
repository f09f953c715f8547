"""How late it is for leases: counted on from the centre's own word, whatever is done to a clock."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import msgspec

LATEST = datetime(9999, 1, 1, tzinfo=UTC)  # nothing is later: room for every zone before the calendar ends
LONGEST = 1_000_000.0  # days
LONGEST_OFF = timedelta(days=30)  # that a machine was off; where its clock went on by more, somebody set it
SLACK = timedelta(minutes=5)  # that a clock may be corrected by without having been set


class Shown(msgspec.Struct, frozen=True):
    """What a machine shows at one moment: its clock, and how many seconds it has run since which start."""

    clock: datetime
    ran: float
    start: str


class Reckoned(msgspec.Struct, frozen=True):
    """`time` is the centre's, as late as this terminal can know it was when its machine showed `shown`.

    It is `exact` as long as the machine has run on since the centre's word: then its clock is not asked.
    """

    time: datetime
    shown: Shown
    exact: bool = True


def end_of_lease(at: datetime, days: float) -> datetime:
    """Until when who was listed at `at`, by the centre's clock, works without the centre."""
    return at + min(timedelta(days=max(0.0, min(days, LONGEST))), LATEST - at)


def counted_on(known: Reckoned, now: Shown) -> Reckoned:
    """The same when the machine shows `now`. It never gets earlier.

    As long as the machine runs it counts the time itself, whatever its clock shows. How long it was off only
    the clock can tell: what that went on by counts, however wrong it is; but of one that went back, or on by
    more than a machine is off, nothing is believed but what it shows, where that is more.
    """
    went_on = now.clock - known.shown.clock
    if now.start == known.shown.start:
        ran = timedelta(seconds=max(0.0, now.ran - known.shown.ran))
        time, was_set = _later(known.time, ran), abs(went_on - ran) > SLACK and not known.exact
    else:
        was_set = not timedelta(0) <= went_on <= LONGEST_OFF
        time = known.time if was_set else _later(known.time, went_on)
    return Reckoned(
        max(time, now.clock) if was_set else time, now, known.exact and now.start == known.shown.start
    )


def _later(time: datetime, by: timedelta) -> datetime:
    return time + min(by, max(LATEST - time, timedelta(0)))
