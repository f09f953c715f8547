"""The exchange at the counter: what it says, and that other desks' work appears without moving one's own."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import timedelta
from functools import partial
from pathlib import Path

import pytest
from msgspec.structs import replace
from PySide6.QtCore import QCoreApplication, QEvent, Qt
from PySide6.QtWidgets import QApplication, QLabel, QLineEdit, QScrollBar, QWidget
from pytestqt.qtbot import QtBot

from central import admin, packs
from kiosk.actions.act import Operator
from kiosk.actions.exchange import Exchange, Status
from kiosk.actions.exchanging import Exchanging
from kiosk.model.entries import Json
from kiosk.model.text import say
from kiosk.settings import Settings
from kiosk.store.held import SetAside
from kiosk.ui.counter import workbench
from kiosk.ui.counter.held import AT_ONCE
from kiosk.ui.counter.main_window import CounterWindow
from kiosk.ui.counter.workbench import Workbench
from kiosk.ui.exchange_status import ExchangeBridge, ExchangeButton, ExchangeSheet, in_full, in_short
from kiosk.ui.parts import Button
from tests.actions.exchanged import unaware
from tests.office import MONDAY, Office
from tests.packing import NEW_WORDS, QUESTION, changed_pack
from tests.running import Running, meet

WAIT = 30_000  # ms, on a slow machine
HELD = SetAside("office", 7, "guarantee:1", "", say("This desk may not write for {role}.", role="labour"))


@pytest.mark.parametrize(
    ("status", "short"),
    [
        (Status(True, 0, MONDAY), "Connected"),
        (Status(True, 3, MONDAY), "3 to send"),
        (Status(False, 0, None), "Not connected"),
        (Status(False, 3, None), "Not connected, 3 to send"),
        (Status(False, 3, None, (HELD,)), "1 held back"),
    ],
)
def test_a_few_words_say_how_things_stand(status: Status, short: str) -> None:
    assert str(in_short(status)) == short


def test_all_of_it_says_why_when_and_a_wrong_clock() -> None:
    said = str(in_full(Status(False, 3, MONDAY, (), say("It is so."), timedelta(minutes=-90))))
    for part in ("Not connected", "It is so.", "3 entries wait", "2 March 2026 09:00", "wrong by 90 minutes"):
        assert part in said
    assert "wrong" not in str(in_full(Status(True, 0, MONDAY, (), None, timedelta(seconds=3))))


def test_what_is_to_be_said_of_office_packs_is_said() -> None:
    assert "Pack 3 is too new." in str(in_full(Status(True, 0, MONDAY, packs=(say("Pack 3 is too new."),))))


# --- a window whose terminal has joined ----------------------------------------------------------


class Counter:
    """A desk with its window, and another desk of the same office."""

    def __init__(self, qtbot: QtBot, centre: Running, folder: Path, settings: Settings) -> None:
        self.qtbot, self.centre = qtbot, centre
        (folder / "here").mkdir()
        (folder / "there").mkdir()
        self.here, self.there = (Office(folder / name, clock=centre.clock) for name in ("here", "there"))
        self.exchange: Exchange = centre.joined(self.there)
        exchanging = Exchanging(centre.joined(self.here, "reception"))
        self.here.desk.on_commit.append(exchanging.wake)
        self.bridge = ExchangeBridge(exchanging)
        self.bridge.start()
        self.window = CounterWindow(self.here.desk, settings, "en", self.bridge)
        qtbot.addWidget(self.window)
        self.window.show()
        self.window.activateWindow()
        qtbot.waitUntil(self.window.isActiveWindow)
        self.window.enter(self.here.reception)
        qtbot.waitUntil(lambda: self.bridge.status.connected, timeout=WAIT)

    @property
    def bench(self) -> Workbench:
        assert self.window.bench is not None
        return self.window.bench

    @property
    def button(self) -> ExchangeButton:
        found = self.window.findChild(ExchangeButton, "exchange")
        assert found is not None
        return found

    def close(self) -> None:
        self.window.close()
        if self.window.person is not None:
            self.window.person.deleteLater()
        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
        self.exchange.client.close()
        self.here.close()
        self.there.close()


@pytest.fixture
def often(monkeypatch: pytest.MonkeyPatch) -> None:
    """A window looks after itself each tenth of a second; asked for before the window."""
    monkeypatch.setattr(workbench, "AGAIN", 100)


@pytest.fixture
def counter(qtbot: QtBot, tmp_path: Path, settings: Settings, dressed: QApplication) -> Iterator[Counter]:
    centre = Running(tmp_path / "centre")
    made = Counter(qtbot, centre, tmp_path, settings)
    yield made
    made.close()
    centre.end()


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


STRANGER = Operator("R009", "somebody", ("reception",))  # whom nobody has appointed


def strangers(counter: Counter) -> None:
    """The centre has long known who may write, and holds back what anybody else does."""
    desk = counter.here.desk
    for days in (0, 15):
        counter.centre.clock.forward(days=days)
        admin.appoint(counter.centre.centre, "R001", "李晓梅", ["reception"], "correct horse battery", "S001")
        counter.qtbot.waitUntil(desk.has_staff, timeout=WAIT)
        unaware(counter.here)
    counter.window.enter(counter.here.reception)


def by_a_stranger(counter: Counter, case: str, answers: Mapping[str, Json]) -> None:
    unaware(counter.here)
    counter.here.desk.record(STRANGER, case, answers)


def held(counter: Counter, about: Sequence[str]) -> dict[str, SetAside]:
    """What is held back, by what it is about, as soon as all of that is."""

    def found() -> dict[str, SetAside]:
        return {one.subject: one for one in counter.bridge.status.set_aside}

    counter.qtbot.waitUntil(lambda: set(about) <= found().keys(), timeout=WAIT)
    return found()


def sheet_of(counter: Counter) -> ExchangeSheet:
    counter.button.click()
    return next(one for one in counter.window.findChildren(ExchangeSheet) if one.isVisible())


def said_in(sheet: ExchangeSheet) -> str:
    return " ".join(one.text() for one in sheet.findChildren(QLabel))


def ways(sheet: ExchangeSheet) -> dict[str, Button]:
    """The buttons that lead somewhere."""
    found = (one for one in sheet.findChildren(Button) if one.objectName().startswith("held."))
    return {one.objectName(): one for one in found}


def test_each_that_is_held_back_leads_to_its_case_and_the_field_to_mend(counter: Counter) -> None:
    strangers(counter)
    here = counter.here
    cases = [here.register() for _ in range(3)]
    here.lodge(cases[1])
    by_a_stranger(counter, cases[0], {"person.phone": "+8613800138011"})
    by_a_stranger(counter, cases[1], {"lodging.leave_plan": "2026-03-29"})
    unaware(here)
    here.desk.perform(STRANGER, cases[2], "health", "order", answers={"case.health_reason": "first"})
    facts = [here.facts(case) for case in cases]
    about = [str(facts[0]["case.person"]), str(facts[1]["case.lodging"]), cases[2]]
    found = held(counter, about)
    stages, fields = ("registration", "registration", "health"), ("person.phone", "lodging.leave_plan", "")
    for subject, case, stage, field in zip(about, cases, stages, fields, strict=True):
        sheet = sheet_of(counter)
        one = found[subject]
        assert str(one.reason) in said_in(sheet)
        ways(sheet)[f"held.{one.sequence}"].click()
        assert not sheet.isVisible()
        page = counter.bench.page
        assert counter.bench.in_case
        assert (page.case, page.stage.key) == (case, stage)
        if field:
            assert page.page is not None
            assert page.page.fields[field].isAncestorOf(QApplication.focusWidget() or page)


def test_what_was_mended_is_said_no_longer(counter: Counter) -> None:
    strangers(counter)
    here = counter.here
    case = here.register()
    by_a_stranger(counter, case, {"person.phone": "+8613800138011"})
    counter.qtbot.waitUntil(lambda: counter.button.text() == "1 held back", timeout=WAIT)
    here.desk.record(here.reception, case, {"person.phone": "+8613800138012"})
    counter.qtbot.waitUntil(lambda: counter.button.text() == "Connected", timeout=WAIT)


def test_an_employer_of_no_single_case_says_where_he_is_corrected(counter: Counter) -> None:
    here, there = counter.here, counter.there
    case = here.register()
    counter.qtbot.waitUntil(lambda: counter.bridge.exchanging.status().waiting == 0, timeout=WAIT)
    meet(counter.exchange)
    there.sign(case)
    meet(counter.exchange)
    counter.qtbot.waitUntil(lambda: "guarantor.name" in here.facts(case), timeout=WAIT)
    here.desk.record(here.labour, case, {"guarantor.representative_phone": "+8613800138019"})
    held(counter, [str(here.facts(case)["guarantee.guarantor"])])
    sheet = sheet_of(counter)
    assert not ways(sheet)
    assert "瑞丽样本木业有限公司" in said_in(sheet)
    assert "Open one that names this employer" in said_in(sheet)
    sheet.accept.click()
    both = {"guarantee.wage": "3000.00", "guarantor.representative_phone": "+8613800138029"}
    here.desk.record(here.labour, case, both)  # in one act: it is this case's
    held(counter, [str(here.facts(case)["case.guarantee"])])
    found = {one.sequence: one.subject for one in counter.bridge.status.set_aside}
    here.desk.record(here.labour, case, {"guarantor.representative_phone": "+8613800138039"})
    counter.qtbot.waitUntil(lambda: len(counter.bridge.status.set_aside) > len(found), timeout=WAIT)
    assert len(ways(sheet_of(counter))) == len(found) + 1


def test_all_that_is_held_back_is_reached_however_much_it_is(counter: Counter) -> None:
    strangers(counter)
    case = counter.here.register()
    count = AT_ONCE + 2
    for number in range(count):
        by_a_stranger(counter, case, {"person.phone": f"+86138001390{number:02}"})
    counter.qtbot.waitUntil(lambda: len(counter.bridge.status.set_aside) == count, timeout=WAIT)
    sheet, reached = sheet_of(counter), set()
    way: QWidget = sheet.accept
    for _ in range(count):
        counter.qtbot.keyClick(way, Qt.Key.Key_Tab)
        if (QApplication.focusWidget() or sheet).objectName() == "held.more":
            counter.qtbot.keyClick(QApplication.focusWidget(), Qt.Key.Key_Return)
            counter.qtbot.waitUntil(lambda: sheet.findChild(Button, "held.more") is None)
        way = QApplication.focusWidget() or sheet
        counter.qtbot.waitUntil(partial(lambda one: not one.visibleRegion().isEmpty(), way))
        reached.add(way.objectName())
    assert reached == {f"held.{one.sequence}" for one in counter.bridge.status.set_aside}


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


def test_the_list_stays_where_it_is_when_other_desks_open_cases(counter: Counter, qtbot: QtBot) -> None:
    bar, there = scrolled(counter), counter.there
    case = there.desk.open_case(there.reception, "worker", "my").case
    meet(counter.exchange)
    bench = counter.bench
    qtbot.waitUntil(lambda: case in [row.case for row in bench.list.rows()], timeout=WAIT)
    assert bar.value() == 17


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
