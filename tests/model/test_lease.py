"""When a lease is over: counted from the centre's word, by a clock that may show anything."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.model.lease import LATEST, Reckoned, counted_on, end_of_lease

AT = datetime(2026, 3, 2, 9, tzinfo=UTC)  # by the centre's clock, when it gave the lists
LEASE = 14  # days
clocks = st.builds(  # of every zone, from the first to the last that a machine may show
    lambda seconds, hours: datetime.fromtimestamp(seconds, timezone(timedelta(hours=hours))),
    st.integers(-500_000_000, int(LATEST.timestamp()) - 1),
    st.integers(-12, 14),
)


def day(number: float) -> datetime:
    return AT + timedelta(days=number)


def counted(clock: datetime, *later: datetime) -> Reckoned:
    """After lists were given when the terminal's clock showed `clock`, and it was looked at `later`."""
    known = Reckoned(AT, clock)
    for shown in later:
        known = counted_on(known, shown)
    return known


@pytest.mark.parametrize(
    ("shown", "over"),  # days that the terminal's clock showed, when the lists came and since
    [
        ([0, 13.9], False),
        ([0, 14.1], True),
        ([-30, -16.1], False),  # behind all the time
        ([-30, -15.9], True),
        ([0, 20, 5], True),  # over, and set back
        ([0, 13, -400, -398.9], True),  # set back while it ran: it goes on from there
        ([0, 13, -400, -399.1], False),
        ([0, 3650, 1], True),  # years ahead for a moment: until the centre is heard of
        ([3650, 200], True),  # years ahead when the lists came, and right since
        ([3650, 13], False),
        ([3650, 3663], False),  # ahead all the time
        ([3650, 3665], True),
        ([3650, 3663, 20], True),  # and put right
        ([5, 1, 13.9], False),  # ahead by days at first, right since
        ([5, 1, 14.1], True),
    ],
)
def test_a_lease_is_over(shown: list[float], over: bool) -> None:
    first, *later = map(day, shown)
    assert (counted(first, *later).time > end_of_lease(AT, LEASE)) is over


@given(clocks, st.lists(clocks, max_size=8))
def test_it_never_gets_earlier_and_what_the_clock_shows_counts_once_it_was_set_back(
    first: datetime, later: list[datetime]
) -> None:
    """So that no lease is longer where the clock is right then: unless it was ahead when the lists came, and
    nothing tells that it is not any more."""
    before, was_set_back = Reckoned(AT, first), first <= AT
    for shown in later:
        now = counted_on(before, shown)
        was_set_back = was_set_back or shown < before.clock
        assert now.time >= before.time
        assert now.time >= shown or not was_set_back
        before = now


@given(
    st.floats(-40_000, 40_000),
    st.lists(st.floats(0, 30), max_size=8),
)
def test_by_a_clock_that_is_wrong_a_lease_lasts_as_long_as_by_a_right_one(
    behind: float, steps: list[float]
) -> None:
    right = [day(sum(steps[: count + 1])) for count in range(len(steps))]
    wrong = [shown - timedelta(days=behind) for shown in right]
    assert abs(counted(day(-behind), *wrong).time - counted(AT, *right).time) < timedelta(seconds=1)
    assert counted(AT, *right).time == max([AT, *right])


@given(clocks, st.floats(allow_nan=False))
def test_every_lease_ends(at: datetime, days: float) -> None:
    assert at <= end_of_lease(at, days) <= max(at, LATEST)


def test_the_end_of_a_lease() -> None:
    ends: Iterable[datetime] = (end_of_lease(AT, days) for days in (-1, 0, 1.5, 14))
    assert list(ends) == [AT, AT, day(1.5), day(14)]
