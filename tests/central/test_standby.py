"""PostgreSQL with a standby: the first machine dies, the second takes its place, and the centre goes on."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, suppress

import pytest

from central.centre import Centre
from central.database import open_database
from kiosk.store import journal
from tests.central.cluster import Cluster, name_in
from tests.central.machine import Machine, Refused, entry, serving
from tests.office import sample_pack

Pair = tuple[Cluster, Cluster]
TRIES = 20


@pytest.fixture
def pair() -> Iterator[Pair]:
    with Cluster() as first, Cluster(primary=first) as second:
        first.wait_for_standby()
        yield first, second


def both(pair: Pair) -> str:
    """A new database on both machines, as `central serve --database` is told of it."""
    first, second = pair
    return f"{first.database()},{second.folder}&target_session_attrs=read-write"


def send(desk: Machine) -> None:
    """As a terminal does: again and again, until it is acknowledged."""
    rows = desk.stream().write([entry()])
    for _ in range(TRIES):
        with suppress(Refused):  # the store is busy, or cannot be reached
            desk.push(rows)
            return
    raise AssertionError("it was never acknowledged")


def stored(url: str) -> int:
    """The number of the last entry of the desk, of whole chains."""
    with closing(open_database(url)) as database, database.read() as connection:
        assert journal.verify(connection) == []
        return journal.head(connection, "RL01", "AAAA", "office")[0]


def test_nothing_is_acknowledged_that_the_standby_does_not_have(pair: Pair) -> None:
    first, second = pair
    url = both(pair)
    with (
        Centre(open_database(url), sample_pack()) as centre,
        serving(centre) as town,
        ThreadPoolExecutor(1) as beside,
    ):
        desk = town.machine("AAAA")
        with second.standing_still():
            pushed = beside.submit(desk.send, entry())
            while not first.waiting():
                assert not pushed.done()
            assert not pushed.done()
        assert pushed.result().sequence == 1
    assert stored(second.url(name_in(url))) == 1


def test_what_was_acknowledged_outlives_the_first_machine(pair: Pair) -> None:
    first, second = pair
    url = both(pair)
    with Centre(open_database(url), sample_pack()) as centre, serving(centre) as town:
        desk = town.machine("AAAA")
        for _ in range(5):
            send(desk)
        first.kill()
        assert stored(second.url(name_in(url))) == 5  # at that moment
        second.promote()
        for _ in range(5):
            send(desk)
    assert stored(second.url(name_in(url))) == 10
