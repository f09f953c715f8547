"""Papers of a case: seen, copied from a file, or taken from an earlier case."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QFileDialog, QWidget

from kiosk.errors import KioskError
from kiosk.model.case import Changed
from kiosk.model.text import say
from kiosk.ui.counter.papers import PaperList
from kiosk.ui.counter.seat import Seat

MEDIA = {".pdf": "application/pdf", ".jpg": "image/jpeg", ".jpeg": "image/jpeg", ".png": "image/png"}


class CasePapers(QObject):
    """Writes what the list of papers asks for."""

    changed = Signal()
    failed = Signal(object)  # KioskError

    def __init__(self, seat: Seat, papers: PaperList, host: QWidget) -> None:
        super().__init__(host)
        self._seat, self._host = seat, host
        self.case = ""
        papers.sighted.connect(self._sight)
        papers.copy_wanted.connect(self._ask_for_copy)
        papers.reuse_wanted.connect(self._reuse)

    def _write(self, call: Callable[[], Changed]) -> None:
        try:
            call()
        except KioskError as error:
            self.failed.emit(error)
        else:
            self.changed.emit()

    def _sight(self, stage: str, paper: str, seen: bool) -> None:
        desk, operator, case = self._seat.desk, self._seat.operator, self.case
        self._write(lambda: desk.sight_paper(operator, case, stage, paper, seen))

    def _reuse(self, stage: str, paper: str) -> None:
        desk, operator, case = self._seat.desk, self._seat.operator, self.case
        self._write(lambda: desk.reuse_paper(operator, case, stage, paper))

    def _ask_for_copy(self, stage: str, paper: str) -> None:
        """A file from the scanner's folder, or from anywhere."""
        inbox = self._seat.settings.inbox or Path.home()
        names = " ".join(f"*{ending}" for ending in MEDIA)
        dialog = QFileDialog(self._host, self._seat.words(say("Attach a copy")), str(inbox), f"({names})")
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.setOption(QFileDialog.Option.DontUseNativeDialog)
        dialog.fileSelected.connect(lambda file: self.attach(stage, paper, Path(file)))
        dialog.open()

    def attach(self, stage: str, paper: str, file: Path) -> None:
        """Reads the file off the UI thread, then keeps it with the case."""
        kind = MEDIA.get(file.suffix.lower())
        if kind is None:
            self.failed.emit(KioskError(say("Only PDF, JPEG and PNG can be attached.")))
            return
        desk, operator, case = self._seat.desk, self._seat.operator, self.case

        def keep(data: bytes) -> None:
            self._write(lambda: desk.attach_paper(operator, case, stage, paper, data, kind))

        self._seat.background.run(lambda: read(file), keep, self.failed.emit)


def read(file: Path) -> bytes:
    """The file's bytes. Raises KioskError."""
    try:
        return file.read_bytes()
    except OSError as error:
        raise KioskError(say("Cannot read the file: {error}", error=error.strerror or error)) from error
