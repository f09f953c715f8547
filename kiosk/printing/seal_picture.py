"""The seal as a QR code, drawn in squares, never as a picture that a printer driver could blur."""

from __future__ import annotations

from collections.abc import Iterator

import segno
from reportlab.lib.colors import HexColor

from kiosk.errors import PrintError
from kiosk.model.text import say
from kiosk.printing.sheet import Sheet

QUIET = 4  # modules of white around the symbol, as the standard asks
SMALLEST_MODULE = 0.3386 * 72 / 25.4  # points; Doc 9303-13 for printing at 300 dpi


def draw_seal(sheet: Sheet, x: float, y: float, across: float, payload: str) -> None:
    """The code with its quiet zone in a square `across` wide. Raises PrintError when it would be too fine."""
    if not payload:
        return
    rows = [bytes(row) for row in segno.make(payload, error="m", boost_error=False).matrix]
    module = across / (len(rows) + 2 * QUIET)
    if module < SMALLEST_MODULE:
        raise PrintError(say("The seal is too long to be printed so that it can be read"))
    canvas = sheet.canvas
    canvas.saveState()
    canvas.translate(x + QUIET * module, sheet.height - y - QUIET * module)
    canvas.scale(module, -module)
    canvas.setFillColor(HexColor("#000000"))
    canvas.addLiteral(" ".join(_bars(rows)) + " f")  # whole numbers: quicker than reportlab's paths
    canvas.restoreState()


def _bars(rows: list[bytes]) -> Iterator[str]:
    """The dark modules of each row as PDF rectangles, neighbours joined."""
    for number, row in enumerate(rows):
        end = 0
        while (start := row.find(1, end)) >= 0:
            end = row.find(0, start) if 0 in row[start:] else len(row)
            yield f"{start} {number} {end - start} 1 re"
