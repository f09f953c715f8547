"""An office at work for each test; a centre, and desks that have joined it, for those that ask for them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from kiosk.actions.exchange import Exchange
from kiosk.model.office import OfficePack
from tests.actions.exchanged import Made, Make
from tests.office import Clock, Office
from tests.running import Running, meet

Pair = tuple[Office, Office]


@pytest.fixture
def centre(tmp_path: Path) -> Iterator[Running]:
    with Running(tmp_path / "centre") as running:
        yield running


@pytest.fixture
def desk(centre: Running, tmp_path: Path) -> Iterator[Make]:
    """Makes a desk that has joined the centre."""
    made: list[Made] = []

    def make(
        *departments: str, clock: Clock | None = None, pack: OfficePack | None = None, passphrase: str = ""
    ) -> Made:
        folder = tmp_path / f"desk{len(made)}"
        folder.mkdir()
        office = Office(folder, clock=clock or centre.clock, pack=pack)
        if passphrase:  # of its supervisor, who was there before the centre
            office.desk.add_staff("S001", "王海宁", ("supervisor",), passphrase)
        made.append((office, centre.joined(office, *departments)))
        return made[-1]

    yield make
    for office, exchange in made:
        exchange.client.close()
        office.close()


@pytest.fixture
def exchanges() -> list[Exchange]:
    return []


@pytest.fixture
def desks(desk: Make, exchanges: list[Exchange]) -> Pair:
    """Two desks that have joined one centre."""
    (one, up), (other, down) = desk(), desk()
    exchanges += [up, down]
    return one, other


@pytest.fixture
def join(exchanges: list[Exchange]) -> Callable[[], None]:
    """The line is up for a moment."""
    return lambda: meet(*exchanges)
