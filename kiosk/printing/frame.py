"""What every slip has: office, title, number, status, person, next step, window, date and help phone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from reportlab.lib.units import mm

from kiosk.model.text import Text, say
from kiosk.printing.fonts import width
from kiosk.printing.pictures import draw_picture
from kiosk.printing.sheet import (
    ACCENT,
    BODY,
    HAIR,
    HEADING,
    LABEL,
    SECOND,
    SMALL,
    STRONG,
    TINT,
    TITLE,
    WARN,
    Sheet,
)
from kiosk.printing.text import Style
from kiosk.printing.words import Words

FOOT = 13 * mm  # what the foot takes at the bottom of each page
STAMP = 45 * mm
GAP = 8.0
SIGN = 48.0  # the height of a line to sign on


def open_sheet(words: Words, margin: float = 11 * mm) -> Sheet:
    """A sheet of the slip's size with head and foot on its first page, the cursor under the head."""
    slip = words.slip
    sheet = Sheet(
        slip.definition.size,
        margin,
        title=f"{slip.definition.title} {slip.number}",
        author=words.pack.office.name,
    )
    sheet.bottom = sheet.height - FOOT
    sheet.on_page = lambda page: _continue(page, words)
    _head(sheet, words)
    _foot(sheet, words)
    return sheet


def _head(sheet: Sheet, words: Words) -> None:
    tags = 40 * mm
    y = sheet.margin - 8
    _tags(sheet, words, y)
    for name in words.all(words.pack.office.name):
        y = sheet.text(sheet.left, y, sheet.room - tags, name, SMALL)
    y += 2
    for number, title in enumerate(words.title()):
        y = sheet.text(sheet.left, y, sheet.room, title, TITLE if number == 0 else HEADING)
    y += 4
    sheet.rule(sheet.left, y, sheet.room, color=ACCENT, thick=1.4)
    y += 4
    issued = words.all(say("{day}", day=words.slip.issued_at.date()))
    numbered = Field(say("Number"), [words.slip.number], STRONG.at(14), 0.5)
    sheet.y = fields(sheet, words, y, [numbered, Field(say("Date of issue"), issued)])


def _tags(sheet: Sheet, words: Words, y: float) -> None:
    """PROVISIONAL or FINAL, and REPRINT n under it, in words at the top right."""
    tag(sheet, sheet.right, y, words.status(), WARN if words.slip.provisional else ACCENT)
    if words.slip.reprint:
        tag(sheet, sheet.right, y + 22, words.joined(say("REPRINT {n}", n=words.slip.reprint), " / "), WARN)


def tag(sheet: Sheet, right: float, y: float, text: str, color: str) -> float:
    """A word in a frame, its right side at `right`; returns how wide it is."""
    style = Style(9, bold=True, color=color)
    room = line_width(text, style) + 12
    sheet.box(right - room, y, room, 18, line=color)
    sheet.text(right - room, 0, room, text, style, "center", level=y + 12.3)
    return room


def line_width(text: str, style: Style) -> float:
    """How wide one line of text is."""
    return width(text, style.bold) * style.size


def _foot(sheet: Sheet, words: Words) -> None:
    """Office and window, who prints, and the help phone, on every page."""
    slip, office = words.slip, words.pack.office
    y = sheet.height - FOOT + 6
    sheet.rule(sheet.left, y, sheet.room)
    y += 4
    window = words.joined(say("Window {window}", window=slip.window or "–"), " / ")
    who = f"{window}   {slip.operator_name}".strip()
    if slip.case_number and slip.case_number != slip.number:
        who += f"   {slip.case_number}"
    sheet.text(sheet.left, y, sheet.room * 0.66, who, LABEL)
    phone = Style(12, bold=True)
    room = line_width(office.help_phone, phone)
    sheet.text(sheet.right - room, y, room + 1, office.help_phone, phone)
    draw_picture(sheet, "phone", sheet.right - room - 17, y + 1.5, 12)


def _continue(sheet: Sheet, words: Words) -> None:
    """The head of a second page: whose it is and which page."""
    slip = words.slip
    room = sheet.room - 40
    line = f"{words.title()[0]}   {slip.number}"
    with_name = f"{line}   {slip.name}"
    line = with_name if line_width(with_name, LABEL) <= room else line
    sheet.text(sheet.left, sheet.margin - 4, room, line, LABEL)
    sheet.text(sheet.left, sheet.margin - 4, sheet.room, f"– {sheet.pages} –", LABEL, "right")
    sheet.rule(sheet.left, sheet.margin + 10, sheet.room)
    sheet.y = sheet.margin + 18
    _foot(sheet, words)


