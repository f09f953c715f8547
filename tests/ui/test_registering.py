"""Registering a worker at the counter, key by key."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication

from kiosk.demo import people
from kiosk.settings import Settings
from kiosk.ui.fields.choice import ChoiceInput
from tests.office import Office, portrait
from tests.ui.clerk import CONTROL, ENTER, PASSPORT, SHIFT, Clerk, Sit

MOST_WITH_ZONE, MOST_WITHOUT = 12, 55  # key presses (screens.md)


@pytest.fixture
def inbox(settings: Settings) -> Path:
    """The folder in which a scanner or a camera leaves its files, with a face in it."""
    assert settings.inbox is not None
    (settings.inbox / "face.jpg").write_bytes(portrait())
    return settings.inbox


def attach_portrait(clerk: Clerk) -> None:
    """F6, and Enter once the newest picture of the folder stands in its frame."""
    clerk.press(Qt.Key.Key_F6)
    sheet = clerk.sheet()
    assert sheet is not None
    clerk.qtbot.waitUntil(lambda: sheet.accept.isEnabled() and sheet.accept.hasFocus(), timeout=30_000)
    clerk.press(ENTER)


def remember_last_port(office: Office) -> None:
    """This window registered somebody before: the port is its last."""
    office.desk.save_draft(office.reception, "last", {"case.entry_port": "ruili"})


def test_twelve_presses_register_a_worker_with_a_zone(clerk: Sit, office: Office, inbox: Path) -> None:
    remember_last_port(office)
    one = clerk()
    one.type("2")  # the person's language, Burmese
    one.press(Qt.Key.Key_F8)  # the notice on his screen; he acknowledges it there
    one.acknowledge()
    one.scan(*PASSPORT)
    one.press(ENTER)  # it matches the document
    one.type("1")  # entered yesterday
    one.press(ENTER)
    one.press(ENTER)  # may stay until: proposed
    one.press(ENTER)  # port: this window's last
    one.press(ENTER)  # purpose: the track's
    one.press(ENTER)  # no phone
    attach_portrait(one)  # F6, Enter
    case = one.page.case
    one.press(ENTER, CONTROL)  # originals seen, register
    assert one.presses == MOST_WITH_ZONE
    view = office.desk.case(office.reception, case, opened=False)
    assert view.stages[0].state == "done"
    assert view.language == "my"
    facts = view.facts
    assert (facts["person.name"], facts["person.document_number"]) == ("SAN MA MA", "L898902C3")
    assert (facts["case.entry_date"], facts["case.entry_port"]) == ("2026-03-01", "ruili")
    assert facts["case.portrait"]
    assert not one.bench.in_case  # home again


def test_a_border_pass_without_a_zone_is_typed_with_few_presses(
    clerk: Sit, office: Office, inbox: Path
) -> None:
    remember_last_port(office)
    one = clerk()
    one.type("2")
    one.press(Qt.Key.Key_F8)
    one.acknowledge()
    one.type("1")  # border pass
    one.press(ENTER)
    one.type("MM1234567")
    one.press(ENTER)
    one.press(ENTER)  # issued by: proposed for this kind of document
    one.type("20270228")
    one.press(ENTER)
    one.type("MA SAN")
    one.press(ENTER)
    one.type("2")
    one.press(ENTER)
    one.type("1994")
    one.press(ENTER)
    one.press(ENTER)  # nationality: proposed
    one.type("1")
    one.press(ENTER)
    for _ in range(4):  # stay, port, purpose; no phone
        one.press(ENTER)
    attach_portrait(one)
    case = one.page.case
    one.press(ENTER, CONTROL)
    assert office.state(case, "registration") == "done"
    assert one.presses <= MOST_WITHOUT


def test_the_longest_name_of_the_demo_keeps_within_the_presses(
    clerk: Sit, office: Office, inbox: Path
) -> None:
    """The short way: what chooses or is whole goes on by itself, Ctrl+Enter takes what is proposed."""
    remember_last_port(office)
    syllables = sorted((latin for latin, _, _ in people.SYLLABLES), key=len)
    name = " ".join([people.MALE[0], *syllables[-3:]])
    one = clerk()
    type_border_pass(one, name)
    one.type("1")  # entered yesterday; the rest is proposed, and there is no phone
    attach_portrait(one)
    case = one.page.case
    one.press(ENTER, CONTROL)
    assert office.state(case, "registration") == "done"
    assert one.presses <= MOST_WITHOUT
    facts = office.desk.case(office.reception, case, opened=False).facts
    assert facts["person.name"] == name
    assert (facts["case.stay_until"], facts["case.entry_port"]) == ("2026-03-30", "ruili")
    assert (facts["person.nationality"], facts["case.purpose"]) == ("MMR", "work")


def type_border_pass(one: Clerk, name: str, *, issuer: Qt.Key = ENTER, nationality: Qt.Key = ENTER) -> None:
    """From the person's language to the entry date; issuer and nationality are proposed."""
    one.type("2")
    one.press(Qt.Key.Key_F8)
    one.acknowledge()
    one.type("1")  # border pass
    one.type("TB1234567")
    one.press(ENTER)
    one.press(issuer)
    one.type("20270228")
    one.type(name)
    one.press(ENTER)
    one.type("1")
    one.type("19940517")
    one.press(nationality)


