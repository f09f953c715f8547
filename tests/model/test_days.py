"""Days and moments as they stand in registers."""

from __future__ import annotations

from datetime import date

import pytest

from kiosk.model.days import day_of, moment_of
from kiosk.model.entries import Json


@pytest.mark.parametrize("value", ["2026-03-05", "2026-03-05T14:30+08:00"])
def test_the_day_of_what_was_written(value: str) -> None:
    assert day_of(value) == date(2026, 3, 5)


@pytest.mark.parametrize(
    "value",
    [
        None, "", "x", 5, True, 1.5, [], ["2026-03-05"], {"day": "2026-03-05"}, "2026", "2026-03", "20260305",
        "2026-W10-1", "2026-02-30", "2026-13-01", "0001-01-01", "9999-12-31", "2026-03-05 or later",
        "\u1042\u1040\u1042\u1046-\u1040\u1043-\u1040\u1045", "2026-03-05\n",
    ],
)  # fmt: skip
def test_nothing_else_has_a_day(value: Json) -> None:
    assert day_of(value) is None
    assert moment_of(value) is None


@pytest.mark.parametrize("value", ["2026-03-05", "2026-03-05T14:30", "2026-03-05T25:00+08:00", "2026-03-05T"])
def test_a_moment_says_its_distance_from_utc(value: str) -> None:
    assert moment_of(value) is None
    assert str(moment_of("2026-03-05T14:30+08:00")) == "2026-03-05 14:30:00+08:00"
