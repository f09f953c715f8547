"""Pages of paper on the screen, under one another, to be scrolled with the keys."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from PySide6.QtCore import Qt
from PySide6.QtGui import QImage, QKeyEvent, QPixmap
from PySide6.QtWidgets import QLabel, QScrollArea, QVBoxLayout, QWidget

from kiosk.model.text import Text
from kiosk.ui import theme
from kiosk.ui.parts import clear, prose
from kiosk.ui.translations import Translations

LOOK = f"""
QScrollArea#paper {{ background: {theme.GROUND}; border: 1px solid {theme.HAIRLINE}; border-radius: 8px; }}
QScrollArea#paper:focus {{ border: 2px solid {theme.ACCENT}; }}
QLabel[role="paper"] {{ border: 1px solid {theme.HAIRLINE}; }}
"""


class Picture(Protocol):
    """What a page is drawn from: four bytes a pixel (blue, green, red, unused)."""

    @property
    def width(self) -> int: ...
    @property
    def height(self) -> int: ...
    @property
    def pixels(self) -> bytes: ...


class PaperView(QScrollArea):
    """Sheets of paper on the ground of the window, or a sentence in their place."""

    def __init__(self, words: Translations) -> None:
        super().__init__()
        self._words = words
        self.setObjectName("paper")
        self.setStyleSheet(LOOK)
        self.setWidgetResizable(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        inside = QWidget()
        self._sheets = QVBoxLayout(inside)
        self._sheets.setContentsMargins(16, 16, 16, 16)
        self._sheets.setSpacing(2 * theme.GRID)
        self.setWidget(inside)

    def room(self) -> int:
        """How wide a sheet may be, in px of this screen."""
        return self.viewport().width() - 32

    def show_pages(self, pages: Sequence[Picture]) -> None:
        clear(self._sheets)
        for page in pages:
            image = QImage(page.pixels, page.width, page.height, 4 * page.width, QImage.Format.Format_RGB32)
            picture = QPixmap.fromImage(image)
            picture.setDevicePixelRatio(self.devicePixelRatioF())
            sheet = QLabel()
            sheet.setProperty("role", "paper")
            sheet.setPixmap(picture)
            self._sheets.addWidget(sheet, 0, Qt.AlignmentFlag.AlignHCenter)
        self._sheets.addStretch(1)
        self.verticalScrollBar().setValue(0)

    def tell(self, text: Text) -> None:
        """Says why there is nothing to look at."""
        clear(self._sheets)
        told = prose(self._words, text, "second")
        told.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._sheets.addWidget(told, 1)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Arrows and PageUp scroll; every other key is the sheet's."""
        scrolls = (Qt.Key.Key_Up, Qt.Key.Key_Down, Qt.Key.Key_PageUp, Qt.Key.Key_PageDown)
        if event.key() in scrolls:
            super().keyPressEvent(event)
        else:
            event.ignore()
