"""An office at work for each test; two desks that have joined one centre, for those that ask for them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from kiosk.actions.exchange import Exchange
from tests.office import Office
from tests.running import Running, meet

Pair = tuple[Office, Office]


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    made = Office(tmp_path)
    yield made
    made.close()


@pytest.fixture
def exchanges() -> list[Exchange]:
    return []


@pytest.fixture
def desks(tmp_path: Path, exchanges: list[Exchange]) -> Iterator[Pair]:
    """Two desks that have joined one centre."""
    running = Running(tmp_path / "centre")
    made = []
    for name in ("one", "other"):
        (tmp_path / name).mkdir()
        made.append(Office(tmp_path / name, clock=running.clock))
        exchanges.append(running.joined(made[-1]))
    yield made[0], made[1]
    for office, exchange in zip(made, exchanges, strict=True):
        exchange.client.close()
        office.close()
    running.end()


@pytest.fixture
def join(exchanges: list[Exchange]) -> Callable[[], None]:
    """The line is up for a moment."""
    return lambda: meet(*exchanges)
