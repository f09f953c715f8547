"""At work in the counter's window: what is done by a key, until it stands on the screen.

The bare thing is Qt alone in the same process: a line that takes a key, a page with as many labels and lines
as the case has, that is filled and shown.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QFormLayout, QLabel, QLineEdit, QStackedWidget, QWidget

from kiosk.actions.act import Operator
from kiosk.bootstrap import open_desk
from kiosk.definitions import read_staff
from kiosk.settings import fonts_folder, load_settings, sample_pack_folder
from kiosk.ui import theme
from kiosk.ui.counter.main_window import CounterWindow
from kiosk.ui.counter.workbench import Workbench
from tests.bench.figures import Run, Span, in_turns
from tests.bench.painting import USUAL, until_painted
from tests.bench.window import resident

BETWEEN_KEYS = 80  # ms; what comes faster is a passport reader


def measure(rounds: int) -> dict[str, object]:
    """Milliseconds of each round by what was done; and the memory at rest afterwards, in MB."""
    app = QApplication(sys.argv[:1])
    settings = load_settings()
    theme.load_fonts(fonts_folder())
    theme.dress(app, settings.language)
    desk = open_desk(settings)
    window = CounterWindow(desk, settings)
    window.show()
    window.activateWindow()
    clerk = next(one for one in read_staff(sample_pack_folder()) if "reception" in one.roles)
    window.enter(Operator(clerk.number, clerk.name, clerk.roles))
    bench = window.bench
    assert bench is not None
    until_painted(bench)
    found = {
        "case": _cases(bench, rounds),
        "key": _keys(bench, rounds),
        "find": _finding(bench, rounds),
    }
    return {
        "spans": {name: [[span.ms for span in one] for one in spans] for name, spans in found.items()},
        "resident": resident(),
    }


def _cases(bench: Workbench, rounds: int) -> list[list[Span]]:
    """Enter on a line of the list, until the case is painted; bare: a page as full, filled and shown."""

    def back() -> None:
        bench.home()
        QTest.qWait(BETWEEN_KEYS)

    def open_next(number: int) -> Run:
        back()
        bench.list.list.selectRow(number % len(bench.list.rows()))
        QApplication.processEvents()

        def press() -> None:
            QTest.keyClick(bench.list.list, Qt.Key.Key_Return)
            until_painted(bench.page)

        return press

    open_next(0)()  # the forms are made at the first case
    bare = BarePages(len(_visible(bench.page, QLabel)), len(_visible(bench.page, QLineEdit)))
    spans = in_turns(rounds, open_next, lambda number: lambda: bare.show_page(number))
    bare.close()
    back()
    return spans


def _visible(page: QWidget, kind: type[QWidget]) -> list[QWidget]:
    return [widget for widget in page.findChildren(kind) if widget.isVisible()]


class BarePages(QStackedWidget):
    """A window with an empty page, and one of labels and lines."""

    def __init__(self, labels: int, lines: int) -> None:
        super().__init__()
        self.resize(*USUAL)
        self.addWidget(QWidget())
        self.page = QWidget()
        form = QFormLayout(self.page)
        self.labels = [QLabel() for _ in range(labels)]
        self.lines = [QLineEdit() for _ in range(lines)]
        for label in self.labels[lines:]:
            form.addRow(label)
        for label, line in zip(self.labels, self.lines, strict=False):
            form.addRow(label, line)
        self.addWidget(self.page)
        self.setAttribute(Qt.WidgetAttribute.WA_ShowWithoutActivating)
        self.show()
        until_painted(self)

    def show_page(self, number: int) -> None:
        self.setCurrentIndex(0)
        for place, label in enumerate(self.labels):
            label.setText(f"{number} {place}")
        for place, line in enumerate(self.lines):
            line.setText(f"{number} {place}")
        self.setCurrentIndex(1)
        until_painted(self.page)


def _keys(bench: Workbench, rounds: int) -> list[list[Span]]:
    """A key in the name of a new case."""
    desk, operator = bench.seat.desk, bench.seat.operator
    case = desk.open_case(operator, "worker", "my").case
    desk.acknowledge_notice(operator, case)
    bench.open_case(case)
    field = bench.page.findChild(QLineEdit, "person.name.input")
    assert field is not None
    return _typed(field, field, (Qt.Key.Key_A,), rounds)


def _finding(bench: Workbench, rounds: int) -> list[list[Span]]:
    """Two letters in the box that finds, key by key, until the lines found are painted."""
    bench.home()
    bench.top.scan.setFocus()
    return _typed(bench.top.scan, bench.list.list.viewport(), (Qt.Key.Key_M, Qt.Key.Key_A), rounds)


def _typed(field: QLineEdit, painted: QWidget, keys: Sequence[Qt.Key], rounds: int) -> list[list[Span]]:
    bare = QLineEdit()
    bare.resize(field.size())
    bare.setAttribute(Qt.WidgetAttribute.WA_ShowWithoutActivating)
    bare.show()
    until_painted(bare)

    def key(number: int) -> Qt.Key:
        return keys[number % len(keys)]

    def press(number: int) -> Run:
        if number % len(keys) == 0:
            field.selectAll()
        QTest.qWait(BETWEEN_KEYS)

        def run() -> None:
            QTest.keyClick(field, key(number))
            until_painted(painted)

        return run

    def press_bare(number: int) -> Run:
        def run() -> None:
            QTest.keyClick(bare, key(number))
            until_painted(bare)

        return run

    spans = in_turns(rounds, press, press_bare)
    bare.close()
    return spans
