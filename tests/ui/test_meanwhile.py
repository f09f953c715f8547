"""Another desk writes in the case that a clerk has open: he sees it, and replaces it only when he has."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QLineEdit
from pytestqt.qtbot import QtBot

from kiosk.settings import Settings
from kiosk.ui.counter.action_sheet import ActionSheet
from kiosk.ui.forms import SEEN
from kiosk.ui.parts import in_sight
from tests.elsewhere import arrives
from tests.office import Office
from tests.running import meet
from tests.ui.clerk import CONTROL, ENTER, Clerk, Sit, visible_text
from tests.ui.joined import WAIT, Counter

PHONE = "person.phone"
THEIRS = "Stands here now: +86 138 0013 8099 ("


def typing(one: Clerk, case: str, text: str = "13800139999") -> None:
    """A clerk has typed a phone, and not saved it."""
    one.open(case)
    one.page.choose("registration")
    one.form("registration").focus_field(PHONE)
    line = QApplication.focusWidget()
    assert isinstance(line, QLineEdit)
    line.clear()
    one.type(text)


def other_phone(office: Office, case: str) -> None:
    arrives(office.store, str(office.facts(case)["case.person"]), {"phone": "+8613800138099"}, seen=True)


def save(one: Clerk) -> None:
    one.press(Qt.Key.Key_S, CONTROL)


def replaced(office: Office) -> list[str]:
    """What the last entry about a phone replaces."""
    writes = [entry["writes"]["phone"] for entry in office.journal() if "phone" in entry.get("writes", {})]
    return writes[-1]["replaces"]


def test_what_another_desk_writes_is_seen_beside_what_is_typed(counter: Counter, qtbot: QtBot) -> None:
    here, there, bench = counter.here, counter.there, counter.bench
    case = here.register()
    qtbot.waitUntil(lambda: counter.bridge.exchanging.status().waiting == 0, timeout=WAIT)
    counter.exchange.begin()
    while counter.exchange.fetch().more:
        pass
    bench.open_case(case)
    bench.page.choose("registration")
    page = bench.page.page
    assert page is not None
    page.focus_field(PHONE)
    line = QApplication.focusWidget()
    assert isinstance(line, QLineEdit)
    line.clear()
    qtbot.keyClicks(line, "13800139999")
    there.desk.record(there.reception, case, {PHONE: "+8613800138099"})
    meet(counter.exchange)
    qtbot.waitUntil(lambda: THEIRS in visible_text(page), timeout=WAIT)
    assert page.fields[PHONE].value == "+8613800139999"
    (theirs,) = here.view(case).standing[PHONE].entries
    qtbot.keyClick(line, Qt.Key.Key_S, CONTROL)
    assert here.facts(case)[PHONE] == "+8613800138099"
    qtbot.keyClick(line, Qt.Key.Key_S, CONTROL)
    assert here.facts(case)[PHONE] == "+8613800139999"
    assert replaced(here) == [theirs]


def test_what_is_told_leaves_its_field_in_sight(clerk: Sit, office: Office, qtbot: QtBot) -> None:
    case, one = office.register(), clerk()
    one.window.resize(1366, 768)
    typing(one, case)
    field = one.form("registration").fields[PHONE]
    qtbot.waitUntil(lambda: in_sight(field))
    other_phone(office, case)
    save(one)
    assert THEIRS in one.strip
    qtbot.wait(100)  # while the notice finds its place above the form
    assert in_sight(field)


def test_what_came_is_told_once_by_name_and_value_and_nothing_typed_is_lost(
    clerk: Sit, office: Office
) -> None:
    case, one = office.register(), clerk()
    typing(one, case)
    other_phone(office, case)
    save(one)
    assert THEIRS in one.strip
    assert one.strip.startswith("Phone")
    assert "L009" in one.strip
    assert THEIRS in visible_text(one.form("registration"))
    assert one.form("registration").fields[PHONE].value == "+8613800139999"
    assert office.facts(case)[PHONE] == "+8613800138099"
    save(one)
    assert one.strip == ""
    assert office.facts(case)[PHONE] == "+8613800139999"
    assert replaced(office) == ["ffffffff-far-phone"]
    assert office.desk.draft(office.reception, f"{case}/registration") == {}


def test_what_nobody_else_changed_is_saved_at_once(clerk: Sit, office: Office) -> None:
    case, one = office.register(), clerk()
    before = office.view(case).standing[PHONE].entries
    typing(one, case)
    arrives(office.store, str(office.facts(case)["case.person"]), {"name_zh": "麻麻山"}, seen=True)
    one.page.refresh()
    save(one)
    assert (office.facts(case)[PHONE], office.facts(case)["person.name_zh"]) == ("+8613800139999", "麻麻山")
    assert tuple(replaced(office)) == before


def test_a_draft_knows_after_a_restart_what_had_been_seen(
    qtbot: QtBot, dressed: QApplication, tmp_path: Path, settings: Settings
) -> None:
    with Office(tmp_path / "desk") as office:
        case, quiet = office.register(), office.register()
        one = Clerk(qtbot, office, settings, office.reception)
        typing(one, quiet)
        typing(one, case)
        one.window.close()
        other_phone(office, case)
    with Office(tmp_path / "desk", key=office.key) as office:
        one = Clerk(qtbot, office, settings, office.reception)
        one.open(quiet)
        one.page.choose("registration")
        save(one)
        assert office.facts(quiet)[PHONE] == "+8613800139999"
        one.open(case)
        one.page.choose("registration")
        assert THEIRS in visible_text(one.form("registration"))
        save(one)
        assert THEIRS in one.strip
        assert office.facts(case)[PHONE] == "+8613800138099"
        save(one)
        assert office.facts(case)[PHONE] == "+8613800139999"
        one.window.close()


def test_a_draft_that_says_nothing_of_it_has_seen_nothing(clerk: Sit, office: Office) -> None:
    """As an earlier program kept it."""
    case = office.register()
    office.desk.save_draft(office.reception, f"{case}/registration", {PHONE: "13800139999"})
    one = clerk(case=case)
    one.page.choose("registration")
    save(one)
    assert "Stands here now: +86 138 0013 8000 (" in one.strip
    assert office.facts(case)[PHONE] == "+8613800138000"
    assert office.desk.draft(office.reception, f"{case}/registration")[PHONE] == "13800139999"
    save(one)
    assert office.facts(case)[PHONE] == "+8613800139999"


def test_what_was_told_stays_known_when_the_case_is_opened_again(clerk: Sit, office: Office) -> None:
    case, one = office.register(), clerk()
    typing(one, case)
    other_phone(office, case)
    save(one)
    one.page.flush()
    assert office.desk.draft(office.reception, f"{case}/registration")[SEEN + PHONE] == "ffffffff-far-phone"
    one.open(case)
    one.page.choose("registration")
    save(one)
    assert office.facts(case)[PHONE] == "+8613800139999"


def test_the_main_action_stops_as_well(clerk: Sit, office: Office) -> None:
    case = office.begin()
    office.desk.record(office.reception, case, office.person())
    one = clerk()
    typing(one, case)
    other_phone(office, case)
    one.press(ENTER, CONTROL)
    assert THEIRS in one.strip
    assert office.state(case, "registration") == "draft"
    one.press(ENTER, CONTROL)
    assert office.state(case, "registration") == "done"
    assert office.facts(case)[PHONE] == "+8613800139999"


def test_a_sheet_that_decides_says_that_the_case_has_changed(clerk: Sit, office: Office) -> None:
    case = office.worker("accepted")
    officer = clerk(office.police, case)
    officer.click("action.refuse")
    sheet = officer.sheet_of(ActionSheet)
    officer.type("1")
    arrives(office.store, str(office.facts(case)["case.person"]), {"name": "MA SANDA"}, seen=True)
    officer.press(ENTER, CONTROL)
    assert "Stands here now: MA SANDA (L009" in sheet.message.text()
    assert "has changed since you opened this page" in sheet.message.text()
    assert office.state(case, "permit") == "accepted"
    officer.press(ENTER, CONTROL)
    assert office.state(case, "permit") == "refused"


def test_what_an_officer_compares_is_what_stands_now(counter: Counter, qtbot: QtBot) -> None:
    here, there = counter.here, counter.there
    case = here.worker("accepted")
    qtbot.waitUntil(lambda: counter.bridge.exchanging.status().waiting == 0, timeout=WAIT)
    counter.exchange.begin()
    while counter.exchange.fetch().more:
        pass
    counter.window.enter(here.police)
    bench = counter.bench
    bench.open_case(case)
    bench.page.choose("permit")
    assert bench.page.deciding
    assert "MA MA SAN" in visible_text(bench.page.decide)
    there.desk.record(there.reception, case, {"person.document_expiry": "2027-01-31"})
    meet(counter.exchange)
    qtbot.waitUntil(lambda: "31 January 2027" in visible_text(bench.page.decide), timeout=WAIT)
