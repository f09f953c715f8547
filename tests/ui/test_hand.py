"""An open list while other desks work: a click meets whom it was aimed at."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QPushButton
from pytestqt.qtbot import QtBot

from kiosk.ui.counter import hand
from kiosk.ui.counter.work_list import WorkList
from tests.running import meet
from tests.ui.clerk import visible_text
from tests.ui.joined import WAIT, Counter


def point(work: WorkList, case: str) -> QPoint:
    """Where the middle of a case's row stands in the window."""
    place = work.cases.place(case)
    assert place is not None
    return work.viewport().mapTo(work.window(), work.visualRect(work.model().index(place, 1)).center())


def people(counter: Counter, qtbot: QtBot, count: int) -> tuple[WorkList, list[str]]:
    """An open list at the smallest size, whose people both desks know."""
    for _ in range(count):
        counter.here.register()
    qtbot.waitUntil(lambda: counter.bridge.exchanging.status().waiting == 0, timeout=WAIT)
    meet(counter.exchange)
    counter.window.resize(1366, 768)
    counter.bench.list.refresh()
    work = counter.bench.list.list
    qtbot.waitUntil(lambda: len(work.cases.rows) == count)
    return work, [row.case for row in work.cases.rows]


def sooner(counter: Counter, number: str = "MM9000001") -> str:
    """Another desk registers somebody whose stay ends before all others'."""
    changes = {"person.document_number": number, "case.stay_until": "2026-03-04"}
    case = counter.there.register(counter.there.person(**changes))
    meet(counter.exchange)
    return case


def move_to(counter: Counter, at: QPoint) -> None:
    """The mouse comes from the bar on top: a test before may have left it where it is to go."""
    for each in (QPoint(9, 9), at):
        QTest.mouseMove(counter.window.windowHandle(), each)


def standing(work: WorkList) -> list[str]:
    return [row.case for row in work.cases.rows]


@pytest.mark.parametrize("count", [3, 30])
def test_a_click_opens_whom_it_was_aimed_at(counter: Counter, qtbot: QtBot, count: int) -> None:
    work, cases = people(counter, qtbot, count)
    aimed, window = cases[2], counter.window.windowHandle()
    at = point(work, aimed)
    move_to(counter, at)
    new = sooner(counter)
    qtbot.waitUntil(lambda: new in standing(work), timeout=WAIT)
    assert point(work, aimed) == at
    assert standing(work) == [*cases, new]
    QTest.mouseDClick(window, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, at)
    assert counter.bench.page.case == aimed


def test_a_change_between_the_two_clicks_does_not_part_them(counter: Counter, qtbot: QtBot) -> None:
    work, cases = people(counter, qtbot, 3)
    at, window = point(work, cases[1]), counter.window.windowHandle()
    left, plain = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    QTest.mouseClick(window, left, plain, at)
    new = sooner(counter)
    qtbot.waitUntil(lambda: new in standing(work), timeout=WAIT)
    QTest.mouseDClick(window, left, plain, at)
    assert counter.bench.page.case == cases[1]


def test_who_is_gone_stands_there_until_the_hand_is_away(counter: Counter, qtbot: QtBot) -> None:
    work, cases = people(counter, qtbot, 3)
    at = point(work, cases[2])
    move_to(counter, at)
    there = counter.there
    there.desk.perform(there.reception, cases[0], "", "withdraw", reason="own_wish")
    meet(counter.exchange)
    qtbot.waitUntil(lambda: cases[0] in work.cases.gone, timeout=WAIT)
    assert point(work, cases[2]) == at
    move_to(counter, QPoint(5, 5))
    qtbot.waitUntil(lambda: standing(work) == cases[1:])
    assert not work.cases.gone


def test_who_is_new_stands_on_top_once_the_hand_is_away(counter: Counter, qtbot: QtBot) -> None:
    work, cases = people(counter, qtbot, 30)
    move_to(counter, point(work, cases[2]))
    new = sooner(counter)
    qtbot.waitUntil(lambda: new in standing(work), timeout=WAIT)
    move_to(counter, QPoint(5, 5))
    qtbot.waitUntil(lambda: standing(work) == [new, *cases])
    assert work.verticalScrollBar().value() == 0
    newer = sooner(counter, "MM9000002")  # nobody is at the list
    qtbot.waitUntil(lambda: newer in standing(work)[:2], timeout=WAIT)


