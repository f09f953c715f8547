"""What an office of a thousand terminals asks of the centre again and again does not grow with them."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager

import pytest

from central import admin, feed, position, quarantine, registry
from central.centre import Centre
from central.database import SQLITE
from central.exchange import Exchange
from central.guard import Asker
from central.notes import Notes
from central.position import Position
from central.registry import Registry
from central.waiting import Waiting
from kiosk.model.entries import ACCESS, ADMIN, OFFICE
from kiosk.store.database import Connection, Cursor, Parameters
from kiosk.sync import protocol
from kiosk.sync.protocol import Pull
from kiosk.sync.signing import Signed
from tests.central.machine import Town, entry

SIGNED = Signed("RL01/AAAA", 0, "", "")


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
    """Whether it wakes one at number 3 of `office`, one at number 3 of `access`, one of whom it is not known
    yet what he has, and one who has left."""

    async def waits() -> list[bool]:
        waiting = Waiting()
        with ExitStack() as stack:
            waiters = [stack.enter_context(waiting.joined()) for _ in range(3)]
            waiters[0].cursor, waiters[1].cursor = {ADMIN: 1, OFFICE: 3}, {ACCESS: 3}
            with waiting.joined() as left:
                waiters.append(left)
            happens(waiting)
            await asyncio.sleep(0)
        return [waiter.event.is_set() for waiter in waiters]

    return asyncio.run(waits())


def comes(town: Town, code: str) -> Asker:
    """A terminal as the door lets it in."""
    with town.centre.database.read() as connection:
        member = town.centre.registry(connection).members[code]
        return Asker(member, SIGNED, 0, feed.numbers(connection, town.centre.office))


def test_who_waits_for_a_feed_is_not_woken_by_another(town: Town) -> None:
    assert woken(lambda waiting: waiting.wake({ACCESS})) == [False, True, True, False]
    assert woken(lambda waiting: waiting.wake({OFFICE})) == [True, False, True, False]
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
    """It asks where the feeds stand, and whether that is what the terminal was shown."""
    desk, reader = town.machine("AAAA"), town.machine("BBBB")
    desk.send(entry())
    pulled, _ = reader.pull()
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

    exchange, asker = Exchange(town.centre, Notes(town.centre)), comes(town, "BBBB")
    body = protocol.pack(Pull(pulled.cursor, position=pulled.position))
    monkeypatch.setattr(town.centre.database, "read", counted)
    assert exchange.pull("BBBB", *exchange.asked_to_pull(asker.member, body), last=False) is None
    assert len(asked) == 2


def test_who_has_everything_waits_without_a_look(town: Town) -> None:
    desk, reader = town.machine("AAAA"), town.machine("BBBB")
    pulled, _ = reader.pull()
    exchange, asker = Exchange(town.centre, Notes(town.centre)), comes(town, "BBBB")

    def waits(cursor: Mapping[str, int], position: bytes = b"") -> bool:
        body = protocol.pack(Pull({**cursor}, position=position))
        return exchange.has_all(asker, *exchange.asked_to_pull(asker.member, body))

    assert waits(pulled.cursor)
    assert waits(pulled.cursor, pulled.position)
    assert not waits({})
    assert not waits(pulled.cursor | {"RL01/office": 1})  # a centre that was put back: it is told so
    desk.send(entry(kind="read", writes={}), stream=ACCESS)
    asker = comes(town, "BBBB")
    assert waits(pulled.cursor)
    desk.send(entry())
    asker = comes(town, "BBBB")
    assert not waits(pulled.cursor)
    now, _ = reader.pull()
    assert waits(now.cursor, pulled.position)
    town.centre.renew()
    assert not waits(now.cursor, now.position)
    assert waits(now.cursor)


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
