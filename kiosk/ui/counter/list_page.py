"""The centre while no case is open: a list with its title, and what to do when it is empty."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QStackedWidget, QWidget

from kiosk.model.case import CaseRow
from kiosk.model.numbers import MISTYPED, is_mistyped
from kiosk.model.roles import is_only_doctor
from kiosk.model.text import Text, say
from kiosk.ui import icons, theme
from kiosk.ui.counter.bars import LISTS
from kiosk.ui.counter.seat import Seat
from kiosk.ui.counter.work_list import WorkList
from kiosk.ui.parts import column, label, prose, row

TITLES = dict(LISTS)


class ListPage(QWidget):
    """Shows one list of the rail, or what was found."""

    opened = Signal(str)  # a case
    new_wanted = Signal(str)  # a language, by its digit
    refreshed = Signal()

    def __init__(self, seat: Seat) -> None:
        super().__init__()
        self._seat, self._words = seat, seat.words
        self.which = "waiting"
        self.sought = ""
        self._title = label(seat.words, "", "title")
        self._count = label(seat.words, "", "second")
        self.list = WorkList(seat.words, seat.desk.today(), doctor=is_only_doctor(seat.operator.roles))
        self.list.opened.connect(self.opened)
        self.list.digit.connect(self._digit)
        self.list.hand.left.connect(self._show_whether_empty)
        self._empty = prose(seat.words, "", "lead")
        self._hint = prose(seat.words, "", "second")
        picture = label(seat.words)
        picture.setPixmap(icons.pixmap("person", theme.BORDER, 64, self.devicePixelRatioF()))
        nothing = QWidget()
        centred = [row(None, each, None) for each in (picture, self._empty, self._hint)]
        nothing.setLayout(column(None, *centred, None))
        self._body = QStackedWidget()
        self._body.addWidget(self.list)
        self._body.addWidget(nothing)
        head = row(self._title, self._count, None, margins=(16, 8, 16, 8), spacing=12)
        self.setLayout(column(head, self._body, spacing=0))
        self.setFocusPolicy(Qt.FocusPolicy.ClickFocus)

    def show_list(self, which: str) -> None:
        """One list of the rail, read anew."""
        self.which, self.sought = which, ""
        self.refresh()

    def look_for(self, text: str) -> None:
        """What is found as it is typed."""
        self.sought = text.strip()
        self.refresh()

    def refresh(self) -> None:
        """Reads the list, in its order."""
        self._read(self.list.show_rows)

    def look_again(self) -> None:
        """What others changed: what is being looked at does not move."""
        self._read(self.list.show_again)

    def _read(self, show: Callable[[Sequence[CaseRow], date], None]) -> None:
        desk, operator = self._seat.desk, self._seat.operator
        if self.sought:
            rows = desk.find(operator, self.sought)
            title = say("Found for “{text}”", text=self.sought)
        else:
            rows = desk.work_list(operator, self.which)
            title = TITLES[self.which]
        self._words.put(self._title.setText, title)
        self._words.put(self._count.setText, str(len(rows)) if rows else "")
        show(rows, desk.today())
        self._show_whether_empty()
        self.refreshed.emit()

    def _show_whether_empty(self) -> None:
        self._body.setCurrentIndex(0 if self.rows() else 1)
        if not self.rows():
            self._say_nothing()

    def _say_nothing(self) -> None:
        reception = "reception" in self._seat.operator.roles
        hint = Text("")
        if self.sought:
            text = say("Nobody found.")
            if is_mistyped(self.sought, self._seat.desk.terminal.office):
                hint = MISTYPED
            elif reception:
                hint = say("Enter registers this number.")
        elif self.which == "waiting":
            text = say("Nobody waiting. Scan a document.") if reception else say("Nobody waiting.")
            if reception:
                hint = say("Or press the digit of the person's language.")
        else:
            text = say("Nothing here.")
        self._words.put(self._empty.setText, text)
        self._words.put(self._hint.setText, hint)

    def rows(self) -> Sequence[CaseRow]:
        return self.list.cases.rows

    def walk(self, step: int) -> None:
        """Up and Down in the scan box walk through what was found."""
        self.list.hand.touch()  # at either end too, where nothing else is selected
        place = self.list.currentIndex().row() + step
        if 0 <= place < len(self.rows()):
            self.list.selectRow(place)

    def next_case(self, after: str = "") -> str:
        """The first case of the list that is not `after`."""
        return next((row.case for row in self.rows() if row.case != after), "")

    def take_focus(self) -> None:
        """The list has the focus; where it is empty, the page, so that digits still begin a case."""
        (self.list if self.rows() else self).setFocus(Qt.FocusReason.OtherFocusReason)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.text().isdecimal() and event.text().isascii():
            self._digit(int(event.text()))
        else:
            event.ignore()

    def _digit(self, digit: int) -> None:
        languages = self._seat.desk.pack.office.languages
        if "reception" in self._seat.operator.roles and 0 < digit <= len(languages):
            self.new_wanted.emit(languages[digit - 1])
