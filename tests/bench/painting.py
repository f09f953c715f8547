"""Waiting until a window stands on the screen."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject
from PySide6.QtWidgets import QApplication, QWidget

USUAL = (1366, 768)


class Painted(QObject):
    """Notes that a widget was painted."""

    def __init__(self, widget: QWidget) -> None:
        super().__init__(widget)
        self.done = False
        widget.installEventFilter(self)

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:
        self.done = self.done or event.type() == QEvent.Type.Paint
        return False


def until_painted(*widgets: QWidget) -> None:
    """Lets the application work until each of them stands on the screen, with all that is in it."""
    watched = [Painted(widget) for widget in widgets]
    while not all(one.done for one in watched):
        QApplication.processEvents()
    for one in watched:
        one.deleteLater()
