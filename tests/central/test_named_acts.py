"""The name of an act is its author's word: another one may bear it, and neither speaks for the other."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from msgspec.structs import replace

from central import admin, quarantine
from central.backup import backup
from central.centre import Centre
from kiosk.model.chain import Row
from kiosk.model.entries import ADMIN, Entry
from kiosk.sync.protocol import Pulled, SetAside
from tests.central.machine import Machine, Town, act, entry, serving
from tests.central.restoring import PUBLIC, bring, restored


def named(name: str, *entries: Entry) -> list[Entry]:
    return [replace(one, act=name) for one in entries]


def held_back_after_a_restore(
    file: Path, desk: Machine, other: Machine, pulled: Pulled, rows: Sequence[Row]
) -> tuple[SetAside, ...]:
    """What is held back of a desk by a centre that was put back, once another one has told it of releases."""
    with restored(file, "new.db") as new, serving(new) as town:
        again = {one.code: town.known(one) for one in (desk, other)}
        bring(again[other.code], new, pulled, [row for row in rows if row.stream == ADMIN])
        return again[desk.code].push(desk.stream().rows).set_aside


def test_the_next_act_of_the_same_name_is_judged_by_itself(town: Town) -> None:
    desk, other = town.machine("AAAA"), town.machine("BBBB")
    both = act(entry(), entry())
    written = named("one name", entry(), *both, entry(role="king"), entry())
    assert [one.sequence for one in desk.send(*written).set_aside] == [4]
    assert {one.id for one in written} - {row.id for row in other.pull()[1]} == {written[3].id}
    with town.centre.database.read() as connection:
        assert [one.sequences for one in quarantine.listed(connection, "RL01")] == [(4,)]


def test_an_act_without_a_part_is_held_back_whole_and_keeps_nothing_else_back(town: Town) -> None:
    desk = town.machine("AAAA")
    cut = replace(entry(), act_size=2)
    written = [*named("one name", entry(), cut), entry()]
    assert [one.sequence for one in desk.send(*written).set_aside] == [2]


def test_two_of_one_name_that_were_released_are_not_held_back_again(centre: Centre, tmp_path: Path) -> None:
    file = tmp_path / "backup"
    with serving(centre) as town:
        desk, other = town.machine("AAAA"), town.machine("BBBB")
        backup(centre.database, file, PUBLIC)
        desk.send(*named("one name", entry(role="king"), entry(role="king")))
        assert admin.release(centre, ("RL01", "AAAA", "office"), 1, 2, "S001") == 2
        pulled, rows = other.pull()
    assert held_back_after_a_restore(file, desk, other, pulled, rows) == ()


def test_parts_of_one_name_with_another_act_between_them_are_released_each_by_itself(
    centre: Centre, tmp_path: Path
) -> None:
    file = tmp_path / "backup"
    with serving(centre) as town:
        desk, other = town.machine("AAAA"), town.machine("BBBB")
        backup(centre.database, file, PUBLIC)
        cut = [replace(entry(), act="one name", act_size=2) for _ in range(2)]
        assert [one.sequence for one in desk.send(cut[0], entry(), cut[1]).set_aside] == [1, 3]
        assert admin.release(centre, ("RL01", "AAAA", "office"), 1, 3, "S001") == 2
        pulled, rows = other.pull()
    assert held_back_after_a_restore(file, desk, other, pulled, rows) == ()
