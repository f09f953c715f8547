"""Picture files: read with care, and a part of one made into a portrait."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QRect, QSize, Qt
from PySide6.QtGui import QImage, QImageReader, QPainter

from kiosk.errors import KioskError
from kiosk.model.text import say

PORTRAIT = QSize(330, 440)  # px, three by four
QUALITY = 90  # of the JPEG, of 100
LARGEST_FILE = 20_000_000  # bytes
LARGEST_PICTURE = 60_000_000  # px; a file of a few kilobytes may claim more than the memory holds
FORMATS = ("jpeg", "png", "bmp", "tiff", "webp")
ENDINGS = (".jpg", ".jpeg", ".png", ".bmp", ".tif", ".tiff", ".webp")


def newest_picture(folder: Path | None) -> Path | None:
    """The picture that came last into a folder, where there is one."""
    if folder is None or not folder.is_dir():
        return None
    found = [file for file in folder.iterdir() if file.suffix.lower() in ENDINGS and file.is_file()]
    return max(found, key=lambda file: file.stat().st_mtime, default=None)


def read_picture(path: Path) -> QImage:
    """The picture, upright. Raises KioskError when it is no picture, damaged, too large or too small."""
    if not path.is_file():
        raise KioskError(say("There is no file {file}.", file=path.name))
    if path.stat().st_size > LARGEST_FILE:
        megabytes = path.stat().st_size // 1_000_000
        raise KioskError(say("This file is too large: {size} MB. At most 20 MB.", size=megabytes))
    reader = QImageReader(str(path))
    reader.setDecideFormatFromContent(True)
    reader.setAutoTransform(True)
    if bytes(reader.format().data()).decode() not in FORMATS:
        raise KioskError(say("This file is not a picture that can be used. Choose a JPEG or PNG file."))
    size = reader.size()
    if size.width() * size.height() > LARGEST_PICTURE:
        raise KioskError(say("This picture is too large: {size}. At most 60 megapixels.", size=_said(size)))
    if size.isValid() and (min(size.toTuple()) < PORTRAIT.width() or max(size.toTuple()) < PORTRAIT.height()):
        raise _too_small(size)
    image = reader.read()
    if image.isNull():
        raise KioskError(say("This picture is damaged and cannot be read."))
    if image.width() < PORTRAIT.width() or image.height() < PORTRAIT.height():
        raise _too_small(image.size())
    return image


def _too_small(size: QSize) -> KioskError:
    return KioskError(
        say(
            "This picture is too small: {size}. At least {least} are needed.",
            size=_said(size),
            least=_said(PORTRAIT),
        )
    )


def _said(size: QSize) -> str:
    return f"{size.width()} × {size.height()}"


def cut(image: QImage, frame: QRect) -> QImage:
    """What stands in the frame, as large as a portrait is; what was transparent is white."""
    smooth = Qt.TransformationMode.SmoothTransformation
    part = image.copy(frame).scaled(PORTRAIT, Qt.AspectRatioMode.IgnoreAspectRatio, smooth)
    made = QImage(PORTRAIT, QImage.Format.Format_RGB32)
    made.fill(Qt.GlobalColor.white)
    painter = QPainter(made)
    painter.drawImage(0, 0, part)
    painter.end()
    return made


def jpeg_of(image: QImage) -> bytes:
    """JPEG without any of the file's own notes: no place, no camera, no name."""
    data = QByteArray()
    buffer = QBuffer(data)
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    image.save(buffer, "JPEG", QUALITY)  # type: ignore[call-overload]
    return bytes(data.data())
