"""The police decide: what they are shown, and what one press does and does not."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel

from tests.office import Office, portrait
from tests.ui.clerk import CONTROL, ENTER, Sit
from tests.ui.conftest import Dress


def test_deciding_shows_who_checked_what_and_the_bound_that_limits(clerk: Sit, office: Office) -> None:
    case = office.worker("accepted")
    one = clerk(office.police, case)
    words = one.said()
    bound = one.page.decide.findChild(QLabel, "decide.bound")
    assert bound is not None
    assert "at most" in bound.text()
    for label in ("Registration", "Health check", "Guarantee and work registration"):
        assert label in words


@pytest.mark.parametrize("language", ["zh", "my", "en"])
def test_exceptions_and_bound_stand_on_a_small_screen_when_a_decision_opens(
    clerk: Sit, office: Office, dress: Dress, language: str
) -> None:
    """1366x768, the counter's smallest; what does not fit is brought by the keys, and before Ctrl+Enter.

    The portrait stays in sight beside whatever is typed.
    """
    case = office.worker("work_registered")
    office.desk.attach_portrait(office.reception, case, portrait())  # corrected: an exception
    office.accept(case)
    dress(language)
    one = clerk(office.police)
    one.window.resize(1366, 768)
    one.bench.seat.words.use(language)
    one.open(case)
    one.qtbot.wait(50)  # until it is laid out
    decide = one.page.decide
    bound = decide.findChild(QLabel, "decide.bound")
    exception = decide._exceptions.itemAt(0).widget()
    assert bound is not None
    assert exception is not None
    for whole in (bound, exception):
        assert whole.visibleRegion().boundingRect() == whole.rect()
    page = decide.page
    assert page is not None
    for key in ("permit.kind", "permit.valid_from", "permit.valid_to", "permit.area"):
        assert page.fields[key].holds_focus()
        assert page.fields[key].in_sight
        one.press(ENTER)
        for whole in (bound, decide._portrait):
            assert whole.visibleRegion().boundingRect() == whole.rect()


def test_ctrl_enter_approves_what_is_proposed_and_opens_the_next(clerk: Sit, office: Office) -> None:
    first, second = office.worker("accepted"), office.worker("accepted")
    one = clerk(office.police)
    one.press(ENTER)
    opened = one.page.case
    page = one.page.decide.page
    assert page is not None
    page.focus_field("permit.biometrics")
    one.type("3")
    one.press(ENTER)
    one.press(ENTER, CONTROL)
    assert office.state(opened, "permit") == "approved"
    assert one.bench.in_case
    assert {opened, one.page.case} == {first, second}


def test_two_quick_presses_decide_one_application(clerk: Sit, office: Office) -> None:
    """What was answered for one person is not proposed for the next: a second press has to be thought of."""
    cases = [office.worker("accepted"), office.worker("accepted")]
    one = clerk(office.police)
    one.press(ENTER)
    first = one.page.case
    page = one.page.decide.page
    assert page is not None
    page.focus_field("permit.biometrics")
    one.type("1")
    one.press(ENTER, CONTROL)
    one.press(ENTER, CONTROL)
    assert [office.state(case, "permit") for case in (first, one.page.case)] == ["approved", "accepted"]
    assert {first, one.page.case} == {*cases}
    assert page.fields["permit.biometrics"].holds_focus()
    assert "permit.biometrics" not in page.offers()


def test_what_an_action_asks_is_never_proposed_from_another_case(office: Office) -> None:
    for track in office.pack.tracks.values():
        own = {form for stage in track.stages for form in stage.forms}
        asked = {action.form for stage in track.stages for action in stage.actions if action.form} - own
        assert asked
        for key in asked:
            assert [f.key for f in office.pack.forms[key].fields if f.propose == "last"] == []


def test_the_one_who_accepted_does_not_decide_and_f1_says_so(clerk: Sit, office: Office) -> None:
    case = office.worker("work_registered")
    office.accept(case, by=office.police)
    one = clerk(office.police, case)
    one.press(Qt.Key.Key_F1)
    assert "You accepted this application" in one.strip
    one.press(ENTER, CONTROL)
    assert office.state(case, "permit") == "accepted"


def test_a_refusal_names_ground_remedy_and_officer(clerk: Sit, office: Office) -> None:
    case = office.worker("accepted")
    one = clerk(office.police, case)
    one.click("action.refuse")
    one.press(ENTER, CONTROL)
    assert office.state(case, "permit") == "accepted"  # no refusal without a reason
    sheet = one.sheet()
    assert sheet is not None
    assert sheet.message.text() == "Choose a reason."
    one.type("3")
    assert not sheet.message.isVisible()
    words = "\n".join(label.text() for label in sheet.findChildren(QLabel))
    assert "article 31 (3)" in words
    assert office.police.name in words
    assert "reviewed" in words
    one.press(ENTER, CONTROL)
    assert office.state(case, "permit") == "refused"
    one.close_sheets()
    one.open(case)
    cell = one.page.head.cells[-1]
    assert cell.accessibleName() == "Temporary residence permit: Permit refused, P001"  # until no day
    assert one.page.head._tag.property("state") == "error"


def test_a_decision_is_taken_back_until_the_permit_is_handed_over(clerk: Sit, office: Office) -> None:
    case = office.worker("approved")
    one = clerk(office.police, case)
    one.page.choose("permit")
    one.click("action.take_back")
    assert one.sheet() is not None  # looked at twice
    one.press(ENTER, CONTROL)
    assert office.state(case, "permit") == "accepted"
