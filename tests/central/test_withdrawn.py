"""A pack that was given out by mistake: the one before counts again, and cases that began by it go on."""

from __future__ import annotations

import threading
from datetime import date, timedelta
from pathlib import Path

import pytest
from msgspec.structs import replace

from central import packs
from central.__main__ import main
from central.centre import Centre
from kiosk.definitions.bundle import read_bundle
from kiosk.errors import Refused
from kiosk.model.office import OfficePack
from kiosk.sync.answers import OfferedPack
from tests.central.machine import Town, entry
from tests.office import sample_pack
from tests.packing import changed_pack
from tests.running import until

TODAY = date(2026, 3, 2)


def given(centre: Centre, folder: Path, version: int, since: date = TODAY) -> OfferedPack:
    return packs.publish(centre, changed_pack(folder / str(version), version), since, "admin")[0]


def counts(centre: Centre) -> int:
    with centre.database.read() as connection:
        found = centre.in_force(connection)
    assert found is not None
    return found.version


def test_the_one_before_counts_again_and_what_began_by_it_is_taken(town: Town, tmp_path: Path) -> None:
    desk = town.machine("AAAA")
    given(town.centre, tmp_path, 2)
    third = given(town.centre, tmp_path, 3)
    packs.withdraw(town.centre, 3, "S001")
    assert counts(town.centre) == town.centre.pack.office.version == 2
    assert desk.send(replace(entry(), definitions=third.tracks["worker"])).set_aside == ()
    (told,) = [row for row in desk.pull()[1] if b'"kind":"withdrawn"' in (row.body or b"")]
    assert told.subject == f"pack:{third.digest}"
    with pytest.raises(Refused, match="No pack of version 3 is given out"):
        packs.withdraw(town.centre, 3, "S001")
    with pytest.raises(Refused, match="given out already"):
        packs.publish(town.centre, tmp_path / "3", TODAY, "admin")
    given(town.centre, tmp_path, 4)
    assert counts(town.centre) == 4


def test_who_read_a_pack_while_it_was_withdrawn_does_not_go_back_to_it(
    centre: Centre, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    given(centre, tmp_path, 2)
    given(centre, tmp_path, 3)
    reading, read = threading.Event(), threading.Event()

    def slow(content: bytes) -> OfficePack:
        pack = read_bundle(content)
        if pack.office.version == 3:
            reading.set()
            assert read.wait(20)
        return pack

    monkeypatch.setattr("central.centre.read_bundle", slow)
    looking = threading.Thread(target=centre.follow_pack)
    withdrawing = threading.Thread(target=packs.withdraw, args=(centre, 3, "S001"))
    looking.start()
    assert reading.wait(20)
    withdrawing.start()
    until(lambda: counts(centre) == 2)
    withdrawing.join(0.3)  # in this time it would be done, if it did not wait for who reads
    read.set()
    looking.join()
    withdrawing.join()
    assert centre.pack.office.version == 2


def test_one_for_later_never_comes(town: Town, tmp_path: Path) -> None:
    given(town.centre, tmp_path, 2)
    given(town.centre, tmp_path, 3, town.centre.clock().date() + timedelta(days=3))
    assert counts(town.centre) == 2
    packs.withdraw(town.centre, 3, "S001")
    now = town.centre.clock() + timedelta(days=4)
    town.centre.clock = lambda: now
    assert counts(town.centre) == 2


def test_nobody_goes_back_to_nothing_or_to_what_lacks_something(town: Town, tmp_path: Path) -> None:
    given(town.centre, tmp_path, 2)
    with pytest.raises(Refused, match="no earlier pack here"):
        packs.withdraw(town.centre, 2, "S001")
    role = (
        "assets/office.yaml",
        "  police: Police officer\n",
        "  police: Police officer\n  market: Police officer\n",
    )
    more = changed_pack(tmp_path / "more", 3, [role], ())
    packs.publish(town.centre, more, TODAY, "admin")
    with pytest.raises(Refused, match=r"roles\.market"):
        packs.withdraw(town.centre, 3, "S001")
    assert counts(town.centre) == 3


def test_the_command_withdraws_and_lists(
    town: Town, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("CENTRAL_DATABASE", town.centre.database.url)
    monkeypatch.setenv("CENTRAL_DATA", str(tmp_path))
    assert main(["packs", "add", str(changed_pack(tmp_path / "2"))]) == 0
    capsys.readouterr()
    assert main(["packs", "withdraw", "2"]) == 0
    assert "Version 2 is withdrawn. Version 1 counts." in capsys.readouterr().out
    assert main(["packs", "list"]) == 0
    said = capsys.readouterr().out.splitlines()
    assert [line.split()[1] for line in said] == ["2", "1"]
    assert said[0].endswith("withdrawn")
    assert said[1].endswith("counts today")
    assert main(["packs", "withdraw", "7"]) == 2
    assert sample_pack().office.version == 1
