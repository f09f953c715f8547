"""The pages in a real browser, by clicks and keys."""

from __future__ import annotations

from pathlib import Path

import pytest
from selenium.webdriver.common.keys import Keys

from tests.central.pages.browser import Browser, program
from tests.central.pages.visitor import Enter, appoint, enters, path_of
from tests.elsewhere import arrives
from tests.office import EMPLOYER, Clerks, Office, portrait
from tests.running import Running, meet

LANGUAGES = ("zh", "my", "en")


def test_what_is_missing_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    with pytest.raises(FileNotFoundError, match="apt install chromium chromium-driver"):
        program("chromium")


def test_signing_in_by_keys_alone(browser: Browser, enter: Enter) -> None:
    appoint(enter.centre, enter.clerks, "P001")
    browser.open("/")
    assert browser.path == "/sign-in"
    assert browser.has_focus("number")
    browser.enter("p001", Keys.TAB, "not this one", Keys.ENTER)
    assert "The staff number or the passphrase is wrong." in browser.find("[role=alert]").text
    assert browser.has_focus("passphrase")
    browser.enter("a passphrase for tests", Keys.ENTER)
    assert browser.path == "/cases"
    browser.type(Keys.TAB)
    browser.type(Keys.ENTER)
    assert browser.has_focus("main")  # past the bar
    browser.click_on("Sign out")
    browser.open("/cases")
    assert browser.path == "/sign-in"
    browser.complaints()  # of the answer 403


def test_the_language_is_switched_by_a_click(browser: Browser, enter: Enter) -> None:
    appoint(enter.centre, enter.clerks, "P001")
    browser.sign_in("P001")
    for name, language, words in (
        ("中文", "zh", "待我办理"),
        ("မြန်မာ", "my", "ကျွန်ုပ်အတွက်"),
        ("English", "en", "Waiting for me"),
    ):
        browser.click_on(name)
        assert browser.find("html").get_attribute("lang") == language
        assert words in browser.words
    browser.click_on("မြန်မာ")
    browser.open("/cases?list=parked")
    assert browser.find("html").get_attribute("lang") == "my"
    loaded = "return document.fonts.ready.then(() => [...document.fonts].filter(f => f.status === 'loaded')"
    families = browser.driver.execute_script(f"{loaded}.map(f => f.family.replaceAll('\"', '')))")
    assert "Kiosk Burmese" in families


def test_an_officer_approves(browser: Browser, enter: Enter, clerks: Clerks) -> None:
    case = clerks.worker("accepted")
    appoint(enter.centre, clerks, "P001")
    browser.sign_in("P001")
    browser.click("td.who a")
    assert browser.path == path_of(case)
    assert browser.find(".stages .mine .light").text == "Waiting for the decision"
    assert browser.find("img.portrait").get_property("naturalWidth") > 0
    browser.click_on("Approve…")
    browser.click("#do")
    assert "Fingerprints: This is needed." in browser.find("[role=alert]").text
    assert clerks.state(case, "permit") == "accepted"
    browser.choose("a.permit.biometrics", "not_needed")
    browser.click("#do")
    assert browser.path == "/cases"
    assert "Done: Approve. MA MA SAN" in browser.find("[role=status]").text
    assert "Nobody waiting." in browser.words
    assert clerks.state(case, "permit") == "approved"
    browser.complaints()  # of the answer 422


def test_a_labour_clerk_returns_a_case_by_marks(browser: Browser, enter: Enter, clerks: Clerks) -> None:
    case = clerks.worker("confirmed")
    appoint(enter.centre, clerks, "L001")
    browser.sign_in("L001")
    browser.open(path_of(case))
    browser.click_on("I have seen it: Business licence")
    assert browser.path == path_of(case) + "#papers"
    browser.click_on("Return with one complete list…")
    browser.find("[id='mark.paper.guarantee.guarantee_form']").send_keys("missing")
    browser.click("#do")
    view = clerks.desk.case(clerks.labour, case, opened=False)
    assert [(mark.key, mark.why) for mark in view.items] == [("paper.guarantee.guarantee_form", "missing")]


