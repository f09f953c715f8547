"""The counter of the demo: who sits there, and the small steps of which every act is made, key by key."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QAbstractButton, QWidget

from kiosk.actions.act import Operator
from kiosk.actions.desk import Desk
from kiosk.definitions import Account
from kiosk.demo.hands import Hands
from kiosk.model.case import CaseView
from kiosk.model.entries import Json
from kiosk.model.fields import FIELD_TYPES
from kiosk.settings import Settings
from kiosk.ui.counter.main_window import CounterWindow
from kiosk.ui.counter.workbench import Workbench
from kiosk.ui.fields.compound import PairInput
from kiosk.ui.fields.toggles import SeveralInput, Toggles
from kiosk.ui.forms import FormPage
from kiosk.ui.person import PersonWindow

Key = Qt.Key
MOST_FIELDS = 20  # of the main path; more presses than that lead nowhere
CONTROL = Qt.KeyboardModifier.ControlModifier
STAGES = {"registration": Key.Key_1, "health": Key.Key_2, "guarantee": Key.Key_3, "permit": Key.Key_4}


@dataclass
class Counter:
    """A desk's window, at which one clerk after another signs in."""

    desk: Desk
    settings: Settings
    window: CounterWindow
    hands: Hands
    accounts: Mapping[str, Account]
    seen: set[str] = field(default_factory=set)
    operator: str = ""
    last_document: str = ""  # kind of document that was registered last
    case: str = ""  # the one that is worked on

    @property
    def bench(self) -> Workbench:
        """Of whoever has signed in."""
        assert self.window.bench is not None
        return self.window.bench

    @property
    def person(self) -> PersonWindow:
        assert self.window.person is not None
        return self.window.person

    @property
    def inbox(self) -> Path:
        """The folder of a scanner or a camera."""
        assert self.settings.inbox is not None
        return self.settings.inbox

    def sit(self, number: str) -> None:
        """Locks the window and signs somebody in."""
        if self.operator == number:
            return
        hands, window = self.hands, self.window
        hands.front(window)
        if self.operator:
            hands.press(Key.Key_F12)
        self._look("sign-in")
        line = hands.find(window, "staff.number")
        line.setFocus()
        hands.press(Key.Key_A, CONTROL)
        hands.type(number)
        hands.press(Key.Key_Return)
        hands.type(self.accounts[number].passphrase)
        hands.press(Key.Key_Return)
        hands.until(lambda: self._works(number), f"{number} could not sign in")
        self.operator = number
        self._look(f"list-{self.accounts[number].roles[0]}")

    def _works(self, number: str) -> bool:
        bench = self.window.bench
        return bench is not None and bench.isVisible() and bench.seat.operator.number == number

    # --- small steps ---------------------------------------------------------------------------

    def open(self, number: str, case: str) -> None:
        """Finds the case by its number, as from a slip."""
        self.sit(number)
        self.case = case
        bench = self.bench
        if bench.in_case and bench.page.case == case:
            return
        self.hands.press(Key.Key_F3)
        self.hands.scan(self._view(case).number)
        self.hands.until(lambda: bench.in_case and bench.page.case == case, "the case did not open")
        self._look(f"case-{self.accounts[number].roles[0]}")

    def _stage(self, stage: str) -> None:
        self.hands.press(STAGES[stage], CONTROL)

    def _fill(self, answers: Mapping[str, Json], *, decide: bool = False) -> None:
        """Types what the form on the page asks and is not answered by a proposal."""
        shown = self.bench.page
        page = shown.decide.page if decide else shown.panel.page
        assert page is not None
        self._type_form(page, answers)

    def _type_form(self, page: FormPage, answers: Mapping[str, Json]) -> None:
        for key, widget in page.fields.items():
            if answers.get(key) is None or not widget.isVisible():
                continue
            kind = FIELD_TYPES[widget.definition.type]
            raw, box = kind.raw(answers[key]), widget.input
            if widget.value == answers[key]:
                continue
            box.setFocus()
            self.hands.settle()
            if isinstance(box, SeveralInput):
                codes = list(self.desk.pack.codes[widget.definition.codes])
                for chosen in raw.split(","):
                    self.hands.type(str(codes.index(chosen) + 1))
            elif isinstance(box, Toggles):
                codes = list(self.desk.pack.codes.get(widget.definition.codes, {}))
                self.hands.type(str(codes.index(raw) + 1) if raw in codes else raw)
            elif isinstance(box, PairInput):
                first, _, second = raw.partition(box.separator)
                self.hands.type(first)
                self.hands.press(Key.Key_Return)
                self.hands.type(second)
            else:
                self.hands.press(Key.Key_A, CONTROL)
                self.hands.type(raw)
            self.hands.press(Key.Key_Return)

    def _act(self, action: str, *, form: Mapping[str, Json] | None = None, wait: bool = True) -> None:
        """Presses the action's button; fills and accepts the sheet that it opens."""
        self.hands.click(self.window, f"action.{action}")
        if not wait:
            return
        sheet = self._sheet_with_form()
        if sheet is not None:
            if form:
                self._type_form(sheet, form)
            self._look(f"sheet-{action}")
            self.hands.press(Key.Key_Return, CONTROL)
        elif self._sheets("sheet"):
            self.hands.press(Key.Key_Return, CONTROL)
        self.window.background.wait()
        self.hands.settle()

    def _sheet_with_form(self) -> FormPage | None:
        for sheet in self._sheets("sheet"):
            for page in sheet.findChildren(FormPage):
                if page.isVisible():
                    return page
        return None

    def _print(self, name: str, *, close: bool = True) -> None:
        """Ctrl+Enter prints; without a printer the slip is saved, and noted by a second Ctrl+Enter."""
        hands = self.hands
        hands.until(lambda: bool(self._sheets("preview")), f"no preview of {name}")
        hands.find(self.window, "sheet.accept")  # once it may be pressed, the slip is drawn
        self._look(f"preview-{name}")
        before = self._prints()
        for _ in range(2):
            hands.press(Key.Key_Return, CONTROL)
            self.window.background.wait()
            hands.wait(100)
            if self._prints() > before or not self._sheets("preview"):
                break
        if close:
            self._close_sheets()

    def _save(self, *kinds: str) -> None:
        """F9 shows the slips of the case; these are saved, not printed."""
        self.hands.press(Key.Key_F9)
        for kind in kinds:
            self.hands.click(self.window, f"preview.kind.{kind}")
            self.hands.click(self.window, "preview.save")  # once it may be pressed, the slip is drawn
            self._look(f"preview-{kind.replace('_', '-')}")
        self._close_sheets()

    def _prints(self) -> int:
        return len(self._view(self.case).prints)

    def _close_sheets(self) -> None:
        for _ in range(MOST_FIELDS):
            sheets = self._sheets("preview") + self._sheets("sheet")
            if not sheets:
                return
            sheets[0].setFocus()
            self.hands.press(Key.Key_Escape)
        raise self.hands.stuck("a sheet does not close")

    def _home(self) -> None:
        bench = self.bench
        self._close_sheets()
        self.hands.press(Key.Key_Escape)
        self.hands.until(lambda: not bench.in_case, "the case does not close")
        bench.list.list.setFocus()

    def _sheets(self, name: str) -> list[QWidget]:
        return [sheet for sheet in self.window.findChildren(QWidget, name) if sheet.isVisible()]

    @staticmethod
    def _buttons(window: QWidget, name: str) -> list[QAbstractButton]:
        return [b for b in window.findChildren(QAbstractButton, name) if b.isVisible() and b.isEnabled()]

    def _focus(self) -> str:
        widget = self.window.focusWidget()
        return widget.objectName() if widget is not None else ""

    def _look(self, name: str, window: QWidget | None = None) -> None:
        """A picture of each screen, once."""
        if name not in self.seen:
            self.seen.add(name)
            self.hands.picture(window or self.window, name)

    def who(self) -> Operator:
        return self.bench.seat.operator

    def _view(self, case: str) -> CaseView:
        return self.desk.case(Operator("demo", "", ("supervisor",)), case, opened=False)

    def _state(self, case: str, stage: str) -> str:
        return next(s.state for s in self._view(case).stages if s.key == stage)
