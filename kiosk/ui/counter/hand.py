"""Whether a hand is at a list: then nobody in it moves, so that a click meets whom it was meant for."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QObject, QTimer, Signal
from PySide6.QtWidgets import QAbstractItemView

from kiosk.model.case import CaseRow

REST = 30_000  # ms without a move or a key, after which the hand is elsewhere: a mouse lies where it was left
TOUCHES = (
    QEvent.Type.MouseMove,
    QEvent.Type.MouseButtonPress,
    QEvent.Type.MouseButtonDblClick,
    QEvent.Type.Wheel,
    QEvent.Type.KeyPress,
)


class Hand(QObject):
    """Watches a view: a mouse that moves over it, a key pressed in it."""

    left = Signal()  # the mouse went elsewhere, or nothing has moved for a while

    def __init__(self, view: QAbstractItemView) -> None:
        super().__init__(view)
        self._port = view.viewport()
        self._port.setMouseTracking(True)
        self._port.installEventFilter(self)
        view.installEventFilter(self)
        self._rests = QTimer(self)
        self._rests.setSingleShot(True)
        self._rests.setInterval(REST)
        self._rests.timeout.connect(self.left)

    @property
    def is_here(self) -> bool:
        return self._rests.isActive()

    def touch(self) -> None:
        self._rests.start()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() in TOUCHES:
            self.touch()
        elif event.type() is QEvent.Type.Leave and watched is self._port and self.is_here:
            self._rests.stop()
            self.left.emit()
        return False


def in_place(standing: Sequence[CaseRow], now: Sequence[CaseRow]) -> list[CaseRow]:
    """Those who stand keep their places, who is gone as he was; who is new comes last."""
    current = {row.case: row for row in now}
    return [current.pop(row.case, row) for row in standing] + list(current.values())
