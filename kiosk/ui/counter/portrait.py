"""The portrait from a picture file: chosen or typed, framed on screen, kept with the case."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QImage, QPixmap
from PySide6.QtWidgets import QFileDialog, QLabel, QWidget

from kiosk.errors import KioskError
from kiosk.model.text import Text, say
from kiosk.ui import theme
from kiosk.ui.counter.crop import CropView
from kiosk.ui.counter.picture_file import ENDINGS, PORTRAIT, cut, jpeg_of, newest_picture, read_picture
from kiosk.ui.counter.seat import Seat
from kiosk.ui.counter.sheet import Sheet
from kiosk.ui.fields.line import LineInput
from kiosk.ui.parts import button, column, label, prose, row

CROP = QSize(520, 420)  # px


class PortraitSheet(Sheet):
    """Enter in the path loads the picture; Ctrl+Enter, or Enter on the main button, keeps what is framed.

    The picture that came last into the scanner's folder is proposed.
    """

    def __init__(self, host: QWidget, seat: Seat, case: str) -> None:
        super().__init__(host, seat.words, say("Portrait"), width=840, accept=say("Use this portrait"))
        self.setObjectName("portrait")
        self._seat, self._case = seat, case
        self.path = LineInput(theme.COUNTER, "zh")
        self.path.setObjectName("portrait.path")
        self.path.moved.connect(lambda _step: self.load(self.path.raw()))
        browse = button(seat.words, say("Choose a file…"), name="portrait.browse")
        browse.clicked.connect(self._browse)
        self.crop = CropView()
        self.crop.setFixedSize(CROP)
        self.crop.changed.connect(self._show_result)
        self._result = QLabel()
        self._result.setFixedSize(PORTRAIT / 2)
        self._result.setStyleSheet(f"background: {theme.GROUND}; border-radius: 4px;")
        chosen = row(self.path, browse)
        chosen.setStretch(0, 1)
        help_text = say(
            "Drag the frame, or move it with the arrow keys; plus and minus change its size. "
            "The face belongs into the oval, the eyes open, nothing over the face."
        )
        side = column(
            label(seat.words, say("As it will be printed"), "label"),
            self._result,
            8,
            prose(seat.words, help_text, "second"),
            None,
        )
        parts = row(self.crop, side, spacing=3 * theme.GRID)
        parts.setStretch(1, 1)
        self.body.addLayout(column(label(seat.words, say("Picture file"), "label"), chosen, spacing=4))
        self.body.addLayout(parts)
        self.accept.setEnabled(False)
        self.accepted.connect(self._keep)

    def open_sheet(self, first: QWidget | None = None) -> None:
        super().open_sheet(first or self.path)
        newest = newest_picture(self._seat.settings.inbox)
        if newest is not None:
            self.path.set_raw(str(newest))
            self.load(str(newest))

    def _browse(self) -> None:
        """Never waits in a loop of its own, so that a lock or a scan still gets through."""
        folder = str(self._seat.settings.inbox or Path.home())
        pattern = " ".join(f"*{ending}" for ending in ENDINGS)
        dialog = QFileDialog(self, self.words(say("Picture file")), folder, f"({pattern})")
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.fileSelected.connect(self._chosen)
        dialog.open()

    def _chosen(self, path: str) -> None:
        self.path.set_raw(path)
        self.load(path)

    def load(self, path: str) -> None:
        """Reads the picture, off the UI thread."""
        if path.strip():
            file = Path(path.strip().strip("\"'")).expanduser()
            self._seat.background.run(lambda: read_picture(file), self._loaded, self._not_loaded)

    def _loaded(self, image: QImage) -> None:
        self.show_error(None)
        self.crop.show_picture(image)
        self.accept.setEnabled(True)
        self.accept.setFocus(Qt.FocusReason.TabFocusReason)

    def _not_loaded(self, error: KioskError) -> None:
        self._clear(error.text)
        self.path.setFocus(Qt.FocusReason.OtherFocusReason)

    def _clear(self, why: Text) -> None:
        self.crop.show_picture(None)
        self._result.clear()
        self.accept.setEnabled(False)
        self.show_error(why)

    def _show_result(self) -> None:
        if self.crop.image is not None:
            picture = QPixmap.fromImage(cut(self.crop.image, self.crop.frame))
            picture.setDevicePixelRatio(2)
            self._result.setPixmap(picture)

    def _keep(self) -> None:
        if self.crop.image is None:
            return
        try:
            jpeg = jpeg_of(cut(self.crop.image, self.crop.frame))
            self._seat.desk.attach_portrait(self._seat.operator, self._case, jpeg)
        except KioskError as error:
            self.show_error(error.text)
            return
        self.close_sheet()
