"""One of a list: chosen by its number, or by typing a part of its label in any language of the office."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import msgspec
from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QPoint, QRect, QSize, Qt
from PySide6.QtGui import QColor, QFocusEvent, QHideEvent, QKeyEvent, QMouseEvent, QPainter
from PySide6.QtWidgets import (
    QListWidget,
    QListWidgetItem,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QWidget,
)

from kiosk.ui import theme
from kiosk.ui.fields.line import LineInput

ROW = 32
MARK = 40  # px for what stands before the label
MOST_ROWS = 9


class Option(msgspec.Struct, frozen=True):
    """`key` is the raw value, `label` what is shown now, `words` everything else it may be found by.

    `mark` stands before the label in the list: the number that chooses it, or a code people know.
    """

    key: str
    label: str
    words: tuple[str, ...] = ()
    mark: str = ""


class ChoiceInput(LineInput):
    """A line with a list under it. The list lies inside the window, so that it needs no popup of its own."""

    def __init__(self, density: theme.Density, parent: QWidget | None = None) -> None:
        super().__init__(density, "en", parent)
        self._make_options: Callable[[], Sequence[Option]] = tuple
        self._made: tuple[Option, ...] | None = None
        self._list: QListWidget | None = None

    def set_options(self, options: Callable[[], Sequence[Option]]) -> None:
        """Where the list comes from; it is made when it is first needed, for some are long."""
        self._make_options, self._made = options, None
        if self._raw:
            self.set_raw(self._raw)
        elif self.is_open():
            self._open(self._options)  # in another language now

    @property
    def _options(self) -> tuple[Option, ...]:
        if self._made is None:
            self._made = tuple(self._make_options())
        return self._made

    def set_raw(self, raw: str, shown: str = "") -> None:
        """An open list was about what stood here before: it closes."""
        self._close()
        if raw and not shown:
            shown = next((option.label for option in self._options if option.key == raw), raw)
        super().set_raw(raw, shown)

    def _paint_text(self) -> None:
        if self.text() != self._shown:
            self.setText(self._shown)
            self.setCursorPosition(0)

    def _edited(self, text: str) -> None:
        found = self.matching(text)
        self._raw = found[0].key if found and text.strip() else text
        self._shown = text
        self._open(found)
        self.changed.emit()

    def is_whole(self, text: str) -> bool:
        """A digit that means one option of a short list and can be the beginning of nothing else."""
        digit = len(text) == 1 and text.isdecimal()
        return digit and len(self._options) <= MOST_ROWS and len(self.matching(text)) == 1

    def restore(self, text: str) -> None:
        super().restore(text)
        self._close()

    def matching(self, typed: str) -> list[Option]:
        """The options that fit what was typed: an exact number or key first, then beginnings, then parts."""
        wanted = typed.strip().casefold()
        if not wanted:
            return list(self._options)
        ranked = []
        for number, option in enumerate(self._options, start=1):
            words = [word.casefold() for word in (option.label, *option.words)]
            if wanted in (str(number), option.key.casefold()):
                rank = 0
            elif option.key.casefold().startswith(wanted) or any(w.startswith(wanted) for w in words):
                rank = 1
            elif any(wanted in word for word in words):
                rank = 2
            else:
                continue
            ranked.append((rank, number, option))
        return [option for _, _, option in sorted(ranked, key=lambda row: row[:2])]

    # The list ---------------------------------------------------------------------------------------

    def open(self) -> None:
        """Shows all there is to choose from."""
        self._open(self._options)

    def _open(self, options: Sequence[Option]) -> None:
        if not options or self.isReadOnly():
            self._close()
            return
        if self._list is None:
            self._list = self._make_list()
        self._list.clear()
        self._list.setFont(self.font())
        for option in options:
            item = QListWidgetItem(option.label)
            item.setData(Qt.ItemDataRole.UserRole, option.key)
            item.setData(Qt.ItemDataRole.UserRole + 1, option.mark)
            self._list.addItem(item)
        current = next((i for i, option in enumerate(options) if option.key == self._raw), -1)
        self._list.setCurrentRow(current)
        self._place(len(options))

    def _make_list(self) -> QListWidget:
        made = QListWidget(self.window())
        made.setProperty("role", "choices")
        made.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        made.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        made.setItemDelegate(_Numbered(made))
        made.itemClicked.connect(self._clicked)
        return made

    def _place(self, rows: int) -> None:
        """Under the line, or over it where there is no room."""
        assert self._list is not None
        window = self.window()
        height = min(rows, MOST_ROWS) * ROW + theme.GRID
        width = max(self.width(), self._list.sizeHintForColumn(0) + 4 * theme.GRID)
        below = self.mapTo(window, QPoint(0, self.height() + 2))
        x = max(theme.GRID, min(below.x(), window.width() - width - theme.GRID))
        y = below.y()
        if y + height > window.height() - theme.GRID:
            y = max(theme.GRID, self.mapTo(window, QPoint(0, 0)).y() - height - 2)
        self._list.setGeometry(QRect(x, y, width, height))
        self._list.raise_()
        self._list.show()

    def _close(self) -> None:
        if self._list is not None:
            self._list.hide()

    def is_open(self) -> bool:
        return self._list is not None and self._list.isVisible()

    def _take(self, key: str) -> None:
        self._close()
        if key != self._raw or self._shown != self.text():
            self.set_raw(key)
            self.changed.emit()
        self.set_raw(key)

    def _clicked(self, item: QListWidgetItem) -> None:
        self._take(str(item.data(Qt.ItemDataRole.UserRole)))
        self.moved.emit(1)

    # Keys -------------------------------------------------------------------------------------------

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        if not self._raw and not self.placeholderText() and not self.isReadOnly():
            self.open()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        self._settle()
        self._close()
        super().focusOutEvent(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        super().mousePressEvent(event)
        if not self.is_open():
            self.open()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = event.key()
        if key in (Qt.Key.Key_Down, Qt.Key.Key_Up) and not self.isReadOnly():
            self._walk(1 if key == Qt.Key.Key_Down else -1)
        elif key == Qt.Key.Key_Escape and self.is_open():
            self._close()
        elif key == Qt.Key.Key_F1:  # what it says moves the form: the list would stand elsewhere
            self._close()
            super().keyPressEvent(event)
        else:
            if key in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Tab):
                self._settle()
            super().keyPressEvent(event)

    def _walk(self, step: int) -> None:
        if not self.is_open():
            self.open()
            return
        assert self._list is not None
        row = (self._list.currentRow() + step) % self._list.count()
        self._list.setCurrentRow(row)
        item = self._list.item(row)
        self._raw = str(item.data(Qt.ItemDataRole.UserRole))
        self._shown = item.text()
        self._paint_text()
        self.changed.emit()

    def _settle(self) -> None:
        """Shows the label of what was chosen by a number or a part of it."""
        if any(option.key == self._raw for option in self._options):
            self.set_raw(self._raw)
        self._close()

    def hideEvent(self, event: QHideEvent) -> None:
        self._close()
        super().hideEvent(event)


class _Numbered(QStyledItemDelegate):
    """A row of the list: its number in a quiet colour, then its label."""

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> QSize:
        words = option.fontMetrics.horizontalAdvance(str(index.data()))
        return QSize(words + MARK + 2 * theme.GRID, ROW)

    def paint(
        self,
        painter: QPainter,
        option: QStyleOptionViewItem,
        index: QModelIndex | QPersistentModelIndex,
    ) -> None:
        rect: QRect = option.rect
        if option.state & QStyle.StateFlag.State_Selected:
            painter.fillRect(rect, QColor(theme.ACCENT_SOFT))
        elif option.state & QStyle.StateFlag.State_MouseOver:
            painter.fillRect(rect, QColor(theme.HOVER))
        middle = Qt.AlignmentFlag.AlignVCenter
        painter.setFont(theme.font("en", theme.SMALL))
        painter.setPen(QColor(theme.SECOND))
        painter.drawText(
            QRect(rect.left(), rect.top(), MARK, rect.height()),
            Qt.AlignmentFlag.AlignCenter,
            str(index.data(Qt.ItemDataRole.UserRole + 1)),
        )
        painter.setFont(option.font)
        painter.setPen(QColor(theme.TEXT))
        painter.drawText(rect.adjusted(MARK + 4, 0, -theme.GRID, 0), middle, str(index.data()))
