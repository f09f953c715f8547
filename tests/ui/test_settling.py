"""The sheets of a supervisor: what was written apart stands side by side; a reason typed is not lost."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QAbstractButton, QLabel

from kiosk.model.entries import Entry, Write
from kiosk.store import journal, views
from kiosk.ui.counter.settling import SettleSheet, WhySheet
from tests.office import Office
from tests.ui.clerk import CONTROL, ENTER, ESCAPE, Clerk

Sit = Callable[..., Clerk]


def arrives(office: Office, subject: str, register: str, value: object) -> None:
    """What another terminal wrote over what was there, knowing nothing of what was decided here."""
    with office.store.write() as connection:
        memory = views.SqlMemory(connection)
        seen = tuple(memory.state(subject).survivors(register))
        entry = Entry(
            id=f"ffffffff-{register}", act=f"far-{register}", act_size=1, subject=subject, kind="recorded",
            version=1, writes={register: Write(value, seen)}, actor="L009", role="labour", office="RL01",
            terminal="ZZZZ", stream="office", sequence=0, time=1, wall="2026-03-02T10:30:00+08:00",
        )  # fmt: skip
        views.apply(memory, journal.append(connection, [entry]))


def unlike(office: Office) -> str:
    """A case whose person has two names."""
    case = office.worker("registered", **{"person.name": "MA SAN"})
    person = str(office.desk.case(office.reception, case, opened=False).facts["case.person"])
    with office.store.write() as connection:
        memory = views.SqlMemory(connection)
        entry = Entry(
            id="ffffffff-name", act="far-name", act_size=1, subject=person, kind="recorded", version=1,
            writes={"name": Write("MA SANDA")}, actor="R009", role="reception", office="RL01",
            terminal="ZZZZ", stream="office", sequence=0, time=1, wall="2026-03-02T10:30:00+08:00",
        )  # fmt: skip
        views.apply(memory, journal.append(connection, [entry]))
    return case


def shaken(office: Office) -> str:
    """A case whose permit rests on a guarantee that was withdrawn unseen."""
    case = office.worker("approved")
    guarantee = str(office.desk.case(office.reception, case, opened=False).facts["case.guarantee"])
    arrives(office, guarantee, "status", "withdrawn")
    return case


def settling(one: Clerk) -> SettleSheet:
    one.click("strip.button")
    sheet = one.sheet()
    assert isinstance(sheet, SettleSheet)
    return sheet


def words(sheet: SettleSheet) -> str:
    return "\n".join(label.text() for label in sheet.sides.findChildren(QLabel) if label.isVisible())


def test_each_side_says_who_when_where_and_what_was_not_known(clerk: Sit, office: Office) -> None:
    case = unlike(office)
    one = clerk(office.supervisor)
    one.open(case)
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
    one = clerk(office.supervisor)
    one.open(case)
    assert "what this rests on was changed unseen at another desk" in one.strip
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


def test_a_reason_is_there_when_the_sheet_is_opened_again(clerk: Sit, office: Office) -> None:
    case = unlike(office)
    one = clerk(office.supervisor)
    one.open(case)
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
    one = clerk(office.supervisor)
    one.open(case)
    one.page.choose("registration")

    def asked() -> WhySheet:
        one.press(Qt.Key.Key_S, CONTROL)
        sheet = one.sheet()
        assert isinstance(sheet, WhySheet)
        return sheet

    page = one.page.panel.page
    assert page is not None
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
