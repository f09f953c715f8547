"""A terminal put back to an older disk image, or copied: it notices, takes another name, loses nothing."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from kiosk.actions import forked
from kiosk.actions.exchange import Forked
from kiosk.store import exchange as remembered
from kiosk.store import journal
from kiosk.store.rebuild import rebuild
from kiosk.sync.refusals import Unreachable
from tests.actions.exchanged import Made, Make, opened, pictures, rows, whole
from tests.office import Office, portrait
from tests.running import Running, meet
from tests.store.compared import erase, views


def image(office: Office, folder: Path) -> Path:
    """A copy of the disk; the desk is closed."""
    office.close()
    return Path(shutil.copytree(office.path.parent, folder))


def outrun(desk: Make, folder: Path) -> Made:
    """A copy of a desk's disk, in `folder`; what the desk itself wrote since, the centre has."""
    one, up = desk()
    meet(up)
    up.client.close()
    image(one, folder)
    one, up = opened(one)
    one.register()
    meet(up)
    up.client.close()
    one.close()
    return opened(one, folder)


def test_a_desk_put_back_to_last_week_comes_back_under_another_name(
    desk: Make, centre: Running, tmp_path: Path
) -> None:
    (one, up), (other, down) = desk(), desk()
    first = one.worker("registered")
    one.desk.save_draft(one.reception, "note", {"a": "b"})
    meet(up, down)
    up.client.close()
    copy = image(one, tmp_path / "image")
    one, up = opened(one)
    one.counter = 10
    # after the image was made: only the centre has it
    since = one.worker("cleared", **{"person.name": "KO KO"})
    meet(up, down)
    up.client.close()
    one.close()

    one, up = opened(one, copy)
    former = one.desk.terminal.code
    seal = one.desk.terminal.seal_key().public_key().public_bytes_raw()
    one.counter = 20
    again = one.worker("cleared", **{"person.name": "MA AYE"})  # written under the numbers of the other
    one.desk.attach_portrait(one.reception, again, portrait())
    written = rows(one.store)
    with pytest.raises(Forked):
        up.begin()
    with pytest.raises(Forked):
        up.send()
    done = forked.recover(up)
    up.client.close()
    assert done.former == former
    assert done.evidence.exists()

    one, up = opened(one, copy)
    assert one.desk.terminal.code == done.code != former
    assert one.desk.draft(one.reception, "note") == {"a": "b"}
    assert seal in {trusted.public for trusted in one.desk.terminal.trust().keys.values()}
    meet(up, down)
    meet(down)
    for office in (one, other):
        for case, name in ((first, "MA MA SAN"), (since, "KO KO"), (again, "MA AYE")):
            assert office.desk.case(office.reception, case, opened=False).row.name == name
    for exchange in (up, down):
        exchange.blobs()
    assert len(pictures(one.store)) == 1
    assert pictures(one.store) == pictures(centre.database) == pictures(other.store)
    assert views(one.store) == views(other.store)
    assert rows(one.store, "office") == rows(other.store, "office") == rows(centre.database, "office")
    mine = [place for place in rows(one.store) if place[0] == done.code]
    assert len(mine) == done.entries
    assert len(written) > done.entries > 0
    whole(one.store)
    whole(other.store)
    doubled = up.status().doubled  # numbers given twice are said, until somebody has checked the slips
    views_of = {case: one.desk.case(one.reception, case, opened=False) for case in (first, since, again)}
    assert views_of[again].number == views_of[since].number
    assert views_of[again].number in doubled
    assert views_of[again].doubled == views_of[since].doubled
    assert set(views_of[again].doubled) == set(doubled)
    assert views_of[first].doubled == ()
    up.checked(doubled[:1])
    assert up.status().doubled == doubled[1:]
    up.checked(doubled)
    assert up.status().doubled == down.status().doubled == ()
    up.client.close()
    down.client.close()
    one.close()
    other.close()


