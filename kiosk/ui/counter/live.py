"""What other desks write appears here while work goes on, and nothing that is being typed moves."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer
from PySide6.QtWidgets import QApplication, QLineEdit, QWidget
from shiboken6 import isValid

from kiosk.errors import KioskError
from kiosk.ui.exchange_status import ExchangeBridge, ExchangeSheet

if TYPE_CHECKING:
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
        shown = {key for form in page.panel.pages for key in form.fields}
        stages = [{stage.key: stage for stage in view.stages} for view in (before, now)]
        same_stage = stages[0].get(page.stage.key) == stages[1].get(page.stage.key)
        same_form = all(before.facts.get(key) == now.facts.get(key) for key in shown)
        if same_stage and same_form and before.contested == now.contested:
            page.show_around(now)
        else:
            _with_cursor(page.refresh)

    def show_sheet(self) -> None:
        sheet = ExchangeSheet(self._bench, self._bench.seat, self._bridge.exchanging.status())
        sheet.wanted.connect(self._bench.open_case)
        sheet.open_sheet()


def _with_cursor(refresh: Callable[[], None]) -> None:
    """Reads again around a line that is being typed in."""
    line: QWidget | None = QApplication.focusWidget()
    at = line.cursorPosition() if isinstance(line, QLineEdit) else 0
    marked = (line.selectionStart(), line.selectionLength()) if isinstance(line, QLineEdit) else (-1, 0)
    refresh()
    if line is None or not isValid(line) or not line.isVisible():
        return
    line.setFocus()
    if isinstance(line, QLineEdit):
        line.setCursorPosition(min(at, len(line.text())))
        if marked[0] >= 0:
            line.setSelection(*marked)
