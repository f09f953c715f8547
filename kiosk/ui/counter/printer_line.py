"""Which printer answers, in the status bar: what is said there is asked, not taken from the settings."""

from __future__ import annotations

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QWidget

from kiosk.errors import KioskError
from kiosk.model.text import say
from kiosk.ui import theme
from kiosk.ui.counter.seat import Seat
from kiosk.ui.parts import label, row

AGAIN = 60_000  # ms after which the printer is asked again


class PrinterLine(QWidget):
    """Empty until the printer has answered or has not."""

    def __init__(self, seat: Seat) -> None:
        super().__init__()
        self._seat = seat
        self._said = label(seat.words, "", "small")
        self._said.setObjectName("printer")
        self.setLayout(row(self._said))
        self._again = QTimer(self)
        self._again.setInterval(AGAIN)
        self._again.timeout.connect(self.ask)
        self._again.start()
        self.ask()

    def ask(self) -> None:
        self._seat.background.run(self._seat.desk.printer, self._answers, self._none)

    def _answers(self, name: str) -> None:
        theme.mark(self._said, state="")
        self._seat.words.put(self._said.setText, say("Printer: {name}", name=name))

    def _none(self, error: KioskError) -> None:
        """Slips are saved as files meanwhile; the tool tip says what is wrong."""
        theme.mark(self._said, state="warning")
        self._seat.words.put(self._said.setText, say("No printer answers: slips are saved"))
        self._seat.words.put(self._said.setToolTip, error.text)
