"""A short soak on each database; `make soak` goes on for ten thousand faults."""

from __future__ import annotations

from pathlib import Path
from random import Random

import pytest

from tests.soak.__main__ import offline, soak
from tests.soak.faults import FAULTS

FAULTS_EACH = 50  # on each database: each kind once, and as many again


@pytest.mark.parametrize(("kind", "seed"), [("sqlite", 3), ("postgresql", 2)])
def test_a_short_soak_loses_nothing_and_doubles_nothing(kind: str, seed: int, tmp_path: Path) -> None:
    injected = soak(FAULTS_EACH, seed, kind, tmp_path)
    assert injected.total() == FAULTS_EACH
    assert injected.keys() == {
        name for name in FAULTS if kind == "postgresql" or not FAULTS[name].needs_postgresql
    }


class Noting(Random):
    """Chance that notes what was drawn."""

    def __init__(self, seed: int) -> None:
        self.drawn: list[float] = []
        super().__init__(seed)

    def random(self) -> float:
        self.drawn.append(super().random())
        return self.drawn[-1]

    def getrandbits(self, bits: int) -> int:
        self.drawn.append(super().getrandbits(bits))
        return int(self.drawn[-1])


def test_a_seed_decides_who_does_what_and_which_fault_strikes_where(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    plans: dict[str, list[float]] = {}
    for number, seed in (("one", 5), ("the same", 5), ("another", 6)):
        chance = Noting(seed)
        monkeypatch.setattr("tests.soak.__main__.Random", lambda _, chance=chance: chance)
        (tmp_path / number).mkdir()
        soak(8, seed, "sqlite", tmp_path / number)
        plans[number] = chance.drawn
    assert plans["one"] == plans["the same"] != plans["another"]
    assert len(plans["one"]) > 8


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_a_desk_comes_back_after_a_month_without_a_line(kind: str, tmp_path: Path) -> None:
    assert offline(600, 1, kind, tmp_path).entries >= 600
