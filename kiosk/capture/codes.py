"""QR codes out of pictures and PDF pages, best readers first.

zbar reads most; on coarse thermal prints several preprocessings help, and OpenCV's own detector finds some
that zbar does not. PDF pages are rendered by pdfium (`pypdfium2`), which needs no program beside it.
"""

from __future__ import annotations

from collections.abc import Iterator
from io import BytesIO
from math import ceil, sqrt
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pypdfium2
from numpy.typing import NDArray
from PIL import Image as Pillow
from pyzbar import pyzbar

from kiosk.errors import KioskError
from kiosk.model.text import say

Image = NDArray[Any]  # height × width, grey, 8 bits
DOTS_PER_INCH = 300
MOST_PAGES = 10  # the first of a PDF
SMALL = 3_000_000  # pixels; what is smaller is worth enlarging
LARGEST = 40_000_000  # pixels of a picture, or of all pages together; a larger one is no photo of a slip
FORMATS = ("JPEG", "PNG", "WEBP", "TIFF", "BMP", "GIF")
UNREADABLE = say("This is no picture and no PDF that can be read")
Pillow.MAX_IMAGE_PIXELS = None  # it would warn, at a number of its own


def read_codes(source: bytes) -> tuple[str, ...]:
    """The texts of all QR codes in a picture or a PDF, each once; empty when there are none.

    Raises KioskError when the bytes are neither.
    """
    return tuple(dict.fromkeys(text for image in images(source) for text in codes_of(image)))


def read_codes_of_file(path: Path) -> tuple[str, ...]:
    """`read_codes` of a file; raises KioskError when it cannot be read."""
    try:
        return read_codes(path.read_bytes())
    except OSError as error:
        raise KioskError(say("{path} cannot be read", path=path)) from error


def look(source: bytes) -> None:
    """Raises KioskError for anything but a picture or a PDF whose pages can be drawn."""
    for _ in images(source):
        pass


def images(source: bytes) -> Iterator[Image]:
    """The pages of a PDF, or the one picture, in grey."""
    if source.startswith(b"%PDF"):
        yield from _pages(source)
        return
    _refuse_too_large(source)
    try:
        picture = cv2.imdecode(np.frombuffer(source, np.uint8), cv2.IMREAD_GRAYSCALE)
    except cv2.error as error:
        raise KioskError(UNREADABLE) from error
    if picture is None:
        raise KioskError(UNREADABLE)
    yield picture


def _refuse_too_large(source: bytes) -> None:
    """Looks at the header alone: a small file may unpack to a picture that fills the memory."""
    try:
        with Pillow.open(BytesIO(source), formats=FORMATS) as picture:
            points = picture.width * picture.height
    except Exception as error:  # anybody's bytes: each format has its own ways to say no
        raise KioskError(UNREADABLE) from error
    if points > LARGEST:
        raise _too_large()


def _too_large() -> KioskError:
    most = LARGEST // 1_000_000
    return KioskError(say("This picture has more than {most} million points. Take a smaller one.", most=most))


def codes_of(image: Image) -> tuple[str, ...]:
    """The texts of the QR codes in one grey picture."""
    for prepared in _preparations(image):
        found = [code.data.decode("utf-8", "replace") for code in _zbar(prepared)]
        if found:
            return tuple(found)
    found_any, texts, _corners, _codes = cv2.QRCodeDetectorAruco().detectAndDecodeMulti(image)
    return tuple(text for text in texts if text) if found_any else ()


def _zbar(image: Image) -> list[Any]:
    return list(pyzbar.decode(image, symbols=[pyzbar.ZBarSymbol.QRCODE]))


def _preparations(image: Image) -> Iterator[Image]:
    """The picture as it is, then made easier in the ways that helped on simulated thermal prints."""
    yield image
    blurred = cv2.GaussianBlur(image, (3, 3), 0)
    yield blurred
    _, black_and_white = cv2.threshold(blurred, 0, 255, cv2.THRESH_BINARY + cv2.THRESH_OTSU)
    yield black_and_white
    yield cv2.adaptiveThreshold(blurred, 255, cv2.ADAPTIVE_THRESH_GAUSSIAN_C, cv2.THRESH_BINARY, 51, 5)
    if image.size <= SMALL:  # a picture of a screen, where a module is two or three pixels
        yield cv2.resize(image, None, fx=3, fy=3, interpolation=cv2.INTER_CUBIC)
    if image.size * 4 <= LARGEST:
        yield cv2.resize(blurred, None, fx=2, fy=2, interpolation=cv2.INTER_CUBIC)
    if min(image.shape) > 1:
        yield cv2.resize(image, None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA)


def _pages(source: bytes) -> Iterator[Image]:
    """At 300 dots an inch, or at fewer, so that all pages together are no more than the largest picture."""
    try:
        with pypdfium2.PdfDocument(source) as document:
            sizes = [document.get_page_size(number) for number in range(min(len(document), MOST_PAGES))]
            scale = _scale(sizes)
            for number in range(len(sizes)):
                bitmap = document[number].render(scale=scale, grayscale=True)
                yield bitmap.to_numpy().copy().reshape(bitmap.height, bitmap.width)
    except pypdfium2.PdfiumError as error:
        raise KioskError(UNREADABLE) from error


def _scale(sizes: list[tuple[float, float]]) -> float:
    """Dots for each 1/72 inch. Raises KioskError where rounding up alone, of thin pages, makes too many."""
    area = sum(width * height for width, height in sizes) or 1.0
    scale = min(DOTS_PER_INCH / 72, sqrt(0.9 * LARGEST / area))  # a tenth is left for the rounding
    if sum(ceil(width * scale) * ceil(height * scale) for width, height in sizes) > LARGEST:
        raise _too_large()
    return scale
