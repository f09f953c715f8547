"""The part of a picture that becomes the portrait: a frame of three by four, moved by mouse or keys."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QImage, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen, QWheelEvent
from PySide6.QtWidgets import QWidget

from kiosk.ui import icons, theme
from kiosk.ui.counter.picture_file import PORTRAIT

RATIO = PORTRAIT.width() / PORTRAIT.height()
GRIP = 16  # px on the screen: how near a corner is taken
STEP = 0.02  # of the frame's height, one press of an arrow
GROWTH = 1.05  # one press of plus
ARROWS = {
    Qt.Key.Key_Left: (-1, 0),
    Qt.Key.Key_Right: (1, 0),
    Qt.Key.Key_Up: (0, -1),
    Qt.Key.Key_Down: (0, 1),
}
GROW = {Qt.Key.Key_Plus: GROWTH, Qt.Key.Key_Equal: GROWTH, Qt.Key.Key_Minus: 1 / GROWTH}


def first_frame(size: QSize) -> QRectF:
    """The largest frame in a picture, in the middle: where a face usually is."""
    height = min(size.height(), size.width() / RATIO)
    width = height * RATIO
    return QRectF((size.width() - width) / 2, (size.height() - height) / 2, width, height)


def resized(frame: QRectF, height: float, size: QSize, fixed: QPointF) -> QRectF:
    """The frame with another height, `fixed` staying where it is; never smaller than a portrait."""
    largest = min(size.height(), size.width() / RATIO)
    height = max(min(height, largest), float(PORTRAIT.height()))
    factor = height / frame.height()
    corner = fixed + (frame.topLeft() - fixed) * factor
    return inside(QRectF(corner.x(), corner.y(), height * RATIO, height), size)


def inside(frame: QRectF, size: QSize) -> QRectF:
    """The frame moved so that all of it lies in the picture."""
    x = max(0.0, min(frame.x(), size.width() - frame.width()))
    y = max(0.0, min(frame.y(), size.height() - frame.height()))
    return QRectF(x, y, frame.width(), frame.height())


class CropView(QWidget):
    """A picture with its frame. Arrows move it, plus and minus resize it; the mouse drags it or a corner."""

    changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("portrait.crop")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        self.image: QImage | None = None
        self._frame = QRectF()
        self._grip: QPointF | None = None  # the corner that stays while another one is dragged
        self._last: QPointF | None = None

    def show_picture(self, image: QImage | None) -> None:
        self.image = image
        if image is not None:
            self._set(first_frame(image.size()))
        self.update()

    @property
    def frame(self) -> QRect:
        """The frame in points of the picture."""
        return self._frame.toRect()

    def _set(self, frame: QRectF) -> None:
        self._frame = frame
        self.update()
        self.changed.emit()

    # Between the screen and the picture -----------------------------------------------------------------

    def _shown(self) -> QRectF:
        """Where the picture stands in the widget."""
        assert self.image is not None
        room = QRectF(self.rect()).adjusted(GRIP, GRIP, -GRIP, -GRIP)
        size = self.image.size().toSizeF()
        size.scale(room.size(), Qt.AspectRatioMode.KeepAspectRatio)
        place = QRectF(QPointF(0, 0), size)
        place.moveCenter(room.center())
        return place

    def _scale(self) -> float:
        assert self.image is not None
        return self._shown().width() / self.image.width()

    def on_screen(self) -> QRectF:
        """The frame in px of the widget."""
        scale, corner = self._scale(), self._shown().topLeft()
        return QRectF(corner + self._frame.topLeft() * scale, self._frame.size() * scale)

    def _corners(self) -> list[tuple[QPointF, QPointF]]:
        """Each corner on the screen, and the opposite one in the picture."""
        on_screen, frame = self.on_screen(), self._frame
        return [
            (on_screen.topLeft(), frame.bottomRight()),
            (on_screen.topRight(), frame.bottomLeft()),
            (on_screen.bottomLeft(), frame.topRight()),
            (on_screen.bottomRight(), frame.topLeft()),
        ]

    # Mouse and keys -----------------------------------------------------------------------------------

    def _corner_at(self, place: QPointF) -> QPointF | None:
        near = [fixed for corner, fixed in self._corners() if (corner - place).manhattanLength() < 2 * GRIP]
        return near[0] if near else None

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if self.image is None:
            return
        self._grip = self._corner_at(event.position())
        self._last = event.position()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self.image is None:
            return
        if self._last is None:
            self._show_cursor(event.position())
            return
        if self._grip is not None:
            shown, scale = self._shown(), self._scale()
            place = (event.position() - shown.topLeft()) / scale
            height = max(abs(place.y() - self._grip.y()), abs(place.x() - self._grip.x()) / RATIO)
            self._set(resized(self._frame, height, self.image.size(), self._grip))
        else:
            step = (event.position() - self._last) / self._scale()
            self._set(inside(self._frame.translated(step), self.image.size()))
        self._last = event.position()

    def mouseReleaseEvent(self, _event: QMouseEvent) -> None:
        self._grip = self._last = None

    def wheelEvent(self, event: QWheelEvent) -> None:
        self._grow(GROWTH if event.angleDelta().y() < 0 else 1 / GROWTH)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = Qt.Key(event.key())
        if self.image is not None and key in ARROWS:
            x, y = ARROWS[key]
            step = STEP * self._frame.height()
            self._set(inside(self._frame.translated(x * step, y * step), self.image.size()))
        elif self.image is not None and key in GROW:
            self._grow(GROW[key])
        else:
            event.ignore()

    def _grow(self, factor: float) -> None:
        if self.image is not None:
            height = self._frame.height() * factor
            self._set(resized(self._frame, height, self.image.size(), self._frame.center()))

    def _show_cursor(self, place: QPointF) -> None:
        at_corner = self._corner_at(place) is not None
        shape = Qt.CursorShape.SizeFDiagCursor if at_corner else Qt.CursorShape.SizeAllCursor
        self.setCursor(shape if at_corner or self.on_screen().contains(place) else Qt.CursorShape.ArrowCursor)

    # Painting -----------------------------------------------------------------------------------------

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHints(
            QPainter.RenderHint.Antialiasing | QPainter.RenderHint.SmoothPixmapTransform, True
        )
        painter.setPen(QPen(QColor(theme.ACCENT if self.hasFocus() else theme.HAIRLINE), 2))
        painter.setBrush(QColor(theme.GROUND))
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(1, 1, -1, -1), 8, 8)
        if self.image is not None:
            self._paint_picture(painter, self.image)
        else:
            empty = QRectF(0, 0, 96, 96)
            empty.moveCenter(QRectF(self.rect()).center())
            icons.paint_icon(painter, "person", empty, theme.BORDER)
        painter.end()

    def _paint_picture(self, painter: QPainter, image: QImage) -> None:
        shown, frame = self._shown(), self.on_screen()
        painter.drawImage(shown, image)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(27, 35, 38, 150))
        for dark in (
            QRectF(shown.left(), shown.top(), shown.width(), frame.top() - shown.top()),
            QRectF(shown.left(), frame.bottom(), shown.width(), shown.bottom() - frame.bottom()),
            QRectF(shown.left(), frame.top(), frame.left() - shown.left(), frame.height()),
            QRectF(frame.right(), frame.top(), shown.right() - frame.right(), frame.height()),
        ):
            painter.drawRect(dark)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(QColor(theme.SURFACE), 1, Qt.PenStyle.DashLine))
        oval = QRectF(0, 0, frame.width() * 0.58, frame.height() * 0.62)  # where the face should be
        oval.moveCenter(QPointF(frame.center().x(), frame.top() + frame.height() * 0.46))
        painter.drawEllipse(oval)
        painter.setPen(QPen(QColor(theme.SURFACE), 2))
        painter.drawRect(frame)
        painter.setPen(QPen(QColor(theme.ACCENT), 2))
        painter.setBrush(QColor(theme.SURFACE))
        for corner, _fixed in self._corners():
            painter.drawEllipse(corner, GRIP / 2, GRIP / 2)
