"""Office packs by way of the central system: two desks learn them, and go on safely where they cannot."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import date, timedelta
from pathlib import Path

import pytest
from msgspec.structs import replace

from central import packs as given_out
from central import quarantine
from central.lost import wanted
from kiosk.actions.exchange import Exchange
from kiosk.actions.packs import BUNDLE, Packs, body
from kiosk.definitions import read_pack
from kiosk.definitions.bundle import bundle, digest_of
from kiosk.errors import KioskError, Refused
from kiosk.model.entries import Write
from kiosk.settings import sample_pack_folder
from kiosk.store import journal
from kiosk.store.database import Connection
from kiosk.sync.refusals import Unreachable
from tests.actions.exchanged import Made, Make, through
from tests.central.machine import act, entry
from tests.office import Office
from tests.packing import changed_pack, give_out_unread
from tests.running import Running, meet
from tests.sync.proxy import Line

PASSPHRASE = "correct horse"
TOO_NEW = (
    "The office pack, version 3, needs a newer program. This terminal goes on with version 2; cases of the "
    "new one can only be looked at here. Update the program."
)
TODAY = date(2026, 3, 2)


@pytest.fixture
def counter(desk: Make) -> Make:
    """Makes a desk that has joined, with a pack of its own; its supervisor can sign in."""

    def make(folder: Path | None = None) -> Made:
        made = desk(pack=read_pack(folder) if folder else None, passphrase=PASSPHRASE)
        made[1].begin()
        return made

    return make


def publish(centre: Running, folder: Path, since: date = TODAY) -> str:
    return given_out.publish(centre.centre, folder, since, "admin")[0].digest


def sign_in(office: Office) -> None:
    office.desk.sign_in("S001", PASSPHRASE)


@contextmanager
def cut_after(budget: int, centre: Running, office: Office) -> Iterator[Exchange]:
    """A desk's exchange over a line each connection of which is cut after so many bytes."""
    line = Line(centre.port)
    line.budget = budget
    exchange = through(line, office)
    try:
        yield exchange
    finally:
        exchange.client.close()
        line.close()


def told(exchange: Exchange) -> list[str]:
    return [str(text) for text in exchange.status().packs]


def asks_for_shoes(office: Office, case: str) -> bool:
    form = office.desk.definitions(case).forms["registration"]
    return any(field.key == "person.shoe_size" for field in form.fields)


def test_both_desks_learn_a_pack_and_a_case_of_it_goes_from_one_to_the_other(
    centre: Running, counter: Make, tmp_path: Path
) -> None:
    (north, of_north), (south, of_south) = counter(), counter()
    old = north.register()
    meet(of_north, of_south)
    publish(centre, changed_pack(tmp_path / "pack"))
    meet(of_north, of_south)
    assert told(of_north) == ["This terminal works by the office pack, version 2, from the next sign-in."]
    assert north.desk.pack.office.version == 1
    for office in (north, south):
        sign_in(office)
        assert office.desk.pack.office.version == 2
    assert told(of_north) == []
    new = north.register(north.person(**{"person.shoe_size": 39}))
    meet(of_north, of_south)
    view = south.desk.case(south.reception, new)
    assert not view.read_only
    assert view.facts["person.shoe_size"] == 39
    assert asks_for_shoes(south, new)
    assert south.desk.translator("zh")(south.desk.definitions(new).track.label) != ""
    assert not asks_for_shoes(south, old)  # it keeps what it began with
    south.lodge(new)
    south.order_health(old)
    meet(of_south, of_north)
    assert north.state(new, "registration") == "done"
    assert of_north.status().set_aside == of_south.status().set_aside == ()


def test_a_desk_that_has_not_signed_in_anew_shows_and_works_on_a_case_of_the_new_pack(
    centre: Running, counter: Make, tmp_path: Path
) -> None:
    (north, of_north), (south, of_south) = counter(), counter()
    publish(centre, changed_pack(tmp_path / "pack"))
    of_north.begin()
    of_north.lists()
    sign_in(north)
    case = north.register(north.person(**{"person.shoe_size": 39}))
    of_north.send()
    while of_south.fetch().more:  # the announcement and the case, in one answer
        pass
    assert south.desk.pack.office.version == 1
    assert asks_for_shoes(south, case)
    south.lodge(case)
    assert south.desk.slip_pdf(south.reception, case, "application_form")[:4] == b"%PDF"


def test_a_pack_waits_for_its_day(centre: Running, counter: Make, tmp_path: Path) -> None:
    office, exchange = counter()
    publish(centre, changed_pack(tmp_path / "pack"), TODAY + timedelta(days=3))
    exchange.begin()
    exchange.lists()
    sign_in(office)
    assert office.desk.pack.office.version == 1
    assert told(exchange) == ["The office pack, version 2, is for 5 March 2026 and later."]
    centre.clock.forward(days=3)
    sign_in(office)
    assert office.desk.pack.office.version == 2
    centre.centre.follow_pack()
    assert centre.centre.pack.office.version == 2


