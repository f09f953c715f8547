"""An operator changes his own passphrase in a browser; whoever was given one does so before anything else."""

from __future__ import annotations

import time

import msgspec
import pytest

from central import admin
from central.centre import Centre
from tests.central.machine import Town
from tests.central.pages.browser import Browser
from tests.central.pages.visitor import APPROVAL, PASSPHRASE, Enter, Visitor, appoint, path_of
from tests.office import Clerks, Clock

OWN = "known to me alone"


def change(visitor: Visitor, old: str = PASSPHRASE, new: str = OWN, again: str = "") -> tuple[int, str]:
    """Status of the answer, and the page that it leads to."""
    answer = visitor.send("/passphrase", old=old, new=new, again=again or new)
    if "location" in answer.headers:
        visitor.get(answer.headers["location"])
    return answer.status_code, visitor.words


def place(centre: Centre, number: str = "P001") -> tuple[str, str]:
    """Who set the passphrase, and where."""
    with centre.database.read() as connection:
        known = centre.registry(connection).operators[number].passphrase
    assert known is not None
    return known.by, known.place


def test_the_new_one_counts_and_other_browsers_are_signed_out(enter: Enter, centre: Centre) -> None:
    here, there, another = enter("P001"), Visitor(enter.server.address), enter("L001")
    there.sign_in("P001")
    status, words = change(here)
    assert (status, "Your passphrase is changed." in words) == (303, True)
    assert here.get("/cases").status_code == another.get("/cases").status_code == 200
    assert there.get("/cases").headers["location"] == "/sign-in"
    assert there.sign_in("P001").status_code == 403
    assert there.sign_in("P001", OWN).headers["location"] == "/cases"
    assert place(centre) == ("P001", "browser")
    there.close()


def test_a_wrong_old_one_counts_as_at_a_sign_in(enter: Enter, clock: Clock) -> None:
    visitor = enter("P001")
    for _ in range(3):
        status, words = change(visitor, old="not this one")
        assert (status, "The passphrase until now is wrong." in words) == (403, True)
    assert "Too many wrong passphrases." in change(visitor)[1]
    visitor.http.cookies.clear()
    assert visitor.sign_in("P001").status_code == 403  # nor does he sign in meanwhile
    clock.forward(minutes=1)
    visitor.sign_in("P001")
    assert change(visitor)[0] == 303


@pytest.mark.parametrize(
    ("new", "again", "said"),
    [
        (" " * 8, "", "A passphrase of one character only, or of none, is no secret."),
        ("1234567", "", "A passphrase has 8 to 200 characters."),
        (OWN, "known to me alona", "The two passphrases differ."),
        (PASSPHRASE, "", "This is the old passphrase. Choose another one."),
    ],
)
def test_what_cannot_be_chosen_changes_nothing(enter: Enter, new: str, again: str, said: str) -> None:
    visitor = enter("P001")
    status, words = change(visitor, new=new, again=again)
    assert (status, said in words) == (422, True)
    assert PASSPHRASE not in visitor.page
    visitor.http.cookies.clear()
    assert visitor.sign_in("P001").headers["location"] == "/cases"


def test_only_who_is_signed_in_and_only_by_our_own_page(enter: Enter, centre: Centre) -> None:
    visitor = enter("P001")
    form = {"old": PASSPHRASE, "new": OWN, "again": OWN}
    assert visitor.http.post("/passphrase", data=form | {"token": "x" * 43}).status_code == 403
    stranger = enter()
    assert stranger.get("/passphrase").headers["location"] == "/sign-in"
    admin.dismiss(centre, "P001", "S001")
    assert visitor.get("/passphrase").headers["location"] == "/sign-in"
    assert place(centre)[0] == "S001"


def test_whoever_tries_too_often_waits(enter: Enter) -> None:
    visitor = enter("P001")
    tries = (visitor.send("/passphrase", old="a", new="b", again="c") for _ in range(200))
    assert next(one for one in tries if one.status_code != 422).status_code == 429


def test_a_passphrase_that_an_administrator_sets_ends_every_session(enter: Enter, centre: Centre) -> None:
    visitor = enter("P001")
    admin.set_passphrase(centre, "P001", OWN, "admin")
    assert visitor.get("/cases").headers["location"] == "/sign-in"


def test_who_was_given_one_chooses_his_own_before_anything_else(enter: Enter, centre: Centre) -> None:
    appoint(centre, enter.clerks, "P001")
    visitor = enter()
    admin.set_passphrase(centre, "P001", PASSPHRASE, "admin", to_change=True)
    visitor.sign_in("P001")
    for path in ("/", "/cases", "/terminals", "/cases?list=parked"):
        assert visitor.get(path).headers["location"] == "/passphrase"
    visitor.get("/passphrase")
    assert "Somebody else knows the passphrase" in visitor.words
    assert "admin set the passphrase of now: 2 March 2026 09:00" in visitor.words
    assert change(visitor, new=PASSPHRASE)[0] == 422
    assert change(visitor)[0] == 303
    assert visitor.get("/cases").status_code == 200
    visitor.get("/passphrase")
    assert "Somebody else knows" not in visitor.words
    assert "You set the passphrase of now in a browser: 2 March 2026 09:00" in visitor.words


def test_what_he_set_at_a_counter_is_told_with_its_name(enter: Enter, centre: Centre) -> None:
    visitor, town = enter("P001"), Town(centre, enter.server)
    desk = town.machine("AAAA", ("police",))
    desk.ahead = centre.clock().timestamp() - time.time()
    asked = msgspec.json.encode({"number": "P001", "old": PASSPHRASE, "new": OWN})
    desk.call("POST", "/v1/passphrase", asked).raise_for_status()
    assert visitor.get("/cases").headers["location"] == "/sign-in"
    visitor.sign_in("P001", OWN)
    visitor.get("/passphrase")
    assert "You set the passphrase of now at desk AAAA: 2 March 2026 09:00" in visitor.words
    town.close()


def test_nobody_vouches_as_the_second_by_a_passphrase_that_others_know(
    enter: Enter, centre: Centre, clerks: Clerks
) -> None:
    case = clerks.worker("accepted")
    visitor = enter("P001")
    admin.appoint(centre, "P002", "段玉兰", ["police"], PASSPHRASE, "admin", to_change=True)
    second = {"second.number": "P002", "second.passphrase": PASSPHRASE}
    visitor.send(path_of(case, "actions/permit/approve"), **APPROVAL, **second)
    assert "Somebody else knows this passphrase." in visitor.words
    assert clerks.state(case, "permit") == "accepted"


@pytest.mark.parametrize("language", ["zh", "my", "en"])
def test_the_page_by_clicks_and_keys(browser: Browser, enter: Enter, centre: Centre, language: str) -> None:
    appoint(centre, enter.clerks, "P001")
    admin.set_passphrase(centre, "P001", PASSPHRASE, "admin", to_change=True)
    browser.open(f"/sign-in?language={language}")
    browser.find("#number").send_keys("P001")
    browser.find("#passphrase").send_keys(PASSPHRASE)
    browser.click("main button")
    assert browser.path == "/passphrase"
    assert browser.has_focus("old")
    assert browser.stumbles() == []
    for line, text in (("#old", PASSPHRASE), ("#new", OWN), ("#again", OWN)):
        browser.find(line).send_keys(text)
    browser.click("main button")
    assert browser.path == "/cases"
    assert browser.find("[role=status]").text
    browser.click(".me a")
    assert browser.path == "/passphrase"
    browser.resize(360, 740)
    assert browser.stumbles() == []
    assert place(centre) == ("P001", "browser")
