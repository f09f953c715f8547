"""How many rows go in one batch."""

from __future__ import annotations

import pytest

from kiosk.sync.pace import FIRST, LEAST, MOST, QUICK, SLOW, Pace
from kiosk.sync.refusals import Unreachable


class Line:
    """Requests that take as long as they are told, on a clock of their own."""

    def __init__(self) -> None:
        self.now = 0.0
        self.pace = Pace(lambda: self.now)

    def ask(self, seconds: float, *, is_full: bool = True) -> int:
        """How many rows the next batch has, after one that took so long."""

        def answer() -> bool:
            self.now += seconds
            return is_full

        assert self.pace.measured(answer, lambda full: full) is is_full
        return self.pace.rows

    def fail(self) -> int:
        def answer() -> None:
            raise Unreachable

        with pytest.raises(Unreachable):
            self.pace.measured(answer, lambda _: True)
        return self.pace.rows


@pytest.fixture
def line() -> Line:
    return Line()


def test_a_quick_line_gets_twice_as_many_up_to_a_bound(line: Line) -> None:
    assert [line.ask(QUICK / 2) for _ in range(3)] == [2 * FIRST, MOST, MOST] == [2_000, 2_000, 2_000]


def test_a_slow_line_gets_half_as_many_and_one_between_as_many(line: Line) -> None:
    assert line.ask((QUICK + SLOW) / 2) == FIRST
    assert line.ask(SLOW * 2) == FIRST // 2


def test_a_batch_that_was_not_full_says_nothing(line: Line) -> None:
    assert line.ask(0.0, is_full=False) == line.ask(SLOW * 2, is_full=False) == FIRST


def test_a_line_that_fails_gets_half_as_many_down_to_a_bound_and_recovers(line: Line) -> None:
    assert line.fail() == FIRST // 2
    assert {line.fail() for _ in range(20)} >= {LEAST}
    assert line.pace.rows == LEAST
    assert line.ask(0.0) == 2 * LEAST
