"""Things side by side on a sheet, in the language of the screen."""

from __future__ import annotations

from PySide6.QtWidgets import QVBoxLayout, QWidget

from kiosk.model.ask import Definitions
from kiosk.model.telling import Telling
from kiosk.ui import theme
from kiosk.ui.counter.seat import Seat
from kiosk.ui.parts import column, scrolled

WIDTH = 1040
AROUND = 448  # px that a sheet needs besides what is compared


class Compared(QWidget):
    """What is compared, in an area that scrolls where there is too much; filled anew in each language."""

    def __init__(self, seat: Seat, host: QWidget, around: int = AROUND, width: int = WIDTH) -> None:
        """`width` is the sheet's."""
        super().__init__()
        self._host, self._around, self._width = host, around, width
        self.seat = seat
        self._inside = QWidget()
        self.made = QVBoxLayout(self._inside)
        self.made.setContentsMargins(0, 0, 0, 0)
        self.made.setSpacing(2 * theme.GRID)
        self._scroll = scrolled(self._inside, theme.SURFACE)
        self.setLayout(column(self._scroll))

    def telling(self, definitions: Definitions) -> Telling:
        desk = self.seat.desk
        return Telling(definitions, desk.pack.office.roles, self.seat.words.translator, desk.today())

    def fitted(self, _language: str = "") -> None:
        """As high as what stands in it, where the window has the room."""
        needed = self.made.heightForWidth(self._width - 6 * theme.GRID)
        if needed < 0:
            needed = self.made.sizeHint().height()
        self._scroll.setFixedHeight(min(needed, max(160, self._host.height() - self._around)))
