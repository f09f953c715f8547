"""A clerk at the counter: real keys and clicks into the real window, each press counted."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication, QLabel, QWidget
from pytestqt.qtbot import QtBot

from kiosk.actions.act import Operator
from kiosk.demo.hands import read_into
from kiosk.model.case import CaseView
from kiosk.settings import Settings
from kiosk.ui.counter.case_page import CasePage
from kiosk.ui.counter.main_window import CounterWindow
from kiosk.ui.counter.sheet import Sheet
from kiosk.ui.counter.workbench import Workbench
from kiosk.ui.forms import FormPage
from kiosk.ui.person import PersonWindow
from tests.office import Office

Opened = TypeVar("Opened", bound=Sheet)
ENTER, ESCAPE = Qt.Key.Key_Return, Qt.Key.Key_Escape
CONTROL, SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier
PLAIN = Qt.KeyboardModifier.NoModifier
WAIT = 30_000  # ms, for a slow machine

# Invented: a passport of Utopia that is valid for long.
PASSPORT = (
    "P<UTOSAN<<MA<MA<<<<<<<<<<<<<<<<<<<<<<<<<<<<<",
    "L898902C36UTO9405170F3501014<<<<<<<<<<<<<<<0",
)


def visible_text(widget: QWidget) -> str:
    """What all labels in it say, a line each."""
    return "\n".join(label.text() for label in widget.findChildren(QLabel) if label.isVisible())


class Clerk:
    """Somebody at work. `presses` counts the keys pressed, not those of a reader."""

    def __init__(self, qtbot: QtBot, office: Office, settings: Settings, operator: Operator) -> None:
        self.qtbot, self.office, self.operator = qtbot, office, operator
        self.presses = 0
        self.window = CounterWindow(office.desk, settings, "en")
        qtbot.addWidget(self.window)
        self.window.show()
        self.window.activateWindow()
        qtbot.waitUntil(self.window.isActiveWindow)
        self.window.enter(operator)
        QApplication.processEvents()

    # Where we are -------------------------------------------------------------------------------------

    @property
    def bench(self) -> Workbench:
        assert self.window.bench is not None
        return self.window.bench

    @property
    def page(self) -> CasePage:
        return self.bench.page

    @property
    def person(self) -> PersonWindow:
        assert self.window.person is not None
        return self.window.person

    @property
    def view(self) -> CaseView:
        """The case as the desk has it now."""
        return self.office.desk.case(self.operator, self.page.case, opened=False)

    def state(self, stage: str) -> str:
        return next(each.state for each in self.view.stages if each.key == stage)

    @property
    def status(self) -> str:
        label = self.bench.status.findChild(QLabel, "status")
        assert label is not None
        return label.text()

    @property
    def strip(self) -> str:
        """The sentence over the form, "" when there is none."""
        strip = self.page.strip
        return strip._text.text() if strip.isVisible() else ""

    def said(self) -> str:
        """Every word on the case page."""
        QApplication.processEvents()
        return visible_text(self.page)

    def form(self, key: str = "") -> FormPage:
        """On the case page; that which is shown when none is named."""
        page = self.page.panel.form(key) if key else self.page.panel.page
        assert page is not None
        return page

    def sheet(self) -> Sheet | None:
        """The sheet that is open on top."""
        found = [one for one in self.window.findChildren(Sheet) if one.isVisible()]
        return found[-1] if found else None

    def sheet_of(self, kind: type[Opened]) -> Opened:
        """The sheet on top, which is of that kind."""
        sheet = self.sheet()
        assert isinstance(sheet, kind)
        return sheet

    # Hands --------------------------------------------------------------------------------------------

    def _focus(self) -> QWidget:
        return QApplication.focusWidget() or self.window

    def press(self, key: Qt.Key, modifiers: Qt.KeyboardModifier = PLAIN) -> None:
        QTest.keyClick(self._focus(), key, modifiers)
        self.presses += 1
        QApplication.processEvents()

    def type(self, text: str) -> None:
        for character in text:
            QTest.keyClicks(self._focus(), character)
            self.presses += 1
        QApplication.processEvents()

    def scan(self, *lines: str) -> None:
        """A passport reader on the keyboard."""
        with self.qtbot.waitSignal(self.window.reader.scanned):
            read_into(self._focus, lines)
        QApplication.processEvents()

    def click(self, name: str, window: QWidget | None = None) -> None:
        """A mouse click on the visible button of that name."""
        found = [
            one for one in (window or self.window).findChildren(QAbstractButton, name) if one.isVisible()
        ]
        assert found, f"no {name} on the screen"
        QTest.mouseClick(found[-1], Qt.MouseButton.LeftButton)
        QApplication.processEvents()

    def become(self, operator: Operator) -> None:
        """Another operator signs in at this window."""
        self.operator = operator
        self.window.enter(operator)
        QApplication.processEvents()

    def open(self, case: str) -> None:
        self.bench.open_case(case)
        QApplication.processEvents()

    def correct(self, form: str, key: str, text: str) -> None:
        """Types over a recorded answer, and saves."""
        self.form(form).focus_field(key)
        self.type(text)
        self.press(ENTER)
        self.press(Qt.Key.Key_S, CONTROL)

    def order_health(self) -> None:
        """Orders the health check of the case that is open, for the first reason."""
        self.press(ENTER, CONTROL)
        assert self.sheet() is not None
        self.type("1")
        self.press(ENTER)
        self.press(ENTER, CONTROL)

    def acknowledge(self) -> None:
        """What the person does on his own screen: page by page, then "I understand"."""
        understood = self.person.findChild(QAbstractButton, "person.understood")
        assert understood is not None
        while not understood.isVisible():
            self.click("person.next", self.person)
        self.click("person.understood", self.person)
        self.qtbot.waitUntil(self.window.isActiveWindow)
        QApplication.processEvents()

    def close_sheets(self) -> None:
        self.settle()
        while self.sheet() is not None:
            self.press(ESCAPE)
            self.settle()

    def settle(self) -> None:
        """Until what runs in the background is done and shown."""
        self.window.background.wait()
        QApplication.processEvents()


Sit = Callable[..., Clerk]  # the fixture `clerk`
