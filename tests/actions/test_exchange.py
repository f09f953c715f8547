"""Desks that share one journal through a real central system: what one writes all have, whole and once."""

from __future__ import annotations

from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from random import Random

import pytest

from central import admin
from central.database import open_database
from kiosk.actions.exchange import Exchange
from kiosk.errors import KioskError
from kiosk.store import exchange as remembered
from kiosk.sync.refusals import Refusal, Unreachable
from tests.actions.exchanged import Make, release_all, rows, through, whole
from tests.office import MONDAY, PERSON, Clock
from tests.running import Running, exchange_of, meet
from tests.store.compared import views
from tests.sync.proxy import Line


def test_a_case_begun_at_one_desk_goes_on_at_the_next(desk: Make, centre: Running) -> None:
    (one, up), (other, down) = desk(), desk()
    case = one.worker("registered")
    meet(up, down)
    assert [row.case for row in other.desk.find(other.reception, "ma ma san")] == [case]
    other.clear(case)
    other.sign(case)
    other.confirm(case)
    meet(down, up)
    assert one.state(case, "guarantee") == "confirmed"
    assert rows(one.store) == rows(other.store) == rows(centre.database)
    assert views(one.store) == views(other.store)
    whole(one.store)
    assert up.send() == down.send() == 0
    assert up.status().waiting == 0
    assert up.status().last == centre.clock()


def test_what_two_wrote_while_apart_is_contested_at_both(desk: Make) -> None:
    (one, up), (other, down) = desk(), desk()
    case = one.register()
    meet(up, down)
    one.desk.record(one.reception, case, {"person.phone": "+8613800138011"})
    other.desk.record(other.reception, case, {"person.phone": "+8613800138022"})
    meet(up, down)
    for office in (one, other):
        assert "person.phone" in office.desk.case(office.reception, case).contested
    assert views(one.store) == views(other.store)


def test_the_doctors_words_reach_the_health_post_alone(desk: Make) -> None:
    (post, up), (police, down), (doctor, also) = desk("health_post"), desk("police"), desk("health_post")
    (reception, first) = desk("reception")
    case = reception.register()
    reception.lodge(case)
    reception.order_health(case)
    meet(first, up)
    assert first.status().set_aside == ()  # what is ordered stands beside what the doctor will find
    assert post.desk.find(post.doctor, "MA MA SAN")[0].laboratory_number
    post.desk.record(post.doctor, case, {"health.told_person": True})
    meet(up, down, also)
    assert rows(post.store, "health") == rows(doctor.store, "health") != {}
    assert rows(police.store, "health") == {}
    assert rows(police.store, "office") == rows(doctor.store, "office")


def test_a_desk_says_what_waits_there_and_what_room_it_has(desk: Make, centre: Running) -> None:
    one, up = desk()
    one.register()
    up.begin()
    up.fetch()
    centre.end()  # who was here is written then, at the latest
    with open_database(f"sqlite:///{centre.folder / 'centre.db'}") as kept, kept.read() as connection:
        ((waiting, free),) = connection.execute("SELECT waiting, free FROM contact").fetchall()
    assert waiting == up.status().waiting > 0
    assert free > 0
    centre.begin()


def small_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("FIRST", "MOST"):
        monkeypatch.setattr(f"kiosk.sync.pace.{name}", 2)


