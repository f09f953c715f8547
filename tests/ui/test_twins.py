"""The banner of a person registered twice, and the sheet with both records."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtWidgets import QLabel

from kiosk.model.persons import APART, LINKED
from kiosk.store import journal
from kiosk.store.receiving import receive
from kiosk.ui.counter.twins import TwinsSheet
from tests.office import PERSON, Office
from tests.ui.clerk import CONTROL, ENTER, ESCAPE, Clerk, Sit

BOTH = {"person.document_number": "MM7654321"}


@pytest.fixture
def cases(office: Office, tmp_path: Path) -> tuple[str, str]:
    """Of one document, the case of this desk and the one that came from another."""
    (tmp_path / "other").mkdir()
    other = Office(tmp_path / "other")
    theirs = other.register(PERSON | BOTH | {"person.name": "MA SAN", "person.phone": "+8613800138055"})
    mine = office.register(PERSON | BOTH)
    with other.store.read() as connection:
        rows = [row for _, row in journal.rows(connection)]
    other.close()
    with office.store.write() as connection:
        receive(connection, rows)
    return mine, theirs


def compare(one: Clerk) -> TwinsSheet:
    one.click("banner.button")
    return one.sheet_of(TwinsSheet)


def banner(one: Clerk) -> str:
    shown = one.page.banner
    return shown._text.text() if shown.isVisible() else ""


def words(sheet: TwinsSheet) -> list[str]:
    return [label.text() for label in sheet.compared.findChildren(QLabel) if label.isVisible()]


def test_a_supervisor_links_the_two_and_parts_them_again(
    clerk: Sit, office: Office, cases: tuple[str, str]
) -> None:
    one = clerk(office.supervisor)
    one.click("list.twice")
    assert {row.case for row in one.bench.list.list.cases.rows} == {*cases}
    one.open(cases[0])
    assert banner(one) == "This document is known of another person, too."
    sheet = compare(one)
    said = words(sheet)
    name = said.index("Name as in the document")
    assert said[name + 1 : name + 3] == ["MA MA SAN", "MA SAN"]
    assert not sheet.undo.isVisible()
    one.press(ENTER, CONTROL)
    assert sheet.message.text() == "Give a reason."
    one.type("the same face")
    one.press(ENTER)
    one.press(ENTER, CONTROL)
    assert one.sheet() is None
    assert banner(one) == "This person was registered twice; the records are linked."
    assert [twin.link for twin in one.view.twins] == [LINKED]
    again = compare(one)
    assert again.reason.said() == ""
    assert not again.accept.isVisible()
    one.press(ENTER, CONTROL)
    assert one.sheet() is again
    one.type("two sisters")
    one.click("twins.undo")
    assert [twin.link for twin in one.view.twins] == [APART]


def test_a_reason_that_was_typed_is_there_when_they_are_compared_again(
    clerk: Sit, office: Office, cases: tuple[str, str]
) -> None:
    one = clerk(office.supervisor, cases[0])
    compare(one)
    one.type("the same fa")
    one.press(ESCAPE)
    assert compare(one).reason.said() == "the same fa"


def test_the_reception_compares_and_opens_the_other_case(
    clerk: Sit, office: Office, cases: tuple[str, str]
) -> None:
    one = clerk(office.reception, cases[0])
    sheet = compare(one)
    assert not sheet.accept.isVisible()
    one.press(ENTER, CONTROL)
    assert one.view.twins[0].link == APART
    one.click("twins.open")
    assert one.sheet() is None
    assert one.page.case == cases[1]


def test_others_are_told_nothing_of_another_record(
    clerk: Sit, office: Office, cases: tuple[str, str]
) -> None:
    for operator in (office.labour, office.police, office.doctor):
        one = clerk(operator, cases[0])
        assert banner(one) == ""
