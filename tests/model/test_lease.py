"""When a lease is over: counted from the centre's word, by a clock that may show anything."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.model.lease import LATEST, Reckoned, Shown, counted_on, end_of_lease

AT = datetime(2026, 3, 2, 9, tzinfo=UTC)  # by the centre's clock, when it gave the lists
LEASE = 14  # days
clocks = st.builds(  # of every zone, from the first to the last that a machine may show
    lambda seconds, hours: datetime.fromtimestamp(seconds, timezone(timedelta(hours=hours))),
    st.integers(-500_000_000, int(LATEST.timestamp()) - 1),
    st.integers(-12, 14),
)


def day(number: float) -> datetime:
    return AT + timedelta(days=number)


def counted(*looks: tuple[float, float, int]) -> Reckoned:
    """After lists came at the first look: the day that the clock shows, the day that it is, and which start
    of the machine that was."""
    known, *later = (Shown(day(clock), 86_400 * is_, str(start)) for clock, is_, start in looks)
    reckoned = Reckoned(AT, known)
    for shown in later:
        reckoned = counted_on(reckoned, shown)
    return reckoned


@pytest.mark.parametrize(
    ("looks", "over"),
    [
        ([(0, 0, 1), (13.9, 13.9, 1)], False),
        ([(0, 0, 1), (14.1, 14.1, 1)], True),
        ([(0, 0, 1), (13.9, 13.9, 2)], False),  # it was off for most of it
        ([(0, 0, 1), (14.1, 14.1, 2)], True),
        ([(0, 0, 1), (40, 40, 2)], True),  # longer than machines are off
        ([(-30, 0, 1), (-16.1, 13.9, 1)], False),  # behind all the time
        ([(-30, 0, 1), (-15.9, 14.1, 2)], True),
        ([(3650, 0, 1), (3663, 13, 2)], False),  # ahead all the time
        ([(3650, 0, 1), (3665, 15, 2)], True),
        ([(0, 0, 1), (20, 20, 2), (5, 20.1, 2)], True),  # over, and set back
        ([(0, 0, 1), (20, 20, 2), (5, 20.1, 3)], True),
        ([(0, 0, 1), (13, 13, 1), (-400, 13, 1), (-398.9, 14.1, 1)], True),  # set back while it ran
        ([(0, 0, 1), (13, 13, 1), (-400, 13, 1), (-399.1, 13.9, 1)], False),
        ([(-20, 0, 1), (0.1, 0.1, 1)], False),  # put right while it ran
        ([(-20, 0, 1), (14.1, 14.1, 1)], True),
        ([(0, 0, 1), (3650, 1, 1), (2, 2, 1)], False),  # ahead for a moment
        ([(3650, 0, 1), (200, 200, 1)], True),  # ahead when the lists came, right since
        ([(3650, 0, 1), (13, 13, 1)], False),
        ([(0, 0, 1), (-3000, 1, 2), (1.1, 1.1, 2)], False),  # the battery is empty: put right after the start
        ([(0, 0, 1), (-3000, 1, 2), (1.1, 1.1, 2), (14.1, 14.1, 2)], True),
        ([(0, 0, 1), (-3000, 1, 2), (2, 2, 3)], False),  # or before the next one
        ([(0, 0, 1), (-3000, 1, 2), (14.1, 14.1, 3)], True),
        ([(0, 0, 1), (3650, 1, 2), (1, 1, 2)], True),  # years ahead at a start: until the centre is heard of
    ],
)
def test_a_lease_is_over(looks: list[tuple[float, float, int]], over: bool) -> None:
    assert (counted(*looks).time > end_of_lease(AT, LEASE)) is over


@given(clocks, st.lists(st.tuples(clocks, st.integers(0, 10**9), st.integers(1, 2)), max_size=8))
def test_it_never_gets_earlier_and_what_a_machine_runs_always_counts(
    first: datetime, later: list[tuple[datetime, int, int]]
) -> None:
    before = Reckoned(AT, Shown(first, 0, "1"))
    for clock, ran, start in later:
        now = counted_on(before, Shown(clock, before.shown.ran + ran, str(start)))
        assert now.time >= before.time
        if now.shown.start == before.shown.start:
            assert now.time - before.time >= min(LATEST - before.time, timedelta(seconds=ran))
        before = now


@given(
    st.floats(-40_000, 40_000),
    st.lists(st.tuples(st.floats(0, 30), st.booleans()), max_size=8),
)
def test_by_a_clock_that_is_wrong_a_lease_lasts_as_long_as_by_a_right_one(
    behind: float, steps: list[tuple[float, bool]]
) -> None:
    looks, now, start = [(0.0, 0.0, 1)], 0.0, 1
    for passed, is_off in steps:
        now, start = now + passed, start + is_off
        looks.append((now, now, start))
    wrong = [(clock - behind, is_, start) for clock, is_, start in looks]
    assert abs(counted(*wrong).time - counted(*looks).time) < timedelta(seconds=1)
    assert abs(counted(*looks).time - day(now)) < timedelta(seconds=1)


@given(clocks, st.floats(allow_nan=False))
def test_every_lease_ends(at: datetime, days: float) -> None:
    assert at <= end_of_lease(at, days) <= max(at, LATEST)


def test_the_end_of_a_lease() -> None:
    ends: Iterable[datetime] = (end_of_lease(AT, days) for days in (-1, 0, 1.5, 14))
    assert list(ends) == [AT, AT, day(1.5), day(14)]