@pytest.fixture
def _a_moment(monkeypatch: pytest.MonkeyPatch) -> None:
    """A hand is away after a moment; asked for before the window."""
    monkeypatch.setattr(hand, "REST", 1)


@pytest.mark.usefixtures("_a_moment")
def test_a_mouse_that_lies_still_is_no_hand(counter: Counter, qtbot: QtBot) -> None:
    work, cases = people(counter, qtbot, 3)
    with qtbot.waitSignal(work.hand.left):
        move_to(counter, point(work, cases[2]))
    new = sooner(counter)
    qtbot.waitUntil(lambda: standing(work) == [new, *cases], timeout=WAIT)


def test_further_down_the_first_in_sight_stays_the_first(counter: Counter, qtbot: QtBot) -> None:
    work, cases = people(counter, qtbot, 30)
    work.verticalScrollBar().setValue(work.verticalScrollBar().maximum())
    first = work.verticalScrollBar().value()
    at = point(work, cases[first])
    new = sooner(counter)
    qtbot.waitUntil(lambda: standing(work) == [new, *cases], timeout=WAIT)
    assert point(work, cases[first]) == at


def test_whom_keys_lead_to_stays_where_he_is(counter: Counter, qtbot: QtBot) -> None:
    work, _ = people(counter, qtbot, 4)
    scan = counter.bench.top.scan
    qtbot.keyClicks(scan, "ma ma")  # found as it is typed; Down walks through them
    qtbot.waitUntil(lambda: counter.bench.list.sought == "ma ma")
    qtbot.keyClick(scan, Qt.Key.Key_Down)
    chosen = work.chosen()
    assert chosen is not None
    at, found = point(work, chosen.case), standing(work)
    new = sooner(counter)
    qtbot.waitUntil(lambda: new in standing(work), timeout=WAIT)
    assert (point(work, chosen.case), standing(work)) == (at, [*found, new])
    assert work.chosen() == chosen


@pytest.mark.usefixtures("_a_moment")
def test_enter_opens_nobody_in_place_of_who_is_gone(counter: Counter, qtbot: QtBot) -> None:
    work, cases = people(counter, qtbot, 3)
    with qtbot.waitSignal(work.hand.left):
        work.selectRow(1)
    there = counter.there
    there.desk.perform(there.reception, cases[1], "", "withdraw", reason="own_wish")
    meet(counter.exchange)
    qtbot.waitUntil(lambda: cases[1] not in standing(work), timeout=WAIT)
    qtbot.keyClick(work, Qt.Key.Key_Return)
    assert not counter.bench.in_case
    qtbot.keyClick(work, Qt.Key.Key_Down)
    qtbot.keyClick(work, Qt.Key.Key_Return)
    assert counter.bench.page.case == cases[0]


def test_a_click_on_a_parked_case_opens_whom_it_was_aimed_at(counter: Counter, qtbot: QtBot) -> None:
    here, there = counter.here, counter.there
    case = here.desk.open_case(here.reception, "worker", "my").case
    here.desk.park(here.reception, case, True)
    qtbot.waitUntil(lambda: counter.bridge.exchanging.status().waiting == 0, timeout=WAIT)
    counter.bench.show_counts()
    rail, number = counter.bench.rail, here.view(case).number
    qtbot.wait(50)
    one = next(each for each in rail.findChildren(QPushButton) if number in each.text())
    at, window = one.mapTo(counter.window, one.rect().center()), counter.window.windowHandle()
    move_to(counter, at)
    other = there.worker("registered")
    there.desk.park(there.reception, other, True)
    meet(counter.exchange)
    parked = rail.findChild(QPushButton, "list.parked")
    assert parked is not None
    qtbot.waitUntil(lambda: visible_text(parked) == "2", timeout=WAIT)
    QTest.mouseClick(window, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, at)
    assert counter.bench.page.case == case
