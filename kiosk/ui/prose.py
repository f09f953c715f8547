"""Labels for text that must not overflow: wrapped into lines, or cut with an ellipsis.

Burmese is written without spaces, so lines break between syllables; its lines stand 1.75 times the size
of the letters apart, which is closer than its font asks for and still far enough for what stands below.
"""

from __future__ import annotations

import re
from functools import lru_cache
from math import ceil

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import (
    QColor,
    QFont,
    QFontMetricsF,
    QPainter,
    QPaintEvent,
    QResizeEvent,
    QTextLayout,
    QTextOption,
)
from PySide6.QtWidgets import QLabel, QSizePolicy, QWidget

_SYLLABLE = re.compile("(?<!\u1039)(?=[\u1000-\u102a\u103f](?!\u1037?[\u1039\u103a]))")
_WORD = re.compile("(?<=[0-9A-Za-z])(?=[0-9A-Za-z])")
_INSIDE = re.compile("(?<=[\u1000-\u109f])(?=[\u1000-\u109f])")
BURMESE_PITCH = 1.75
WIDEST = 100_000  # px; wider than any line


def broken(text: str, font: QFont, width: float) -> list[str]:
    """The lines of a text that fit a width."""
    option = QTextOption()
    option.setWrapMode(QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere)
    lines = []
    for rest in text.split("\n"):
        while True:
            layout = QTextLayout(rest, font)
            layout.setTextOption(option)
            layout.beginLayout()
            line = layout.createLine()
            if line.isValid():
                line.setLineWidth(width)
            room = line.textLength() if line.isValid() else 0
            layout.endLayout()
            end = end_of_line(rest, room)
            lines.append(rest[:end].rstrip())
            rest = rest[end:]
            if not rest:
                break
    return lines


def end_of_line(text: str, room: int) -> int:
    """Where a line with room for `room` characters ends: Qt breaks syllables and years in Burmese."""
    for place in range(room, 0, -1):
        if _WORD.match(text, place):
            continue  # nor within a year or a name
        if not _INSIDE.match(text, place) or _SYLLABLE.match(text, place):
            return place
    return room


def laid_out(
    text: str, font: QFont, width: float, align: Qt.AlignmentFlag
) -> tuple[list[QTextLayout], float]:
    """A layout for each line of a text, ready to be drawn under one another; and the height of all."""
    layouts = [_line(text_of_line, font, width, align) for text_of_line in broken(text, font, width)]
    # Burmese letters in a Chinese sentence need the room of Burmese, whatever font comes first.
    pitch = min(max(one.lineAt(0).height() for one in layouts), font.pixelSize() * BURMESE_PITCH)
    for number, layout in enumerate(layouts):
        line = layout.lineAt(0)
        line.setPosition(QPointF(0, number * pitch + (pitch - line.height()) / 2))
    return layouts, len(layouts) * pitch


def _line(text: str, font: QFont, width: float, align: Qt.AlignmentFlag) -> QTextLayout:
    layout = QTextLayout(text, font)
    option = QTextOption(align)
    option.setWrapMode(QTextOption.WrapMode.NoWrap)
    layout.setTextOption(option)
    layout.beginLayout()
    layout.createLine().setLineWidth(width)
    layout.endLayout()
    return layout


def natural_width(line: str, font: QFont) -> float:
    """How wide a line is drawn: `horizontalAdvance` says too little for some Burmese syllables."""
    layout = _line(line, font, WIDEST, Qt.AlignmentFlag.AlignLeft)
    return layout.lineAt(0).naturalTextWidth()


@lru_cache(maxsize=2048)
def fitting(line: str, font: QFont, width: int) -> str:
    """A line as it fits a width, cut with an ellipsis where it must: `elidedText` would believe the font."""
    said, room = line, len(line)
    while natural_width(said, font) > width and room > 0:
        room = end_of_line(line, room - 1) if room > 1 else 0
        said = f"{line[:room].rstrip()}…"
    return said


class Prose(QLabel):
    """Text of several lines, as high as its lines are at its width."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setTextFormat(Qt.TextFormat.PlainText)
        policy = QSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Minimum)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        self.setWordWrap(True)  # else a QLabel takes the height for its width away with each text
        self._laid: tuple[object, list[QTextLayout], float] = (None, [], 0.0)
        self._wide: tuple[object, float] = (None, 0.0)

    def _lay_out(self, width: float) -> tuple[list[QTextLayout], float]:
        """One layout for each line of the text, each broken to the width; and the height of all."""
        key = (self.text(), width, self.font().key())
        if self._laid[0] == key:
            return self._laid[1], self._laid[2]
        layouts, y = laid_out(self.text(), self.font(), width, self.alignment())
        self._laid = (key, layouts, y)
        return layouts, y

    def _natural(self) -> float:
        """The width of the widest line; layouts ask for it again and again."""
        key = (self.text(), self.font().key())
        if self._wide[0] != key:
            self._wide = (key, max(natural_width(line, self.font()) for line in self.text().split("\n")))
        return self._wide[1]

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
        width = int(min(self._natural() + 2, max(480, self.width()))) + self._inside()
        return QSize(width, self.heightForWidth(width))

    def minimumSizeHint(self) -> QSize:
        width = self.width() if self.width() > 100 else 100
        return QSize(40, self.heightForWidth(width))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if event.size().width() != event.oldSize().width():
            self.updateGeometry()  # another width asks for another height

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

    def _height(self) -> int:
        margins = self.contentsMargins()
        pitch = min(QFontMetricsF(self.font()).height(), self.font().pixelSize() * BURMESE_PITCH)
        return ceil(pitch) + margins.top() + margins.bottom()

    def sizeHint(self) -> QSize:
        self.ensurePolished()
        margins = self.contentsMargins()
        return QSize(
            ceil(natural_width(self.text(), self.font())) + margins.left() + margins.right(), self._height()
        )

    def minimumSizeHint(self) -> QSize:
        self.ensurePolished()
        return QSize(24, self._height())

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setPen(QColor(self.palette().color(self.foregroundRole())))
        area = self.contentsRect()
        fits = fitting(self.text().replace("\n", " "), self.font(), area.width())
        self.setToolTip(self.text() if fits != self.text() else "")
        flags = Qt.TextFlag.TextSingleLine | Qt.TextFlag.TextDontClip
        painter.drawText(area, self.alignment() | flags, fits)
        painter.end()
