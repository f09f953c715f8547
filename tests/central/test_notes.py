"""The sharing log: whatever leaves the centre stands in it before, and for three years."""

from __future__ import annotations

from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta

import pytest

from central.centre import Centre
from central.notes import Contact, Notes, contacts
from central.registry import Member
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


def given_on(centre: Centre, **days: int) -> None:
    """To each terminal something, on which day of the centre's."""
    at = centre.clock().isoformat(timespec="milliseconds")
    with centre.database.write() as connection:
        connection.executemany(
            "INSERT INTO given (office, terminal, stream, author, number, until, at, day) "
            "VALUES (?, ?, 'office', '', 0, 1, ?, ?)",
            [(centre.office, code, at, day) for code, day in days.items()],
        )


def run_once(centre: Centre, now: datetime, code: str) -> set[object]:
    """Starts the centre with its clock at a time, lets a terminal be given something; who is in the log."""
    centre.clock = lambda: now
    with Server(centre):
        Notes(centre).given_all(Member(code, "", "counter", (), b"", b"", now.isoformat()), {"office": 1})
    return {terminal for terminal, *_ in log(centre)}


def test_what_was_given_is_forgotten_after_the_days_of_three_years(centre: Centre) -> None:
    given_on(centre, AAAA=10, BBBB=11, CCCC=10 + 1096)
    now = centre.clock()
    assert run_once(centre, now, "DDDD") == {"AAAA", "BBBB", "CCCC", "DDDD"}  # still the same day
    assert run_once(centre, now + timedelta(days=1), "EEEE") == {"BBBB", "CCCC", "DDDD", "EEEE"}
    assert run_once(centre, now + timedelta(days=1), "FFFF") == {"BBBB", "CCCC", "DDDD", "EEEE", "FFFF"}


@pytest.mark.parametrize("wrong", [27_000, -20_000])
def test_a_wrong_clock_empties_no_log(centre: Centre, wrong: int) -> None:
    given_on(centre, AAAA=10, BBBB=1000)
    right = centre.clock()
    for day, code in enumerate(("CCCC", "DDDD")):
        run_once(centre, right + timedelta(days=wrong + day), code)
    everybody = {"AAAA", "BBBB", "CCCC", "DDDD", "EEEE"}
    assert run_once(centre, right, "EEEE") == everybody
    assert run_once(centre, right + timedelta(days=1), "EEEE") == everybody


def test_a_centre_that_runs_on_counts_its_days(centre: Centre, monkeypatch: pytest.MonkeyPatch) -> None:
    given_on(centre, AAAA=10)
    Notes(centre).prune()
    assert len(log(centre)) == 1
    monkeypatch.setattr("central.notes.DAY_SECONDS", 1e-9)  # years go by in a moment
    Notes(centre).prune()
    assert log(centre) == []


def test_an_empty_log_is_pruned_too(centre: Centre) -> None:
    Notes(centre).prune()
    assert log(centre) == []