def test_batch_after_batch_goes_up_and_comes_down(desk: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    small_batches(monkeypatch)
    (north, sending), (south, taking) = desk(), desk()
    taking.begin()
    for _ in range(3):
        north.register()
    assert sending.send() == len(rows(north.store))
    assert drain(taking) > 3
    assert rows(south.store, "office") == rows(north.store, "office")
    whole(south.store)


def drain(exchange: Exchange) -> int:
    """Takes all that there is; in how many batches."""
    batches = 1
    while exchange.fetch().more:
        batches += 1
    return batches


def test_what_was_asked_for_ahead_does_not_count_after_something_else(
    desk: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    small_batches(monkeypatch)
    (north, sending), (south, taking) = desk(), desk()
    taking.begin()
    for _ in range(3):
        north.register()
    sending.send()
    assert taking.fetch().more  # the next batch is on its way
    with south.store.write() as connection:
        remembered.replace_cursor(connection, {})
    assert taking.fetch().rows == 0  # what is here already, from the beginning
    assert taking.fetch().more
    taking.client.close()
    with pytest.raises(Unreachable):
        drain(taking)
    again = exchange_of(south)
    drain(again)
    again.client.close()
    assert rows(south.store, "office") == rows(north.store, "office")
    whole(south.store)


# --- faults of the line --------------------------------------------------------------------------


@pytest.mark.parametrize("seed", range(3))
def test_a_line_cut_at_any_byte_loses_nothing_and_doubles_nothing(
    desk: Make, centre: Running, seed: int
) -> None:
    chance = Random(seed)
    (one, _), (other, _) = desk(), desk()
    line = Line(centre.port)
    over = [through(line, one), through(line, other)]
    cases = []
    cuts = 0
    for step in range(6):
        office = chance.choice([one, other])
        cases.append(office.worker("registered", **{"person.name": f"MA {'ABCDEF'[step]}"}))
        for exchange in over:
            line.budget = chance.randint(0, 12_000)
            line.cut()
            try:
                exchange.begin()
                exchange.send()
                exchange.fetch()
            except Unreachable:
                cuts += 1
    line.budget = None
    line.cut()
    meet(*over)
    assert cuts
    assert rows(one.store) == rows(other.store) == rows(centre.database)
    assert views(one.store) == views(other.store)
    assert len(one.desk.find(one.reception, "MA")) == len(cases)
    whole(other.store)
    for exchange in over:
        exchange.client.close()
    line.close()


def test_what_is_too_much_for_a_bad_line_goes_over_it_in_smaller_batches(desk: Make, centre: Running) -> None:
    (one, _), (other, _) = desk(), desk()
    for letter in "ABCDEFGHIJKL":
        one.worker("cleared", **{"person.name": f"MA {letter}"})
    line = Line(centre.port)
    # what each connection carries; all that waits is three times as much, and comes down as it went up
    for office, line.budget in ((one, 12_000), (other, 20_000)):
        exchange = through(line, office)
        with pytest.raises(Unreachable):
            go_over(exchange)
        for _ in range(12):
            line.cut()
            with suppress(Unreachable):
                go_over(exchange)
                break
        exchange.client.close()
    line.close()
    assert rows(one.store, "office") == rows(other.store, "office")


def go_over(exchange: Exchange) -> None:
    exchange.begin()
    exchange.send()
    drain(exchange)


def test_a_batch_that_is_too_large_is_halved(
    desk: Make, centre: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    (one, up), (other, down) = desk(), desk()
    one.worker("cleared")
    monkeypatch.setattr("central.checking.MOST_ROWS", 6)  # the largest act of this history
    meet(up, down)
    assert rows(one.store) == rows(other.store)


def test_while_the_centre_is_away_everything_waits(desk: Make, centre: Running) -> None:
    (one, up), (other, down) = desk(), desk()
    meet(up, down)
    centre.end()
    case = one.worker("registered")
    with pytest.raises(Unreachable):
        up.send()
    waiting = up.status().waiting
    assert waiting == sum(1 for row in one.journal() if row["terminal"] == one.desk.terminal.code)
    centre.begin()
    assert up.send() == waiting
    meet(down)
    assert other.state(case, "registration") == "done"


@pytest.mark.parametrize("days", [365 * 73, -365 * 27])
def test_a_clock_far_off_is_recorded_and_followed_by_nobody(desk: Make, centre: Running, days: int) -> None:
    far = Clock(MONDAY + timedelta(days=days))
    (one, up), (other, down) = desk(clock=far), desk()
    case = one.begin()
    meet(up, down)
    other.desk.park(other.reception, case)
    meet(down, up)
    assert abs(up.client.offset + timedelta(days=days)) < timedelta(minutes=1)
    assert one.desk.case(one.reception, case).row.parked_by == "R001"
    times = [row["time"] >> 16 for row in other.journal() if row["terminal"] == other.desk.terminal.code]
    assert max(times) < (MONDAY + timedelta(hours=1)).timestamp() * 1000
    assert views(one.store) == views(other.store)


# --- what the centre holds back ------------------------------------------------------------------


def test_what_is_held_back_is_shown_with_its_reason_and_the_rest_goes_on(desk: Make, centre: Running) -> None:
    (one, up), (other, down) = desk("reception"), desk()
    case = one.register()
    one.lodge(case)
    one.sign(case)  # of the department of labour, which this desk does not belong to
    later = one.register()
    meet(up, down)
    held = up.status().set_aside
    assert held
    assert {one_.stream for one_ in held} == {"office"}
    assert f"{case}" in {one_.subject for one_ in held}
    assert all(str(one_.reason) for one_ in held)
    assert other.state(later, "registration") == "done"
    assert other.state(case, "guarantee") != "signed"
    up.lists()
    assert up.status().set_aside == held


def test_what_is_released_reaches_the_others_and_is_held_back_no_longer(desk: Make, centre: Running) -> None:
    (one, up), (other, down), (away, late) = desk("reception"), desk(), desk()
    meet(late)
    case = one.register()
    one.lodge(case)
    one.sign(case)
    meet(up, down)
    release_all(centre)
    meet(down, up, late)
    up.lists()
    assert up.status().set_aside == ()
    for office in (other, away):  # who was away hears of it where it stood first, and once more
        assert office.state(case, "guarantee") == "signed"
        assert views(one.store) == views(office.store)
        whole(office.store)


@pytest.mark.parametrize(
    ("bound", "version", "said"),
    [("OLDEST", 2, "too old for the central system"), ("VERSION", 0, "too new for the central system")],
)
def test_a_centre_of_another_version_is_told_until_one_of_them_is_updated(
    desk: Make, monkeypatch: pytest.MonkeyPatch, bound: str, version: int, said: str
) -> None:
    one, up = desk()
    meet(up)
    one.register()
    with monkeypatch.context() as other:
        other.setattr(f"central.guard.{bound}", version)
        for step in (up.begin, up.send, up.fetch, up.lists, desk):
            with pytest.raises(Refusal, match=said):
                step()
        with one.store.read() as connection:
            assert said in str(remembered.refusal(connection))
        assert up.status().waiting > 0
    meet(up)
    with one.store.read() as connection:
        assert remembered.refusal(connection) is None
    assert up.status().waiting == 0


# --- what is not said ----------------------------------------------------------------------------


def test_the_log_holds_no_secret_and_nothing_about_anybody(desk: Make, centre: Running, log: Path) -> None:
    (one, up), (_, down) = desk("reception"), desk()
    admin.appoint(centre.centre, "L001", "杨立新", ["labour"], "correct horse", "S001")
    case = one.register()
    one.lodge(case)
    one.sign(case)
    meet(up, down)
    up.lists()
    up.blobs()
    centre.end()
    with pytest.raises(KioskError):
        up.fetch()
    centre.begin()
    written = log.read_text("utf-8")
    assert "request" in written
    with one.store.read() as connection:
        secret = [
            value.hex()
            for key, value in connection.execute("SELECT key, value FROM identity")
            if key in ("sync", "seal")
        ]
    for word in (*secret, "correct horse", "argon2", "杨立新", "KIOSK-INVITE", *map(str, PERSON.values())):
        if len(word) > 3:
            assert word not in written
