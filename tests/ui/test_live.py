"""What other desks change stands on the screen, and what a hand is at does not move."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QInputMethodEvent
from PySide6.QtWidgets import QApplication, QLineEdit, QWidget
from pytestqt.qtbot import QtBot

from kiosk.ui.fields.choice import ChoiceInput
from kiosk.ui.parts import Tick
from tests.running import meet
from tests.ui.clerk import visible_text
from tests.ui.joined import WAIT, Counter

INCOMPLETE = "no complete phone number"


def place(part: QWidget) -> QPoint:
    return part.mapTo(part.window(), QPoint())


def in_full(part: QWidget) -> bool:
    return part.visibleRegion().boundingRect() == part.rect()


def typing_in(counter: Counter, qtbot: QtBot, key: str, text: str, case: str = "") -> tuple[str, QLineEdit]:
    """A case that both desks know is open at the smallest size; half an answer was typed into it."""
    case = case or counter.here.register()
    qtbot.waitUntil(lambda: counter.bridge.exchanging.status().waiting == 0, timeout=WAIT)
    meet(counter.exchange)
    counter.window.resize(1366, 768)
    counter.bench.open_case(case)
    counter.bench.page.choose("registration")
    page = counter.bench.page.page
    assert page is not None
    page.focus_field(key)
    line = QApplication.focusWidget()
    assert isinstance(line, QLineEdit)
    qtbot.waitUntil(lambda: in_full(line))
    qtbot.wait(50)  # the area scrolls a second time, once all is laid out
    qtbot.keyClicks(line, text)
    return case, line


def name_in_chinese(counter: Counter, case: str) -> None:
    counter.there.desk.record(counter.there.reception, case, {"person.name_zh": "麻麻山"})


def another_stage(counter: Counter, case: str) -> None:
    counter.there.lodge(case)
    counter.there.order_health(case)


@pytest.mark.parametrize("change", [name_in_chinese, another_stage])
def test_what_is_typed_keeps_its_place_and_is_not_complained_of(
    counter: Counter, qtbot: QtBot, change: Callable[[Counter, str], None]
) -> None:
    case, line = typing_in(counter, qtbot, "person.phone", "1380013")
    before, entries = place(line), len(counter.bench.page.view.history)
    change(counter, case)
    meet(counter.exchange)
    qtbot.waitUntil(lambda: len(counter.bench.page.view.history) > entries, timeout=WAIT)
    qtbot.wait(50)
    assert (place(line), in_full(line), line.text()) == (before, True, "1380013")
    assert INCOMPLETE not in visible_text(counter.window)
    qtbot.keyClicks(line, "80")
    assert (place(line), in_full(line), line.text()) == (before, True, "138001380")
    page = counter.bench.page.page
    assert page is not None
    page.focus_field("person.name")  # he has left it: now it is said
    assert INCOMPLETE in visible_text(counter.window)


def test_lines_that_come_and_go_above_move_nothing(counter: Counter, qtbot: QtBot) -> None:
    """Two desks that were apart wrote unlike names; a supervisor settles it at the other one."""
    here, there = counter.here, counter.there
    case = here.register()
    qtbot.waitUntil(lambda: counter.bridge.exchanging.status().waiting == 0, timeout=WAIT)
    meet(counter.exchange)
    counter.centre.end()
    qtbot.waitUntil(lambda: not counter.bridge.status.connected, timeout=WAIT)
    there.desk.record(there.reception, case, {"person.name": "MA SANDA"})
    here.desk.record(here.reception, case, {"person.name": "MA SANDI"})
    counter.window.resize(1366, 768)
    counter.bench.open_case(case)
    counter.bench.page.choose("registration")
    page = counter.bench.page.page
    assert page is not None
    page.focus_field("person.birth_date")
    line = QApplication.focusWidget()
    assert isinstance(line, QLineEdit)
    qtbot.wait(50)
    qtbot.keyClicks(line, "1994")
    before, name = place(line), page.fields["person.name"]
    counter.centre.begin()
    qtbot.waitUntil(lambda: not counter.bridge.exchanging.status().waiting, timeout=2 * WAIT)
    meet(counter.exchange)
    qtbot.waitUntil(lambda: "Two values stand" in visible_text(name), timeout=WAIT)
    assert place(line) == before
    qtbot.waitUntil(lambda: not counter.bridge.exchanging.status().waiting, timeout=WAIT)
    meet(counter.exchange)
    there.desk.settle(there.supervisor, case, "person.name", "MA SANDA", "As in the passport")
    meet(counter.exchange)
    qtbot.waitUntil(lambda: "Two values stand" not in visible_text(name), timeout=WAIT)
    qtbot.wait(50)
    assert (place(line), in_full(line), line.text()) == (before, True, "1994")


def test_who_decides_sees_a_correction_and_types_on_where_he_did(counter: Counter, qtbot: QtBot) -> None:
    """It stands among the exceptions, above what he is typing; that something came is said in any case."""
    here, there = counter.here, counter.there
    case = there.worker("accepted")
    meet(counter.exchange)
    mine = counter.here.desk.work_list
    qtbot.waitUntil(lambda: case in [row.case for row in mine(here.police)], timeout=WAIT)
    counter.window.resize(1366, 768)
    counter.window.enter(here.police)
    counter.bench.open_case(case)
    decide, page = counter.bench.page.decide, counter.bench.page.page
    assert page is not None
    page.focus_field("permit.valid_to")
    line = QApplication.focusWidget()
    assert isinstance(line, QLineEdit)
    qtbot.waitUntil(lambda: in_full(line))
    qtbot.wait(50)
    qtbot.keyClicks(line, "2026")
    before = place(line)
    there.desk.record(there.supervisor, case, {"person.name": "MA MA SANDA"}, reason="As in the passport")
    meet(counter.exchange)
    qtbot.waitUntil(lambda: "was corrected by" in visible_text(decide), timeout=WAIT)
    for said in ("MA MA SANDA", "This case has changed"):
        assert said in visible_text(decide)
    assert (place(line), in_full(line), line.text()) == (before, True, "2026")
    assert QApplication.focusWidget() is line


def test_what_an_input_method_composes_goes_on(counter: Counter, qtbot: QtBot) -> None:
    case, line = typing_in(counter, qtbot, "person.phone", "1")
    composed = QInputMethodEvent("ma", [QInputMethodEvent.Attribute(QInputMethodEvent.Cursor, 2, 1, None)])
    QApplication.sendEvent(line, composed)
    cursor = line.inputMethodQuery(Qt.InputMethodQuery.ImCursorRectangle)
    name_in_chinese(counter, case)
    meet(counter.exchange)
    page = counter.bench.page.page
    assert page is not None
    qtbot.waitUntil(lambda: page.fields["person.name_zh"].raw() == "麻麻山", timeout=WAIT)
    assert line.inputMethodQuery(Qt.InputMethodQuery.ImCursorRectangle) == cursor
    QApplication.sendEvent(line, QInputMethodEvent())
    assert line.inputMethodQuery(Qt.InputMethodQuery.ImCursorRectangle) != cursor


def test_an_open_list_of_choices_stays_open(counter: Counter, qtbot: QtBot) -> None:
    case, line = typing_in(counter, qtbot, "case.purpose", "")
    assert isinstance(line, ChoiceInput)
    qtbot.mouseClick(line, Qt.MouseButton.LeftButton)
    assert line.is_open()
    name_in_chinese(counter, case)
    meet(counter.exchange)
    page = counter.bench.page.page
    assert page is not None
    qtbot.waitUntil(lambda: page.fields["person.name_zh"].raw() == "麻麻山", timeout=WAIT)
    assert line.is_open()


def test_the_focus_stays_on_a_paper(counter: Counter, qtbot: QtBot) -> None:
    case, _ = typing_in(counter, qtbot, "person.phone", "")
    side = counter.bench.page.side
    name = "paper.registration.lodging_proof"
    tick = side.findChild(Tick, name)
    assert tick is not None
    tick.setFocus()
    before = place(tick)
    name_in_chinese(counter, case)  # the papers stay as they are
    meet(counter.exchange)
    qtbot.waitUntil(lambda: counter.bench.page.view.facts["person.name_zh"] == "麻麻山", timeout=WAIT)
    assert (QApplication.focusWidget(), place(tick)) == (tick, before)
    counter.there.desk.sight_paper(counter.there.reception, case, "registration", "lodging_proof")
    meet(counter.exchange)
    qtbot.waitUntil(lambda: QApplication.focusWidget() is not tick, timeout=WAIT)
    now = QApplication.focusWidget()
    assert isinstance(now, Tick)
    assert (now.objectName(), now.isChecked(), place(now)) == (name, True, before)
