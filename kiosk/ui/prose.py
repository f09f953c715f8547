"""Labels for text that must not overflow: wrapped into lines, or cut with an ellipsis.

Burmese is written without spaces, so lines break between syllables; its lines stand 1.75 times the size
of the letters apart, which is closer than its font asks for and still far enough for what stands below.
"""

from __future__ import annotations

import re
from math import ceil

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import (
    QColor,
    QFontMetricsF,
    QPainter,
    QPaintEvent,
    QTextLayout,
    QTextOption,
)
from PySide6.QtWidgets import QLabel, QSizePolicy, QWidget

_SYLLABLE = re.compile("(?<=[\u1000-\u109f])(?<!\u1039)(?=[\u1000-\u102a\u103f](?![\u1039\u103a]))")
BURMESE_PITCH = 1.75


def breakable(text: str) -> str:
    """The text with invisible places where a line may break between Burmese syllables."""
    return _SYLLABLE.sub("\u200b", text)


class Prose(QLabel):
    """Text of several lines, as high as its lines are at its width."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setTextFormat(Qt.TextFormat.PlainText)
        policy = QSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Minimum)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        self._laid: tuple[object, list[QTextLayout], float] = (None, [], 0.0)

    def _lay_out(self, width: float) -> tuple[list[QTextLayout], float]:
        """One layout for each line of the text, each broken to the width; and the height of all."""
        key = (self.text(), width, self.font().key())
        if self._laid[0] == key:
            return self._laid[1], self._laid[2]
        metrics = QFontMetricsF(self.font())
        pitch = min(metrics.height(), self.font().pixelSize() * BURMESE_PITCH)
        option = QTextOption(self.alignment())
        option.setWrapMode(QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere)
        layouts, y = [], 0.0
        for text in self.text().split("\n"):
            layout = QTextLayout(breakable(text), self.font())
            layout.setTextOption(option)
            layout.beginLayout()
            line = layout.createLine()
            while line.isValid():
                line.setLineWidth(width)
                line.setPosition(QPointF(0, y + (pitch - line.height()) / 2))
                y += pitch
                line = layout.createLine()
            layout.endLayout()
            layouts.append(layout)
        self._laid = (key, layouts, y)
        return layouts, y

    def _inside(self) -> int:
        margins = self.contentsMargins()
        return margins.left() + margins.right()

    def heightForWidth(self, width: int) -> int:
        self.ensurePolished()
        margins = self.contentsMargins()
        height = ceil(self._lay_out(max(1, width - self._inside()))[1])
        return height + margins.top() + margins.bottom()

    def sizeHint(self) -> QSize:
        self.ensurePolished()
        metrics = QFontMetricsF(self.font())
        wanted = max((metrics.horizontalAdvance(line) for line in self.text().split("\n")), default=0)
        width = int(min(wanted + 2, 480)) + self._inside()
        return QSize(width, self.heightForWidth(width))

    def minimumSizeHint(self) -> QSize:
        width = self.width() if self.width() > 100 else 100
        return QSize(40, self.heightForWidth(width))

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setPen(self.palette().color(self.foregroundRole()))
        area = QRectF(self.contentsRect())
        layouts, height = self._lay_out(area.width())
        top = area.top()
        if self.alignment() & Qt.AlignmentFlag.AlignVCenter and height < area.height():
            top += (area.height() - height) / 2
        for layout in layouts:
            layout.draw(painter, QPointF(area.left(), top))
        painter.end()


class Short(QLabel):
    """Text on one line; what does not fit is cut with an ellipsis and stands in the tool tip."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)

    def minimumSizeHint(self) -> QSize:
        return QSize(24, super().minimumSizeHint().height())

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setPen(QColor(self.palette().color(self.foregroundRole())))
        area = self.contentsRect()
        fits = self.fontMetrics().elidedText(self.text(), Qt.TextElideMode.ElideRight, area.width())
        self.setToolTip(self.text() if fits != self.text() else "")
        painter.drawText(area, self.alignment() | Qt.TextFlag.TextSingleLine, fits)
        painter.end()
