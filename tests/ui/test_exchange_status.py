"""The exchange at the counter: what it says, and that other desks' work appears without moving one's own."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from msgspec.structs import replace
from PySide6.QtWidgets import QApplication, QLabel, QLineEdit, QScrollBar
from pytestqt.qtbot import QtBot

from central import admin, packs
from kiosk.actions.status import Status
from kiosk.model.text import say
from kiosk.store.held import SetAside
from kiosk.sync.refusals import REVOKED
from kiosk.ui.exchange_status import in_full, in_short
from tests.office import MONDAY
from tests.packing import NEW_WORDS, QUESTION, changed_pack
from tests.running import meet
from tests.ui.joined import WAIT, Counter

HELD = SetAside("office", 7, "guarantee:1", "", say("This desk may not write for {role}.", role="labour"))


@pytest.mark.parametrize(
    ("status", "short"),
    [
        (Status(True, 0, MONDAY), "Connected"),
        (Status(True, 3, MONDAY), "3 to send"),
        (Status(False, 0, None), "Not connected"),
        (Status(False, 3, None), "Not connected, 3 to send"),
        (Status(False, 3, None, (HELD,)), "1 held back"),
        (Status(False, 0, None, (HELD,), REVOKED), "Terminal revoked"),
    ],
)
def test_a_few_words_say_how_things_stand(status: Status, short: str) -> None:
    assert str(in_short(status)) == short


def test_all_of_it_says_why_when_and_a_wrong_clock() -> None:
    said = str(in_full(Status(False, 3, MONDAY, (), say("It is so."), timedelta(minutes=-90))))
    for part in ("Not connected", "It is so.", "3 entries wait", "2 March 2026 09:00", "wrong by 90 minutes"):
        assert part in said
    assert "wrong by 20600 days" in str(in_full(Status(True, 0, MONDAY, offset=timedelta(20_600, 9))))
    assert "wrong" not in str(in_full(Status(True, 0, MONDAY, (), None, timedelta(seconds=3))))


@pytest.mark.parametrize("waiting", [0, 3])
def test_of_a_revoked_terminal_it_is_not_said_that_all_is_well(waiting: int) -> None:
    said = str(in_full(Status(False, waiting, MONDAY, (HELD,), REVOKED)))
    assert "This terminal was revoked." in said
    assert "is sent" not in said
    assert "as usual" not in said


def test_where_something_is_held_back_it_is_not_said_that_all_is_sent() -> None:
    assert "is sent" in str(in_full(Status(True, 0, MONDAY)))
    assert "is sent" not in str(in_full(Status(True, 0, MONDAY, (HELD,))))


def test_what_is_to_be_said_of_office_packs_is_said() -> None:
    assert "Pack 3 is too new." in str(in_full(Status(True, 0, MONDAY, packs=(say("Pack 3 is too new."),))))


# --- a window whose terminal has joined ----------------------------------------------------------


def test_a_case_of_another_desk_appears_in_the_open_list(counter: Counter, qtbot: QtBot) -> None:
    qtbot.waitUntil(lambda: counter.button.text() == "Connected", timeout=WAIT)
    case = counter.there.register()
    meet(counter.exchange)
    bench = counter.bench
    qtbot.waitUntil(lambda: case in [row.case for row in bench.list.rows()], timeout=WAIT)


def test_what_is_typed_stays_while_another_desk_changes_the_open_case(counter: Counter, qtbot: QtBot) -> None:
    case = counter.here.register()
    qtbot.waitUntil(lambda: counter.bridge.exchanging.status().waiting == 0, timeout=WAIT)
    counter.exchange.begin()
    while counter.exchange.fetch().more:
        pass
    bench = counter.bench
    bench.open_case(case)
    bench.page.choose("registration")
    page = bench.page.page
    assert page is not None
    page.focus_field("person.phone")
    line = QApplication.focusWidget()
    assert isinstance(line, QLineEdit)
    qtbot.keyClicks(line, "1380013")
    line.setCursorPosition(3)
    counter.there.lodge(case)  # another stage: the form is left alone
    counter.there.order_health(case)
    counter.there.desk.record(counter.there.reception, case, {"person.name_zh": "麻麻山"})  # this form
    meet(counter.exchange)
    other = page.fields["person.name_zh"]
    qtbot.waitUntil(lambda: other.raw() == "麻麻山", timeout=WAIT)
    assert QApplication.focusWidget() is line
    assert (line.text(), line.cursorPosition()) == ("1380013", 3)
    assert bench.page.view is not None
    assert next(s.state for s in bench.page.view.stages if s.key == "health") == "ordered"


def scrolled(counter: Counter) -> QScrollBar:
    """The bar of a long list, in its middle."""
    here = counter.here
    for _ in range(40):
        here.desk.open_case(here.reception, "worker", "my")
    counter.bench.list.refresh()
    bar = counter.bench.list.list.verticalScrollBar()
    assert bar.maximum() > 20
    bar.setValue(17)
    return bar


def test_the_list_stays_where_it_is_when_it_is_read_again_by_itself(
    often: None, counter: Counter, qtbot: QtBot
) -> None:
    bar = scrolled(counter)
    qtbot.waitSignal(counter.bench.list.refreshed, timeout=WAIT).wait()
    assert bar.value() == 17


def appointed(counter: Counter, qtbot: QtBot) -> None:
    """The centre keeps the accounts, with leases of 14 days."""
    for number, name in (("R001", "李晓梅"), ("R002", "王小明")):
        admin.appoint(counter.centre.centre, number, name, ["reception"], "correct horse", "S001")
    qtbot.waitUntil(counter.here.desk.has_staff, timeout=WAIT)


def shown(counter: Counter) -> str:
    return " ".join(one.text() for one in counter.window.sign_in.findChildren(QLabel) if one.isVisible())


def test_an_operator_who_is_dismissed_is_signed_out_and_told_so(counter: Counter, qtbot: QtBot) -> None:
    appointed(counter, qtbot)
    admin.dismiss(counter.centre.centre, "R001", "S001")
    qtbot.waitUntil(lambda: not counter.bench.isVisible(), timeout=WAIT)
    assert "no account for you at this terminal any more" in shown(counter)
    counter.window.lock()  # nor is that all that is ever said there
    assert "no account" not in shown(counter)


def test_whose_lease_runs_out_is_signed_out_and_what_he_typed_is_kept(
    as_the_clock_goes: None, often: None, counter: Counter, qtbot: QtBot
) -> None:
    """Without a line, at a window where nothing is pressed any more."""
    case = counter.here.register()
    appointed(counter, qtbot)
    counter.centre.end()
    qtbot.waitUntil(lambda: not counter.bridge.status.connected, timeout=WAIT)
    bench = counter.bench
    bench.open_case(case)
    bench.page.choose("registration")
    assert bench.page.page is not None
    bench.page.page.focus_field("person.phone")
    line = QApplication.focusWidget()
    assert isinstance(line, QLineEdit)
    line.clear()
    qtbot.keyClicks(line, "1380013")
    qtbot.wait(500)  # nothing is left that others have changed: the window looks by itself
    counter.centre.clock.forward(days=15)
    qtbot.waitUntil(lambda: not bench.isVisible(), timeout=WAIT)
    assert "without the central system for too long" in shown(counter)
    with counter.here.store.read() as connection:
        drafts = connection.execute("SELECT body FROM draft WHERE operator = 'R001'").fetchall()
    assert any(b"1380013" in body for (body,) in drafts)
    counter.centre.begin()
    qtbot.waitUntil(lambda: counter.here.desk.why_out(counter.here.reception) is None, timeout=2 * WAIT)
    sign_in = counter.window.sign_in.credentials
    qtbot.keyClicks(sign_in.passphrase, "correct horse")
    sign_in.submit()
    qtbot.waitUntil(bench.isVisible, timeout=WAIT)
    assert counter.bench is bench
    assert bench.page.case == case
    assert line.text() == "1380013"


def test_a_line_that_is_down_is_said_and_work_goes_on(counter: Counter, qtbot: QtBot) -> None:
    counter.centre.end()
    counter.here.register()
    qtbot.waitUntil(lambda: counter.button.text().startswith("Not connected, "), timeout=WAIT)
    assert "cannot be reached" in counter.button.toolTip()
    counter.centre.begin()
    qtbot.waitUntil(lambda: counter.button.text() == "Connected", timeout=2 * WAIT)


def test_that_its_terminal_was_revoked_stays_in_the_bar_without_a_line(
    counter: Counter, qtbot: QtBot
) -> None:
    admin.revoke(counter.centre.centre, counter.here.desk.terminal.code, "S001")
    qtbot.waitUntil(lambda: counter.button.text() == "Terminal revoked", timeout=WAIT)
    counter.here.register()
    qtbot.waitUntil(lambda: bool(counter.bridge.status.set_aside), timeout=WAIT)
    counter.centre.end()
    counter.here.register()
    qtbot.waitUntil(lambda: counter.bridge.status.waiting > 0, timeout=WAIT)
    assert counter.button.text() == "Terminal revoked"
    assert "as usual" not in counter.button.toolTip()
    counter.centre.begin()


def test_a_new_office_pack_is_worked_by_after_the_next_sign_in(
    counter: Counter, qtbot: QtBot, tmp_path: Path
) -> None:
    desk = counter.here.desk
    for number, role in (("R001", "reception"), ("S001", "supervisor")):
        admin.appoint(counter.centre.centre, number, "王海宁", [role], "correct horse battery", "admin")
    qtbot.waitUntil(desk.has_staff, timeout=WAIT)
    case = counter.here.register()
    words = (("Sample Office of Tests", "测试中心", "စမ်းသပ်ရုံး"),)
    name = "Ruili border residents service centre (sample)"
    changes = [
        ("assets/office.yaml", f"name: {name}", "name: Sample Office of Tests"),
        ("forms/registration.yaml", "      - {key: person.phone,", QUESTION + "      - {key: person.phone,"),
    ]
    folder = changed_pack(tmp_path / "pack", 2, changes, (*words, *NEW_WORDS))
    packs.publish(counter.centre.centre, folder, MONDAY.date(), "admin")
    qtbot.waitUntil(lambda: "from the next sign-in" in counter.button.toolTip(), timeout=WAIT)
    before = counter.bench
    desk.sign_in("S001", "correct horse battery")
    counter.window.enter(counter.here.reception)
    assert counter.bench is not before
    assert counter.window.words.of("zh")(say("Sample Office of Tests")) == "测试中心"
    counter.bench.open_case(case)  # begun by the old pack, and goes on by it
    counter.bench.page.choose("registration")
    assert counter.bench.page.page is not None
    assert "person.shoe_size" not in counter.bench.page.page.fields
    counter.bench.open_case(desk.open_case(counter.here.reception, "worker", "my").case)
    assert "person.shoe_size" in counter.bench.page.page.fields
    qtbot.waitUntil(lambda: "office pack" not in counter.button.toolTip(), timeout=WAIT)


def test_a_case_whose_pack_is_missing_is_shown_and_only_looked_at(counter: Counter, qtbot: QtBot) -> None:
    here = counter.here
    case = here.worker("accepted")
    with here.store.write() as connection:
        connection.execute("DELETE FROM definition")
    here.desk.terminal.work_by(replace(here.desk.pack, sources={}))
    for operator in (here.reception, here.labour, here.police, here.doctor, here.supervisor):
        counter.window.enter(operator)
        bench = counter.bench
        bench.open_case(case)
        assert bench.page.view is not None
        assert bench.page.view.read_only
        said = [one.text() for one in counter.window.findChildren(QLabel) if one.isVisible()]
        assert "Can only be looked at" in said
        for stage in bench.page.view.stages:
            bench.page.choose(stage.key)
            assert all(one.action.closed for one in bench.page.side.buttons)
