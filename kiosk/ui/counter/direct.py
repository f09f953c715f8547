"""Slips that go to the printer by themselves: a clerk looks at them only when he wants to (F9)."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QObject, Signal

from kiosk.errors import KioskError, PrintError
from kiosk.model.slip import SLIP_KINDS
from kiosk.model.text import Text, say
from kiosk.ui.counter import slip_files
from kiosk.ui.counter.seat import Seat

DIRECT = ("progress",)  # what the person takes along after each step, and nobody signs


class DirectPrint(QObject):
    """Draws and prints off the UI thread; where no printer answers, the slip is saved."""

    told = Signal(object, str)  # a Text for the status bar, its state

    def __init__(self, seat: Seat, parent: QObject) -> None:
        super().__init__(parent)
        self._seat = seat

    def print_now(self, case: str, kind: str) -> None:
        seat = self._seat

        def draw_and_print() -> Path | None:
            """The file it was saved as, None when it was printed."""
            slip = seat.desk.slip(seat.operator, case, kind)
            pdf = seat.desk.slip_pdf(seat.operator, case, kind)
            try:
                seat.desk.print_pdf(pdf, slip.kind, slip.number)
            except PrintError:
                return slip_files.save(seat.settings.slips, slip, pdf)
            return None

        def done(file: Path | None) -> None:
            title = Text(SLIP_KINDS[kind].title)
            if file is not None:
                text = say("{slip}: no printer answers. Saved as {file}.", slip=title, file=file.name)
                self.told.emit(text, "warning")
                return
            try:
                seat.desk.printed(seat.operator, case, kind)
            except KioskError as error:
                self._failed(error)
            else:
                self.told.emit(say("{slip}: printed.", slip=title), "done")

        seat.background.run(draw_and_print, done, self._failed)

    def _failed(self, error: KioskError) -> None:
        self.told.emit(error.text, "error")
