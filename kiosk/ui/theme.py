"""How everything looks: one typographic scale, one spacing scale, one accent.

Colours were chosen by computed contrast: each text colour has at least 5.7:1 on the ground and on white.
Nothing outside this file and `icons.py` names a colour or a font size.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path

import msgspec
from PySide6.QtGui import QColor, QFont, QFontDatabase, QPalette
from PySide6.QtWidgets import QApplication, QStyleFactory, QWidget

from kiosk.ui.style import RULES, for_burmese, own_names

GRID = 8  # px; every distance is a multiple of it, or its half

GROUND = "#F4F6F5"
SURFACE = "#FFFFFF"
TEXT = "#1B2326"
SECOND = "#56636A"
BORDER = "#737F84"
HAIRLINE = "#DDE3E2"
HOVER = "#EDF1F0"
ACCENT = "#0B5C6B"
ACCENT_DARK = "#08444F"
ACCENT_SOFT = "#E2EFF1"
DONE = "#1F6B3A"
DONE_SOFT = "#E5F1E9"
RETURNED = "#8A5300"
RETURNED_SOFT = "#FBF1E1"
REFUSED = "#9B1C1C"
REFUSED_SOFT = "#FAEAEA"
CONTESTED = "#5B3E8C"
CONTESTED_SOFT = "#EFEAF7"

SMALL, BODY, LEAD, TITLE, DISPLAY = 13, 15, 18, 24, 32  # px
REGULAR, STRONG = 400, 600

LATIN, CHINESE, BURMESE = "Noto Sans", "Noto Sans SC", "Noto Sans Myanmar"
# The first family gives a line its height: where Burmese is read or typed it must come first.
FAMILIES = {
    "zh": [CHINESE, BURMESE],
    "my": [BURMESE, CHINESE],
    "en": [LATIN, CHINESE, BURMESE],
}


class Density(msgspec.Struct, frozen=True):
    """Sizes in px of one field: `row` from one field to the next, `input` what is typed into."""

    name: str
    row: int
    label: int
    text: int
    input: int
    gap: int


COUNTER = Density("counter", row=64, label=SMALL, text=BODY, input=36, gap=24)
TOUCH = Density("touch", row=224, label=42, text=42, input=96, gap=48)


def load_fonts(folder: Path) -> None:
    """Registers the fonts that are shipped; without them Chinese and Burmese may be boxes."""
    for file in sorted(folder.glob("*.ttf")):
        QFontDatabase.addApplicationFont(str(file))


@cache
def font(language: str, size: int = BODY, weight: int = REGULAR) -> QFont:
    """A font for text of one language, not to be changed; Burmese is never smaller than BODY."""
    made = QFont()
    made.setFamilies(FAMILIES[language])
    made.setPixelSize(max(size, BODY) if language == "my" else size)
    made.setWeight(QFont.Weight(weight))
    return made


def dress(app: QApplication, language: str) -> None:
    """Gives the whole application its look, for a language of the screen."""
    app.setStyle(QStyleFactory.create("Fusion"))
    app.setPalette(palette())
    app.setFont(font(language))
    app.setStyleSheet(style_sheet(language))


def palette() -> QPalette:
    made = QPalette()
    roles = {
        QPalette.ColorRole.Window: GROUND,
        QPalette.ColorRole.Base: SURFACE,
        QPalette.ColorRole.AlternateBase: GROUND,
        QPalette.ColorRole.Button: SURFACE,
        QPalette.ColorRole.WindowText: TEXT,
        QPalette.ColorRole.Text: TEXT,
        QPalette.ColorRole.ButtonText: TEXT,
        QPalette.ColorRole.PlaceholderText: SECOND,
        QPalette.ColorRole.Highlight: ACCENT,
        QPalette.ColorRole.HighlightedText: SURFACE,
        QPalette.ColorRole.ToolTipBase: TEXT,
        QPalette.ColorRole.ToolTipText: SURFACE,
        QPalette.ColorRole.Link: ACCENT,
    }
    for role, colour in roles.items():
        made.setColor(role, QColor(colour))
    return made


def mark(widget: QWidget, **properties: object) -> None:
    """Sets properties that the style sheet selects by, and draws the widget anew."""
    if all(widget.property(name) == value for name, value in properties.items()):
        return
    for name, value in properties.items():
        widget.setProperty(name, value)
    widget.style().unpolish(widget)
    widget.style().polish(widget)


def style_sheet(language: str) -> str:
    """The Qt style sheet for a language of the screen."""
    colours = {name.lower(): value for name, value in globals().items() if name.isupper()}
    made = RULES.substitute(colours, small=BODY if language == "my" else SMALL)
    return (for_burmese(made) if language == "my" else made) + own_names()
