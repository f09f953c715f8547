"""The list of cases: what waits for my role, what runs out first on top."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from functools import lru_cache
from math import ceil
from typing import Any

import msgspec
from PySide6.QtCore import (
    QAbstractTableModel,
    QEvent,
    QModelIndex,
    QPersistentModelIndex,
    QRect,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import QColor, QHelpEvent, QKeyEvent, QPainter, QResizeEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
    QToolTip,
    QWidget,
)

from kiosk.model.case import CaseRow
from kiosk.model.text import Text, say
from kiosk.ui import icons, theme
from kiosk.ui.counter.hand import Hand, in_place
from kiosk.ui.fields.line import ENTER
from kiosk.ui.prose import end_of_line, fitting, natural_width
from kiosk.ui.translations import Translations

ROW = 40
LIGHT = 20  # px across
PALE = 0.4  # how much is seen of who is gone
ON_LINE = Qt.AlignmentFlag.AlignVCenter.value | Qt.TextFlag.TextSingleLine.value
URGENT = 3  # days left from which a row says so in words and colour

Index = QModelIndex | QPersistentModelIndex


class Column(msgspec.Struct, frozen=True):
    key: str
    title: Text
    width: int  # px, at least
    share: int = 0  # of the room that is left


COLUMNS = (
    Column("days", say("Days left"), 144),
    Column("name", say("Name"), 136, 1),
    Column("native", say("Own script"), 96, 1),
    Column("tail", say("Document"), 112),
    Column("lights", say("Stages"), 4 * 40 + 16),
    Column("step", say("Next step"), 0, 12),  # the stage and its state: the longest words
    Column("since", say("Since"), 80),
)
DOCTORS_COLUMNS = (Column("laboratory", say("Laboratory number"), 176), *COLUMNS[1:])


class CaseModel(QAbstractTableModel):
    """Rows of cases for the view; the delegate paints them from the `CaseRow` itself."""

    def __init__(self, words: Translations, columns: Sequence[Column], today: date) -> None:
        super().__init__()
        self._words = words
        self.columns = tuple(columns)
        self.rows: list[CaseRow] = []
        self.gone: frozenset[str] = frozenset()  # cases that stand here only until the hand is away
        self.today = today

    def show_rows(self, rows: Sequence[CaseRow], gone: frozenset[str] = frozenset()) -> None:
        """Rows that stay where they are stay the same to the view: a double click that was begun goes on."""
        old = len(self.rows)
        self.gone = gone
        if [row.case for row in rows[:old]] != [row.case for row in self.rows]:
            self.beginResetModel()
            self.rows = list(rows)
            self.endResetModel()
            return
        self.rows = list(rows[:old])
        if old:
            self.dataChanged.emit(self.index(0, 0), self.index(old - 1, len(self.columns) - 1))
        if len(rows) > old:
            self.beginInsertRows(QModelIndex(), old, len(rows) - 1)
            self.rows = list(rows)
            self.endInsertRows()

    def place(self, case: str) -> int | None:
        """The row of a case."""
        return next((place for place, row in enumerate(self.rows) if row.case == case), None)

    def retranslate(self, _language: str) -> None:
        self.beginResetModel()
        self.endResetModel()

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(self.rows)

    def columnCount(self, _parent: Index = QModelIndex()) -> int:  # noqa: B008
        return len(self.columns)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = 0) -> Any:
        if orientation is Qt.Orientation.Horizontal:
            if role == Qt.ItemDataRole.DisplayRole:
                return self._words(self.columns[section].title)
            if role == Qt.ItemDataRole.TextAlignmentRole:
                return int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        return None

    def data(self, index: Index, role: int = 0) -> Any:
        row, key = self.rows[index.row()], self.columns[index.column()].key
        if role == Qt.ItemDataRole.DisplayRole:
            return text_of(row, key, self._words, self.today)
        if role == Qt.ItemDataRole.UserRole:
            return row
        return None


def text_of(row: CaseRow, key: str, words: Translations, today: date) -> str:
    """What a column says of a case; the lights are drawn, their words are what it says."""
    if key == "since" and row.since is not None:
        return f"{row.since:%H:%M}" if row.since.date() == today else f"{row.since:%m-%d}"
    if key == "lights":
        return ", ".join(words(Text(light.label)) for light in row.lights)
    if key == "days":
        return " ".join(days_of(row, words, today))
    if key == "name":
        return row.name or words(say("Not yet known"))
    if key == "step":
        return words(row.next_step)
    if key == "tail":
        return f"…{row.document_tail}" if row.document_tail else ""
    if key == "native":  # cases without any name are told apart by their numbers
        return row.name_native or row.name_zh or ("" if row.name else short_number(row))
    return row.laboratory_number if key == "laboratory" else ""


def short_number(row: CaseRow) -> str:
    """The end of the case's number, without office and terminal: "C000123-X"."""
    return "-".join(row.number.split("-")[-2:])


