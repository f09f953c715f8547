"""What an office of a thousand terminals asks of the centre again and again does not grow with them."""

from __future__ import annotations

import asyncio

from central import admin, quarantine, registry
from central.centre import Centre
from central.database import SQLITE
from central.registry import Registry
from central.waiting import Waiting
from kiosk.model.entries import ACCESS, ADMIN, OFFICE
from kiosk.store.database import Connection
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


def test_who_waits_for_a_feed_is_not_woken_by_another(town: Town) -> None:
    async def woken(moved: set[str]) -> list[bool]:
        waiting = Waiting()
        events = [waiting.join({ADMIN, OFFICE}), waiting.join({ACCESS}), waiting.join({OFFICE})]
        waiting.leave(events[2])
        waiting.wake(moved)
        await asyncio.sleep(0)
        return [event.is_set() for event in events]

    assert asyncio.run(woken({ACCESS})) == [False, True, False]
    assert asyncio.run(woken({OFFICE})) == [True, False, False]
    moved: list[set[str]] = []
    desk = town.machine("AAAA")
    town.centre.on_commit = lambda streams: moved.append({*streams})
    desk.send(entry(kind="read", writes={}), stream=ACCESS)
    desk.send(entry())
    assert moved == [{ACCESS}, {OFFICE}]


def test_what_a_terminal_lacks_is_found_without_reading_all_that_it_sent(centre: Centre) -> None:
    is_sqlite = centre.database.url.startswith(SQLITE)

    class Explained:
        """A connection that is asked how it would find what it is asked for."""

        def __init__(self, connection: Connection) -> None:
            self.connection, self.plan = connection, ""

        def execute(self, sql: str, parameters: tuple[str, ...]) -> Explained:
            explain = "EXPLAIN QUERY PLAN " if is_sqlite else "EXPLAIN "
            self.plan = str(self.connection.execute(explain + sql, parameters).fetchall())
            return self

        def fetchall(self) -> list[tuple[str, int]]:
            return []

    with centre.database.write() as connection:
        if not is_sqlite:  # of an empty table everything is read soonest
            connection.execute("SET LOCAL enable_seqscan = off")
        explained = Explained(connection)
        quarantine.lacking(explained, centre.office, "AAAA")  # type: ignore[arg-type]
    assert "entry_lacking" in explained.plan
