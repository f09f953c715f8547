"""How many requests a centre takes as it is started: what docs/central.md says, and no more."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from central import guard
from central.centre import Centre
from central.database import open_database
from central.guard import Buckets, Guard, Limits, Refusal
from central.pages.intake import TRIES
from central.pages.site import SIGN_INS
from tests.central.machine import serving
from tests.office import sample_pack

TOLD = Path(__file__).parents[2] / "docs/central.md"


class Stopwatch:
    """A time that tests move."""

    def __init__(self) -> None:
        self.now = 1_000.0

    def monotonic(self) -> float:
        return self.now


@pytest.fixture
def watch(monkeypatch: pytest.MonkeyPatch) -> Stopwatch:
    made = Stopwatch()
    monkeypatch.setattr(guard, "time", made)
    return made


def taken(bucket: Buckets, most: int = 10_000) -> int:
    """How many go through before one is refused."""
    for count in range(most):
        try:
            bucket.take("one")
        except Refusal:
            bucket.take("another")  # nobody else is refused
            return count
    return most


@pytest.mark.parametrize(
    ("name", "rate", "most"), [("terminals", 50, 500), ("addresses", 200, 2_000), ("strangers", 0.2, 20)]
)
def test_the_limits_of_a_centre_that_says_none(
    centre: Centre, watch: Stopwatch, name: str, rate: float, most: int
) -> None:
    bucket: Buckets = getattr(Guard(centre, Limits()), name)
    assert taken(bucket) == most
    watch.now += 5
    assert taken(bucket) == rate * 5


def test_the_documentation_says_these_numbers() -> None:
    (told,) = re.findall(r"^How often one may ask.*?\n\n", TOLD.read_text("utf-8"), re.DOTALL | re.MULTILINE)
    limits = Limits()
    said = [float(number.replace(",", "")) for number in re.findall(r"\d[\d,]*(?:\.\d+)?", told)]
    in_order = (limits.terminal, limits.address, limits.stranger, SIGN_INS, TRIES)
    assert said == [number for rate, most in in_order for number in (most, rate)]


def test_a_stranger_is_refused_by_a_server_that_was_told_no_limits(tmp_path: Path, watch: Stopwatch) -> None:
    database = open_database(f"sqlite:///{tmp_path / 'centre.db'}")
    with Centre(database, sample_pack()) as centre, serving(centre) as town:
        desk = town.machine("AAAA")
        watch.now += 5  # what joining took is back
        asked = town.asked(desk, "X" * 26)
        answers = [desk.http.post("/v1/enrol", json=asked).status_code for _ in range(21)]
    assert answers == [403] * 20 + [429]
