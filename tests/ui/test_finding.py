"""Who is known already is found: by the document, by its zone, by a number."""

from __future__ import annotations

from PySide6.QtCore import Qt

from tests.office import Office
from tests.ui.clerk import ENTER, PASSPORT, Sit


def test_the_same_document_finds_the_person(clerk: Sit, office: Office) -> None:
    known = office.worker("handed_over", **{"person.document_number": "MM7654321"})
    person = office.desk.case(office.reception, known, opened=False).facts["person.name"]
    one = clerk()
    one.type("2")
    assert one.form()
    one.type("1")
    one.press(ENTER)
    one.type("MM7654321")
    one.press(ENTER)
    one.press(ENTER)  # issuer, proposed: now the document is known
    assert str(person) in one.strip
    one.press(ENTER)  # the same person
    assert one.view.facts["person.name"] == person
    assert "case.entry_date" not in one.view.facts  # the case is new


def test_a_person_with_an_open_case_is_told_before_a_second_is_begun(clerk: Sit, office: Office) -> None:
    going = office.worker("registered", **{"person.document_number": "MM7654321"})
    one = clerk()
    one.type("2")
    one.type("1")
    one.press(ENTER)
    one.type("MM7654321")
    one.press(ENTER)
    one.press(ENTER)
    assert "still open" in one.strip
    one.press(ENTER)  # opens that case
    assert one.page.case == going


def test_a_zone_scanned_on_the_list_opens_the_case_of_that_document(clerk: Sit, office: Office) -> None:
    going = office.worker(
        "registered", **{"person.document_number": "L898902C3", "person.document_issuer": "UTO"}
    )
    one = clerk()
    one.scan(*PASSPORT)
    assert one.bench.in_case
    assert one.page.case == going


def test_an_unknown_zone_on_the_list_asks_for_the_language_first(clerk: Sit) -> None:
    one = clerk()
    one.scan(*PASSPORT)
    assert one.sheet() is not None
    one.type("2")
    assert one.view.language == "my"
    assert one.page.panel.answers()["person.document_number"] == "L898902C3"


def test_a_number_that_nobody_has_is_registered_by_enter(clerk: Sit) -> None:
    one = clerk()
    one.press(Qt.Key.Key_F3)
    one.type("MM5550001")
    one.press(ENTER)
    one.type("1")
    assert one.page.panel.answers()["person.document_number"] == "MM5550001"
