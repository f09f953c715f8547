"""What a slip's PDF says: its words as they can be read from it, page by page."""

from __future__ import annotations

import pypdfium2

from kiosk.model.text import Text
from tests.office import sample_pack

PACK = sample_pack()


def bare(text: str) -> str:
    """Without spaces: where a line breaks, a PDF has none or one too many."""
    return "".join(text.split())


def text_of(pdf: bytes) -> str:
    """The words of a PDF, without spaces."""
    with pypdfium2.PdfDocument(pdf) as document:
        pages = [document[number].get_textpage().get_text_range() for number in range(len(document))]
    return bare("".join(pages))


def words_of_pages(pdf: bytes) -> list[str]:
    """The words of each page, without spaces."""
    with pypdfium2.PdfDocument(pdf) as document:
        return [bare(page.get_textpage().get_text_range()) for page in document]


def pages_of(pdf: bytes) -> list[tuple[float, float]]:
    with pypdfium2.PdfDocument(pdf) as document:
        return [document[number].get_size() for number in range(len(document))]


def said(text: Text | str, language: str) -> str:
    """A text in one language, without spaces, as `text_of` gives it."""
    return bare(PACK.translators[language](text))
