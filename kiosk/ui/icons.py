"""Everything that is drawn: the lights of the stages and the icons of the windows, as vectors.

A light is a shape of its own and has a word beside it or in its tool tip; its colour only repeats it.
"""

from __future__ import annotations

from functools import lru_cache

from PySide6.QtCore import QByteArray, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QIcon, QPainter, QPainterPath, QPaintEvent, QPen, QPixmap, QPolygonF
from PySide6.QtSvg import QSvgRenderer
from PySide6.QtWidgets import QWidget

from kiosk.ui import theme

LIGHT_COLOURS = {
    "not_open": theme.BORDER,
    "mine": theme.ACCENT,
    "elsewhere": theme.SECOND,
    "returned": theme.RETURNED,
    "done": theme.DONE,
    "refused": theme.REFUSED,
    "expired": theme.RETURNED,
    "contested": theme.CONTESTED,
    "down": theme.BORDER,
}

# Strokes on a grid of 24: SVG path data.
ICONS = {
    "search": "M10.5 4a6.5 6.5 0 1 0 0 13a6.5 6.5 0 0 0 0-13M15.5 15.5L20.5 20.5",
    "key": "M8 8a4 4 0 1 0 0 8a4 4 0 0 0 0-8M12 12h9v3M17 12v2.5",
    "lock": "M6 11h12v9H6zM8.5 11V8a3.5 3.5 0 0 1 7 0v3",
    "person": "M12 4a4 4 0 1 0 0 8a4 4 0 0 0 0-8M4.5 20.5c.5-4 3.5-6 7.5-6s7 2 7.5 6",
    "paper": "M6 3.5h8.5L18.5 7.5v13H6zM14 3.5V8h4.5M9 12h7M9 15.5h7",
    "attach": "M12.5 20.5H6v-17h8.5l4 4v5M14 3.5V8h4.5M17.5 15v6M14.5 18h6",
    "attached": "M12.5 20.5H6v-17h8.5l4 4v5M14 3.5V8h4.5M13.5 18l2.5 2.5L21 15.5",
    "camera": "M4 8h3.5L9 5.5h6L16.5 8H20v11H4zM12 10a3.5 3.5 0 1 0 0 7a3.5 3.5 0 0 0 0-7",
    "printer": "M7 9V4h10v5M5 9h14v8h-2.5M5 9v8h2.5M7.5 14h9v6h-9z",
    "clock": "M12 4a8 8 0 1 0 0 16a8 8 0 0 0 0-16M12 7.5V12l3 2.5",
    "check": "M5 12.5l4.5 4.5L19.5 7",
    "plus": "M12 5v14M5 12h14",
    "close": "M6 6l12 12M18 6L6 18",
    "left": "M14.5 5L8 12l6.5 7",
    "right": "M9.5 5L16 12l-6.5 7",
    "down": "M5 9.5L12 16l7-6.5",
    "up": "M5 15L12 8.5l7 6.5",
    "warning": "M12 4.5L21 19.5H3zM12 10v4.5M12 16.8v.4",
    "info": "M12 4a8 8 0 1 0 0 16a8 8 0 0 0 0-16M12 11v5M12 7.8v.4",
    "back": "M10 6L4 12l6 6M4 12h16",
    "park": "M8 5v14M16 5v14",
    "save": "M5 4h11l3 3v13H5zM8 4v5h7V4M8 20v-6h8v6",
    "eye": "M2.5 12C5 7.5 8.3 5.5 12 5.5s7 2 9.5 6.5c-2.5 4.5-5.8 6.5-9.5 6.5S5 16.5 2.5 12z"
    "M12 9.2a2.8 2.8 0 1 0 0 5.6a2.8 2.8 0 0 0 0-5.6",
    "hide": "M2.5 12C5 7.5 8.3 5.5 12 5.5s7 2 9.5 6.5c-2.5 4.5-5.8 6.5-9.5 6.5S5 16.5 2.5 12zM4 20L20 4",
    "globe": "M12 4a8 8 0 1 0 0 16a8 8 0 0 0 0-16M4.3 10h15.4M4.3 14h15.4"
    "M12 4c-5 5-5 11 0 16M12 4c5 5 5 11 0 16",
    "home": "M4 11.5L12 4.5l8 7M6.5 10v9.5h11V10",
    "work": "M4 8.5h16v11H4zM9 8.5V5.5h6v3M4 13h16",
    "health": "M12 5v14M5 12h14M12 3a9 9 0 1 0 0 18a9 9 0 0 0 0-18",
    "permit": "M4 5.5h16v13H4zM8.5 9a2 2 0 1 0 0 4a2 2 0 0 0 0-4"
    "M5.8 16.5c.4-1.8 1.4-2.5 2.7-2.5s2.3.7 2.7 2.5M14 10h4M14 13.5h4",
    "pen": "M4.5 19.5l1-4L16 5l3 3L8.5 18.5zM14 7l3 3",
}


def paint_icon(painter: QPainter, name: str, rect: QRectF, colour: str) -> None:
    """Draws one of `ICONS` into `rect`."""
    _renderer(name, colour).render(painter, rect)


@lru_cache(maxsize=128)
def _renderer(name: str, colour: str) -> QSvgRenderer:
    svg = (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 24 24">'
        f'<path d="{ICONS[name]}" fill="none" stroke="{colour}" stroke-width="1.8" '
        'stroke-linecap="round" stroke-linejoin="round"/></svg>'
    )
    return QSvgRenderer(QByteArray(svg.encode()))


