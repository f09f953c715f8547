"""The sharing log: whatever leaves the centre stands in it before, and for three years."""

from __future__ import annotations

from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta

import pytest

from central.centre import Centre
from central.notes import Contact, Notes, contacts
from central.server import Server
from kiosk.sync import protocol
from kiosk.sync.protocol import Pull, Rows
from tests.central.machine import Machine, Town, entry
from tests.running import until


def log(centre: Centre) -> list[tuple[object, ...]]:
    """(terminal, stream, author, after, until) of everything that was given but the stream `admin`."""
    with centre.database.read() as connection:
        return connection.execute(
            "SELECT terminal, stream, author, number, until FROM given WHERE stream <> 'admin' "
            "ORDER BY at, terminal, author"
        ).fetchall()


def test_what_was_given_stands_in_the_log_when_it_arrives(town: Town) -> None:
    desk, other = town.machine("AAAA"), town.machine("BBBB")
    desk.send(entry(), entry())
    desk.send(entry())
    cursor = other.pull()[0].cursor
    assert log(town.centre) == [("BBBB", "office", "", 0, 2)]
    other.pull(cursor)  # nothing more was given
    other.rows("AAAA", after=1)
    desk.rows("AAAA")  # its own
    assert log(town.centre) == [("BBBB", "office", "", 0, 2), ("BBBB", "office", "AAAA", 1, 3)]


def test_nothing_is_given_while_the_log_cannot_be_written(town: Town) -> None:
    desk, other = town.machine("AAAA"), town.machine("BBBB")
    desk.send(entry())
    with town.centre.database.write() as connection:
        connection.execute("ALTER TABLE given RENAME TO away")
    for target, asked in (("/v1/pull", Pull({})), ("/v1/rows", Rows("RL01", "AAAA", "office", 0))):
        assert other.call("POST", target, protocol.pack(asked)).status_code == 500
    with town.centre.database.write() as connection:
        connection.execute("ALTER TABLE away RENAME TO given")
    other.pull()
    assert ("BBBB", "office", "", 0, 1) in log(town.centre)


def test_readers_that_come_together_are_all_noted(town: Town) -> None:
    desk = town.machine("AAAA")
    others = [town.machine(f"BBB{number}") for number in range(6)]
    desk.send(entry())
    with ThreadPoolExecutor(len(others)) as pool:
        list(pool.map(Machine.pull, others))
    assert sorted(log(town.centre)) == [(one.code, "office", "", 0, 1) for one in others]


def test_who_comes_for_the_first_time_is_noted_at_once(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("central.notes.CONTACTS_SECONDS", 1e9)
    for code in ("AAAA", "BBBB"):
        town.machine(code).heads()
        until(lambda code=code: code in seen(town.centre))  # type: ignore[misc]
    assert set(seen(town.centre)) == {"AAAA", "BBBB"}


def seen(centre: Centre) -> Mapping[str, Contact]:
    with centre.database.read() as connection:
        return contacts(connection, centre.office)


def given_at(centre: Centre, *times: datetime) -> None:
    with centre.database.write() as connection:
        connection.executemany(
            "INSERT INTO given (office, terminal, stream, author, number, until, at) "
            "VALUES (?, 'AAAA', 'office', '', ?, 1, ?)",
            [
                (centre.office, number, at.isoformat(timespec="milliseconds"))
                for number, at in enumerate(times)
            ],
        )


@pytest.mark.parametrize(("ahead", "left"), [(0, [1, 2]), (20_000, [1, 2]), (-400, [0, 1, 2])])
def test_what_is_older_than_three_years_is_forgotten_at_a_start(
    centre: Centre, ahead: int, left: list[int]
) -> None:
    now = centre.clock()
    given_at(centre, now - timedelta(days=1100), now - timedelta(days=1090), now)
    centre.clock = lambda: now + timedelta(days=ahead)  # wrong, perhaps: that empties no log
    with Server(centre):
        pass
    assert [number for *_, number, _ in log(centre)] == left


def test_an_empty_log_is_pruned_too(centre: Centre) -> None:
    Notes(centre).prune()
    assert log(centre) == []
