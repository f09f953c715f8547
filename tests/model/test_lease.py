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
        ([200, 200], True),  # right since, and first looked at when it shows the same again
        ([3650, 13], False),
        ([5, 13.9], False),  # ahead by days at first, right now
    ],
)
def test_a_lease_is_over(shown: list[float], over: bool) -> None:
    first, *later = map(day, shown)
    assert (counted(first, *later).time > end_of_lease(AT, LEASE)) is over


@given(clocks, st.lists(clocks, max_size=8))
def test_it_never_gets_earlier_and_where_the_clock_is_right_no_lease_is_longer(
    first: datetime, later: list[datetime]
) -> None:
    times = [counted(first, *later[:count]).time for count in range(len(later) + 1)]
    assert times == sorted(times)
    assert all(time >= shown for time, shown in zip(times[1:], later, strict=True))


@given(
    st.floats(0, 40_000),
    st.lists(st.floats(0, 30), max_size=8),
)
def test_by_a_clock_that_is_behind_a_lease_lasts_as_long_as_by_a_right_one(
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
