"""The sheets of a supervisor: what was written apart stands side by side; a reason typed is not lost."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QAbstractButton, QApplication

from kiosk.ui.counter.settling import SettleSheet, WhySheet
from tests.elsewhere import arrives
from tests.office import Office
from tests.ui.clerk import CONTROL, ENTER, ESCAPE, Clerk, Sit, visible_text


def unlike(office: Office) -> str:
    """A case whose person has two names."""
    case = office.worker("registered", **{"person.name": "MA SAN"})
    person = str(office.facts(case)["case.person"])
    arrives(office.store, person, {"name": "MA SANDA"}, actor="R009", role="reception")
    return case


def shaken(office: Office) -> str:
    """A case whose permit rests on a guarantee that was withdrawn unseen."""
    case = office.worker("approved")
    guarantee = str(office.facts(case)["case.guarantee"])
    arrives(office.store, guarantee, {"status": "withdrawn"}, seen=True)
    return case


def settling(one: Clerk) -> SettleSheet:
    one.click("strip.button")
    return one.sheet_of(SettleSheet)


def words(sheet: SettleSheet) -> str:
    return visible_text(sheet.sides)


def test_each_side_says_who_when_where_and_what_was_not_known(clerk: Sit, office: Office) -> None:
    case = unlike(office)
    one = clerk(office.supervisor, case)
    sheet = settling(one)
    said = words(sheet)
    assert "R009 (Reception clerk)" in said
    assert "2 March 2026 10:30, at ZZZZ" in said
    assert f"at this terminal ({office.desk.terminal.code})" in said
    assert "Did not know that R001 wrote “MA SAN” for Name as in the document, 2 March 2026 09:00" in said
    assert "Did not know that R009 wrote “MA SANDA” for Name as in the document" in said
    one.press(Qt.Key.Key_F10)
    assert "当时不知道：R009把“姓名（证件上）”写为“MA SANDA”" in words(sheet)


def test_a_shaken_decision_stands_beside_what_it_rests_on_now(clerk: Sit, office: Office) -> None:
    case = shaken(office)
    one = clerk(office.supervisor, case)
    assert "what this rests on was changed unseen at another desk" in one.strip
    assert "Nothing to do here for you." not in one.said()
    one.press(Qt.Key.Key_F1)
    sheet = settling(one)
    said = words(sheet).splitlines()
    row = said.index("The guarantee")
    assert said[row + 1 : row + 3] == ["in force", "withdrawn"]
    assert said[row + 3 : row + 5] == ["L009 (Labour clerk)", "2 March 2026 10:30, at ZZZZ"]
    one.type("1")
    sheet.reason.setFocus()
    one.type("a new guarantee lies here")
    one.press(ENTER)
    one.press(ENTER, CONTROL)
    assert one.sheet() is None
    assert office.state(case, "permit") == "approved"
    assert "case.stage.permit" not in one.view.contested


def test_a_third_side_that_comes_meanwhile_is_shown_before_all_are_settled(
    clerk: Sit, office: Office
) -> None:
    case = unlike(office)
    one = clerk(office.supervisor, case)
    sheet = settling(one)
    one.type("1")
    sheet.reason.setFocus()
    one.type("passport seen")
    person = str(office.facts(case)["case.person"])
    arrives(office.store, person, {"name": "MA SANDI"}, id="ffffffff-far-third", act="far-third")
    one.press(ENTER, CONTROL)
    assert "has changed since this was opened" in sheet.message.text()
    assert "MA SANDI" in words(sheet)
    assert sheet.values.raw() == ""
    assert len(office.view(case).contested["person.name"]) == 3
    sheet.values.setFocus()
    one.type(next(text[0] for text in sheet.shown if "MA SANDI" in text))
    one.press(ENTER, CONTROL)
    assert one.sheet() is None
    assert office.facts(case)["person.name"] == "MA SANDI"


def test_a_reason_is_there_when_the_sheet_is_opened_again(clerk: Sit, office: Office) -> None:
    case = unlike(office)
    one = clerk(office.supervisor, case)
    settling(one).reason.setFocus()
    one.type("passport seen")
    one.press(ESCAPE)
    one.become(office.reception)
    one.become(office.supervisor)
    one.open(case)
    again = settling(one)
    assert again.reason.said() == "passport seen"
    one.type("1")
    one.press(ENTER, CONTROL)
    assert not one.view.contested
    assert office.desk.draft(office.supervisor, f"{case}/settle.person.name") == {}


def test_the_reason_of_a_late_correction_is_there_when_it_is_asked_again(clerk: Sit, office: Office) -> None:
    case = office.worker("approved")
    one = clerk(office.supervisor, case)
    one.page.choose("registration")

    def asked() -> WhySheet:
        one.press(Qt.Key.Key_S, CONTROL)
        return one.sheet_of(WhySheet)

    page = one.form()
    page.fields["person.phone"].put_raw("13900139000")
    page.typed.emit()
    asked().reason.setFocus()
    one.type("he has a new one")
    one.press(ESCAPE)
    assert asked().reason.said() == "he has a new one"
    one.press(ENTER, CONTROL)
    assert one.view.facts["person.phone"] == "+8613900139000"
    assert office.desk.draft(office.supervisor, f"{case}/correction") == {}


@pytest.mark.parametrize("make", [unlike, shaken])
def test_who_may_not_settle_is_told_who_does(
    clerk: Sit, office: Office, make: Callable[[Office], str]
) -> None:
    one = clerk(office.reception)
    one.open(make(office))
    assert "A supervisor settles it." in one.strip
    strip = one.page.strip
    assert not [button for button in strip.findChildren(QAbstractButton) if button.isVisible()]


def test_unlike_values_stand_side_by_side_until_a_supervisor_settles_them(clerk: Sit, office: Office) -> None:
    case = unlike(office)
    one = clerk(office.supervisor, case)
    one.page.choose("registration")
    QApplication.processEvents()
    said = one.said()
    assert "MA SAN / MA SANDA" in said or "MA SANDA / MA SAN" in said
    one.page.refresh()
    sheet = settling(one)
    place = [text.split("   ")[1] for text in sheet.shown].index("MA SANDA")
    one.type(str(place + 1))
    one.press(ENTER, CONTROL)
    assert one.sheet() is sheet  # a reason is asked for
    sheet.reason.setFocus()
    one.type("passport seen")
    one.press(ENTER)
    one.press(ENTER, CONTROL)
    assert one.view.facts["person.name"] == "MA SANDA"
    assert not one.view.contested


def test_a_shaken_permit_is_settled_by_its_states(clerk: Sit, office: Office) -> None:
    case = shaken(office)
    one = clerk(office.supervisor, case)
    one.page.choose("registration")
    one.page.choose("permit")
    sheet = settling(one)
    assert any("Waiting for the decision" in text for text in sheet.shown), sheet.shown
    buttons = sheet.values.findChildren(QAbstractButton)
    for label in ("待审批", "ဆုံးဖြတ်ချက်"):  # the same values, in the language that F10 changes to
        one.press(Qt.Key.Key_F10)
        assert any(label in button.text() for button in buttons), [button.text() for button in buttons]
    one.press(Qt.Key.Key_F10)
    assert any("Waiting for the decision" in button.text() for button in buttons)
    one.type(str(1 + next(n for n, text in enumerate(sheet.shown) if "Waiting" in text)))
    sheet.reason.setFocus()
    one.type("guarantee withdrawn")
    one.press(ENTER)
    one.press(ENTER, CONTROL)
    assert office.state(case, "permit") == "accepted"
