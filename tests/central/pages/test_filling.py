"""A form at a browser, while another desk writes in the same case: nothing is replaced that was not shown."""

from __future__ import annotations

import pytest

from kiosk.model.entries import Entry
from kiosk.store import journal
from kiosk.store.memory import SqlMemory
from tests.central.pages.browser import Browser
from tests.central.pages.visitor import Enter, Visitor, appoint, enters, path_of
from tests.office import EMPLOYER, Clerks

PHONE, WAGE = "guarantor.representative_phone", "guarantee.wage"


@pytest.fixture
def signed(clerks: Clerks) -> str:
    case = clerks.worker("cleared")
    clerks.sign(case)
    return case


def standing(clerks: Clerks, case: str, key: str) -> tuple[str, ...]:
    return clerks.desk.case(clerks.labour, case, opened=False).standing[key].entries


def entry(enter: Enter, of: str) -> Entry:
    with enter.centre.database.read() as connection:
        return next(iter(journal.of_ids(connection, [of])))


def post(visitor: Visitor, path: str, page: str, **changed: str) -> int:
    """Sends a page that was loaded before, with what was changed in it."""
    form = (
        visitor.hidden(page) | enters("guarant", EMPLOYER) | {f"a.{key}": raw for key, raw in changed.items()}
    )
    answer = visitor.http.post(path, data=form)
    visitor.page = answer.text
    return answer.status_code


def test_what_came_meanwhile_stays_where_nothing_was_changed(
    browser: Browser, enter: Enter, clerks: Clerks, signed: str
) -> None:
    appoint(enter.centre, clerks, "L001")
    browser.sign_in("L001")
    browser.open(path_of(signed, "forms/guarantee"))
    clerks.desk.record(clerks.labour, signed, {WAGE: "9999.00"})
    browser.answer({f"a.{PHONE}": "13800138077"})
    browser.click("#save")
    assert browser.path == path_of(signed)
    facts = clerks.facts(signed)
    assert (facts[WAGE], facts[PHONE]) == ("9999.00", "+8613800138077")


def test_what_was_not_shown_is_told_before_it_is_replaced(
    browser: Browser, enter: Enter, clerks: Clerks, signed: str
) -> None:
    appoint(enter.centre, clerks, "L001")
    browser.sign_in("L001")
    browser.open(path_of(signed, "forms/guarantee"))
    clerks.desk.record(clerks.labour, signed, {WAGE: "9999.00", "guarantee.job_title": "other"})
    browser.answer({f"a.{WAGE}": "3000", f"a.{PHONE}": "13800138077"})
    browser.click("#save")
    told = browser.find("#problem").text
    assert "Agreed wage a month" in told
    assert "Stands here now: 9,999.00 yuan (" in told
    assert browser.find(f"main [name='a.{WAGE}']").get_property("value") == "3000"
    assert clerks.facts(signed)[WAGE] == "9999.00"
    assert clerks.facts(signed)[PHONE] == EMPLOYER[PHONE]
    arrived = standing(clerks, signed, WAGE)
    browser.click("#save")
    assert browser.path == path_of(signed)
    facts = clerks.facts(signed)
    assert (facts[WAGE], facts[PHONE], facts["guarantee.job_title"]) == ("3000.00", "+8613800138077", "other")
    (mine,) = standing(clerks, signed, WAGE)
    assert entry(enter, mine).writes["wage"].replaces == arrived
    browser.complaints()  # of the answer 422


def test_each_arrival_is_told_once(enter: Enter, clerks: Clerks, signed: str) -> None:
    labour, path = enter("L001"), path_of(signed, "forms/guarantee")
    page = labour.get(path).text
    for wage in ("4000.00", "5000.00"):
        clerks.desk.record(clerks.labour, signed, {WAGE: wage})
        assert post(labour, path, page, **{WAGE: "3000"}) == 422
        page = labour.page
    assert post(labour, path, page, **{WAGE: "3000"}) == 303
    assert clerks.facts(signed)[WAGE] == "3000.00"


def test_another_mistake_tells_nothing_of_what_came(enter: Enter, clerks: Clerks, signed: str) -> None:
    """A page that comes back for another reason has not shown it."""
    labour, path = enter("L001"), path_of(signed, "forms/guarantee")
    page = labour.get(path).text
    clerks.desk.record(clerks.labour, signed, {WAGE: "9999.00"})
    assert post(labour, path, page, **{WAGE: "3000", PHONE: "1"}) == 422
    assert "Stands here now" not in labour.words
    assert post(labour, path, labour.page, **{WAGE: "3000"}) == 422
    assert "Stands here now: 9,999.00 yuan" in labour.words
    assert clerks.facts(signed)[WAGE] == "9999.00"


@pytest.mark.parametrize(
    "seen",
    ["", "{", "[" * 20_000, '{"guarantee.wage": {"entries": 5}}'],
    ids=("nothing", "torn", "deep", "of other types"),
)
def test_who_does_not_say_what_he_was_shown_was_shown_nothing(
    enter: Enter, clerks: Clerks, signed: str, seen: str
) -> None:
    labour, path = enter("L001"), path_of(signed, "forms/guarantee")
    labour.get(path)
    form = {"seen": seen} | enters("guarant", EMPLOYER) | {f"a.{WAGE}": "3000"}
    answer = labour.send(path, path, **form)
    assert answer.status_code == 422
    assert clerks.facts(signed)[WAGE] == EMPLOYER[WAGE]
    with enter.centre.database.read() as connection:
        guarantee = str(clerks.facts(signed)["case.guarantee"])
        assert len(SqlMemory(connection).state(guarantee).survivors("wage")) == 1
