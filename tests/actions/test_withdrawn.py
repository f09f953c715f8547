"""A desk goes back to the pack before, when the one that it worked by was withdrawn."""

from __future__ import annotations

from pathlib import Path

from central import packs
from kiosk.actions.exchange import Exchange
from tests.actions.exchanged import Make
from tests.actions.test_packs import PASSPHRASE, TODAY, asks_for_shoes, sign_in, told
from tests.office import Office
from tests.packing import changed_pack
from tests.running import Running, meet


def works_by(office: Office) -> int:
    sign_in(office)
    return office.desk.pack.office.version


def test_a_desk_goes_back_and_its_cases_go_on(centre: Running, desk: Make, tmp_path: Path) -> None:
    pairs: list[tuple[Office, Exchange]] = [desk(passphrase=PASSPHRASE) for _ in range(2)]
    (north, of_north), (south, of_south) = pairs
    meet(of_north, of_south)
    packs.publish(centre.centre, changed_pack(tmp_path / "2"), TODAY, "admin")
    packs.publish(centre.centre, changed_pack(tmp_path / "3", 3), TODAY, "admin")
    meet(of_north, of_south)
    assert works_by(north) == 3
    case = north.register(north.person(**{"person.shoe_size": 39}))
    packs.withdraw(centre.centre, 3, "admin")
    meet(of_north, of_south)
    assert told(of_north) == ["This terminal works by the office pack, version 2, from the next sign-in."]
    assert (works_by(north), works_by(south)) == (2, 2)
    assert told(of_north) == []
    for office in (north, south):
        assert asks_for_shoes(office, case)
        assert not office.desk.case(office.reception, case).read_only
    south.lodge(case)
    meet(of_south, of_north)
    assert of_south.status().set_aside == ()
