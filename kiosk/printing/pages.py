"""A PDF as pictures, to be looked at before it is printed: what is seen is the very file that goes out."""

from __future__ import annotations

from threading import Lock

import msgspec
import pypdfium2

POINTS = 72  # of an inch, the unit of a PDF
_PDFIUM = Lock()  # pdfium serves one thread at a time


class Page(msgspec.Struct, frozen=True):
    """One page: four bytes a pixel (blue, green, red, unused), rows without gaps."""

    width: int
    height: int
    pixels: bytes


def pages(pdf: bytes, width: int, most: float) -> tuple[Page, ...]:
    """Every page, `width` pixels wide, but never drawn with more than `most` dots an inch."""
    with _PDFIUM:
        document = pypdfium2.PdfDocument(pdf)
        try:
            return tuple(_page(page, width, most) for page in document)
        finally:
            document.close()


def _page(page: pypdfium2.PdfPage, width: int, most: float) -> Page:
    scale = min(width / page.get_width(), most / POINTS)
    bitmap = page.render(scale=scale, prefer_bgrx=True)
    row = bitmap.width * 4
    lines = bytes(bitmap.buffer)
    if bitmap.stride != row:
        lines = b"".join(lines[y * bitmap.stride :][:row] for y in range(bitmap.height))
    return Page(bitmap.width, bitmap.height, lines[: row * bitmap.height])
