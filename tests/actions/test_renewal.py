"""A centre that was put back to an older state: everything is brought back to it, and lost by nobody."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

import pytest
from msgspec.structs import replace

from central import admin
from central.backup import backup
from central.checking import MOST_ROWS
from central.pages.accounts import Accounts
from kiosk.actions.exchange import Exchange
from kiosk.errors import NotAllowed
from kiosk.store import exchange as remembered
from kiosk.store.keys import new_recovery
from kiosk.sync.protocol import Push, pack
from kiosk.sync.refusals import Refusal, Unreachable
from tests.actions.exchanged import Make, pictures, release_all, rows, through, whole, write_much
from tests.office import portrait
from tests.running import Running, meet
from tests.sync.proxy import Line


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


def test_over_a_line_that_is_cut_again_and_again_it_gets_what_others_wrote_in_smaller_pieces(
    desk: Make, centre: Running
) -> None:
    (one, up), (other, down) = desk(), desk()
    meet(up, down)
    centre.back_up()
    up.begin()
    for _ in range(40):
        write_much(one, 1, 20)
        up.send()
        down.fetch()
    before = rows(other.store, "office")
    centre.put_back()
    line = Line(centre.port)
    over = through(line, other)
    line.budget = 30_000
    for _ in range(30):
        with suppress(Unreachable):
            over.begin()
            break
    assert before.items() <= rows(centre.database, "office").items()
    over.client.close()
    line.close()


def test_who_was_revoked_or_dismissed_after_the_backup_is_out_again_by_what_another_desk_brings(
    desk: Make, centre: Running
) -> None:
    (_, thief), (_, down) = desk(), desk()
    admin.appoint(centre.centre, "R001", "Li Min", ("reception",), "a long passphrase", "S001")
    meet(thief, down)
    centre.back_up()
    admin.revoke(centre.centre, thief.own[1], "S001")
    admin.dismiss(centre.centre, "R001", "S001")
    meet(down)
    centre.put_back()
    assert outside(centre) == set()
    meet(down)
    assert outside(centre) == {thief.own[1], "R001"}
    with pytest.raises(Refusal, match="revoked"):
        thief.begin()


def test_passphrases_that_were_set_after_the_backup_come_back_and_those_before_them_end(
    desk: Make, centre: Running
) -> None:
    (one, up), (_, down) = desk("reception"), desk("health_post")
    admin.appoint(centre.centre, "R001", "Li Min", ("reception",), "an old passphrase", "S001")
    meet(up, down)
    centre.back_up()
    admin.set_passphrase(centre.centre, "R001", "another passphrase", "S001")
    admin.appoint(centre.centre, "R002", "Ma Ma", ("reception",), "a third passphrase", "S001")
    meet(up, down)
    for exchange in (up, down):
        exchange.lists()
    centre.put_back()
    meet(down)  # which may not know who signs in at a reception
    accounts = Accounts(centre.centre)
    by_old = accounts.sign_in("R001", "an old passphrase")
    assert by_old.is_given  # and is to be replaced
    meet(up)
    by_new = accounts.sign_in("R001", "another passphrase")
    assert not by_new.is_given
    assert by_new.passphrase != by_old.passphrase  # his session ends
    new, exchange = desk("reception")
    for office, its in ((one, up), (new, exchange)):
        its.lists()
        assert office.desk.sign_in("R001", "another passphrase").name == "Li Min"
        assert office.desk.sign_in("R002", "a third passphrase").roles == ("reception",)
        with pytest.raises(NotAllowed, match="wrong"):
            office.desk.sign_in("R001", "an old passphrase")


def outside(centre: Running) -> set[str]:
    """Terminals that are revoked, and operators that are dismissed."""
    with centre.database.read() as connection:
        registry = centre.centre.registry(connection)
    out = {one.code for one in registry.members.values() if one.revoked}
    return out | {one.number for one in registry.operators.values() if one.dismissed}


def test_pictures_that_the_centre_lost_are_brought_back_also_by_another_than_their_author(
    desk: Make, centre: Running
) -> None:
    (one, up), (other, down) = desk(), desk()
    meet(up, down)
    centre.back_up()
    case = one.register()
    one.desk.attach_portrait(one.reception, case, portrait())
    meet(up, down)
    for exchange in (up, down, down):  # the second time it hears that the centre has what it fetched
        exchange.blobs()
    assert len(pictures(centre.database)) == 1
    centre.put_back()
    meet(down)  # the author is away
    down.blobs()
    assert pictures(centre.database) == pictures(other.store) == pictures(one.store)


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


def test_what_was_released_before_a_desk_compared_reaches_it_all_the_same(
    desk: Make, centre: Running
) -> None:
    """It was told at a number of the feed that the desk had not come to, and never reads."""
    (one, up), (other, down) = desk("reception"), desk()
    case = one.register()
    one.lodge(case)
    one.sign(case)
    meet(up, down)
    assert up.status().set_aside
    release_all(centre)
    centre.centre.renew()
    meet(down)
    assert other.state(case, "guarantee") == "signed"
    whole(other.store)


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
    down.client.push(pack(Push(0, brought[0].previous, head), brought))
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
