"""What other desks write appears here while work goes on, and nothing that is being typed moves."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QPoint, QTimer
from PySide6.QtWidgets import QAbstractButton, QApplication, QLineEdit, QWidget
from shiboken6 import isValid

from kiosk.errors import KioskError
from kiosk.ui.counter.acting import CHANGED
from kiosk.ui.exchange_status import ExchangeBridge, ExchangeSheet
from kiosk.ui.fields.choice import ChoiceInput
from kiosk.ui.fields.field import FieldWidget
from kiosk.ui.parts import Scroll, in_sight

if TYPE_CHECKING:
    from kiosk.ui.counter.case_show import CaseShow
    from kiosk.ui.counter.workbench import Workbench

SOON = 100  # ms: what arrives together is read once


class Live(QObject):
    """Reads again what stands on an operator's screen when others have changed something."""

    def __init__(self, bench: Workbench, bridge: ExchangeBridge) -> None:
        super().__init__(bench)
        self._bench, self._bridge = bench, bridge
        self._soon = QTimer(self)
        self._soon.setSingleShot(True)
        self._soon.setInterval(SOON)
        self._soon.timeout.connect(self.read)
        bridge.changed.connect(self._changed)

    def _changed(self, _subjects: object) -> None:
        if not self._soon.isActive():
            self._soon.start()

    def read(self) -> None:
        """The list or the open case, unless the operator is out."""
        bench = self._bench
        if not bench.stays():
            return
        try:
            if bench.in_case:
                self._read_case()
                bench.show_counts()
            else:
                bench.list.look_again()
        except KioskError as error:
            bench.status.show_message(error.text, "error")

    def _read_case(self) -> None:
        """The form is left alone unless what it shows was changed; then the cursor stays where it is."""
        page = self._bench.page
        before, now = page.view, page.look_again()
        if before is None or now is None:
            return
        own = {key for form in page.panel.pages for key in form.fields}
        shown = now.standing.keys() | before.standing.keys() if page.deciding else own
        stages = [{stage.key: stage for stage in view.stages} for view in (before, now)]
        same_stage = stages[0].get(page.stage.key) == stages[1].get(page.stage.key)
        same_form = all(before.standing.get(key) == now.standing.get(key) for key in shown)
        with _still(page):
            if same_stage and same_form and before.contested == now.contested:
                page.show_around(now)
            else:
                page.refresh()
                if page.deciding and page.strip.isHidden():  # what is new may stand further up
                    page.strip.tell(CHANGED, "warning")

    def show_sheet(self) -> None:
        sheet = ExchangeSheet(self._bench, self._bench.seat, self._bridge.exchanging.status())
        sheet.wanted.connect(self._bench.open_case)
        sheet.checked.connect(self._checked)
        sheet.open_sheet()

    def _checked(self, numbers: Sequence[str]) -> None:
        try:
            self._bridge.exchanging.checked(numbers)
        except KioskError as error:
            self._bench.status.show_message(error.text, "error")


@contextmanager
def _still(page: CaseShow) -> Iterator[None]:
    """While a case is read again: what has the focus keeps it, its cursor and its place on the screen."""
    line = QApplication.focusWidget()
    opened = isinstance(line, ChoiceInput) and line.is_open()
    with _places_kept(page), _focus_kept(page):
        yield
    if opened and isinstance(line, ChoiceInput) and line.hasFocus() and not line.is_open():
        line.open()


@contextmanager
def _places_kept(page: CaseShow) -> Iterator[None]:
    window, focus = page.window(), QApplication.focusWidget()
    areas = [area for area in page.findChildren(Scroll) if not area.is_on_its_way]
    held = [(area, part) for area in areas if (part := _to_hold(area, focus)) is not None]
    places = [(area, part, part.objectName(), part.mapTo(window, QPoint()).y()) for area, part in held]
    yield
    for area, before, name, y in places:
        part = _now(page, before, name)
        if part is not None:
            area.keep(part, y)


@contextmanager
def _focus_kept(page: CaseShow) -> Iterator[None]:
    line = QApplication.focusWidget()
    name = line.objectName() if line is not None else ""
    at = line.cursorPosition() if isinstance(line, QLineEdit) else 0
    marked = (line.selectionStart(), line.selectionLength()) if isinstance(line, QLineEdit) else (-1, 0)
    yield
    line = _now(page, line, name)
    if line is not None:
        line.setFocus()
    if not isinstance(line, QLineEdit):
        return
    if line.cursorPosition() != min(at, len(line.text())):  # only then: it ends what is being composed
        line.setCursorPosition(min(at, len(line.text())))
    if marked[0] >= 0 and (line.selectionStart(), line.selectionLength()) != marked:
        line.setSelection(*marked)


def _now(page: CaseShow, part: QWidget | None, name: str) -> QWidget | None:
    """The part, or what was put in its place, if it stands on the screen."""
    if part is None or (isValid(part) and part.isVisible()):
        return part
    same = page.findChildren(QWidget, name) if name else []
    return next((each for each in same if each.isVisible()), None)


def _to_hold(area: Scroll, focus: QWidget | None) -> QWidget | None:
    """What must not move in an area: what has the focus, or is under the mouse; else the first question."""
    parts = [focus] if focus is not None and area.isAncestorOf(focus) else []
    parts += [one for one in area.findChildren(QAbstractButton) if one.underMouse()]
    parts += [field.input for field in area.findChildren(FieldWidget)]
    return next((part for part in parts if in_sight(part)), None)