def test_a_copied_desk_finds_that_it_is_one_and_the_original_goes_on(desk: Make, tmp_path: Path) -> None:
    one, up = desk()
    one.worker("registered")
    meet(up)
    up.client.close()
    folder = image(one, tmp_path / "copy")
    (one, up), (copy, copied) = opened(one), opened(one, folder)
    one.counter, copy.counter = 10, 20
    mine = one.register()
    theirs, next_ = copy.register(), copy.register()
    meet(up)
    with pytest.raises(Forked):
        meet(copied)
    forked.recover(copied)
    copied.client.close()
    copy, copied = opened(copy)
    meet(copied, up)
    later = one.register()
    meet(up, copied)
    for office in (one, copy):
        for case in (mine, theirs, next_, later):
            assert office.state(case, "registration") == "done"
        for two in ((mine, theirs), (later, next_)):  # also what the original gives after that
            numbers = [office.desk.case(office.reception, case, opened=False).number for case in two]
            assert numbers[0] == numbers[1]
            assert numbers[0] in copied.status().doubled
    assert up.status().set_aside == copied.status().set_aside == ()
    assert views(one.store) == views(copy.store)
    for exchange in (up, copied):
        exchange.client.close()
    one.close()
    copy.close()


def test_what_was_erased_stays_so_under_the_next_name(desk: Make, tmp_path: Path) -> None:
    """The centre has it still, and gives it."""
    one, up = desk()
    case = one.worker("registered")
    meet(up)
    person = str(one.facts(case)["case.person"])
    with one.store.write() as connection:
        erase(connection, person)
    rebuild(one.store)
    up.client.close()
    copy = image(one, tmp_path / "image")
    one, up = opened(one)
    one.counter = 10
    one.register()
    meet(up)
    up.client.close()
    one.close()
    one, up = opened(one, copy)
    one.counter = 20
    one.register()
    with pytest.raises(Forked):
        up.begin()
    forked.recover(up)
    up.client.close()
    one, up = opened(one, copy)
    meet(up)
    with one.store.read() as connection:
        assert connection.execute("SELECT subject FROM erasure").fetchall() == [(person,)]
        assert journal.of_subjects(connection, [person]) == []
    whole(one.store)
    up.client.close()
    one.close()


def test_a_recovery_cut_short_is_done_again(desk: Make, centre: Running, tmp_path: Path) -> None:
    copy, copied = outrun(desk, tmp_path / "copy")
    copy.counter = 10
    case = copy.register()
    answer, _ = forked._succeed(copied)  # and then the power went
    terminal = copy.desk.terminal
    centre.end()
    forked.note_fork(terminal)
    assert forked.put_right(terminal) is False
    with pytest.raises(Unreachable):
        copied.begin()
    centre.begin()
    assert forked.put_right(terminal) is True
    copied.client.close()
    copy, copied = opened(copy)
    assert copy.desk.terminal.code == answer.terminal
    meet(copied)
    assert copy.state(case, "registration") == "done"
    with copy.store.read() as connection:
        assert remembered.known(connection, remembered.FORKED) is None
    copied.client.close()
    copy.close()


def test_two_copies_that_drew_the_same_next_name_end_under_two(desk: Make, tmp_path: Path) -> None:
    """The disk was copied after it had been put back, and had its next name from the centre already."""
    old, again = outrun(desk, tmp_path / "old")
    old.counter = 5
    both = old.register()
    forked._succeed(again)  # and then the power went
    again.client.close()
    image(old, tmp_path / "copy")
    codes, cases = set(), []
    for number, name in enumerate(("old", "copy"), 1):
        office, exchange = opened(old, tmp_path / name)
        office.counter = 10 * number
        cases.append(office.register())
        codes.add(forked.recover(exchange).code)
        exchange.client.close()
        office, exchange = opened(old, tmp_path / name)
        meet(exchange)
        assert {office.state(case, "registration") for case in (both, *cases)} == {"done"}
        whole(office.store)
        exchange.client.close()
        office.close()
    assert len(codes) == 2


def test_two_copies_that_wrote_the_same_again_before_they_met_keep_it_once(
    desk: Make, centre: Running, tmp_path: Path
) -> None:
    old, again = outrun(desk, tmp_path / "old")
    old.counter = 5
    both = old.register()
    again.client.close()
    image(old, tmp_path / "copy")
    for name in ("old", "copy"):
        office, exchange = opened(old, tmp_path / name)
        forked.recover(exchange)
        exchange.client.close()
    offices, exchanges = zip(*(opened(old, tmp_path / name) for name in ("old", "copy")), strict=True)
    meet(*exchanges)
    meet(*exchanges)
    assert [len(exchange.status().set_aside) > 0 for exchange in exchanges] == [False, True]
    for office, exchange in zip(offices, exchanges, strict=True):
        assert office.state(both, "registration") == "done"
        assert rows(office.store, "office") == rows(centre.database, "office")
        whole(office.store)
        exchange.client.close()
        office.close()
