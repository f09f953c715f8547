"""Who is let in to the pages, and by which forms; what every answer carries."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest

from central import admin
from central.centre import Centre
from central.pages.mounting import HEADERS
from central.pages.sessions import IDLE
from central.pages.words import FILES, address
from tests.central.pages.visitor import APPROVAL, PASSPHRASE, Enter, path_of
from tests.office import Clerks, Clock


def test_every_answer_has_the_headers(enter: Enter) -> None:
    visitor = enter()
    for path in ("/sign-in", "/verify", "/cases", "/nothing", address("pages.css"), "/static/x/../x"):
        headers = visitor.get(path).headers
        assert {name: headers[name] for name in HEADERS} == HEADERS
        kept = path == address("pages.css")
        assert headers["cache-control"] == ("public, max-age=31536000, immutable" if kept else "no-store")
        policy = headers["content-security-policy"]
        assert "unsafe" not in policy
        assert "frame-ancestors 'none'" in policy


@pytest.mark.parametrize("name", FILES)
def test_the_files_that_pages_name_are_served(enter: Enter, name: str) -> None:
    answer = enter().get(address(name))
    assert answer.headers["content-type"] == FILES[name]
    assert len(answer.content) > 300


def test_a_stranger_is_sent_to_the_door(enter: Enter, clerks: Clerks) -> None:
    case = clerks.worker("accepted")
    visitor = enter()
    for path in ("/", "/cases", path_of(case), path_of(case, "portrait"), "/terminals"):
        answer = visitor.get(path)
        assert (answer.status_code, answer.headers["location"]) == (303, "/sign-in")
    assert visitor.http.post(path_of(case, "actions/permit/approve"), data=APPROVAL).status_code == 403


def test_the_cookie_is_kept_from_scripts_and_other_sites(enter: Enter) -> None:
    visitor = enter("P001")
    visitor.http.cookies.clear()
    cookies = visitor.sign_in("P001").headers.get_list("set-cookie")
    (session,) = [one for one in cookies if one.startswith("__Host-session=")]
    assert {"HttpOnly", "Secure", "SameSite=strict", "Path=/"} <= {
        part.strip() for part in session.split(";")
    }
    assert "Domain" not in session


def test_a_wrong_passphrase_is_said_and_locks_after_some(enter: Enter, clock: Clock) -> None:
    visitor = enter("P001")
    visitor.http.cookies.clear()
    for _ in range(3):
        assert visitor.sign_in("P001", "not this one").status_code == 403
        assert "The staff number or the passphrase is wrong." in visitor.words
    visitor.sign_in("P001")
    assert "Too many wrong passphrases." in visitor.words
    clock.forward(minutes=1)
    assert visitor.sign_in("P001").headers["location"] == "/cases"


def test_a_new_passphrase_ends_a_lock_out(enter: Enter, centre: Centre) -> None:
    visitor = enter("P001")
    visitor.http.cookies.clear()
    for _ in range(4):
        visitor.sign_in("P001", "not this one")
    admin.set_passphrase(centre, "P001", "another passphrase", "S001")
    assert visitor.sign_in("P001", "another passphrase").headers["location"] == "/cases"


def test_whoever_tries_too_often_waits(enter: Enter) -> None:
    visitor = enter()
    tries = (visitor.sign_in(f"X{number}", "a guess at one") for number in range(200))
    answer = next(one for one in tries if one.status_code != 403)
    assert answer.status_code == 429
    assert int(answer.headers["retry-after"]) > 0


def test_who_is_dismissed_is_out_at_once(enter: Enter, centre: Centre) -> None:
    visitor = enter("P001")
    assert visitor.get("/cases").status_code == 200
    admin.dismiss(centre, "P001", "S001")
    assert visitor.get("/cases").headers["location"] == "/sign-in"
    assert visitor.sign_in("P001").status_code == 403


def test_a_session_ends_by_itself_and_by_signing_out(enter: Enter, clock: Clock) -> None:
    visitor, other = enter("P001"), enter("L001")
    clock.forward(seconds=(IDLE / 2).total_seconds())
    assert other.get("/cases").status_code == 200
    clock.forward(seconds=(IDLE / 2 + timedelta(seconds=1)).total_seconds())
    assert visitor.get("/cases").headers["location"] == "/sign-in"
    cookie = other.http.cookies["__Host-session"]
    other.send("/sign-out", "/cases")
    other.http.cookies.set("__Host-session", cookie)
    assert other.get("/cases").headers["location"] == "/sign-in"


@pytest.mark.parametrize("token", ["", "x" * 43, "ß"])
def test_a_form_of_another_site_does_nothing(enter: Enter, clerks: Clerks, token: str) -> None:
    case = clerks.worker("accepted")
    visitor = enter("P001")
    path = path_of(case, "actions/permit/approve")
    visitor.get(path)
    form = visitor.hidden(visitor.page) | APPROVAL | {"token": token}
    assert visitor.http.post(path, data=form).status_code == 403
    assert visitor.http.post("/sign-out", data={"token": token}).status_code == 403
    assert clerks.state(case, "permit") == "accepted"
    assert visitor.get("/cases").status_code == 200


def test_signing_in_needs_our_own_page_too(enter: Enter) -> None:
    visitor = enter("P001")
    visitor.http.cookies.clear()
    form = {"number": "P001", "passphrase": PASSPHRASE}
    assert visitor.http.post("/sign-in", data=form).status_code == 403
    visitor.get("/sign-in")
    assert visitor.http.post("/sign-in", data=form | {"token": "x"}).status_code == 403


def test_what_is_no_form_is_refused(enter: Enter) -> None:
    visitor = enter("P001")
    for body in ("{}", "a=%ff", "&".join(f"a{n}=1" for n in range(2_000))):
        kind = "application/json" if body == "{}" else "application/x-www-form-urlencoded"
        assert visitor.http.post("/cases", content=body, headers={"content-type": kind}).status_code == 400
    form = {"content-type": "application/x-www-form-urlencoded"}
    assert visitor.http.post("/cases", content="a=" + "x" * 300_000, headers=form).status_code == 413


def test_the_exchange_answers_as_before(enter: Enter) -> None:
    visitor = enter()
    for path in ("/v1/push", "/v1/nothing", "/openapi.json", "/v1/time"):
        assert visitor.get(path).headers["content-type"] == "application/json"
    assert visitor.get("/v1/push").status_code == 405
    assert "/cases" not in visitor.get("/openapi.json").text


@pytest.mark.parametrize("language", ["my", "en"])
def test_the_door_keeps_the_language_that_was_chosen(enter: Enter, centre: Centre, language: str) -> None:
    """Of a browser that accepts none of ours, which would be shown Chinese."""
    enter("P001")
    visitor = enter(language="fr")
    for path in ("/", "/cases"):
        door = visitor.get(f"{path}?language={language}").headers["location"]
        assert door == f"/sign-in?language={language}"
    for passphrase in ("not this one", "", "not this one", PASSPHRASE):  # the last is locked out
        visitor.get(door)
        (door,) = re.findall(r'action="(/sign-in[^"]*)"', visitor.page)
        assert visitor.send(door, number="P001", passphrase=passphrase).status_code == 403
        assert f'<html lang="{language}">' in visitor.page
    admin.set_passphrase(centre, "P001", PASSPHRASE, "S001")
    visitor.send(door, number="P001", passphrase=PASSPHRASE)
    visitor.get("/cases")
    assert f'<html lang="{language}">' in visitor.page
    door = visitor.send("/sign-out", "/cases").headers["location"]
    admin.dismiss(centre, "P001", "S001")
    assert visitor.send(door, number="P001", passphrase=PASSPHRASE).status_code == 403
    assert f'<html lang="{language}">' in visitor.page
