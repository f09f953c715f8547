"""The pictures beside the ideas of the notice: line drawings that need no words."""

from __future__ import annotations

from functools import lru_cache

from PySide6.QtCore import QByteArray, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtSvg import QSvgRenderer
from PySide6.QtWidgets import QSizePolicy, QWidget

from kiosk.ui import theme

# SVG on a grid of 96. Shapes of class "a" are filled white, of class "b" with the accent.
PICTURES = {
    "notice_who": '<path class="a" d="M22 74V40L48 22L74 40V74z"/><path d="M14 74h68"/>'
    '<path class="b" d="M41 74V57h14v17z"/><path d="M32 46h8M56 46h8"/>',
    "notice_purpose": '<path class="a" d="M26 16h28l14 14v50H26z"/>'
    '<path d="M54 16v14h14M35 41h24M35 51h24M35 61h10"/>'
    '<circle class="b" cx="64" cy="66" r="12"/><path class="w" d="M58 66l4.5 4.5l8-8.5"/>',
    "notice_kinds": '<rect class="a" x="13" y="26" width="70" height="46" rx="6"/>'
    '<circle class="b" cx="33" cy="42" r="7"/><path class="b" d="M21 62c1-9 6-11 12-11s11 2 12 11z"/>'
    '<path d="M54 41h20M54 50h20M54 59h12"/>',
    "notice_sensitive": '<path d="M34 44v-9a14 14 0 0 1 28 0v9"/>'
    '<rect class="a" x="25" y="43" width="46" height="35" rx="6"/>'
    '<circle class="b" cx="48" cy="57" r="4.5"/><path d="M48 60v8"/>',
    "notice_health": '<rect class="a" x="18" y="18" width="52" height="52" rx="8"/>'
    '<path class="b" d="M39 28h10v11h11v10H49v11H39V49H28V39h11z"/>'
    '<rect class="a" x="56" y="62" width="26" height="20" rx="4"/>'
    '<path d="M62 62v-5a7 7 0 0 1 14 0v5M69 70v4"/>',
    "notice_share": '<path d="M48 48L23 27M48 48L73 27M48 48L23 71M48 48L73 71"/>'
    '<circle class="a" cx="22" cy="26" r="9"/><circle class="a" cx="74" cy="26" r="9"/>'
    '<circle class="a" cx="22" cy="72" r="9"/><circle class="a" cx="74" cy="72" r="9"/>'
    '<circle class="b" cx="48" cy="48" r="12"/>',
    "notice_keep": '<rect class="a" x="16" y="24" width="54" height="50" rx="6"/>'
    '<path d="M16 38h54M30 17v13M56 17v13M28 50h6M42 50h6M28 61h6"/>'
    '<circle class="b" cx="68" cy="68" r="15"/><path class="w" d="M68 59v9l6 4"/>',
    "notice_rights": '<path class="a" d="M22 16h28l13 13v49H22z"/><path d="M50 16v13h13M31 41h18M31 51h12"/>'
    '<circle class="a" cx="59" cy="58" r="13"/><path d="M68.500 67.500L81 80" stroke-width="5"/>'
    '<path d="M53.500 58.500l4 4l7-8"/>',
    "notice_extras": '<rect class="a" x="30" y="12" width="38" height="72" rx="7"/><path d="M44 76h10"/>'
    '<path class="b" d="M37 28h24v18H48l-6 6v-6h-5z"/><path class="w" d="M43 37l4 4l8-8"/>',
    "notice_help": '<circle class="b" cx="36" cy="34" r="10"/>'
    '<path class="b" d="M17 76c1-18 8-25 19-25s18 7 19 25z"/>'
    '<circle class="a" cx="65" cy="40" r="8"/>'
    '<path class="a" d="M58 76c0-8-1-14-4-19c3-3 7-4 11-4c9 0 15 6 16 23z"/>',
    "alone": '<path class="a" d="M10 48C20 31 33 23 48 23s28 8 38 25C76 65 63 73 48 73S20 65 10 48z"/>'
    '<circle class="b" cx="48" cy="48" r="12"/><path d="M20 78L76 18" stroke-width="5"/>',
    "thanks": '<circle class="b" cx="48" cy="48" r="30"/>'
    '<path class="w" d="M34 49l10 10l19-21" stroke-width="6"/>',
}
OTHER = "notice_purpose"  # for an idea that an office added


@lru_cache(maxsize=32)
def _renderer(name: str) -> QSvgRenderer:
    svg = f"""<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 96 96"><g fill="none"
        stroke="{theme.ACCENT}" stroke-width="2.6" stroke-linecap="round" stroke-linejoin="round">
        {PICTURES.get(name, PICTURES[OTHER])}</g></svg>"""
    for css, dress in (
        ("a", f'fill="{theme.SURFACE}"'),
        ("b", f'fill="{theme.ACCENT}"'),
        ("w", f'stroke="{theme.SURFACE}"'),
    ):
        svg = svg.replace(f'class="{css}"', dress)
    return QSvgRenderer(QByteArray(svg.encode()))


class Picture(QWidget):
    """One of PICTURES on a soft disc, as large as there is room."""

    def __init__(self, name: str = OTHER, side: int = 320) -> None:
        super().__init__()
        self._name, self._side = name, side
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Expanding)

    def show_picture(self, name: str) -> None:
        self._name = name
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(self._side, self._side)

    def minimumSizeHint(self) -> QSize:
        return QSize(self._side // 2, self._side // 2)

    def paintEvent(self, _event: QPaintEvent) -> None:
        side = min(self.width(), self.height())
        square = QRectF(0, 0, side, side)
        square.moveCenter(QRectF(self.rect()).center())
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(theme.ACCENT_SOFT))
        painter.drawEllipse(square)
        inset = side * 0.18
        _renderer(self._name).render(painter, square.adjusted(inset, inset, -inset, -inset))
        painter.end()


class Dots(QWidget):
    """Where one is: a dot for each page, the page that is shown a long one."""

    SIDE = 12

    def __init__(self) -> None:
        super().__init__()
        self._count, self._now = 1, 0
        self.setFixedHeight(self.SIDE)

    def show_place(self, now: int, count: int) -> None:
        self._now, self._count = now, count
        self.setFixedWidth(2 * self.SIDE * (count + 1))
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        x, radius = 0, self.SIDE / 2
        for place in range(self._count):
            long = 2 if place == self._now else 1
            painter.setBrush(QColor(theme.ACCENT if place <= self._now else theme.HAIRLINE))
            painter.drawRoundedRect(QRectF(x, 0, self.SIDE * long, self.SIDE), radius, radius)
            x += self.SIDE * (long + 1)
        painter.end()