def test_an_older_program_goes_on_with_the_pack_it_can_read_and_says_so(
    centre: Running, counter: Make, tmp_path: Path
) -> None:
    (north, of_north), (south, of_south) = counter(), counter()
    publish(centre, changed_pack(tmp_path / "second"))
    folder = changed_pack(
        tmp_path / "third", 3, [("forms/registration.yaml", "type: phone", "type: hologram")], ()
    )
    pinned = north.pack.sources[north.pack.digests["worker"]]
    source = pinned.replace(b"Registration", b"Registered", 1)  # what is newer of it stands in the pack alone
    give_out_unread(centre.centre, folder, 3, {"worker": source})
    meet(of_north, of_south)
    sign_in(north)
    assert north.desk.pack.office.version == 2
    assert told(of_north) == [TOO_NEW]
    # the other desk has the newer program
    south.desk.terminal.work_by(replace(south.pack, digests={"worker": digest_of(source)}))
    case = south.desk.open_case(south.reception, "worker", "my").case
    mine = north.register()
    meet(of_south, of_north)
    assert of_south.status().set_aside == ()
    view = north.desk.case(north.reception, case)
    assert view.read_only
    with pytest.raises(Refused, match="newer program"):
        north.desk.acknowledge_notice(north.reception, case, heard=True)
    assert not north.desk.case(north.reception, mine).read_only


def test_a_pack_that_was_tampered_with_is_thrown_away(centre: Running, counter: Make, tmp_path: Path) -> None:
    office, exchange = counter()
    digest = publish(centre, changed_pack(tmp_path / "pack"))
    other = bundle(changed_pack(tmp_path / "other", 2, (), ()))
    set_content(centre, digest, other)
    exchange.begin()
    exchange.lists()
    sign_in(office)
    assert office.desk.pack.office.version == 1
    assert told(exchange) == ["The office pack, version 2, has not arrived here yet."]
    office.register()
    exchange.send()  # work goes on
    assert exchange.fetch().rows >= 0
    set_content(centre, digest, bundle(tmp_path / "pack"))
    exchange.lists()
    sign_in(office)
    assert office.desk.pack.office.version == 2


def set_content(centre: Running, digest: str, content: bytes) -> None:
    def work(connection: Connection) -> None:
        connection.execute("UPDATE definition SET body = ? WHERE digest = ?", (content, BUNDLE + digest))

    centre.database.transact(work)


def test_what_goes_by_an_unknown_pack_is_held_back_until_the_pack_is_given_out(
    centre: Running, counter: Make, tmp_path: Path
) -> None:
    folder = changed_pack(tmp_path / "pack")
    (north, of_north), (south, of_south) = counter(folder), counter()
    case = north.register()
    meet(of_north, of_south)
    held = of_north.status().set_aside
    assert {str(one.reason) for one in held} == {
        "This goes by an office pack that the central system does not have. Give it there: central packs add"
    }
    with pytest.raises(KioskError, match="no such case"):
        south.desk.case(south.reception, case)
    _, released = given_out.publish(centre.centre, folder, TODAY, "admin")
    assert 0 < released <= len(held)
    meet(of_north, of_south)
    of_north.lists()
    assert of_north.status().set_aside == ()
    assert (
        south.state(case, "registration") == "draft" or not south.desk.case(south.reception, case).read_only
    )
    with centre.database.read() as connection:
        assert quarantine.listed(connection, centre.centre.office) == []


def test_a_pack_that_was_given_out_before_a_restore_is_learnt_after_it(
    centre: Running, counter: Make, tmp_path: Path
) -> None:
    office, exchange = counter()
    meet(exchange)
    publish(centre, changed_pack(tmp_path / "pack"))
    centre.centre.renew()
    assert exchange.begin().lists
    exchange.lists()
    sign_in(office)
    assert office.desk.pack.office.version == 2


def test_a_pack_that_a_restored_centre_lost_comes_back_from_the_desks(
    centre: Running, counter: Make, tmp_path: Path
) -> None:
    (north, of_north), (south, of_south) = counter(), counter()
    meet(of_north, of_south)
    centre.back_up()
    publish(centre, changed_pack(tmp_path / "second"))
    meet(of_north, of_south)  # this one has fetched both
    publish(centre, changed_pack(tmp_path / "third", 3))
    given_out.withdraw(centre.centre, 3, "admin")
    publish(centre, changed_pack(tmp_path / "fourth", 4), TODAY + timedelta(days=3))
    meet(of_north)
    sign_in(north)
    case = north.register(north.person(**{"person.shoe_size": 39}))
    meet(of_north)
    with centre.database.read() as connection:
        before = centre.centre.offers(connection)
    centre.put_back()
    meet(of_north)
    with centre.database.read() as connection:
        assert centre.centre.offers(connection) == before
    assert lost(centre) == (before[1].digest,)
    assert (before[1].version, before[1].withdrawn) == (3, True)  # that no desk ever fetched
    assert centre.centre.pack.office.version == 2
    meet(of_south)
    assert south.desk.case(south.reception, case).facts["person.shoe_size"] == 39
    newcomer, exchange = counter()
    exchange.lists()
    sign_in(newcomer)
    assert newcomer.desk.pack.office.version == 2
    centre.clock.forward(days=3)
    centre.centre.follow_pack()
    assert centre.centre.pack.office.version == 4


