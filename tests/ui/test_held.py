"""What the centre holds back, on the clerk's sheet: why, and the way to the field to mend."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial

from PySide6.QtCore import QCoreApplication, QEvent, Qt
from PySide6.QtWidgets import QApplication, QLabel, QWidget

from central import admin
from kiosk.actions.act import Operator
from kiosk.model.entries import Json
from kiosk.store.held import SetAside
from kiosk.ui.counter.held import AT_ONCE
from kiosk.ui.exchange_status import ExchangeSheet
from kiosk.ui.parts import Button
from tests.actions.exchanged import unaware
from tests.running import meet
from tests.ui.joined import WAIT, Counter

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


def said_in(sheet: QWidget) -> str:
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
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    counter.window.words.use("zh")  # of which the closed sheets hear nothing
    assert counter.button.text().endswith("条被暂扣")


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