def test_a_department_without_a_terminal_does_its_whole_stage(chromium: Browser, tmp_path: Path) -> None:
    """The labour office has a browser alone, from list to decision; the desk has all but its stage."""
    running, office = Running(tmp_path / "centre"), Office(tmp_path)
    exchange = running.joined(office, "reception", "health_post", "police")
    case = office.worker("cleared")
    meet(exchange)
    appoint(running.centre, office, "L001")
    chromium.begin(f"127.0.0.1:{running.port}")
    chromium.sign_in("L001")
    chromium.click("td.who a")
    assert chromium.path == path_of(case)
    chromium.click_on("Fill in: Guarantee and work registration")
    chromium.answer(enters("guarant", EMPLOYER))
    chromium.click("#save")
    assert "Saved: Guarantee and work registration" in chromium.find("[role=status]").text
    chromium.click_on("Guarantee is signed…")
    chromium.click("#do")
    meet(exchange)
    office.desk.perform(office.reception, case, "guarantee", "confirm")  # the worker, on the desk's screen
    meet(exchange)
    chromium.open(path_of(case))
    for paper in ("Business licence", "Identity card of the representative", "Guarantee, signed and stamped"):
        chromium.click_on(f"I have seen it: {paper}")
    assert "Copies still to be attached: Business licence" in chromium.words
    chromium.click_on("Attach a copy…: Business licence")
    scan = tmp_path / "licence.jpg"
    scan.write_bytes(portrait())
    chromium.find("#copy").send_keys(str(scan))
    chromium.click("#attach")
    assert "Attached a copy of: Business licence" in chromium.find("[role=status]").text
    chromium.click_on("Register the work…")
    chromium.click("#do")
    assert chromium.path == "/cases"
    assert "Done: Register the work. MA MA SAN" in chromium.find("[role=status]").text
    meet(exchange)
    exchange.blobs()
    assert office.state(case, "guarantee") == "registered"
    papers = office.view(case).papers
    (licence,) = [paper for paper in papers if paper.key == "business_licence"]
    assert licence.copy is not None
    assert office.desk.blob(licence.copy) == portrait()
    office.accept(case)
    office.approve(case)
    office.hand_over(case)
    exchange.client.close()
    office.close()
    running.end()
    assert chromium.complaints() == []


def test_a_seal_is_checked_by_pasting_it(browser: Browser, enter: Enter, clerks: Clerks) -> None:
    case = clerks.worker("handed_over")
    seal = clerks.desk.slip(clerks.police, case, "permit").seal
    browser.open("/verify")
    for expected in ("Valid", "Void"):
        browser.find("#seal").send_keys(seal)
        browser.click_on("Check")
        assert browser.find("#answer").text == expected
        assert "MA MA SAN" in browser.find(".verdict").text
        if expected == "Valid":
            clerks.desk.perform(clerks.police, case, "permit", "void", reason="permit_lost")
    browser.find("#seal").send_keys("something else")
    browser.click_on("Check")
    assert browser.find("#answer").text == "Unknown"
    assert browser.driver.get_cookies() == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_nobody_stumbles(browser: Browser, enter: Enter, clerks: Clerks, language: str) -> None:
    """On the screen of an old telephone, with a reader of screens, in each language."""
    accepted, confirmed = clerks.worker("accepted"), clerks.worker("confirmed")
    clerks.desk.park(clerks.labour, confirmed)
    unlike, shaken = clerks.worker("registered"), clerks.worker("approved")
    arrives(enter.centre.database, str(clerks.facts(unlike)["case.person"]), {"name": "MA SANDA"})
    arrives(
        enter.centre.database, str(clerks.facts(shaken)["case.guarantee"]), {"status": "withdrawn"}, seen=True
    )
    pages = {
        "": ("/sign-in", "/verify", "/nothing"),
        "P001": (
            "/cases", path_of(accepted), path_of(accepted, "actions/permit/approve"),
            path_of(accepted, "actions/permit/refuse"), path_of(accepted, "actions/permit/return_permit"),
        ),
        "L001": (path_of(confirmed), path_of(confirmed, "forms/guarantee"),
            path_of(confirmed, "papers/guarantee/business_licence/copy"), "/cases?list=parked"),
        "S001": (
            "/terminals", path_of(confirmed, "forms/registration"), path_of(unlike), path_of(shaken),
        ),
    }  # fmt: skip
    for number, paths in pages.items():
        if number:
            appoint(enter.centre, clerks, number)
            browser.begin(enter.server.address)
            browser.sign_in(number)
        browser.resize(320, 640)
        for path in paths:
            browser.open(f"{path}{'&' if '?' in path else '?'}language={language}")
            assert browser.stumbles() == [], path
            assert ("<script" in browser.driver.page_source) is (path == "/verify")
    browser.complaints()  # of the answer 404
