"""What an office of a thousand terminals asks of the centre again and again does not grow with them."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest

from central import admin, position, quarantine, registry
from central.centre import Centre
from central.database import SQLITE
from central.exchange import Exchange
from central.notes import Notes
from central.position import Position
from central.registry import Registry
from central.waiting import Waiting
from kiosk.model.entries import ACCESS, ADMIN, OFFICE
from kiosk.store.database import Connection, Cursor, Parameters
from kiosk.sync import protocol
from kiosk.sync.protocol import Pull
from tests.central.machine import Town, entry


def folded(centre: Centre, known: Registry) -> Registry:
    with centre.database.read() as connection:
        number = centre.registry(connection).number
        return registry.read(connection, centre.office, [centre.under(centre.code)], number, known)


def test_who_belongs_to_the_office_is_folded_on_from_where_it_stood(town: Town) -> None:
    """Only what was written of since is folded; it comes to the same as all of it from the start."""
    centre = town.centre
    desk, _ = town.machine("AAAA"), town.machine("BBBB")
    known = folded(centre, Registry())
    steps = [
        lambda: town.machine("CCCC"),
        lambda: admin.appoint(centre, "R001", "Li", ("reception",), "a long passphrase", "S001"),
        lambda: admin.appoint(centre, "R001", "Li", ("police",), "a long passphrase", "S001", 20),
        lambda: desk.send(entry(role="king")),
        lambda: admin.release(centre, ("RL01", "AAAA", OFFICE), 1, 1, "S001"),
        lambda: admin.dismiss(centre, "R001", "S001"),
        lambda: admin.revoke(centre, "AAAA", "S001"),
    ]
    for step in steps:
        step()
        before, known = known, folded(centre, known)
        anew = folded(centre, Registry())
        assert (known.members, known.operators, known.first) == (anew.members, anew.operators, anew.first)
        assert (known.packs, known.definitions, known.states) == (anew.packs, anew.definitions, anew.states)
        assert known.states["terminal:BBBB"] is before.states["terminal:BBBB"]


def woken(happens: Callable[[Waiting], None]) -> list[bool]:
    """Whether it wakes one at number 3 of `office`, one at number 3 of `access`, and one who has left."""

    async def waits() -> list[bool]:
        waiting = Waiting()
        events = [waiting.join(cursor) for cursor in ({ADMIN: 1, OFFICE: 3}, {ACCESS: 3}, {OFFICE: 3})]
        waiting.leave(events[2])
        happens(waiting)
        await asyncio.sleep(0)
        return [event.is_set() for event in events]

    return asyncio.run(waits())


def test_who_waits_for_a_feed_is_not_woken_by_another(town: Town) -> None:
    assert woken(lambda waiting: waiting.wake({ACCESS})) == [False, True, False]
    assert woken(lambda waiting: waiting.wake({OFFICE})) == [True, False, False]
    moved: list[set[str]] = []
    desk = town.machine("AAAA")
    town.centre.on_commit = lambda streams: moved.append({*streams})
    desk.send(entry(kind="read", writes={}), stream=ACCESS)
    desk.send(entry())
    assert moved == [{ACCESS}, {OFFICE}]


@pytest.mark.parametrize(
    ("moved", "expected"),
    [
        ({OFFICE: 3, ACCESS: 4}, False),
        ({OFFICE: 4}, True),
        ({OFFICE: 2}, True),
        ({ADMIN: 2}, True),
        ({}, False),
    ],
)
def test_who_knows_where_a_feed_stands_is_not_woken_by_its_number(
    moved: dict[str, int], expected: bool
) -> None:
    """A push wakes at once; the look at the numbers that follows it is for what other processes wrote."""
    assert woken(lambda waiting: waiting.compare(moved))[0] is expected


def test_a_look_that_finds_nothing_reads_no_feed(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the feeds stand and whether that is what the terminal was shown; who gets something, more."""
    desk = town.machine("AAAA")
    desk.send(entry())
    pulled, _ = town.machine("BBBB").pull()
    asked: list[str] = []

    class Counted:
        """A connection that notes what it is asked."""

        def __init__(self, connection: Connection) -> None:
            self.connection = connection

        def execute(self, sql: str, parameters: Parameters = ()) -> Cursor:
            asked.append(sql)
            return self.connection.execute(sql, parameters)

    read = town.centre.database.read

    @contextmanager
    def counted() -> Iterator[Counted]:
        with read() as connection:
            yield Counted(connection)

    exchange = Exchange(town.centre, Notes(town.centre))
    body = protocol.pack(Pull(pulled.cursor, position=pulled.position))
    with read() as connection:
        member = town.centre.registry(connection).members["BBBB"]
    monkeypatch.setattr(town.centre.database, "read", counted)
    assert exchange.pull("BBBB", *exchange.asked_to_pull(member, body), last=False) is None
    assert len(asked) == 2


class Explained:
    """A connection that is asked how it would find what it is asked for."""

    def __init__(self, connection: Connection, explain: str) -> None:
        self.connection, self.explain, self.plan = connection, explain, ""

    def execute(self, sql: str, parameters: Parameters = ()) -> Explained:
        self.plan = str(self.connection.execute(self.explain + sql, parameters).fetchall())
        return self

    def fetchall(self) -> list[tuple[str, int]]:
        return []


@pytest.fixture
def explained(centre: Centre) -> Iterator[Explained]:
    is_sqlite = centre.database.url.startswith(SQLITE)
    with centre.database.write() as connection:
        if not is_sqlite:  # of an empty table everything is read soonest
            connection.execute("SET LOCAL enable_seqscan = off")
        yield Explained(connection, "EXPLAIN QUERY PLAN " if is_sqlite else "EXPLAIN ")


def test_what_a_terminal_lacks_is_found_without_reading_all_that_it_sent(explained: Explained) -> None:
    quarantine.lacking(explained, "RL01", "AAAA")  # type: ignore[arg-type]
    assert "entry_lacking" in explained.plan


def test_the_marks_of_a_position_are_found_without_reading_their_feeds(explained: Explained) -> None:
    shown = Position("RL01", "", {ADMIN: (1, b""), OFFICE: (2, b"")})
    assert position.is_lost(explained, shown)  # type: ignore[arg-type]
    assert explained.plan.count("number") == 2
    assert "(office=?)" not in explained.plan
    assert "Filter" not in explained.plan
