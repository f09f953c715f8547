"""Desks that share one journal through a real central system: what one writes all have, whole and once."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from random import Random

import msgspec
import pytest
from msgspec.structs import replace

from central import admin, quarantine
from central.backup import backup
from central.checking import MOST_ROWS
from central.database import open_database
from central.guard import Limits
from kiosk import logs
from kiosk.actions.carrying import BadLists
from kiosk.actions.enrolment import enrol
from kiosk.actions.exchange import Exchange, open_exchange
from kiosk.errors import InvalidInput, KioskError, NotAllowed, Refused
from kiosk.model.chain import chain, commit_to
from kiosk.model.entries import Write
from kiosk.seal import verify
from kiosk.store import exchange as remembered
from kiosk.store import journal
from kiosk.store.database import Store
from kiosk.store.keys import new_recovery
from kiosk.store.rebuild import rebuild
from kiosk.sync.answers import Lists
from kiosk.sync.protocol import Push
from kiosk.sync.refusals import Refusal, Unreachable
from tests import running
from tests.central.machine import act, entry
from tests.office import MONDAY, PERSON, Clock, Office, portrait
from tests.running import Running, meet
from tests.store.test_receiving import views
from tests.sync.proxy import Line

Make = Callable[..., tuple[Office, Exchange]]


@pytest.fixture
def centre(tmp_path: Path) -> Iterator[Running]:
    running = Running(tmp_path / "centre")
    yield running
    running.end()


@pytest.fixture
def desk(centre: Running, tmp_path: Path) -> Iterator[Make]:
    """Makes a desk that has joined the centre."""
    made: list[tuple[Office, Exchange]] = []

    def make(*departments: str, clock: Clock | None = None) -> tuple[Office, Exchange]:
        folder = tmp_path / f"desk{len(made)}"
        folder.mkdir()
        office = Office(folder, clock=clock or centre.clock)
        made.append((office, centre.joined(office, *departments)))
        return made[-1]

    yield make
    for office, exchange in made:
        exchange.client.close()
        office.close()


def rows(store: object, stream: str = "") -> dict[tuple[str, str, int], bytes]:
    """Every row of a journal, by its place: its commitment."""
    with store.read() as connection:  # type: ignore[attr-defined]
        found = connection.execute("SELECT terminal, stream, sequence, commitment FROM entry").fetchall()
    return {(t, s, n): bytes(c) for t, s, n, c in found if stream in ("", s)}


def whole(store: Store) -> None:
    """Chains hold, and the views are what the journal says."""
    with store.read() as connection:
        assert journal.verify(connection) == []
    before = views(store)
    rebuild(store)
    assert views(store) == before


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


def through(line: Line, office: Office) -> Exchange:
    """The exchange of a desk over a line."""
    with office.store.write() as connection:
        remembered.remember(connection, {"centre/url": f"https://127.0.0.1:{line.port}".encode()})
    exchange = open_exchange(office.desk.terminal)
    assert exchange is not None
    return exchange


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
    (one, up), (other, down) = desk("reception"), desk()
    case = one.register()
    one.lodge(case)
    one.sign(case)
    meet(up, down)
    release_all(centre)
    meet(down, up)
    up.lists()
    assert up.status().set_aside == ()
    assert other.state(case, "guarantee") == "signed"
    assert views(one.store) == views(other.store)


def release_all(centre: Running) -> None:
    with centre.database.read() as connection:
        every = quarantine.listed(connection, centre.centre.office)
    for held in every:
        admin.release(centre.centre, held.place, held.sequences[0], held.sequences[0], "S001")


# --- a centre that was put back ------------------------------------------------------------------


def test_a_centre_put_back_to_an_older_state_gets_everything_back(desk: Make, centre: Running) -> None:
    (one, up), (other, down), (third, last) = desk(), desk(), desk()
    one.worker("registered")
    meet(up, down, last)
    centre.back_up()
    case = one.worker("registered", **{"person.name": "KO KO"})
    other.counter = 100  # another worker
    other.worker("cleared", **{"person.name": "MA AYE"})
    meet(up, down)
    meet(down, up)
    before = rows(one.store)
    epoch = up.epoch()
    one_gone = up
    centre.put_back()
    assert rows(centre.database) != before
    meet(down)  # the first desk is away: the other one brings what it wrote, too
    meet(last, down)
    assert {place for place in before if place[1] == "office"} <= set(rows(centre.database))
    assert rows(centre.database, "office") == rows(third.store, "office")
    assert third.state(case, "registration") == "done"
    meet(one_gone, down, last)
    assert rows(one.store) == rows(other.store) == rows(centre.database)
    assert up.epoch() == down.epoch() == last.epoch() != epoch
    whole(third.store)


def test_what_was_held_back_after_the_backup_is_held_back_again(
    desk: Make, centre: Running, tmp_path: Path
) -> None:
    """Another desk brings stubs of it first: only its author has what they stand for."""
    (one, up), (_, down) = desk("reception"), desk()
    meet(up, down)
    secret, public = new_recovery()
    backup(centre.database, tmp_path / "backup", public)
    case = one.register()
    one.lodge(case)
    one.sign(case)
    meet(up, down)
    held = up.status().set_aside
    centre.restore(tmp_path / "backup", secret)
    meet(down)
    up.begin()
    up.lists()
    assert up.status().waiting >= len(held) > 0
    meet(up)
    up.lists()
    assert (up.status().waiting, up.status().set_aside) == (0, held)
    release_all(centre)
    meet(down)
    assert rows_without_payload(centre) == []


def test_what_another_desk_brought_as_erased_its_author_gives_anew(desk: Make, centre: Running) -> None:
    (one, up), (other, down) = desk(), desk()
    meet(up, down)
    centre.back_up()
    case = one.worker("registered")
    meet(up, down)
    centre.put_back()
    with other.store.read() as connection:
        (head,) = (head for head in remembered.heads(connection) if head.terminal == up.own[1])
        brought = list(remembered.rows_after(connection, head, 0))
    at = next(at for at in range(1, len(brought)) if brought[at].act == brought[at - 1].act)  # within an act
    brought[at] = replace(brought[at], body=None, salt=None)
    down.client.push(Push(0, brought[0].previous, head), brought)
    assert rows_without_payload(centre) == [at + 1]
    meet(up, down)
    assert rows_without_payload(centre) == []
    assert (up.status().waiting, up.status().set_aside) == (0, ())
    assert other.state(case, "registration") == "done"
    whole(other.store)


def rows_without_payload(centre: Running) -> list[int]:
    with centre.database.read() as connection:
        found = connection.execute("SELECT sequence FROM entry WHERE body IS NULL ORDER BY sequence")
        return [sequence for (sequence,) in found.fetchall()]


def write_much(office: Office, acts: int, size: int) -> None:
    """Acts that only note something, so that there are many of them in no time."""
    terminal = office.desk.terminal
    for _ in range(acts):
        noted = [entry(subject="person:1", writes={}, terminal=terminal.code) for _ in range(size)]
        with terminal.store.write() as connection:
            journal.append(connection, act(*noted))


def put_back_without(centre: Running, gone: Exchange, there: Exchange) -> None:
    """The centre loses what `there` alone can bring back, since its author is away."""
    assert gone.own != there.own
    centre.put_back()
    meet(there)
    at_centre, here = rows(centre.database, "office"), rows(there.terminal.store, "office")
    assert {place[0] for place in here} == {gone.own[1]}
    assert at_centre == here


def test_a_centre_put_back_is_noticed_also_where_it_has_grown_since(desk: Make, centre: Running) -> None:
    """The feed's numbers were given twice: who goes on at his cursor would miss what others wrote."""
    (one, up), (two, also), (three, too), (hearer, down) = desk(), desk(), desk(), desk()
    meet(up, also, too, down)
    centre.back_up()
    one.register()
    meet(up, down)
    centre.put_back()
    for office, exchange in ((two, also), (three, too)):
        office.register()
        exchange.begin()
        exchange.send()
    meet(down)
    meet(up, also, too, down)
    meet(up, also, too, down)
    for office in (one, two, three, hearer):
        assert rows(office.store, "office") == rows(centre.database, "office")
    whole(hearer.store)


