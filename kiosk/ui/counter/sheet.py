"""A sheet: something asked in between, over the dimmed window. Esc closes it, Ctrl+Enter says yes."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget
from shiboken6 import isValid

from kiosk.model.text import Text, say
from kiosk.ui import theme
from kiosk.ui.fields.line import ENTER, with_alt
from kiosk.ui.parts import Button, button, column, frame, prose, row
from kiosk.ui.translations import Translations

WINDOWS_OWN = (Qt.Key.Key_F10, Qt.Key.Key_F12)  # another language, lock: they hold over a sheet, too


class Sheet(QWidget):
    """Lies over its host; keys and the focus stay inside until it is closed, but for `WINDOWS_OWN`.

    It is no window of its own: it needs no nested event loop, and what it asks is told by signals.
    """

    accepted = Signal()
    closed = Signal()

    def __init__(
        self,
        host: QWidget,
        words: Translations,
        title: Text,
        *,
        width: int = 560,
        accept: Text | None = None,
        danger: bool = False,
    ) -> None:
        super().__init__(host)
        self.setObjectName("sheet")
        self.setFocusPolicy(Qt.FocusPolicy.ClickFocus)  # keys must not get past it while it is open
        self.words = words
        self._host = host
        self._before: QWidget | None = host.window().focusWidget()
        self.panel = frame("surface")
        self.panel.setFixedWidth(width)
        self.body = QVBoxLayout()
        self.body.setSpacing(2 * theme.GRID)
        self.message = prose(words)
        self.message.setProperty("state", "error")
        self.message.hide()
        self.cancel = button(words, say("Cancel"), kind="quiet", name="sheet.cancel")
        self.cancel.clicked.connect(self.close_sheet)
        kind = "danger" if danger else "primary"
        self.accept: Button = button(words, accept or say("Go on"), kind=kind, name="sheet.accept")
        self.accept.setToolTip("Ctrl+Enter")
        self.accept.clicked.connect(self.accepted)
        self.extra = row()  # more buttons, at the left of the foot
        foot = row(self.extra, None, self.cancel, self.accept)
        inside = 3 * theme.GRID
        self.panel.setLayout(
            column(
                prose(words, title, "lead"),
                self.body,
                self.message,
                foot,
                margins=(inside, inside, inside, inside),
                spacing=2 * theme.GRID,
            )
        )
        self.setLayout(column(None, row(None, self.panel, None), None))
        host.installEventFilter(self)

    def open_sheet(self, first: QWidget | None = None) -> None:
        """Shows the sheet over the whole host, with the focus on `first` or its main button."""
        self.setGeometry(self._host.rect())
        self.show()
        self.raise_()
        wanted = first or self.accept
        (wanted if wanted.isEnabled() else self).setFocus(Qt.FocusReason.TabFocusReason)

    def refocus(self) -> None:
        """After the window was locked: keys go on here, not behind it."""
        first = next(iter(self._focusable()), self)
        first.setFocus(Qt.FocusReason.TabFocusReason)

    def close_sheet(self) -> None:
        """Gives the focus back to where it was."""
        self.hide()
        self.closed.emit()
        before = self._before
        if before is not None and isValid(before) and before.isVisible():
            before.setFocus(Qt.FocusReason.OtherFocusReason)
        else:
            self._host.setFocus(Qt.FocusReason.OtherFocusReason)  # keys still reach the window
        self.deleteLater()

    def gives_way(self) -> bool:
        """Closes for a scan, where nothing that was typed would be lost; else says that it does not."""
        self.show_error(say("Finish or close this first, then scan again."))
        return False

    def show_error(self, text: Text | None) -> None:
        """Why it cannot be done, above the buttons."""
        if text is not None:
            self.words.put(self.message.setText, text)
        self.message.setVisible(text is not None)

    # Keys and focus stay inside -----------------------------------------------------------------------

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in WINDOWS_OWN:
            event.ignore()
            return
        if event.key() == Qt.Key.Key_Escape:
            self.close_sheet()
        elif event.key() in ENTER and event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            self.accept.click()
        event.accept()

    def event(self, event: QEvent) -> bool:
        """Alt and a letter would press a button behind the sheet: it is an ordinary key here."""
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent) and with_alt(event):
            event.accept()
            return True
        return super().event(event)

    def focusNextPrevChild(self, forward: bool) -> bool:
        inside = self._focusable()
        if not inside:
            return False
        now = self.window().focusWidget()
        place = inside.index(now) if now in inside else -1
        target = inside[(place + (1 if forward else -1)) % len(inside)]
        reason = Qt.FocusReason.TabFocusReason if forward else Qt.FocusReason.BacktabFocusReason
        target.setFocus(reason)
        return True

    def _focusable(self) -> list[QWidget]:
        found: list[QWidget] = []
        each = self.nextInFocusChain()
        while each is not None and each is not self:
            tab = bool(each.focusPolicy() & Qt.FocusPolicy.TabFocus) and each.focusProxy() is None
            if tab and self.isAncestorOf(each) and each.isVisible() and each.isEnabled():
                found.append(each)
            each = each.nextInFocusChain()
        return found

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Resize and watched is self._host:
            self.setGeometry(self._host.rect())
        return False

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(self.rect(), QColor(27, 35, 38, 120))
        painter.end()
