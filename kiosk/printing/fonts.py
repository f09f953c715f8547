"""The three typefaces of the slips, and which of them sets which character.

Noto Sans sets Latin and digits, Noto Sans SC Chinese, Noto Sans Myanmar Burmese, which is shaped by
HarfBuzz. The faces are read once in the life of the program; what was shaped once is kept.
"""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from threading import Lock

import msgspec
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFError, TTFont, shapeStr

from kiosk.errors import PrintError
from kiosk.model.text import say

LATIN, HAN, MYANMAR = "NotoSans", "NotoSansSC", "NotoSansMyanmar"
WEIGHTS = {False: "Regular", True: "SemiBold"}
NO_GLYPH = "□"  # what is set where no face has the character; a check finds it
_QUOTES = "“”‘’—…·"
_loading = Lock()


class Run(msgspec.Struct, frozen=True):
    """Characters set in one face. `width` is for a size of 1; `source` is what was shaped, or ""."""

    font: str
    text: str  # reportlab's ShapedStr where HarfBuzz moved something
    width: float
    source: str = ""


def load_fonts(folder: Path) -> None:
    """Makes the six fonts known to reportlab, once. Raises PrintError naming the file that is missing."""
    with _loading:
        for face in (LATIN, HAN, MYANMAR):
            for weight in WEIGHTS.values():
                name = f"{face}-{weight}"
                if name not in pdfmetrics._fonts:
                    _load(name, folder / f"{name}.ttf")


def _load(name: str, file: Path) -> None:
    try:
        pdfmetrics.registerFont(TTFont(name, str(file)))
    except (TTFError, OSError) as error:
        raise PrintError(say("The font {file} cannot be read", file=file)) from error


@lru_cache(maxsize=8192)
def runs(text: str, bold: bool) -> tuple[Run, ...]:
    """The text as runs of one face each, shaped and measured."""
    cut: list[tuple[str, str]] = []
    for character in text:
        face = cut[-1][0] if cut else ""
        wanted, character = _face(character, face)
        if wanted == face:
            cut[-1] = (face, cut[-1][1] + character)
        else:
            cut.append((wanted, character))
    return tuple(_run(f"{face}-{WEIGHTS[bold]}", part) for face, part in cut)


def width(text: str, bold: bool) -> float:
    """The width of one line of text set at a size of 1."""
    return sum(run.width for run in runs(text, bold))


def missing(text: str) -> str:
    """The characters that no face has."""
    return "".join(character for character in text if _face(character, "")[1] != character)


def _run(font: str, text: str) -> Run:
    if font.startswith(MYANMAR):
        shaped = shapeStr(text, font, 1000, force=True)
        advance = sum(glyph.x_advance for glyph in shaped.__shapeData__)
        return Run(font, shaped, advance / 1000, text)
    return Run(font, text, pdfmetrics.stringWidth(text, font, 1))


def _face(character: str, current: str) -> tuple[str, str]:
    """The face for a character after one set in `current`; spaces and quotes follow their neighbour."""
    code = ord(character)
    if "\u1000" <= character <= "\u109f" or 0xA9E0 <= code <= 0xA9FF or 0xAA60 <= code <= 0xAA7F:
        order: tuple[str, ...] = (MYANMAR,)
    elif character == " " or character in "\u200c\u200d":
        order = (current, LATIN, MYANMAR)
    elif current == HAN and character in _QUOTES:
        order = (HAN,)
    elif code >= 0x2E80:
        order = (HAN, LATIN)
    else:
        order = (LATIN, HAN, MYANMAR)
    for face in order:
        if face and _has(face, code):
            return face, character
    return HAN, NO_GLYPH


@lru_cache(maxsize=8192)
def _has(face: str, code: int) -> bool:
    return code in pdfmetrics.getFont(f"{face}-Regular").face.charToGlyph
