"""The look of the person's screen: the same colours as the counter, larger letters, targets of 20 mm."""

from __future__ import annotations

from string import Template
from typing import TypeVar

from PySide6.QtWidgets import QWidget

from kiosk.model.text import Text
from kiosk.ui import theme
from kiosk.ui.parts import Button, button
from kiosk.ui.translations import Translations

Widget = TypeVar("Widget", bound=QWidget)

NORMAL_HEIGHT = 768  # px; on a higher window everything grows with it, up to LARGEST times
LARGEST = 1.5
TARGET = 20 / 25.4  # inches of 20 mm, what a finger hits
LEAST_TARGET = 76  # px, where a screen does not know its own size

# Sizes in px of a window 768 px high.
RULES = Template("""
* { font-family: $families; }
QLabel[role="small"] { font-size: ${small}px; }
QLabel[role="second"], QLabel[role="strong"] { font-size: ${text}px; }
QLabel[role="lead"] { font-size: ${text}px; font-weight: $strong; }
QLabel[role="title"], QLabel[role="idea"] { font-size: ${idea}px; }
QLabel[role="display"] { font-size: ${welcome}px; }
QPushButton { font-size: ${text}px; border-radius: 8px; border-width: 2px; padding: 0 ${pad}px;
    min-height: ${target}px; max-height: ${most}px; min-width: ${wide}px; }
QPushButton:focus { border-width: 4px; padding: 0 ${focus_pad}px; min-height: ${focus_target}px; }
QPushButton[kind="primary"]:focus { border: 4px solid $accent_soft; }
QPushButton[kind="quiet"] { min-width: ${target}px; padding: 0 ${half_pad}px; border-width: 2px; }
QPushButton[kind="segment"] { min-width: ${wide}px; }
QPushButton[kind="segment"]:checked { background: $accent; color: $surface; }
QFrame[role="banner"] { background: $accent; border: 0; border-radius: 8px; }
QFrame[role="banner"] QLabel { color: $surface; font-size: ${text}px; font-weight: $strong; }
QFrame[role="trouble"] { background: $refused_soft; border: 0; border-radius: 8px; }
QFrame[role="trouble"] QLabel { color: $refused; font-size: ${text}px; }
""")


def scale_of(height: int) -> float:
    """How much larger than normal everything is drawn, in steps of an eighth."""
    return round(8 * max(1.0, min(LARGEST, height / NORMAL_HEIGHT))) / 8


def families(language: str) -> str:
    """The fonts of a language, as a style sheet names them: its own comes first."""
    return ", ".join(f'"{family}"' for family in theme.FAMILIES[language])


def style_sheet(scale: float, dots_per_inch: float, language: str) -> str:
    """The person's window laid over the application, which is dressed for the clerk's language."""
    colours = {name.lower(): value for name, value in vars(theme).items() if name.isupper()}
    target = max(round(TARGET * dots_per_inch), round(LEAST_TARGET * scale))
    pad = round(24 * scale)
    return RULES.substitute(
        colours,
        families=families(language),
        small=round(theme.LEAD * scale),
        text=round(theme.TITLE * scale),
        idea=round(theme.DISPLAY * scale),
        welcome=round(theme.DISPLAY * 1.5 * scale),
        pad=pad,
        half_pad=pad // 2,
        focus_pad=pad - 2,
        target=target,
        focus_target=target - 4,
        wide=round(128 * scale),
        most=10 * target,  # the counter's own, where its clerk reads Burmese, is less than a finger needs
    )


def big(words: Translations, text: Text, kind: str, name: str) -> Button:
    """A button of this screen; `name` is its object name."""
    return button(words, text, kind=kind, name=name)


def in_own_script(made: Widget, language: str) -> Widget:
    """A label or button whose words stay in one language, whatever the screen speaks."""
    made.setStyleSheet(f"font-family: {families(language)};")
    return made
