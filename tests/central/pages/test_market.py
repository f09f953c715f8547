"""Market supervision, which the sample has not: a pack adds the department, a browser is enough for it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from central import admin
from central.centre import Centre
from central.database import open_database
from kiosk.definitions import read_pack
from kiosk.errors import Refused
from tests.central.pages.browser import Browser
from tests.central.pages.visitor import PASSPHRASE, Enter
from tests.office import Clerks, Clock, portrait
from tests.packing import changed_pack

STAGE = """
  - key: market
    label: Market supervision
    department: market
    role: market
    initial: not_open
    done: [passed]
    forms: []
    open_when:
      - stage_is: {stage: guarantee, states: [signed, confirmed]}
    papers:
      - {key: register_extract, label: Extract of the register, required: true, copy: true}
    states:
      not_open: {label: Not started, light: not_open}
      open: {label: Employer to be checked, light: mine, holder: market}
      passed: {label: Employer checked, light: done}
    actions:
      - key: pass
        label: The employer may employ
        roles: [market]
        from: [open]
        to: passed
        guards:
          - case_open
          - papers_complete: {stage: market}
"""
GUARD = "          - stage_is: {stage: market, states: [passed]}\n"  # without it no work is registered
OFFICE, TRACK = "assets/office.yaml", "workflows/worker.yaml"
ADDED = (  # a file, what is added, and before what
    (OFFICE, "\n  market: Market supervision", "\n  police: Exit-entry police"),
    (OFFICE, "\n  market: Market inspector", "\n  police: Police officer"),
    (TRACK, STAGE, "\n  - key: permit\n"),
    (TRACK, GUARD, "          - employer_checked\n"),
)
WORDS = [
    (english, "市场监管", "စျေးကွက်ကြီးကြပ်ရေး")
    for english in (
        "Market supervision", "Market inspector", "Extract of the register", "Employer to be checked",
        "Employer checked", "The employer may employ",
    )
]  # fmt: skip


@pytest.fixture
def centre(tmp_path: Path, clock: Clock) -> Iterator[Centre]:
    changes = [(file, before, added + before) for file, added, before in ADDED]
    pack = read_pack(changed_pack(tmp_path / "pack", 1, changes, WORDS))
    made = Centre(open_database(f"sqlite:///{tmp_path / 'centre.db'}"), pack, clock)
    yield made
    made.close()


def test_it_works_through_its_list_and_decides(
    browser: Browser, enter: Enter, clerks: Clerks, tmp_path: Path
) -> None:
    case = clerks.worker("cleared")
    clerks.sign(case)
    clerks.confirm(case)
    with pytest.raises(Refused, match="Employer to be checked"):
        clerks.register_work(case)
    admin.appoint(enter.centre, "M001", "马样本", ("market",), PASSPHRASE, "S001")
    browser.sign_in("M001")
    browser.click("td.who a")
    assert browser.find(".stages .mine h2").text == "Market supervision"
    browser.click_on("I have seen it: Extract of the register")
    browser.click_on("Attach a copy…: Extract of the register")
    scan = tmp_path / "extract.jpg"
    scan.write_bytes(portrait())
    browser.find("#copy").send_keys(str(scan))
    browser.click("#attach")
    browser.click_on("The employer may employ…")
    browser.click("#do")
    assert "Nobody waiting." in browser.words
    assert clerks.state(case, "market") == "passed"
    clerks.register_work(case)
    assert clerks.state(case, "guarantee") == "registered"
