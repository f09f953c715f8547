"""What every test stands on."""

from __future__ import annotations

import asyncio
import os
import sys

# Before any import of Qt: without a platform that needs no screen, Qt aborts the interpreter.
os.environ["QT_QPA_PLATFORM"] = "offscreen"

from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest
from argon2 import PasswordHasher
from hypothesis import HealthCheck, settings

from kiosk import logs
from kiosk.model.lease import Shown
from kiosk.store import leases, staff
from tests.central.cluster import quickest
from tests.office import Office

# No deadline: a slow machine is not a wrong program. In CI the same examples each time.
settings.register_profile("desk", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("ci", settings.get_profile("desk"), derandomize=True)
settings.load_profile("ci" if os.environ.get("CI") else "desk")


# Where there is room, all files of tests lie in memory: the programs sync them as ever, and no disk is
# waited for. A process that is killed loses nothing there either.
if folder := quickest():
    os.environ.setdefault("PYTEST_DEBUG_TEMPROOT", str(folder))

LONGEST = ("tests/end2end/", "tests/test_bench.py", "tests/test_wheel.py")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The longest begin first: one that began last would be waited for alone."""
    items.sort(key=lambda item: not item.nodeid.startswith(LONGEST))


@pytest.fixture
def log(tmp_path: Path) -> Iterator[Path]:
    """The file that this program logs to as long as the test goes."""
    hook = sys.excepthook  # which `configure` takes over
    logs.configure(tmp_path)
    yield tmp_path / "kiosk.log"
    sys.excepthook = hook
    logs.SINK.open(None)


@pytest.fixture
def as_the_clock_goes(monkeypatch: pytest.MonkeyPatch) -> None:
    """The machine runs as long as its clock says; else it has run for as long as the test takes."""
    monkeypatch.setattr(leases, "shown", lambda clock: Shown(clock, clock.timestamp(), "one start"))


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    """One desk at work."""
    with Office(tmp_path) as made:
        yield made


@pytest.fixture(scope="module")
def author(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    """A desk that took one worker all the way and another one half of it."""
    with Office(tmp_path_factory.mktemp("author")) as office:
        office.worker("handed_over")
        office.worker("confirmed", **{"person.name": "KO KO"})
        yield office


@pytest.fixture(autouse=True, scope="session")
def _no_folder_of_this_machine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """The machine's own settings and data reach no test, and no test reaches them."""
    folder = tmp_path_factory.mktemp("machine")
    with pytest.MonkeyPatch.context() as patch:
        for name in [name for name in os.environ if name.startswith("KIOSK_")]:
            patch.delenv(name)
        (folder / "settings.toml").touch()
        patch.setenv("KIOSK_SETTINGS", str(folder / "settings.toml"))
        for name in ("DATA", "LOGS", "SLIPS"):
            patch.setenv(f"KIOSK_{name}", str(folder / name.lower()))
        yield


@pytest.fixture(autouse=True, scope="session")
def _servers_end_soon() -> Iterator[None]:
    """uvicorn looks each tenth of a second whether it is told to end, and waits another one for its lines;
    hundreds of tests end a server, and each waits a hundredth."""

    async def sleep(seconds: float) -> None:
        await asyncio.sleep(seconds / 10)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("uvicorn.server.asyncio", SimpleNamespace(**vars(asyncio) | {"sleep": sleep}))
        yield


@pytest.fixture(autouse=True, scope="session")
def _passphrases_cost_little() -> Iterator[None]:
    """They are hashed by the hundred; `tests/store/test_staff.py` asks what a real one costs."""
    quick = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(staff, "default_hasher", lambda: quick)
        yield
