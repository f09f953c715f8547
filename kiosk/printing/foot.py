"""How a slip ends: the next step in a picture and words, last words, who signs, room for a stamp."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from reportlab.lib.units import mm

from kiosk.model.text import Text, say
from kiosk.printing.pictures import draw_picture
from kiosk.printing.sheet import HAIR, LABEL, SECOND, STRONG, TINT, Sheet
from kiosk.printing.text import Style
from kiosk.printing.words import Words, beside

STAMP = 45 * mm
PICTURE = 15 * mm
GAP = 8.0
SIGN = 48.0  # the height of a line to sign on

Said = tuple[str, Style]


class Step:
    """The next step in a tinted box `room` wide: where to go, what to do there, when to come back."""

    def __init__(self, sheet: Sheet, words: Words, room: float) -> None:
        self.sheet, self.room = sheet, room
        self.across = room - PICTURE - 3 * GAP
        self.picture, texts = words.next_step()
        self.lines = [(words.joined(say("Next step")), LABEL)]
        self.lines.append((beside(texts, STRONG, self.across), STRONG))
        if words.slip.collect_after:
            when = words.all(say("{moment}", moment=words.slip.collect_after))
            self.lines.append((words.joined(say("Come back after")), LABEL))
            self.lines.append((beside(when, STRONG, self.across), STRONG))
        self.inner = sum(sheet.tall(text, style, self.across) for text, style in self.lines)
        self.tall = max(PICTURE, self.inner) + 1.5 * GAP

    def draw(self, y: float) -> None:
        """Draws the box with its top at `y`."""
        sheet = self.sheet
        sheet.box(sheet.left, y, self.room, self.tall, fill=TINT)
        draw_picture(sheet, self.picture, sheet.left + GAP, y + (self.tall - PICTURE) / 2, PICTURE)
        y += (self.tall - self.inner) / 2
        for text, style in self.lines:
            y = sheet.text(sheet.left + PICTURE + 2 * GAP, y, self.across, text, style)


@dataclass
class Closing:
    """Last words, who signs and the next step, a stamp beside them: they stay together on one page.

    `tall` tells how much room they take, so that what belongs to them can go on to their page.
    """

    sheet: Sheet
    words: Words
    stamp: bool = False
    signers: Sequence[Text] = ()
    last: Sequence[Said] = ()

    def __post_init__(self) -> None:
        self.room = self.sheet.room - (STAMP + GAP if self.stamp else 0)
        self.step = Step(self.sheet, self.words, self.room)
        said = sum(self.sheet.tall(text, style, self.room) for text, style in self.last)
        self.above = (said + GAP if said else 0) + (SIGN if self.signers else 0)
        self.tall = max(self.above + self.step.tall, STAMP if self.stamp else 0)

    def draw(self) -> None:
        """At the foot of a single page; of several, right after the last words."""
        sheet = self.sheet
        sheet.need(self.tall)
        bottom = sheet.bottom if sheet.pages == 1 else sheet.y + self.tall
        y = bottom - self.step.tall - self.above
        for text, style in self.last:
            y = sheet.text(sheet.left, y, self.room, text, style)
        for column, signer in enumerate(self.signers):
            part = self.room / len(self.signers)
            x = sheet.left + part * column
            signature(sheet, self.words, x, bottom - self.step.tall - SIGN, part - GAP, signer)
        self.step.draw(bottom - self.step.tall)
        if self.stamp:
            stamp_space(sheet, self.words, sheet.right - STAMP / 2, bottom - STAMP / 2, STAMP)


def stamp_space(sheet: Sheet, words: Words, x: float, y: float, across: float) -> None:
    """A pale ring, with its middle at x, y, for a round stamp."""
    sheet.ring(x, y, across)
    text = "\n".join(words.all(say("Stamp")))
    style = Style(9, color=HAIR)
    sheet.text(x - across / 2, y - sheet.tall(text, style, across) / 2, across, text, style, "center")


def signature(sheet: Sheet, words: Words, x: float, y: float, room: float, label: Text) -> None:
    """A line to sign on, its label under it; takes SIGN points."""
    sheet.rule(x, y + 24, room, color=SECOND)
    sheet.fit(x, y + 25, room, SIGN - 28, words.joined(label), LABEL, 6)
