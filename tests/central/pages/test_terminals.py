"""The page of the terminals: how each stands, and what of it is held back."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from central import admin
from central.centre import Centre
from central.database import open_database
from kiosk.actions.terminal import system_clock
from kiosk.sync.protocol import State
from kiosk.sync.signing import AHEAD
from tests.central.machine import Town, entry
from tests.central.pages.browser import Browser
from tests.central.pages.visitor import Enter, appoint
from tests.office import sample_pack


@pytest.fixture
def centre(tmp_path: Path) -> Iterator[Centre]:
    """By the clock of the machine, which the requests of terminals go by."""
    made = Centre(open_database(f"sqlite:///{tmp_path / 'centre.db'}"), sample_pack(), system_clock)
    yield made
    made.close()


@pytest.fixture
def town(centre: Centre, enter: Enter) -> Iterator[Town]:
    made = Town(centre, enter.server)
    yield made
    made.close()


def test_they_are_a_supervisors_page(enter: Enter) -> None:
    police = enter("P001")
    assert police.get("/terminals").status_code == 403
    assert "This page is for: Supervisor" in police.words
    assert "/terminals" not in police.get("/cases").text
    assert police.send("/terminals/release", "/cases", stream="office").status_code == 403
    supervisor = enter("S001")
    assert supervisor.get("/terminals").status_code == 200
    assert "No terminal has joined this office yet." in supervisor.words
    assert "Nothing is held back." in supervisor.words


@pytest.mark.parametrize("sequence", ["1", "", "x", "9" * 30])
def test_what_is_not_held_back_is_not_released(enter: Enter, sequence: str) -> None:
    supervisor = enter("S001")
    form = {"terminal": "A", "stream": "office", "sequence": sequence}
    answer = supervisor.send("/terminals/release", "/cases", **form)
    assert answer.status_code == 409
    assert "Nothing is held back there." in supervisor.words


def test_how_each_stands(enter: Enter, town: Town) -> None:
    near, far, gone = town.machine("AAAA"), town.machine("BBBB", ("police",)), town.machine("CCCC")
    town.machine("DDDD", (), face="selfservice")
    near.http.headers["User-Agent"] = "kiosk/9.8.7"
    near.send(entry(), entry())
    near.pull(state=State(3, 1_500_000_000))
    near.pull()  # what it does not say again stays
    far.proof = early(far.proof)  # type: ignore[method-assign]
    far.heads()
    town.machine("EEEE").call("GET", "/v1/heads", headers={AHEAD: "-1779840100"})  # it signs with our time
    for wrong in ("9" * 13, "soon", "1.5"):
        gone.call("GET", "/v1/heads", headers={AHEAD: wrong})
    admin.revoke(town.centre, "CCCC", "S001")
    supervisor = enter("S001")
    supervisor.get("/terminals")
    lines = {line.split()[0]: line for line in supervisor.words.split("desk ")[1:]}
    assert re.search(r"Reception Connected 3 3 [+-]\d s kiosk/9\.8\.7 1\.5 GB free 0", lines["AAAA"])
    assert "GB free" not in lines["BBBB"]
    assert "Exit-entry police Connected" in lines["BBBB"]
    assert re.search("(239|240) s ahead", lines["BBBB"])
    assert "Revoked on" in lines["CCCC"]
    assert re.search(r" [+-]?\d s ", lines["CCCC"])
    assert "20600 days behind" in lines["EEEE"]
    assert "Touchscreen" in lines["DDDD"]
    assert "Never yet; enrolled on" in lines["DDDD"]


def early(proof: Callable[..., dict[str, str]]) -> Callable[..., dict[str, str]]:
    """Signs with a clock that is four minutes ahead."""

    def signed(*given: Any) -> dict[str, str]:
        return proof(*given, created=int(system_clock().timestamp()) + 240)

    return signed


def test_a_restored_centre_names_the_counters_that_it_waits_for(enter: Enter, town: Town) -> None:
    town.centre.clock = lambda: system_clock() - timedelta(seconds=40)  # they joined before the restore
    town.machine("AAAA"), town.machine("BBBB", (), face="selfservice")
    town.centre.clock = system_clock
    town.centre.renew()
    supervisor = enter("S001")
    supervisor.get("/terminals")
    assert "Until one of these counters has exchanged," in supervisor.words
    assert "checks no seal: desk AAAA Terminal " in supervisor.words
    admin.revoke(town.centre, "AAAA", "S001")
    supervisor.get("/terminals")
    assert "no counter is left that had joined before." in supervisor.words


def test_what_waits_to_be_fetched(enter: Enter, town: Town) -> None:
    near, far = town.machine("AAAA"), town.machine("BBBB")
    for _ in range(3):
        near.send(entry())
    supervisor = enter("S001")
    pulled, _ = near.pull()
    far.rows("AAAA", after=1)  # of one author, as after a renewal: numbers of its entries
    assert fetches(supervisor.get("/terminals").text) == {"AAAA": 0, "BBBB": 4}  # and what the centre wrote
    far.rows("AAAA")
    assert fetches(supervisor.get("/terminals").text) == {"AAAA": 0, "BBBB": 3}
    near.send(entry())
    assert fetches(supervisor.get("/terminals").text) == {"AAAA": 0, "BBBB": 4}
    far.pull(pulled.cursor)
    far.pull()
    assert fetches(supervisor.get("/terminals").text) == {"AAAA": 0, "BBBB": 0}


def fetches(page: str) -> dict[str, int]:
    return {
        code: int(count)
        for code, count in re.findall(r'"number">(\w{4})<.*?"To fetch">(\d+)<', page, flags=re.DOTALL)
    }


def test_what_is_held_back_is_released(enter: Enter, town: Town) -> None:
    desk, other = town.machine("AAAA"), town.machine("BBBB")
    held = entry(role="police", subject="person:held")
    desk.send(held)
    supervisor = enter("S001")
    supervisor.get("/terminals")
    assert "At this terminal nobody acts as “Police officer”." in supervisor.words
    assert "desk AAAA AAAA · 1 entry · office 1" in supervisor.words
    supervisor.get("/terminals?language=zh")
    assert "desk AAAA AAAA · 1条记录 · 业务 1" in supervisor.words
    supervisor.get("/terminals?language=en")
    assert "person:held" not in {row.subject for row in other.pull()[1]}
    answer = supervisor.send("/terminals/release", "/terminals")
    assert answer.headers["location"] == "/terminals"
    supervisor.get("/terminals")
    assert "Released: 1 entry of AAAA." in supervisor.words
    assert "Nothing is held back." in supervisor.words
    assert "Released At this terminal nobody acts as “Police officer”. desk AAAA AAAA" in supervisor.words
    assert "office 1 · 王海宁 (S001)" in supervisor.words
    assert "person:held" in {row.subject for row in other.pull()[1]}


def test_it_is_released_by_a_click(browser: Browser, enter: Enter, town: Town) -> None:
    appoint(enter.centre, enter.clerks, "S001")
    desk, other = town.machine("AAAA"), town.machine("BBBB")
    desk.send(entry(role="police", subject="person:held"))
    browser.sign_in("S001")
    browser.click_on("Terminals")
    assert "At this terminal nobody acts as “Police officer”." in browser.find(".held").text
    browser.click_on("Release: AAAA 1")
    assert "Released: 1 entry of AAAA." in browser.find("[role=status]").text
    assert "Nothing is held back." in browser.words
    assert "王海宁 (S001)" in browser.find("[aria-labelledby=released]").text
    assert "person:held" in {row.subject for row in other.pull()[1]}
