"""The history of a case in plain sentences, newest first, drawn as one widget however long it is."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QPointF, QRect, QSize, Qt
from PySide6.QtGui import QColor, QFont, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from kiosk.model.case import HistoryLine
from kiosk.model.text import Text, say
from kiosk.ui import theme
from kiosk.ui.prose import laid_out
from kiosk.ui.translations import Translations

GAP = 12


class HistoryView(QWidget):
    """Each line: when and who in a quiet colour, under it what was done."""

    def __init__(self, words: Translations, *, shortest: int = 0) -> None:
        super().__init__()
        self._words = words
        self._lines: tuple[HistoryLine, ...] = ()
        self._heights: dict[int, int] = {}  # by width; layouts ask for them again and again
        policy = QSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Minimum)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        self.setMinimumHeight(shortest)
        words.changed.connect(self._retranslate)

    def _retranslate(self, _language: str) -> None:
        self._heights.clear()
        self.updateGeometry()
        self.update()

    def show_lines(self, lines: Sequence[HistoryLine]) -> None:
        self._lines = tuple(reversed(lines))
        self._heights.clear()
        self.updateGeometry()
        self.update()

    def heightForWidth(self, width: int) -> int:
        if width not in self._heights:
            self._heights[width] = int(self._draw(None, width))
        return self._heights[width]

    def sizeHint(self) -> QSize:
        return QSize(240, self.heightForWidth(max(self.width(), 240)))

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        self._draw(painter, self.width(), event.rect())
        painter.end()

    def _draw(self, painter: QPainter | None, width: int, needed: QRect | None = None) -> float:
        """Draws what lies in `needed`; returns the height of all."""
        language = self._words.language
        small, body = theme.font(language, theme.SMALL), theme.font(language, theme.BODY)
        y = 0.0
        for line in self._lines:
            if painter is not None and needed is not None and y > needed.bottom():
                break
            who = Text("{at}  {name}", {"at": f"{line.at:%m-%d %H:%M}", "name": line.actor_name})
            y = self._text(painter, self._words(who), small, theme.SECOND, width, y)
            y = self._text(painter, self._words(line.sentence), body, theme.TEXT, width, y) + GAP
        if not self._lines:
            y = self._text(painter, self._words(say("Nothing yet")), body, theme.SECOND, width, y)
        return y

    def _text(
        self, painter: QPainter | None, text: str, font: QFont, colour: str, width: int, y: float
    ) -> float:
        layouts, height = laid_out(text, font, width, Qt.AlignmentFlag.AlignLeft)
        if painter is not None:
            painter.setPen(QColor(colour))
            for layout in layouts:
                layout.draw(painter, QPointF(0, y))
        return y + height