@lru_cache(maxsize=128)
def icon(name: str, colour: str = theme.SECOND, size: int = 20) -> QIcon:
    """One of `ICONS` for a button; drawn at three times its size, so that it stays sharp on dense screens."""
    pixmap = QPixmap(size * 3, size * 3)
    pixmap.fill(Qt.GlobalColor.transparent)
    painter = QPainter(pixmap)
    paint_icon(painter, name, QRectF(0, 0, size * 3, size * 3), colour)
    painter.end()
    return QIcon(pixmap)


def pixmap(name: str, colour: str, size: int, ratio: float = 1.0) -> QPixmap:
    """One of `ICONS` for a label."""
    return icon(name, colour, size).pixmap(QSize(size, size), ratio)


@lru_cache(maxsize=128)
def light(shape: str, side: int, count: int, ratio: float) -> QPixmap:
    """The light of a stage as a picture, for lists that show hundreds."""
    picture = QPixmap(QSize(side, side) * ratio)
    picture.setDevicePixelRatio(ratio)
    picture.fill(Qt.GlobalColor.transparent)
    painter = QPainter(picture)
    paint_light(painter, shape, QRectF(0, 0, side, side), count)
    painter.end()
    return picture


def paint_light(painter: QPainter, shape: str, rect: QRectF, count: int = 0) -> None:
    """Draws the light of a stage into a square `rect`; `count` stands inside the triangle of a return."""
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    side = min(rect.width(), rect.height())
    square = QRectF(0, 0, side, side)
    square.moveCenter(rect.center())
    painter.setPen(QPen(QColor(LIGHT_COLOURS[shape]), max(1.5, side / 11)))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    inner = square.adjusted(2, 2, -2, -2)
    _DRAW[shape](painter, inner)
    if shape == "returned":
        _word(painter, inner.adjusted(0, inner.height() * 0.3, 0, 0), str(count) if count else "!")
    painter.restore()


def _not_open(painter: QPainter, square: QRectF) -> None:
    painter.drawEllipse(square)


def _mine(painter: QPainter, square: QRectF) -> None:
    painter.drawEllipse(square)
    painter.setBrush(painter.pen().color())
    painter.drawEllipse(square.center(), square.width() / 5, square.width() / 5)


def _elsewhere(painter: QPainter, square: QRectF) -> None:
    painter.drawEllipse(square)
    painter.setBrush(painter.pen().color())
    painter.drawPie(square, 90 * 16, 180 * 16)


def _returned(painter: QPainter, square: QRectF) -> None:
    corners = [
        QPointF(square.center().x(), square.top()),
        QPointF(square.right(), square.bottom()),
        QPointF(square.left(), square.bottom()),
    ]
    painter.setPen(_pen(painter.pen().color(), painter.pen().widthF()))
    painter.setBrush(painter.pen().color())
    painter.drawPolygon(QPolygonF(corners))


def _done(painter: QPainter, square: QRectF) -> None:
    painter.setBrush(painter.pen().color())
    painter.drawEllipse(square)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setPen(_pen(QColor(theme.SURFACE), square.width() / 8))
    painter.drawPath(_path(square, (0.27, 0.52), (0.44, 0.68), (0.74, 0.34)))


def _refused(painter: QPainter, square: QRectF) -> None:
    painter.setBrush(painter.pen().color())
    painter.drawRoundedRect(square, 2, 2)
    painter.setPen(_pen(QColor(theme.SURFACE), square.width() / 6))
    painter.drawPath(_path(square, (0.24, 0.5), (0.76, 0.5)))


def _expired(painter: QPainter, square: QRectF) -> None:
    painter.drawEllipse(square)
    painter.drawPath(_path(square, (0.5, 0.2), (0.5, 0.5), (0.72, 0.64)))


def _contested(painter: QPainter, square: QRectF) -> None:
    side = square.width() * 0.64
    painter.drawEllipse(QRectF(square.left(), square.center().y() - side / 2, side, side))
    painter.drawEllipse(QRectF(square.right() - side, square.center().y() - side / 2, side, side))


def _down(painter: QPainter, square: QRectF) -> None:
    pen = painter.pen()
    pen.setDashPattern([2.2, 1.8])
    painter.setPen(pen)
    painter.drawEllipse(square)


def _pen(colour: QColor, width: float) -> QPen:
    round_cap, round_join = Qt.PenCapStyle.RoundCap, Qt.PenJoinStyle.RoundJoin
    return QPen(colour, width, Qt.PenStyle.SolidLine, round_cap, round_join)


def _path(square: QRectF, *points: tuple[float, float]) -> QPainterPath:
    """A line through points given as shares of the square."""
    places = [
        QPointF(square.left() + x * square.width(), square.top() + y * square.height()) for x, y in points
    ]
    path = QPainterPath(places[0])
    for place in places[1:]:
        path.lineTo(place)
    return path


def _word(painter: QPainter, rect: QRectF, word: str) -> None:
    font = QFont(theme.LATIN)
    font.setPixelSize(max(8, int(rect.height() * 0.8)))
    font.setWeight(QFont.Weight(theme.STRONG))
    painter.setFont(font)
    painter.setPen(QColor(theme.SURFACE))
    painter.drawText(rect, Qt.AlignmentFlag.AlignCenter, word)


_DRAW = {
    "not_open": _not_open,
    "mine": _mine,
    "elsewhere": _elsewhere,
    "returned": _returned,
    "done": _done,
    "refused": _refused,
    "expired": _expired,
    "contested": _contested,
    "down": _down,
}


class LightMark(QWidget):
    """A light by itself; whoever shows it puts its word beside it."""

    def __init__(self, side: int = 24, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFixedSize(side, side)
        self._shape, self._count = "not_open", 0

    def show_light(self, shape: str, count: int = 0) -> None:
        self._shape, self._count = shape, count
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        paint_light(painter, self._shape, QRectF(self.rect()), self._count)
        painter.end()