def test_what_is_missing_comes_before_what_is_proposed(clerk: Sit) -> None:
    one = clerk()
    one.type("2")
    one.type("1")
    one.press(ENTER, CONTROL)
    page = one.form("registration")
    assert set(page.answers()) == {"person.document_type"}  # no proposal was taken
    assert page.fields["person.name"].is_wrong
    assert not page.fields["person.nationality"].is_wrong  # proposed: nothing to complain of yet
    assert page.fields["person.document_number"].holds_focus()


def test_a_proposal_out_of_sight_is_shown_before_it_is_taken(clerk: Sit, office: Office, inbox: Path) -> None:
    one = clerk()
    type_border_pass(one, "MA SAN", nationality=Qt.Key.Key_Tab)  # not taken
    one.type("1")
    one.press(ENTER)
    page = one.form("registration")
    area = one.page.panel._scroll
    area.setFixedHeight(160)
    one.qtbot.waitUntil(lambda: area.viewport().height() <= 160)
    page.focus_field("person.phone")
    assert not page.fields["person.nationality"].in_sight
    one.press(ENTER, CONTROL)
    assert one.state("registration") == "draft"
    assert page.fields["person.nationality"].holds_focus()
    assert page.fields["person.nationality"].in_sight
    assert "Ctrl+Enter" in one.status
    case = one.page.case
    one.press(ENTER, CONTROL)
    assert page.fields["case.stay_until"].holds_focus()  # the next that was not to be seen
    one.press(ENTER, CONTROL)
    assert office.state(case, "registration") == "done"


def test_a_person_who_is_known_is_asked_about_before_registering(
    clerk: Sit, office: Office, inbox: Path
) -> None:
    """The issuer, taken with the other proposals, may be what was lacking to find him."""
    office.worker("handed_over", **{"person.document_number": "TB1234567"})
    one = clerk()
    type_border_pass(one, "MA SAN", issuer=Qt.Key.Key_Tab)  # not taken
    one.type("1")
    attach_portrait(one)
    assert not one.strip
    one.press(ENTER, CONTROL)
    assert "Known here" in one.strip
    assert one.state("registration") == "draft"


def test_nothing_is_proposed_for_the_entry_date(clerk: Sit) -> None:
    """Never prefilled: nobody confirms what he did not read in the passport."""
    one = clerk()
    one.type("1")
    one.scan(*PASSPORT)
    one.press(ENTER)
    one.press(ENTER)  # an empty Enter on the entry date
    assert "case.entry_date" not in one.page.panel.answers()


def test_f1_closes_the_list_that_would_cover_what_it_says(clerk: Sit) -> None:
    one = clerk()
    one.type("2")
    focus = QApplication.focusWidget()
    assert isinstance(focus, ChoiceInput)
    assert focus.is_open()
    one.press(Qt.Key.Key_F1)
    assert one.strip
    assert not focus.is_open()


def test_without_the_notice_nothing_is_registered_and_the_window_says_why(clerk: Sit) -> None:
    one = clerk()
    one.type("3")
    one.scan(*PASSPORT)
    one.press(ENTER)
    one.type("1")
    one.press(ENTER)
    for _ in range(4):
        one.press(ENTER)
    one.press(ENTER, CONTROL)
    assert one.state("registration") == "draft"
    assert "F8" in one.strip
    assert one.page.panel.answers()["person.name"] == "SAN MA MA"  # still there


def test_enter_never_submits(clerk: Sit) -> None:
    one = clerk()
    one.type("1")
    one.page.panel.page.focus_first()  # type: ignore[union-attr]
    for _ in range(40):
        if isinstance(QApplication.focusWidget(), type(one.page.side.main)):
            break
        one.press(ENTER)
    assert one.state("registration") == "draft"
    assert len(one.view.history) <= 1


def test_a_wrong_check_digit_is_told_and_fills_nothing(clerk: Sit) -> None:
    one = clerk()
    one.type("1")
    one.scan(PASSPORT[0], PASSPORT[1].replace("L898902C3", "L898902C4"))
    assert "check digit" in one.strip
    assert one.page.panel.answers() == {}


def test_what_was_typed_is_there_after_a_kill(clerk: Sit, office: Office) -> None:
    """Nothing is closed in an orderly way: the second window finds what the first one typed."""
    one = clerk()
    one.type("1")
    one.type("1")
    one.press(ENTER)
    one.type("MM99")
    one.qtbot.wait(400)  # a moment; no more than a second may be lost
    case = one.page.case
    other = Clerk(one.qtbot, office, one.bench.seat.settings, office.reception)
    other.open(case)
    page = other.form("registration")
    assert page.fields["person.document_number"].raw() == "MM99"
    assert page.fields["person.document_type"].value == "border_pass"
    other.window.close()


def test_shift_enter_walks_back(clerk: Sit) -> None:
    one = clerk()
    one.type("1")
    one.type("1")
    one.press(ENTER)
    one.press(ENTER, SHIFT)
    page = one.form()
    focus = QApplication.focusWidget()
    assert focus is not None
    assert page.fields["person.document_type"].isAncestorOf(focus)
