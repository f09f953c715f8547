"""The input for a picture: what is attached, small, and a button to attach or change it."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QPixmap
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QWidget

from kiosk.model.text import say
from kiosk.ui import icons, theme
from kiosk.ui.fields.line import step_of
from kiosk.ui.translations import Translations


class PictureButton(QPushButton):
    """Enter walks on; the space bar presses."""

    moved = Signal(int)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        step = step_of(event)
        if step:
            self.moved.emit(step)
        else:
            super().keyPressEvent(event)


class PictureInput(QWidget):
    """Shows what is attached; `wanted` asks whoever attaches pictures for another."""

    changed = Signal()
    moved = Signal(int)
    entered = Signal()
    left = Signal()
    wanted = Signal()  # the person asks to attach a picture

    def __init__(self, density: theme.Density, words: Translations, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._words = words
        self._raw = ""
        self._thumb = QLabel(self)
        self._thumb.setFixedSize(density.input * 3 // 4, density.input)
        self._button = PictureButton(self)
        self._button.setIcon(icons.icon("camera"))
        self._button.setIconSize(QSize(20, 20))
        self._button.clicked.connect(self.wanted)
        self._button.moved.connect(self.moved)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self._thumb)
        layout.addWidget(self._button, 1)
        self.setFocusProxy(self._button)
        self.show_picture(None)

    def show_picture(self, picture: QPixmap | None) -> None:
        """The attached picture, or None for nothing yet."""
        text = say("Attach a picture") if picture is None else say("Change the picture")
        self._words.put(self._button.setText, text)
        shape = Qt.AspectRatioMode.KeepAspectRatio
        smooth = Qt.TransformationMode.SmoothTransformation
        self._thumb.setPixmap(picture.scaled(self._thumb.size(), shape, smooth) if picture else QPixmap())
        self._thumb.setVisible(picture is not None)

    def raw(self) -> str:
        return self._raw

    def set_raw(self, raw: str, _shown: str = "") -> None:
        """The JSON of the reference; nobody types here."""
        self._raw = raw

    def setReadOnly(self, read_only: bool) -> None:
        self._button.setEnabled(not read_only)