def test_a_desk_that_had_nothing_to_bring_at_first_brings_a_lost_pack_at_its_next_start(
    centre: Running, counter: Make, tmp_path: Path
) -> None:
    _, exchange = counter()
    offer, _ = given_out.publish(centre.centre, changed_pack(tmp_path / "pack"), TODAY, "admin")
    meet(exchange)

    def lose(connection: Connection) -> None:
        for digest in (BUNDLE + offer.digest, *offer.tracks.values()):
            connection.execute("DELETE FROM definition WHERE digest = ?", (digest,))

    centre.database.transact(lose)
    exchange.begin()
    assert lost(centre) == ()
    with centre.database.read() as connection:
        assert digest_of(body(connection, BUNDLE + offer.digest) or b"") == offer.digest


def lost(centre: Running) -> tuple[str, ...]:
    with centre.database.read() as connection:
        return wanted(connection, centre.centre.office, centre.centre.registry(connection))


def test_a_line_that_carries_no_whole_pack_keeps_nothing_else_from_the_centre(
    centre: Running, counter: Make, tmp_path: Path
) -> None:
    office, exchange = counter()
    offer, _ = given_out.publish(centre.centre, changed_pack(tmp_path / "pack"), TODAY, "admin")
    meet(exchange)
    centre.database.transact(lambda connection: connection.execute("DELETE FROM definition"))
    with cut_after(100_000, centre, office) as over:
        with pytest.raises(Unreachable):
            over.begin()
        over.begin()
        assert lost(centre) == (offer.digest,)  # what it pinned has passed
        exchange.begin()  # over another one
        assert lost(centre) == ()


def test_a_pack_comes_over_a_line_that_is_cut_in_the_middle_of_it(
    centre: Running, counter: Make, tmp_path: Path
) -> None:
    office, _ = counter()
    offer, _ = given_out.publish(centre.centre, changed_pack(tmp_path / "pack"), TODAY, "admin")
    with cut_after(200_000, centre, office) as over:
        for _ in range(10):
            with suppress(Unreachable):
                over.lists()
                break
        with office.store.read() as connection:
            assert digest_of(body(connection, BUNDLE + offer.digest) or b"") == offer.digest
        assert over.parts == {}


def test_what_came_before_the_lost_pack_was_known_again_is_taken_in_when_it_is_back(
    centre: Running, counter: Make, tmp_path: Path
) -> None:
    """A self-service terminal brings its own entries to a restored centre, and nothing of others."""
    _, exchange = counter()
    hall = Office(tmp_path, clock=centre.clock)
    of_hall = centre.joined(hall, face="selfservice")
    meet(of_hall, exchange)
    centre.back_up()
    pinned = given_out.publish(centre.centre, changed_pack(tmp_path / "pack"), TODAY, "admin")[0].tracks
    meet(exchange)
    said = entry(
        subject="person:1", writes={"phone": Write("1")}, role="applicant", actor=of_hall.own[1],
        terminal=of_hall.own[1], definitions=pinned["worker"],
    )  # fmt: skip
    with hall.store.write() as connection:
        journal.append(connection, act(said))
    centre.put_back()
    meet(of_hall)
    with centre.database.read() as connection:
        assert len(quarantine.listed(connection, "RL01")) == 1
    meet(exchange)
    with centre.database.read() as connection:
        assert quarantine.listed(connection, "RL01") == []
    of_hall.client.close()
    hall.close()


def test_a_pack_outlives_a_restart_without_the_centre(centre: Running, counter: Make, tmp_path: Path) -> None:
    office, exchange = counter()
    publish(centre, changed_pack(tmp_path / "pack"))
    exchange.begin()
    exchange.lists()
    found = Packs(office.store).in_force(TODAY)
    assert found is not None
    assert found.pack is not None
    assert found.pack.office.version == 2
    assert found.pack.digests == read_pack(tmp_path / "pack").digests


def test_the_sample_has_one_name_wherever_it_lies(tmp_path: Path) -> None:
    assert bundle(changed_pack(tmp_path, 1, (), ())) == bundle(sample_pack_folder())
