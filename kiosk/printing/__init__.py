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


def render(slip: Slip, pack: OfficePack, fonts: Path | None = None) -> bytes:
    """The slip as PDF; the same slip gives the same bytes. Raises PrintError when a font is missing."""
    return draw(slip, pack, fonts).finish()


def check(slip: Slip, pack: OfficePack, fonts: Path | None = None) -> tuple[Text, ...]:
    """What does not fit on the slip, and characters that no font has; empty when all is well."""
    return tuple(draw(slip, pack, fonts).findings)


def draw(slip: Slip, pack: OfficePack, fonts: Path | None = None) -> Sheet:
    load_fonts(fonts or fonts_folder())
    return LAYOUTS[slip.kind](Words(slip, pack))
