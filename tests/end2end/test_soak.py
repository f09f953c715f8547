"""A short soak on each database; `make soak` goes on for ten thousand faults."""

from __future__ import annotations

from pathlib import Path

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


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_a_desk_comes_back_after_a_month_without_a_line(kind: str, tmp_path: Path) -> None:
    assert offline(600, 1, kind, tmp_path).entries >= 600
