"""Who is signed in where the centre is not heard of: until his lease is over, whatever a clock shows."""

from __future__ import annotations

import base64
from collections.abc import Callable
from datetime import UTC, datetime

import msgspec
import pytest
from msgspec.structs import replace

from central import admin
from kiosk.actions.carrying import BadLists
from kiosk.errors import NotAllowed
from kiosk.model.lease import Shown
from kiosk.store import leases
from kiosk.sync.answers import Lists
from tests.actions.exchanged import Make, opened, rows
from tests.office import Clock
from tests.running import Running, meet

AT = datetime(2026, 3, 2, 9, tzinfo=UTC)
PASSPHRASE = "correct horse battery"
TOO_LONG = "without the central system for too long"
STAFF = {"R001": "reception", "S001": "supervisor"}


class Away:
    """A desk with a clock of its own, whose staff are the centre's, with leases of 14 days."""

    def __init__(self, centre: Running, desk: Make) -> None:
        self.centre, self.clock = centre, Clock()
        self.machine = Shown(self.clock(), 0, "first start")
        self.office, self.exchange = desk(clock=self.clock)
        for number, role in STAFF.items():
            admin.appoint(centre.centre, number, number, [role], PASSPHRASE, "admin")
        self.meet()

    def meet(self) -> None:
        meet(self.exchange)
        self.exchange.lists()

    def days_pass(self, days: float, start: str = "") -> None:
        """The machine runs, or was off and was started anew."""
        self.clock.forward(days=days)
        self.centre.clock.forward(days=days)
        was = self.machine
        self.machine = Shown(was.clock, was.ran + days * 86_400, start or was.start)

    def signs_in(self) -> bool:
        try:
            self.office.desk.sign_in("R001", PASSPHRASE)
        except NotAllowed as no:
            return _may(no)
        return True

    def begins_a_case(self) -> bool:
        """Whether who is signed in still writes."""
        before = rows(self.office.store)
        try:
            self.office.desk.open_case(self.office.reception, "worker", "my")
        except NotAllowed as no:
            return _may(no) or rows(self.office.store) != before
        return True


def _may(no: NotAllowed) -> bool:
    """False for a lease that is over; any other reason is a fault."""
    if TOO_LONG not in str(no):
        raise no
    return False


@pytest.fixture
def away(centre: Running, desk: Make, monkeypatch: pytest.MonkeyPatch) -> Away:
    found = Away(centre, desk)
    monkeypatch.setattr(leases, "shown", lambda clock: replace(found.machine, clock=clock))
    found.exchange.lists()
    return found


def test_who_is_signed_in_writes_nothing_more_once_his_lease_is_over(away: Away) -> None:
    office, case = away.office, away.office.register()
    phone = {"person.phone": "+8613800138012"}
    steps: list[Callable[[], object]] = [
        lambda: office.lodge(case),
        lambda: office.desk.record(office.reception, case, phone),
        lambda: office.desk.note_opening(office.reception, case),
        lambda: office.desk.slip(office.reception, case, "application_form"),
    ]
    away.days_pass(13.9)
    assert office.desk.why_out(office.reception) is None
    steps[-1]()
    away.days_pass(0.2)
    assert TOO_LONG in str(office.desk.why_out(office.reception))
    before = rows(office.store)
    for step in steps:
        with pytest.raises(NotAllowed, match=TOO_LONG):
            step()
    assert rows(office.store) == before
    office.desk.save_draft(office.reception, "form", {"person.name": "MA MA"})  # what is typed is kept
    away.meet()
    assert office.desk.draft(office.reception, "form") == {"person.name": "MA MA"}
    for step in steps:
        step()


def test_the_last_one_who_is_dismissed_is_out_too(away: Away) -> None:
    for number in STAFF:
        admin.dismiss(away.centre.centre, number, "admin")
    away.meet()
    with pytest.raises(NotAllowed, match="no account for you at this terminal any more"):
        away.office.desk.open_case(away.office.reception, "worker", "my")


def test_a_second_person_whose_lease_is_over_vouches_for_nothing(away: Away) -> None:
    office, case = away.office, away.office.register()
    admin.change(away.centre.centre, "S001", "admin", lease_days=3)
    away.meet()
    away.days_pass(4)
    phone = {"person.phone": "+8613800138012"}
    with pytest.raises(NotAllowed, match=TOO_LONG):
        office.desk.record(office.reception, case, phone, second=office.supervisor)
    office.desk.record(office.reception, case, phone)


