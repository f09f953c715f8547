"""A centre on the day of the sample dates, its clerks, and people at its pages."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from central.centre import Centre
from central.database import open_database
from central.guard import Limits
from central.server import Server
from tests.central.pages.browser import Browser
from tests.central.pages.visitor import Enter
from tests.office import Clerks, Clock, sample_pack
from tests.running import new_centre

LOOSE = Limits(address=(1e6, 1e6))


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def url(tmp_path: Path) -> str:
    """Of the centre's database; what a page does on each kind of them says so by a fixture of its own."""
    return new_centre(tmp_path)


@pytest.fixture
def centre(url: str, clock: Clock) -> Iterator[Centre]:
    made = Centre(open_database(url), sample_pack(), clock)
    yield made
    made.close()


@pytest.fixture
def enter(centre: Centre, clerks: Clerks) -> Iterator[Enter]:
    """Makes visitors of a running server; one with a staff number has an account and has signed in."""
    with Server(centre, limits=LOOSE) as server:
        server.config.timeout_graceful_shutdown = 0  # a browser keeps its lines open, and answers late
        made = Enter(centre, clerks, server)
        yield made
        made.close()


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """One browser for all tests."""
    browser = Browser()
    yield browser
    browser.close()


@pytest.fixture
def browser(chromium: Browser, enter: Enter) -> Iterator[Browser]:
    """The browser at a running centre; it must have nothing to complain of."""
    chromium.begin(enter.server.address)
    yield chromium
    assert chromium.complaints() == []