def test_a_stream_that_is_longer_than_a_push_may_be_is_brought_back_in_pieces(
    desk: Make, centre: Running
) -> None:
    (one, up), (_, down) = desk(), desk()
    meet(up, down)
    centre.back_up()
    write_much(one, MOST_ROWS // 1000 + 1, 1000)
    meet(up, down)
    assert len(rows(down.terminal.store, "office")) > MOST_ROWS
    put_back_without(centre, up, down)


def test_pieces_that_the_centre_finds_too_large_are_made_smaller(
    desk: Make, centre: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    (one, up), (_, down) = desk(), desk()
    meet(up, down)
    centre.back_up()
    for _ in range(4):
        write_much(one, 2, 3)
        meet(up, down)
    monkeypatch.setattr("central.checking.MOST_ROWS", 10)
    put_back_without(centre, up, down)


def forge(centre: Running, code: str) -> None:
    """Somebody at the centre changes the last entry of a terminal, and all that follows from its bytes."""
    with centre.database.write() as connection:
        connection.execute("DROP TRIGGER entry_is_not_changed")
        head = next(head for head in remembered.heads(connection) if head.terminal == code)
        (*_, row) = remembered.rows_after(connection, head, head.sequence - 1)
        assert row.body is not None
        body = row.body.replace(b"R001", b"R002")
        commitment = commit_to(row.salt or b"", body)
        hashed = chain(row.previous, row.sequence, commitment)
        connection.execute(
            "UPDATE entry SET body = ?, commitment = ?, hash = ? WHERE hash = ?",
            (body, commitment, hashed, row.hash),
        )
        connection.execute("UPDATE head SET hash = ? WHERE hash = ?", (hashed, row.hash))
        assert journal.verify(connection) == []


def test_what_a_terminal_did_not_sign_is_left_out_and_the_rest_goes_on(desk: Make, centre: Running) -> None:
    (one, up), (two, also), (other, down) = desk(), desk(), desk()
    meet(down)
    one.register()
    two.register(two.person(**{"person.name": "KO KO"}))
    for exchange in (up, also):
        exchange.begin()
        exchange.send()
    forge(centre, up.own[1])
    meet(down)
    assert {place[0] for place in rows(other.store, "office")} == {also.own[1]}
    assert "did not sign" in str(down.status().reason)
    again = two.register(two.person(**{"person.name": "MA AYE"}))
    meet(also, down)
    assert other.state(again, "registration") == "done"
    whole(other.store)


# --- joining and leaving -------------------------------------------------------------------------


def test_an_invitation_is_taken_once(desk: Make, centre: Running, tmp_path: Path) -> None:
    from kiosk.actions.enrolment import enrol, is_enrolled

    one, _ = desk()
    assert is_enrolled(one.desk.terminal)
    with pytest.raises(Refused, match="already"):
        enrol(one.desk.terminal, centre.invitation())
    text = centre.invitation()
    folders = [tmp_path / name for name in ("x", "y")]
    offices = []
    for folder in folders:
        folder.mkdir()
        offices.append(Office(folder))
    with pytest.raises(InvalidInput):
        enrol(offices[0].desk.terminal, text[:-1])
    enrol(offices[0].desk.terminal, text)
    with pytest.raises(Refusal) as found:
        enrol(offices[1].desk.terminal, text)
    assert found.value.problem.kind == "invitation"
    assert not is_enrolled(offices[1].desk.terminal)
    assert open_exchange(offices[1].desk.terminal) is None
    for office in offices:
        office.close()


def test_who_joined_after_the_backup_of_a_restored_centre_joins_again(
    desk: Make, centre: Running, tmp_path: Path
) -> None:
    """When nobody else has heard of it meanwhile; others would have brought what the centre wrote of it."""
    (one, up) = desk()
    meet(up)
    recovery_key, public = new_recovery()
    backup(centre.database, tmp_path / "backup", public)
    (late, also) = desk()
    case = late.register()
    meet(also)
    centre.restore(tmp_path / "backup", recovery_key)
    with pytest.raises(Refusal) as found:
        also.begin()
    assert found.value.problem.kind == "unknown_terminal"
    code = late.desk.terminal.code
    assert enrol(late.desk.terminal, centre.invitation()).terminal == code
    again = open_exchange(late.desk.terminal)
    assert again is not None
    meet(again, up)
    meet(again, up)
    assert one.state(case, "registration") == "done"
    assert rows(one.store) == rows(late.store) == rows(centre.database)
    assert views(one.store) == views(late.store)
    with pytest.raises(Refused, match="already"):
        enrol(late.desk.terminal, centre.invitation())
    again.client.close()


def test_an_answer_to_the_invitation_that_was_lost_is_asked_for_again(
    centre: Running, tmp_path: Path
) -> None:
    from kiosk.actions.enrolment import _own_key as key_of
    from kiosk.actions.enrolment import asked, enrol
    from kiosk.sync import client
    from kiosk.sync.invitation import read_invitation

    office = Office(tmp_path)
    text = centre.invitation()
    invitation, terminal = read_invitation(text), office.desk.terminal
    client.enrol(
        invitation, asked(terminal, key_of(terminal), invitation.secret, "")
    )  # and the answer is lost
    assert enrol(terminal, text).terminal == terminal.code
    office.close()


def test_a_taken_code_is_drawn_again_before_anything_was_written(
    centre: Running, desk: Make, tmp_path: Path
) -> None:
    one, _ = desk()
    (tmp_path / "twin").mkdir()
    twin = Office(tmp_path / "twin", clock=centre.clock)
    with twin.store.write() as connection:
        remembered.remember(connection, {"terminal": one.desk.terminal.code.encode()})
    twin.desk.terminal.code = one.desk.terminal.code
    exchange = centre.joined(twin)
    assert twin.desk.terminal.code != one.desk.terminal.code
    case = twin.register()
    meet(exchange)
    assert any(terminal == twin.desk.terminal.code for terminal, *_ in rows(centre.database))
    assert twin.desk.case(twin.reception, case).number.split("-")[1] == twin.desk.terminal.code
    exchange.client.close()
    twin.close()


def test_a_revoked_desk_sends_into_the_quarantine_and_receives_nothing(desk: Make, centre: Running) -> None:
    (one, up), (other, down) = desk(), desk()
    case = other.worker("approved")  # decided at one desk, printed at another
    meet(down, up)
    seal = one.desk.slip(one.reception, case, "permit").seal
    one.desk.printed(one.reception, case, "permit")
    meet(up, down)
    admin.revoke(centre.centre, one.desk.terminal.code, "S001")
    one.counter = 100  # another worker
    late = one.worker("approved", **{"person.name": "KO KO"})
    backdated = one.desk.slip(one.reception, late, "permit").seal
    one.desk.printed(one.reception, late, "permit")
    one.desk.record(one.supervisor, case, {"person.name": "MA MA"}, reason="typed wrongly")
    changed = one.desk.slip(one.reception, case, "permit").seal
    for ask in (up.begin, up.fetch, up.lists):
        with pytest.raises(Refusal, match="revoked") as found:
            ask()
        assert found.value.problem.kind == "revoked"
    up.send()
    assert up.status().set_aside
    meet(down)
    down.lists()
    assert other.desk.find(other.reception, "KO KO") == []
    trust = other.desk.terminal.trust()
    assert verify(seal, trust, centre.clock()).valid
    assert verify(backdated, trust, centre.clock()).status == "unknown_key"
    assert verify(changed, trust, centre.clock()).status == "unknown_key"


def test_a_permit_is_printed_where_its_seal_holds(desk: Make, centre: Running) -> None:
    (front, up), (labour, down) = desk(), desk("labour")
    case = front.worker("approved")
    meet(up, down)
    for print_it in (labour.desk.slip, labour.desk.printed):
        with pytest.raises(Refused, match="Permits are printed at"):
            print_it(labour.supervisor, case, "permit")
    assert labour.desk.slip(labour.labour, case, "progress").seal == ""
    assert front.desk.slip(front.supervisor, case, "permit").seal


def test_a_void_permit_is_void_at_every_desk(desk: Make, centre: Running, tmp_path: Path) -> None:
    (one, up), (other, down) = desk(), desk()
    case = one.worker("handed_over")
    seal = one.desk.slip(one.reception, case, "permit").seal
    meet(up, down)
    down.lists()
    assert verify(seal, other.desk.terminal.trust(), centre.clock()).valid
    one.desk.perform(one.police, case, "permit", "void", reason="permit_lost")
    meet(up, down)
    assert verify(seal, other.desk.terminal.trust(), centre.clock()).status == "void"


# --- lists ---------------------------------------------------------------------------------------


def test_staff_are_kept_at_the_centre_and_sign_in_at_their_departments_desks(
    desk: Make, centre: Running
) -> None:
    (one, up), (other, down) = desk("labour"), desk("police")
    admin.appoint(centre.centre, "L001", "杨立新", ["labour"], "correct horse", "S001", lease_days=3)
    assert up.begin().lists or up.fetch().lists
    for exchange in (up, down):
        exchange.lists()
    assert one.desk.sign_in("L001", "correct horse").roles == ("labour",)
    with pytest.raises(NotAllowed):
        other.desk.sign_in("L001", "correct horse")
    centre.clock.forward(days=4)
    with pytest.raises(NotAllowed, match="too long"):
        one.desk.sign_in("L001", "correct horse")
    up.lists()
    one.desk.sign_in("L001", "correct horse")
    admin.set_passphrase(centre.centre, "L001", "another horse", "S001")
    assert up.fetch().lists
    up.lists()
    one.desk.sign_in("L001", "another horse")
    admin.dismiss(centre.centre, "L001", "S001")
    assert up.fetch().lists
    up.lists()
    with pytest.raises(NotAllowed):
        one.desk.sign_in("L001", "another horse")


def test_lists_that_the_centre_did_not_sign_change_nothing(desk: Make, centre: Running) -> None:
    one, up = desk()
    admin.appoint(centre.centre, "L001", "杨立新", ["labour"], "correct horse", "S001")
    up.lists()
    good = up.client.lists()
    trust = one.desk.terminal.trust()
    for bad in (
        Lists(good.signed, "00" * 64),
        Lists(good.signed.replace("A", "B", 1), good.signature),
        Lists("", good.signature),
        Lists("not base64", "not hex"),
    ):
        up.client.lists = lambda epoch, bad=bad: bad  # type: ignore[method-assign, misc]
        with pytest.raises(BadLists):
            up.lists()
    one.desk.sign_in("L001", "correct horse")
    assert one.desk.terminal.trust() == trust


# --- blobs ---------------------------------------------------------------------------------------


def test_pictures_follow_their_records_and_hold_up_nothing(desk: Make, centre: Running) -> None:
    (one, up), (other, down) = desk(), desk()
    case = one.register()
    one.desk.attach_portrait(one.reception, case, portrait())
    meet(up, down)
    reference = other.desk.case(other.reception, case).facts["case.portrait"]
    assert other.desk.blob(reference) is None
    assert down.blobs() == set()  # the centre has it not yet
    up.blobs()
    assert case in down.blobs()
    assert other.desk.blob(reference) == one.desk.blob(reference)
    assert down.blobs() == set()


def test_names_of_pictures_that_nobody_has_keep_no_picture_away(
    desk: Make, centre: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    (one, up), (other, down) = desk(), desk()
    with one.store.write() as connection:
        for number in range(4):
            names = [hashlib.sha256(f"{number}/{n}".encode()).hexdigest() for n in range(300)]
            invented = entry(writes={"note_pictures": Write([{"blob": name} for name in names])})
            journal.append(connection, [msgspec.structs.replace(invented, terminal=one.desk.terminal.code)])
    case = one.register()
    one.desk.attach_portrait(one.reception, case, portrait())
    meet(up, down)
    up.blobs()
    monkeypatch.setattr(running, "MANY", Limits(terminal=(1e-6, 20.0)))  # for what is asked from now on
    centre.end()
    centre.begin()
    assert case in down.blobs()
    assert down.blobs() == set()
    assert other.desk.blob(other.desk.case(other.reception, case).facts["case.portrait"])


def test_pictures_go_on_where_the_line_was_cut(desk: Make, centre: Running) -> None:
    (one, up), (other, down) = desk(), desk()
    case = one.register()
    scan = Random(1).randbytes(3_000_000)
    one.desk.attach_paper(one.reception, case, "registration", "identity_document", scan, "application/pdf")
    meet(up, down)
    line = Line(centre.port)
    for office, cut_after in ((one, 2_500_000), (other, 1_500_000)):
        exchange = through(line, office)
        tries = 0
        line.budget = cut_after
        while True:
            tries += 1
            try:
                exchange.blobs()
                break
            except Unreachable:
                line.cut()
        assert tries > 1
        exchange.client.close()
    line.close()
    paper = next(p for p in other.desk.case(other.reception, case).papers if p.copy)
    assert other.desk.blob(paper.copy) == scan


# --- what is not said ----------------------------------------------------------------------------


def test_the_log_holds_no_secret_and_nothing_about_anybody(
    desk: Make, centre: Running, tmp_path: Path
) -> None:
    logs.configure(tmp_path / "logs")
    try:
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
    finally:
        logs.SINK.handler.close()
        logs.SINK.handler = logs.logging.NullHandler()
    written = (tmp_path / "logs" / "kiosk.log").read_text("utf-8")
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


def test_batch_after_batch_goes_up_and_comes_down(desk: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("kiosk.actions.exchange.ROWS", 2)
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
    monkeypatch.setattr("kiosk.actions.exchange.ROWS", 2)
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
    again = open_exchange(south.desk.terminal)
    assert again is not None
    drain(again)
    again.client.close()
    assert rows(south.store, "office") == rows(north.store, "office")
    whole(south.store)