@dataclass(frozen=True)
class Field:
    """A value under its label; `share` of the width of the paper, 0 for what is left."""

    label: Text
    values: list[str]
    style: Style = BODY
    share: float = 0


def fields(sheet: Sheet, words: Words, y: float, row: Sequence[Field]) -> float:
    """Fields side by side; returns where the tallest ends."""
    x, ends = sheet.left, [y]
    for field in row:
        room = sheet.room * field.share or sheet.right - x
        after = sheet.text(x, y, room - GAP, words.joined(field.label), LABEL)
        ends.append(
            sheet.text(x, after, room - GAP, beside(field.values, field.style, room - GAP), field.style)
        )
        x += room
    return max(ends) + GAP / 2


def beside(values: Sequence[str], style: Style, room: float) -> str:
    """A value in each language on one line where they fit, else each on its own."""
    line = " / ".join(values)
    return line if width(line, style.bold) * style.size <= room else "\n".join(values)


def person(sheet: Sheet, words: Words) -> None:
    """The person: name in each script, last four of the document; a long name takes the whole width."""
    slip = words.slip
    half = sheet.room / 2 - GAP
    others = [name for name in (slip.name_native, slip.name_zh) if name]
    short = all(line_width(name, STRONG.at(14)) <= half for name in (slip.name, *others))
    room = half if short else sheet.room
    y = sheet.text(sheet.left, sheet.y, room, words.joined(say("Name")), LABEL)
    y = sheet.text(sheet.left, y, room, slip.name, STRONG.at(14))
    if others:
        y = sheet.text(sheet.left, y, room, beside(others, BODY, room))
    x, top = (sheet.left + sheet.room / 2, sheet.y) if short else (sheet.left, y + GAP / 2)
    after = sheet.text(x, top, half, words.joined(say("Document")), LABEL)
    sheet.y = max(y, sheet.text(x, after, half, f"•••• {slip.document_tail}", STRONG)) + GAP / 2
    sheet.rule(sheet.left, sheet.y, sheet.room)
    sheet.y += GAP


def heading(sheet: Sheet, words: Words, text: Text) -> None:
    """A heading that stays with the line below it."""
    sheet.need(70)
    sheet.flow(words.joined(text), HEADING, after=2)


def said(sheet: Sheet, words: Words, texts: list[str], style: Style = BODY) -> None:
    """The same thing said in each language, one paragraph each."""
    for text in texts:
        sheet.flow(text, style)
    sheet.y += GAP / 2


def closing(sheet: Sheet, words: Words, *, stamp: bool, signers: Sequence[Text] = ()) -> None:
    """Who signs, the next step in a picture and words, room for a stamp: at the foot of a single page."""
    picture, texts = words.next_step()
    room = sheet.room - (STAMP + 6 if stamp else 0)
    size = 15 * mm
    across = room - size - 3 * GAP
    text, label = beside(texts, STRONG, across), words.joined(say("Next step"))
    inner = sheet.tall(label, LABEL, across) + sheet.tall(text, STRONG, across)
    tall = max(size, inner) + 1.5 * GAP
    whole = max(tall + (SIGN if signers else 0), STAMP if stamp else 0)
    sheet.need(whole)
    if sheet.pages > 1:  # not at the foot of a page that is nearly empty
        sheet.bottom = sheet.y + whole
    y = sheet.bottom - tall
    for column, signer in enumerate(signers):
        part = room / len(signers)
        signature(sheet, words, sheet.left + part * column, y - SIGN, part - GAP, signer)
    sheet.box(sheet.left, y, room, tall, fill=TINT)
    draw_picture(sheet, picture, sheet.left + GAP, y + (tall - size) / 2, size)
    x = sheet.left + size + 2 * GAP
    top = sheet.text(x, y + (tall - inner) / 2, across, label, LABEL)
    sheet.text(x, top, across, text, STRONG)
    if stamp:
        stamp_space(sheet, words, sheet.right - STAMP / 2, sheet.bottom - STAMP / 2, STAMP)


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
