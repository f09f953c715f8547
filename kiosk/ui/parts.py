"""The small parts every screen is put together from: labels, buttons, boxes."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TypeVar

from PySide6.QtCore import QEvent, QPoint, QRectF, QSize, Qt, QTimer
from PySide6.QtGui import (
    QColor,
    QKeyEvent,
    QLinearGradient,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QResizeEvent,
)
from PySide6.QtWidgets import (
    QApplication,
    QCheckBox,
    QFrame,
    QHBoxLayout,
    QLabel,
    QLayout,
    QPushButton,
    QScrollArea,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from kiosk.model.text import Text
from kiosk.ui import icons, theme
from kiosk.ui.fields.line import ENTER
from kiosk.ui.prose import Prose, Short
from kiosk.ui.translations import Translations

Label = TypeVar("Label", bound=QLabel)


class Button(QPushButton):
    """A button whose mnemonic works in every script: `Return` or `退回(R)`, Alt+R."""

    def __init__(self, letter: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._letter = letter

    def say(self, text: str) -> None:
        """Shows `text` with the button's letter marked in it, or put after it."""
        plain = text.replace("&", "&&")
        place = text.casefold().find(self._letter.casefold()) if self._letter and "&" not in text else -1
        if not self._letter:
            self.setText(plain)
        elif place >= 0:
            self.setText(f"{text[:place]}&{text[place:]}")
        else:
            self.setText(f"{plain}(&{self._letter.upper()})")
        self.setAccessibleName(text)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter presses a button that has the focus, as the space bar does."""
        if event.key() in ENTER and not event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            self.click()
        else:
            super().keyPressEvent(event)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """A double click presses once: another button, of another case, may stand here by then."""
        event.accept()


class Tick(QCheckBox):
    """A box with a tick in it; the style sheet alone would need a picture file for the tick."""

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        box = QRectF(1, self.height() / 2 - 10, 20, 20)
        on, focus = self.isChecked(), self.hasFocus()
        edge = theme.ACCENT if focus else theme.HAIRLINE if not self.isEnabled() else theme.BORDER
        if on:
            edge = theme.ACCENT if self.isEnabled() else theme.SECOND
        painter.setPen(QPen(QColor(theme.TEXT if on and focus else edge), 2 if focus else 1))
        painter.setBrush(QColor(edge if on else theme.SURFACE))
        painter.drawRoundedRect(box, 4, 4)
        if on:
            icons.paint_icon(painter, "check", box.adjusted(2, 2, -2, -2), theme.SURFACE)
        if self.text():
            painter.setPen(QColor(theme.TEXT))
            inside = self.rect().adjusted(32, 0, 0, 0)
            painter.drawText(inside, Qt.AlignmentFlag.AlignVCenter, self.text())
        painter.end()


def button(
    words: Translations,
    text: Text | str | None,
    *,
    kind: str = "",
    icon: str = "",
    letter: str = "",
    name: str = "",
    tip: Text | None = None,
) -> Button:
    """A button; `kind` is primary, danger, quiet, segment or rail; `name` is its object name."""
    made = Button(letter)
    made.setProperty("kind", kind)
    made.setObjectName(name)
    if text is not None:
        words.put(made.say, text)
    if icon:
        colour = theme.SURFACE if kind == "primary" else theme.SECOND
        made.setIcon(icons.icon(icon, colour))
        made.setIconSize(QSize(20, 20))
    if tip is not None:
        words.put(made.setToolTip, tip)
    return made


def label(words: Translations, text: Text | str = "", role: str = "") -> QLabel:
    """A label of one line; `role` is a place on the typographic scale (`style.py`)."""
    made = QLabel()
    made.setTextFormat(Qt.TextFormat.PlainText)
    return _said(made, words, text, role)


def prose(words: Translations, text: Text | str = "", role: str = "") -> Prose:
    """A label of as many lines as it needs."""
    return _said(Prose(), words, text, role)


def short(words: Translations, text: Text | str = "", role: str = "") -> Short:
    """A label that is cut where there is no room."""
    return _said(Short(), words, text, role)


def _said(made: Label, words: Translations, text: Text | str, role: str) -> Label:
    made.setProperty("role", role)
    words.put(made.setText, text)
    if role == "tag":
        made.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Maximum)
    return made


def frame(role: str, name: str = "") -> QFrame:
    made = QFrame()
    made.setProperty("role", role)
    made.setObjectName(name)
    return made


def row(
    *parts: QWidget | QLayout | int | None,
    margins: tuple[int, int, int, int] = (0, 0, 0, 0),
    spacing: int = theme.GRID,
) -> QHBoxLayout:
    """Parts beside one another; an int is a gap, None takes what room is left."""
    made = QHBoxLayout()
    _fill(made, parts, margins, spacing)
    return made


def column(
    *parts: QWidget | QLayout | int | None,
    margins: tuple[int, int, int, int] = (0, 0, 0, 0),
    spacing: int = theme.GRID,
) -> QVBoxLayout:
    """Parts under one another; an int is a gap, None takes what room is left."""
    made = QVBoxLayout()
    _fill(made, parts, margins, spacing)
    return made


def _fill(
    layout: QHBoxLayout | QVBoxLayout,
    parts: Iterable[QWidget | QLayout | int | None],
    margins: tuple[int, int, int, int],
    spacing: int,
) -> None:
    layout.setContentsMargins(*margins)
    layout.setSpacing(spacing)
    for part in parts:
        if part is None:
            layout.addStretch(1)
        elif isinstance(part, int):
            layout.addSpacing(part)
        elif isinstance(part, QWidget):
            layout.addWidget(part)
        else:
            layout.addLayout(part)


class Fade(QWidget):
    """An edge of an area that goes on beyond it: lines fade out there instead of being cut through."""

    HEIGHT = 24

    def __init__(self, area: QScrollArea, ground: str, *, top: bool) -> None:
        super().__init__(area)
        self._area, self._ground, self._top = area, QColor(ground), top
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        bar = area.verticalScrollBar()
        bar.valueChanged.connect(self.show_where_we_are)
        bar.rangeChanged.connect(self.show_where_we_are)
        self.show_where_we_are()

    def show_where_we_are(self, *_values: int) -> None:
        bar, port = self._area.verticalScrollBar(), self._area.viewport().geometry()
        at = port.top() if self._top else port.bottom() + 1 - self.HEIGHT
        self.setGeometry(port.left(), at, port.width(), self.HEIGHT)
        self.setVisible(bar.value() > bar.minimum() if self._top else bar.value() < bar.maximum())

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter, shade = QPainter(self), QLinearGradient(0, 0, 0, self.HEIGHT)
        clear_ground = QColor(self._ground)
        clear_ground.setAlpha(0)
        shade.setColorAt(1 if self._top else 0, clear_ground)
        shade.setColorAt(0 if self._top else 1, self._ground)
        painter.fillRect(self.rect(), shade)
        painter.end()


class Scroll(QScrollArea):
    """An area that scrolls downwards where it must, and to wherever the keys lead."""

    def __init__(self, inside: QWidget, ground: str) -> None:
        super().__init__()
        self._fades = [Fade(self, ground, top=top) for top in (True, False)]
        self.setWidgetResizable(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._inside = inside
        self.setWidget(inside)
        app = QApplication.instance()
        assert isinstance(app, QApplication)
        app.focusChanged.connect(self._focus_changed)
        self._again = QTimer(self)  # a page just opened is still being laid out
        self._again.setSingleShot(True)
        self._again.timeout.connect(self._show_focus)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        for fade in self._fades:
            fade.show_where_we_are()
        now = QApplication.focusWidget()
        if now is not None and self.isAncestorOf(now):
            y = now.mapTo(self.viewport(), now.rect().center()).y()
            if self.viewport().height() <= y < event.oldSize().height():  # a notice above pushed it out
                self._again.start(0)

    def _focus_changed(self, _before: QWidget | None, now: QWidget | None) -> None:
        """Nothing moves away under a mouse."""
        if now is not None and self.isAncestorOf(now) and not QApplication.mouseButtons():
            self._show_focus()
            self._again.start(0)

    def show_top(self) -> None:
        """What stands on top is read first, wherever the focus is."""
        self._again.stop()
        self._end_where_it_ends()
        self.verticalScrollBar().setValue(0)

    @property
    def is_on_its_way(self) -> bool:
        """Whether it is about to scroll to what has got the focus just now."""
        return self._again.isActive()

    def keep(self, part: QWidget, y: int) -> None:
        """Scrolls until `part` stands at `y` of the window again: beyond either end where it must."""
        self._end_where_it_ends()
        _lay_out()
        bar = self.verticalScrollBar()
        value = bar.value() + part.mapTo(self.window(), QPoint()).y() - y
        if value < 0:
            self.setViewportMargins(0, -value, 0, 0)
        elif value > bar.maximum():
            self._inside.setMinimumHeight(self.viewport().height() + value)
            _lay_out()
        bar.setValue(value)
        self._again.stop()
        if not in_sight(part):  # something came over it
            self._show_focus()

    def _end_where_it_ends(self) -> None:
        self.setViewportMargins(0, 0, 0, 0)
        self._inside.setMinimumHeight(0)

    def _show_focus(self) -> None:
        """What has the focus comes into sight, with the rows before and after it where there is room."""
        now = QApplication.focusWidget()
        if now is not None and self.isAncestorOf(now):
            middle = now.mapTo(self._inside, now.rect().center())
            around = min(now.height() // 2 + theme.COUNTER.row, self.viewport().height() // 2)
            self.ensureVisible(0, middle.y(), 0, around)


def in_sight(part: QWidget) -> bool:
    """Whether its middle stands on the screen."""
    return part.visibleRegion().contains(part.rect().center())


def _lay_out() -> None:
    """Everything finds its place now, before anything is painted."""
    QApplication.sendPostedEvents(None, QEvent.Type.LayoutRequest.value)


def scrolled(inside: QWidget, ground: str = theme.GROUND) -> Scroll:
    """`inside` in an area that scrolls downwards where it must, on a ground of that colour."""
    return Scroll(inside, ground)


def clear(layout: QLayout) -> None:
    """Takes everything out of a layout."""
    while layout.count():
        item = layout.takeAt(0)
        if item is None:
            continue
        inner = item.layout()
        if inner is not None:
            clear(inner)
        widget = item.widget()
        if widget is not None:
            widget.hide()
            widget.deleteLater()