@lru_cache(maxsize=1024)
def with_state(step: str, stage: str, language: str, width: int) -> str:
    """A next step in which the name of the stage is cut, where it must be: its state is what tells."""
    font, said = theme.font(language, theme.BODY), step
    room = len(stage)
    while natural_width(said, font) > width and room > 1:
        room = end_of_line(stage, room - 1)
        said = step.replace(stage, f"{stage[:room].rstrip()}…", 1)
    return said


def days_left(row: CaseRow, today: date) -> int | None:
    return None if row.runs_out is None else (row.runs_out - today).days


def days_of(row: CaseRow, words: Translations, today: date) -> tuple[str, str]:
    """How many days are left and of what; empty where nothing runs out."""
    left = days_left(row, today)
    if left is None:
        return "", ""
    said = say("{days} late", days=-left) if left < 0 else say("today") if left == 0 else None
    return words(said) if said is not None else str(left), words(row.reason) if row.reason is not None else ""


class CaseDelegate(QStyledItemDelegate):
    """Paints a row of 40 px: text, days left in words, and the lights as shapes."""

    def __init__(self, words: Translations, today: date, parent: QWidget) -> None:
        super().__init__(parent)
        self._words, self.today = words, today

    def sizeHint(self, _option: QStyleOptionViewItem, _index: Index) -> QSize:
        return QSize(80, ROW)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        model = index.model()
        assert isinstance(model, CaseModel)
        row, key = model.rows[index.row()], model.columns[index.column()].key
        rect: QRect = option.rect
        if option.state & QStyle.StateFlag.State_Selected:
            painter.fillRect(rect, QColor(theme.ACCENT_SOFT))
            if index.column() == 0:
                painter.fillRect(QRect(rect.left(), rect.top(), 4, rect.height()), QColor(theme.ACCENT))
        painter.setPen(QColor(theme.HAIRLINE))
        painter.drawLine(rect.bottomLeft(), rect.bottomRight())
        painter.setOpacity(PALE if row.case in model.gone else 1)
        inside = rect.adjusted(16 if index.column() == 0 else 8, 0, -8, 0)
        if key == "lights":
            self._lights(painter, row, inside)
        elif key == "days":
            self._days(painter, row, inside)
        else:
            text = text_of(row, key, self._words, self.today)
            if key == "step" and "stage" in row.next_step.slots:
                stage = self._words(Text("{stage}", row.next_step.slots))
                text = with_state(text, stage, self._words.language, inside.width())
            self._text(painter, key, text, inside, row.exception and key == "laboratory")
        painter.setOpacity(1)

    def _text(self, painter: QPainter, key: str, text: str, rect: QRect, strong: bool) -> None:
        language = "my" if key == "native" else self._words.language
        weight = theme.STRONG if strong or key == "name" else theme.REGULAR
        font = theme.font(language, theme.BODY, weight)
        painter.setFont(font)
        painter.setPen(QColor(theme.SECOND if key in ("native", "tail", "since") else theme.TEXT))
        if language == "my":
            rect = rect.translated(0, 3)  # its letters stand high in their line
        painter.drawText(rect, ON_LINE, fitting(text, font, rect.width()))

    def _days(self, painter: QPainter, row: CaseRow, rect: QRect) -> None:
        """The days, and of what: a stay, a decision, a document."""
        left = days_left(row, self.today)
        if left is None:
            return
        urgent, language = left <= URGENT, self._words.language
        if language == "my":
            rect = rect.translated(0, 3)
        days, what = days_of(row, self._words, self.today)
        font = theme.font(language, theme.BODY, theme.STRONG if urgent else theme.REGULAR)
        painter.setPen(QColor(theme.REFUSED if left < 0 else theme.RETURNED if urgent else theme.TEXT))
        painter.setFont(font)
        painter.drawText(rect, ON_LINE, days)
        rect, small = (
            rect.adjusted(ceil(natural_width(days, font)) + 8, 0, 0, 0),
            theme.font(language, theme.SMALL),
        )
        painter.setPen(QColor(theme.SECOND))
        painter.setFont(small)
        painter.drawText(rect, ON_LINE, fitting(what, small, rect.width()))

    def _lights(self, painter: QPainter, row: CaseRow, rect: QRect) -> None:
        ratio = painter.device().devicePixelRatio()
        for place, light in enumerate(row.lights):
            picture = icons.light(light.shape, LIGHT, light.count, ratio)
            painter.drawPixmap(rect.left() + place * 2 * LIGHT, rect.center().y() - LIGHT // 2, picture)

    def helpEvent(
        self, event: QHelpEvent, view: QAbstractItemView, option: QStyleOptionViewItem, index: Index
    ) -> bool:
        """The words of the lights, and what it is that runs out."""
        model = index.model()
        if event.type() != QEvent.Type.ToolTip or not isinstance(model, CaseModel):
            return False
        row, key = model.rows[index.row()], model.columns[index.column()].key
        if key == "days" and row.reason is not None and row.runs_out is not None:
            text = self._words(say("{what}: until {day}", what=row.reason, day=row.runs_out))
        else:
            text = text_of(row, key, self._words, self.today)
        if text == short_number(row):
            text = row.number
        if row.case in model.gone:
            text = self._words(say("Not in this list any more."))
        QToolTip.showText(event.globalPos(), text, view)
        return True


class WorkList(QTableView):
    """The table. Enter or a double click opens a case."""

    opened = Signal(str)  # the case
    digit = Signal(int)  # a digit typed on the list: a new case in that language

    def __init__(self, words: Translations, today: date, *, doctor: bool = False) -> None:
        super().__init__()
        self.setObjectName("worklist")
        self.cases = CaseModel(words, DOCTORS_COLUMNS if doctor else COLUMNS, today)
        self.setModel(self.cases)
        self.setItemDelegate(CaseDelegate(words, today, self))
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setShowGrid(False)
        self.setTabKeyNavigation(False)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.verticalHeader().hide()
        self.verticalHeader().setDefaultSectionSize(ROW)
        header = self.horizontalHeader()
        header.setFixedHeight(32)
        header.setHighlightSections(False)
        header.setSectionsClickable(False)
        header.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        header.setMinimumSectionSize(0)
        header.setTextElideMode(Qt.TextElideMode.ElideRight)
        self._showing = False  # else a row is selected by a hand
        self.hand = Hand(self)
        self.hand.left.connect(self._put_in_order)
        self._now: Sequence[CaseRow] = ()  # the cases in their order
        self.doubleClicked.connect(lambda index: self.opened.emit(self.cases.rows[index.row()].case))
        words.changed.connect(self.cases.retranslate)

    def show_rows(self, rows: Sequence[CaseRow], today: date) -> None:
        """Shows cases in their order; the one that was selected stays selected."""
        self._now = rows
        self._show(rows, today, else_first=True)

    def show_again(self, rows: Sequence[CaseRow], today: date) -> None:
        """What others changed. Nobody moves while a hand is at the list, nor what it was scrolled to.

        Where the one who was selected is gone, Enter opens nobody else, unless it was the first.
        """
        self._now = rows
        bar, chosen = self.verticalScrollBar(), self.currentIndex().row()
        top = bar.value()
        first = self.cases.rows[top].case if top else ""
        shown = in_place(self.cases.rows, rows) if self.hand.is_here else rows
        self._show(shown, today, else_first=chosen <= 0)
        self.executeDelayedItemsLayout()
        place = self.cases.place(first)
        bar.setValue(top if place is None else place)

    def _show(self, rows: Sequence[CaseRow], today: date, *, else_first: bool) -> None:
        """`else_first`: where the one who was selected is not there, the first is."""
        chosen = self.chosen()
        delegate = self.itemDelegate()
        assert isinstance(delegate, CaseDelegate)
        delegate.today = self.cases.today = today
        self.cases.show_rows(rows, frozenset(r.case for r in rows) - {r.case for r in self._now})
        place = self.cases.place(chosen.case) if chosen is not None else None
        self._showing = True
        if place is not None:
            self.selectRow(place)
        elif rows and else_first:
            self.selectRow(0)
        self._showing = False

    def currentChanged(self, current: Index, previous: Index) -> None:
        """Somebody goes through the list, from wherever."""
        super().currentChanged(current, previous)
        if current.isValid() and not self._showing:
            self.hand.touch()

    def _put_in_order(self) -> None:
        if list(self._now) != self.cases.rows:
            self.show_again(self._now, self.cases.today)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Shares out the room that the columns of a fixed width leave."""
        super().resizeEvent(event)
        columns, header = self.cases.columns, self.horizontalHeader()
        room = self.viewport().width() - sum(column.width for column in columns)
        shares = sum(column.share for column in columns)
        for place, column in enumerate(columns):
            header.resizeSection(place, column.width + max(0, room) * column.share // shares)

    def chosen(self) -> CaseRow | None:
        place = self.currentIndex().row()
        return self.cases.rows[place] if 0 <= place < len(self.cases.rows) else None

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in ENTER:
            chosen = self.chosen()
            if chosen is not None:
                self.opened.emit(chosen.case)
        elif event.text().isdecimal() and event.text().isascii():
            self.digit.emit(int(event.text()))
        elif event.key() in (Qt.Key.Key_Up, Qt.Key.Key_Down, Qt.Key.Key_PageUp, Qt.Key.Key_PageDown):
            super().keyPressEvent(event)
        else:
            event.ignore()
