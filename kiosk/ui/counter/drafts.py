"""Unfinished forms are kept as they are typed, so that a kill or a power cut loses at most a moment."""

from __future__ import annotations

from PySide6.QtCore import QObject, QTimer

from kiosk.ui.counter.seat import Seat
from kiosk.ui.forms import FormPage

PAUSE = 250  # ms after a key before the draft is written


class DraftKeeper(QObject):
    """Writes the drafts of the forms it watches, a moment after each key."""

    def __init__(self, seat: Seat, parent: QObject) -> None:
        super().__init__(parent)
        self._seat = seat
        self._keys: dict[FormPage, str] = {}
        self._waiting: set[FormPage] = set()
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(PAUSE)
        self._timer.timeout.connect(self.flush)

    def watch(self, page: FormPage, key: str) -> dict[str, str]:
        """Keeps the page's draft under a key from now on; returns the draft that was kept there."""
        self.flush()
        if page not in self._keys:
            page.typed.connect(lambda: self._typed(page))
            page.changed.connect(lambda _key: self._typed(page))
        self._keys[page] = key
        return self._seat.desk.draft(self._seat.operator, key)

    def forget(self, page: FormPage) -> None:
        """What stood in the form is recorded; of the draft only what is wrong stays."""
        self._waiting.discard(page)
        key = self._keys.get(page)
        if key is None:
            return
        wrong = page.raws(wrong=True)
        if wrong:
            self._seat.desk.save_draft(self._seat.operator, key, wrong)
        else:
            self._seat.desk.drop_draft(self._seat.operator, key)

    def _typed(self, page: FormPage) -> None:
        self._waiting.add(page)
        self._timer.start()

    def flush(self) -> None:
        """Writes what waits, now."""
        self._timer.stop()
        for page in tuple(self._waiting):
            self._seat.desk.save_draft(self._seat.operator, self._keys[page], page.raws())
            self._waiting.discard(page)  # what could not be written waits for the next key