def test_a_clock_that_is_set_back_revives_no_lease(away: Away) -> None:
    admin.dismiss(away.centre.centre, "R001", "admin")  # the line is down from now on
    away.days_pass(20)
    assert not away.begins_a_case()
    away.clock.forward(days=-15)
    assert not away.signs_in()
    away.office.close()
    away.days_pass(0, "second start")
    office, exchange = opened(away.office)  # the next start knows it, too
    assert TOO_LONG in str(office.desk.why_out(office.reception))
    exchange.client.close()
    office.close()


def test_a_clock_that_is_set_back_each_day_gains_nothing_while_the_machine_runs(away: Away) -> None:
    for _ in range(13):
        assert away.begins_a_case()
        away.days_pass(1)
        assert away.signs_in()
        away.clock.forward(days=-1)
    away.days_pass(1.1)
    assert not away.signs_in()


def test_a_clock_that_was_years_ahead_at_the_exchange_lengthens_nothing(away: Away) -> None:
    away.clock.forward(days=3650)
    away.exchange.begin()
    away.exchange.lists()
    away.clock.forward(days=-3650)
    assert away.signs_in()
    away.days_pass(200)
    assert not away.signs_in()


def test_a_clock_that_is_put_right_locks_nobody_out(away: Away) -> None:
    away.clock.forward(days=-20)
    away.meet()
    away.clock.forward(days=20)
    assert away.signs_in()
    assert away.begins_a_case()
    away.clock.forward(days=3650)  # by mistake
    away.clock.forward(days=-3650)
    assert away.signs_in()
    assert away.begins_a_case()


def test_a_machine_that_lost_its_time_while_it_was_off_locks_nobody_out_once_it_is_put_right(
    away: Away,
) -> None:
    away.days_pass(1, "second start")
    away.clock.forward(days=-3000)
    assert away.signs_in()
    away.clock.forward(days=3000)
    assert away.signs_in()
    away.days_pass(13.1)
    assert not away.signs_in()


def test_a_machine_that_starts_with_a_clock_years_ahead_locks_nobody_out_for_good(away: Away) -> None:
    away.days_pass(1, "second start")
    away.clock.forward(days=3650)
    assert not away.signs_in()
    away.clock.forward(days=-3650)
    assert not away.signs_in()  # nobody here can tell which of the two was wrong
    away.meet()
    assert away.signs_in()
    assert away.begins_a_case()


def test_what_this_machine_shows_goes_on() -> None:
    first, then = leases.shown(AT), leases.shown(AT)
    assert first.start == then.start != ""
    assert 0 < first.ran <= then.ran


@pytest.mark.parametrize("days", [-3650, -20, 20, 3650])
def test_by_a_clock_that_is_wrong_a_lease_lasts_as_long(away: Away, days: float) -> None:
    away.clock.forward(days=days)
    away.meet()
    away.days_pass(5)
    away.days_pass(7.9, "second start")
    assert away.signs_in()
    away.days_pass(1.2)
    assert not away.signs_in()


def test_who_loses_a_role_signs_in_anew_and_has_the_others(away: Away) -> None:
    office, centre = away.office, away.centre.centre
    admin.change(centre, "R001", "admin", roles=["reception", "labour"])
    away.meet()
    both = office.desk.sign_in("R001", PASSPHRASE)
    assert office.desk.why_out(office.reception) is None  # who got one has it from the next sign-in
    admin.change(centre, "R001", "admin", roles=["reception"])
    away.meet()
    with pytest.raises(NotAllowed, match="roles have changed"):
        office.desk.open_case(both, "worker", "my")
    assert office.desk.sign_in("R001", PASSPHRASE).roles == ("reception",)


def test_who_is_dismissed_is_told_so_at_the_next_exchange(away: Away) -> None:
    admin.dismiss(away.centre.centre, "R001", "admin")
    away.meet()
    with pytest.raises(NotAllowed, match="no account for you"):
        away.office.desk.open_case(away.office.reception, "worker", "my")


@pytest.mark.parametrize("at", ["2026-03-02T09:00:00", "yesterday", ""])
def test_lists_that_say_no_time_are_not_taken(away: Away, at: str) -> None:
    """Nobody could say how long a lease runs."""
    away.days_pass(13)
    away.exchange.client.lists = _dated(away, at)  # type: ignore[method-assign]
    with pytest.raises(BadLists):
        away.exchange.lists()
    away.days_pass(2)
    assert not away.signs_in()


def _dated(away: Away, at: str) -> Callable[..., Lists]:
    """Lists that the centre signed, but for what they say of the time."""
    content = msgspec.json.decode(base64.b64decode(away.exchange.client.lists().signed)) | {"at": at}
    signed = msgspec.json.encode(content)
    lists = Lists(base64.b64encode(signed).decode(), away.centre.centre.key.sign(signed).hex())
    return lambda epoch: lists
