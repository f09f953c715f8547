"""Slips as PDF: `render` draws one, `check` says what does not fit; `printers` puts them on paper."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

from kiosk.model.office import OfficePack
from kiosk.model.slip import Slip
from kiosk.model.text import Text
from kiosk.printing import letters, papers
from kiosk.printing.fonts import load_fonts
from kiosk.printing.permit import permit
from kiosk.printing.sheet import Sheet
from kiosk.printing.words import Words
from kiosk.settings import fonts_folder

LAYOUTS: Mapping[str, Callable[[Words], Sheet]] = {
    "application_form": papers.application_form,
    "opinions": papers.opinions,
    "guarantee": papers.guarantee,
    "receipt": letters.receipt,
    "progress": letters.progress,
    "health_certificate": letters.health_certificate,
    "missing": letters.missing,
    "refusal": letters.refusal,
    "permit": permit,
}

SMALLER = (11.5 / 12, 11 / 12, 10.5 / 12, 10 / 12)  # 12 points is the rule; Burmese is legible down to 10


def render(slip: Slip, pack: OfficePack, fonts: Path | None = None) -> bytes:
    """The slip as PDF; the same slip gives the same bytes. Raises PrintError when a font is missing."""
    return draw(slip, pack, fonts).finish()


def check(slip: Slip, pack: OfficePack, fonts: Path | None = None) -> tuple[Text, ...]:
    """What does not fit on the slip, and characters that no font has; empty when all is well."""
    return tuple(draw(slip, pack, fonts).findings)


def draw(slip: Slip, pack: OfficePack, fonts: Path | None = None) -> Sheet:
    """The slip on its sheet; a letter that is a little too long for its page is set a little smaller.

    What needs more pages all the same is drawn once more, with their number on each.
    """
    load_fonts(fonts or fonts_folder())
    layout = LAYOUTS[slip.kind]
    sheet = layout(Words(slip, pack))
    if sheet.pages == 1:
        return sheet
    for scale in SMALLER if slip.definition.size == "A5" else ():
        smaller = layout(Words(slip, pack, scale=scale))
        if smaller.pages == 1:
            return smaller
    return layout(Words(slip, pack, pages=sheet.pages))
