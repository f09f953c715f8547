"""Marking what is missing or wrong: one line for each field and paper, four marks, digits 1 to 4."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec
from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QPoint, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFont, QKeyEvent, QMouseEvent, QPainter
from PySide6.QtWidgets import (
    QListWidget,
    QListWidgetItem,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QWidget,
)

from kiosk.model.case import Mark
from kiosk.model.text import Text
from kiosk.ui import theme
from kiosk.ui.forms import MARK_WORDS
from kiosk.ui.prose import fitting
from kiosk.ui.translations import Translations

ROW, PILL = 36, 120
WHY = tuple(MARK_WORDS)
KEY, LABEL, CHOSEN, PAPER = (Qt.ItemDataRole.UserRole + n for n in range(4))


class Markable(msgspec.Struct, frozen=True):
    """A field or a paper that may be marked; `label` is a msgid."""

    key: str
    label: str
    paper: bool = False


class MarkList(QListWidget):
    """Up and Down walk; 1 to 4 mark, 0 or the same digit again takes the mark away."""

    changed = Signal()

    def __init__(self, words: Translations, things: Sequence[Markable], marks: Sequence[Mark] = ()) -> None:
        super().__init__()
        self._words = words
        self.setObjectName("marks")
        self.setItemDelegate(_Pills(words, self))
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        before = {mark.key: mark.why for mark in marks}
        for thing in things:
            item = QListWidgetItem()
            item.setData(KEY, thing.key)
            item.setData(LABEL, thing.label)
            item.setData(CHOSEN, before.get(thing.key, ""))
            item.setData(PAPER, thing.paper)
            self.addItem(item)
        self.setCurrentRow(0)
        words.changed.connect(self._retranslate)

    def _retranslate(self, _language: str) -> None:
        self.viewport().update()

    def marks(self) -> tuple[Mark, ...]:
        items = [self.item(place) for place in range(self.count())]
        return tuple(Mark(item.data(KEY), item.data(CHOSEN)) for item in items if item.data(CHOSEN))

    def mark(self, place: int, why: str) -> None:
        item = self.item(place)
        item.setData(CHOSEN, "" if item.data(CHOSEN) == why else why)
        self.changed.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        typed = event.text()
        if typed in ("1", "2", "3", "4"):
            self.mark(self.currentRow(), WHY[int(typed) - 1])
        elif typed == "0" or event.key() in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace):
            self.mark(self.currentRow(), "")
        elif event.key() in (Qt.Key.Key_Up, Qt.Key.Key_Down, Qt.Key.Key_PageUp, Qt.Key.Key_PageDown):
            super().keyPressEvent(event)
        else:
            event.ignore()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        super().mousePressEvent(event)
        item = self.itemAt(event.position().toPoint())
        if item is not None:
            for number, pill in enumerate(pills(self.visualItemRect(item))):
                if pill.contains(event.position()):
                    self.mark(self.row(item), WHY[number])

    def pill_at(self, key: str, why: str) -> QPoint:
        """Where the mark of a thing is on the viewport, for whoever clicks it."""
        place = next(i for i in range(self.count()) if self.item(i).data(KEY) == key)
        self.scrollToItem(self.item(place))
        return pills(self.visualItemRect(self.item(place)))[WHY.index(why)].center().toPoint()


def pills(rect: QRect) -> list[QRectF]:
    """The four marks of a row, at its right."""
    left = rect.right() - 4 * PILL - theme.GRID
    return [QRectF(left + n * PILL, rect.top() + 5, PILL - 6, ROW - 10) for n in range(4)]


class _Pills(QStyledItemDelegate):
    def __init__(self, words: Translations, parent: QWidget) -> None:
        super().__init__(parent)
        self._words = words

    def sizeHint(self, _option: QStyleOptionViewItem, _index: QModelIndex | QPersistentModelIndex) -> QSize:
        return QSize(400, ROW)

    def paint(
        self,
        painter: QPainter,
        option: QStyleOptionViewItem,
        index: QModelIndex | QPersistentModelIndex,
    ) -> None:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        rect: QRect = option.rect
        current = bool(option.state & QStyle.StateFlag.State_Selected)
        if current:
            painter.fillRect(rect, QColor(theme.HOVER))
            painter.fillRect(QRect(rect.left(), rect.top(), 4, rect.height()), QColor(theme.ACCENT))
        chosen = index.data(CHOSEN)
        language = self._words.language
        weight = theme.STRONG if chosen or index.data(PAPER) else theme.REGULAR
        inside = rect.adjusted(16, 0, -4 * PILL - 24, 0)
        self._text(painter, inside, Text(index.data(LABEL)), theme.font(language, theme.BODY, weight))
        for number, (why, pill) in enumerate(zip(WHY, pills(rect), strict=True), start=1):
            on = chosen == why
            painter.setPen(QColor(theme.RETURNED if on else theme.HAIRLINE))
            painter.setBrush(QColor(theme.RETURNED_SOFT if on else theme.SURFACE))
            if on or current:
                painter.drawRoundedRect(pill, 4, 4)
            painter.setPen(QColor(theme.RETURNED if on else theme.SECOND))
            font = theme.font(language, theme.SMALL, theme.STRONG if on else theme.REGULAR)
            painter.setFont(font)
            said = self._words(MARK_WORDS[why])
            if current and not on:
                said = f"{number} {said}"
            if on or current:
                painter.drawText(pill, Qt.AlignmentFlag.AlignCenter, said)

    def _text(self, painter: QPainter, rect: QRect, text: Text, font: QFont) -> None:
        painter.setFont(font)
        painter.setPen(QColor(theme.TEXT))
        said = fitting(self._words(text), font, rect.width())
        painter.drawText(rect, Qt.AlignmentFlag.AlignVCenter | Qt.TextFlag.TextSingleLine, said)
