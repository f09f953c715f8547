"""A real PostgreSQL, and a centre that runs, on it and on SQLite."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path

import pytest

from central.centre import Centre
from central.database import open_database
from kiosk.actions.desk import Desk
from kiosk.actions.terminal import system_clock
from tests.central.cluster import Cluster
from tests.central.machine import Town, serving
from tests.central.starting import COUNTER, Desks
from tests.office import Clerks, sample_pack
from tests.running import EVERYTHING, Running, new_centre


@pytest.fixture(scope="session")
def cluster() -> Iterator[Cluster]:
    """A server for all tests of this process; it starts with the first test that asks for it."""
    with Cluster() as started:
        yield started


@pytest.fixture
def postgres_url(cluster: Cluster) -> Iterator[str]:
    """An empty database of its own for each test, as `central serve --database` takes it."""
    url = cluster.database()
    yield url
    cluster.drop(url)


@pytest.fixture(scope="session")
def prepared(cluster: Cluster) -> str:
    """A PostgreSQL database with the centre's tables, to be copied."""
    url = cluster.database()
    open_database(url).close()
    return url


@pytest.fixture(params=("sqlite", "postgresql"))
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The URL of a new database, of each kind in turn."""
    if request.param == "sqlite":
        yield new_centre(tmp_path)
        return
    cluster: Cluster = request.getfixturevalue("cluster")
    url = cluster.database(template=request.getfixturevalue("prepared"))
    yield url
    cluster.drop(url)


@pytest.fixture
def clock() -> Callable[[], datetime]:
    """The machine's, which the requests of terminals go by."""
    return system_clock


@pytest.fixture
def centre(database_url: str, clock: Callable[[], datetime]) -> Iterator[Centre]:
    """The centre of the sample office, on each kind of database."""
    centre = Centre(open_database(database_url), sample_pack(), clock)
    yield centre
    centre.close()


@pytest.fixture
def clerks(centre: Centre) -> Clerks:
    return Clerks(Desk(centre.terminal))


@pytest.fixture
def town(centre: Centre) -> Iterator[Town]:
    """The same centre with a server that runs."""
    with serving(centre) as town:
        yield town


@pytest.fixture
def at(town: Town, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Town:
    """The environment of an administrator of this centre."""
    monkeypatch.setenv("CENTRAL_DATABASE", town.centre.database.url)
    monkeypatch.setenv("CENTRAL_DATA", str(tmp_path))
    return town


@pytest.fixture
def packer(tmp_path: Path, database_url: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Running]:
    """A centre on each kind of database, that packs at once and in small pieces."""
    monkeypatch.setattr("central.snapshots.LOOK", 0.02)
    monkeypatch.setattr("central.newcomers.AGAIN", "0")
    monkeypatch.setattr("kiosk.store.snapshots.PIECE", 20_000)
    running = Running(tmp_path / "centre", url=database_url, packing=True)
    for departments in (EVERYTHING, COUNTER):
        running.invitation(departments)  # as long as one is open, what is packed is kept up to date
    yield running
    running.end()


@pytest.fixture
def desks(packer: Running, tmp_path: Path) -> Iterator[Desks]:
    made = Desks(packer, tmp_path)
    yield made
    made.close()
