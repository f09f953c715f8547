"""The exchange by itself, in the background: at once while there is a line, and again when there is one."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from central import admin
from kiosk.actions import exchanging as module
from kiosk.actions.exchanging import LONGEST_PAUSE, Exchanging, pause
from kiosk.actions.status import Status
from kiosk.sync.protocol import Problem
from kiosk.sync.refusals import Refusal
from tests.office import Office, portrait
from tests.running import Running, until


class AtWork:
    """A desk whose exchange runs; what it tells is kept."""

    def __init__(self, centre: Running, folder: Path) -> None:
        folder.mkdir()
        self.office = Office(folder, clock=centre.clock)
        self.changed: set[str] = set()
        self.told: list[Status] = []
        self.threads: set[str] = set()
        exchange = centre.joined(self.office)
        self.exchanging = Exchanging(exchange, self._changed, self.told.append)
        self.office.desk.on_commit.append(self.exchanging.wake)
        self.exchanging.start()

    def _changed(self, subjects: object) -> None:
        self.threads.add(threading.current_thread().name)
        self.changed |= subjects  # type: ignore[operator]

    def end(self) -> None:
        self.exchanging.stop()
        assert not any(thread.is_alive() for thread in self.exchanging._threads)
        self.office.close()


@pytest.fixture
def at_work(
    centre: Running, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Callable[[], AtWork]]:
    monkeypatch.setattr(module, "LONGEST_PAUSE", 0.5)
    made: list[AtWork] = []

    def make() -> AtWork:
        made.append(AtWork(centre, tmp_path / f"desk{len(made)}"))
        return made[-1]

    yield make
    for one in made:
        one.end()


def test_what_one_writes_the_other_is_told_of(at_work: Callable[[], AtWork]) -> None:
    one, other = at_work(), at_work()
    until(lambda: one.told and one.told[-1].connected and other.told and other.told[-1].connected)
    case = one.office.register()
    until(lambda: case in other.changed and other.office.state(case, "registration") == "done")
    one.office.desk.attach_portrait(one.office.reception, case, portrait())
    reference = one.office.desk.case(one.office.reception, case).facts["case.portrait"]
    until(lambda: other.office.desk.blob(reference) is not None)
    until(lambda: one.told[-1].waiting == 0)
    assert threading.main_thread().name not in other.threads


def test_a_centre_that_goes_away_and_comes_back_is_found_again(
    at_work: Callable[[], AtWork], centre: Running
) -> None:
    one, other = at_work(), at_work()
    until(lambda: one.told and one.told[-1].connected)
    centre.end()
    case = one.office.register()
    until(lambda: not one.told[-1].connected and one.told[-1].waiting > 0)
    until(lambda: str(one.told[-1].reason) == "The central system cannot be reached.")
    centre.begin()
    until(lambda: case in other.changed)
    until(lambda: one.told[-1].connected and one.told[-1].waiting == 0)
    assert one.told[-1].reason is None


def test_who_was_dismissed_is_out_at_once(at_work: Callable[[], AtWork], centre: Running) -> None:
    one = at_work()
    admin.appoint(centre.centre, "R001", "李晓梅", ["reception"], "correct horse", "S001")
    admin.appoint(centre.centre, "R002", "王小明", ["reception"], "correct horse", "S001")
    until(lambda: "operator:R002" in one.changed)
    assert one.office.desk.why_out(one.office.reception) is None
    admin.dismiss(centre.centre, "R001", "S001")
    until(lambda: one.office.desk.why_out(one.office.reception))


def test_a_lease_is_renewed_while_connected_though_nobody_changes_anything(
    at_work: Callable[[], AtWork], centre: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "WAIT", 0.1)
    monkeypatch.setattr(module, "LISTS_EVERY", module.LISTS_EVERY / 1000)
    admin.appoint(centre.centre, "R001", "李晓梅", ["reception"], "correct horse", "S001")
    one = at_work()
    until(one.office.desk.has_staff)
    centre.clock.forward(minutes=1)  # more would end the session, and everything begin anew
    until(lambda: lease_of(one) == centre.clock() + timedelta(days=14))


def lease_of(one: AtWork) -> datetime:
    """Of its only operator."""
    with one.office.store.read() as connection:
        (until,) = connection.execute("SELECT lease_until FROM staff").fetchone()
    return datetime.fromisoformat(until)


def test_a_revoked_desk_says_so_and_still_hands_in_what_it_has(
    at_work: Callable[[], AtWork], centre: Running
) -> None:
    one, other = at_work(), at_work()
    until(lambda: one.told and one.told[-1].connected)
    admin.revoke(centre.centre, one.office.desk.terminal.code, "S001")
    one.office.register()
    until(lambda: one.told[-1].reason is not None and "revoked" in str(one.told[-1].reason))
    until(lambda: one.told[-1].waiting == 0 and one.told[-1].set_aside)
    assert not any(subject.startswith("case:") for subject in other.changed)


def test_nothing_is_under_way_after_the_end(at_work: Callable[[], AtWork]) -> None:
    one = at_work()
    until(lambda: one.told and one.told[-1].connected)
    one.exchanging.stop()
    told = len(one.told)
    one.office.register()  # wakes nobody
    assert len(one.told) == told


@given(st.integers(1, 10_000), st.floats(0, 3600))
def test_a_pause_grows_is_never_nothing_and_heeds_what_was_asked(failures: int, asked: float) -> None:
    assert 0 < pause(failures) <= LONGEST_PAUSE
    assert pause(failures, Refusal(Problem("busy"), 503, asked)) >= asked
