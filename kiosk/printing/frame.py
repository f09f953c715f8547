"""What every slip has: office, title, number, status, person, window, date, help phone and page number."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec
from reportlab.lib.units import mm

from kiosk.model.text import Text, say
from kiosk.printing.foot import GAP
from kiosk.printing.pictures import draw_picture
from kiosk.printing.sheet import (
    ACCENT,
    BODY,
    HEADING,
    LABEL,
    SMALL,
    STRONG,
    TITLE,
    WARN,
    Sheet,
)
from kiosk.printing.text import Style
from kiosk.printing.words import Words, beside, line_width

FOOT = 13 * mm  # what the foot takes at the bottom of each page


def open_sheet(words: Words, margin: float = 11 * mm) -> Sheet:
    """A sheet of the slip's size with head and foot on its first page, the cursor under the head."""
    sheet = blank(words, margin)
    sheet.bottom = sheet.height - FOOT
    sheet.on_page = lambda page: _continue(page, words)
    _head(sheet, words)
    _foot(sheet, words)
    return sheet


def blank(words: Words, margin: float) -> Sheet:
    """An empty sheet of the slip's size; the file says what it is, whose office's and when issued."""
    slip, title = words.slip, words.title()
    return Sheet(
        slip.definition.size,
        margin,
        scale=words.scale,
        title=f"{title[0]} {slip.number}",
        subject=" / ".join(title),
        author=words.all(words.pack.office.name)[0],
        issued_at=slip.issued_at,
    )


def _head(sheet: Sheet, words: Words) -> None:
    tags = 40 * mm
    y = sheet.margin - 8
    _tags(sheet, words, y)
    for name in words.all(words.pack.office.name):
        y = sheet.text(sheet.left, y, sheet.room - tags, name, SMALL)
    y += 2
    y = _title(sheet, words, y) + 4
    sheet.rule(sheet.left, y, sheet.room, color=ACCENT, thick=1.4)
    y += 4
    issued = words.all(say("{day}", day=words.slip.issued_at.date()))
    numbered = Field(say("Number"), [words.slip.number], STRONG.at(14), 0.5)
    sheet.y = fields(sheet, words, y, [numbered, Field(say("Date of issue"), issued)])


def _title(sheet: Sheet, words: Words, y: float) -> float:
    """The title in Chinese; in the other language beside it, where there is room, or below."""
    chinese, *others = words.title()
    other, x = "\n".join(others), sheet.left + sheet.wide(chinese, TITLE) + 2 * GAP
    end = sheet.text(sheet.left, y, sheet.room, chinese, TITLE)
    if not other or sheet.wide(other, HEADING) > sheet.right - x:
        return sheet.text(sheet.left, end, sheet.room, other, HEADING) if other else end
    level = sheet.level(y, chinese, TITLE, sheet.room)
    return max(end, sheet.text(x, y, sheet.right - x, other, HEADING, level=level))


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


def _foot(sheet: Sheet, words: Words) -> None:
    """Window, who prints, the page of how many, and the help phone, on every page."""
    slip, office = words.slip, words.pack.office
    y = sheet.height - FOOT + 6
    sheet.rule(sheet.left, y, sheet.room)
    y += 4
    window = words.joined(say("Window {window}", window=slip.window or "–"), " / ")
    who = f"{window}   {slip.operator_name}".strip()
    if slip.case_number and slip.case_number != slip.number:
        who += f"   {slip.case_number}"
    phone = Style(12, bold=True)
    left = sheet.right - sheet.wide(office.help_phone, phone) - 17
    sheet.text(left, y, sheet.right - left, office.help_phone, phone, "right")
    draw_picture(sheet, "phone", left, y + 1.5, 12)
    if words.pages > 1:
        left -= 28
        sheet.text(left, y, 20, f"{sheet.pages}/{words.pages}", LABEL, "right")
    sheet.text(sheet.left, y, left - sheet.left - GAP, who, LABEL)


def _continue(sheet: Sheet, words: Words) -> None:
    """The head of a second page: whose it is."""
    slip = words.slip
    line = f"{words.title()[0]}   {slip.number}"
    with_name = f"{line}   {slip.name}"
    line = with_name if line_width(with_name, LABEL) <= sheet.room else line
    sheet.text(sheet.left, sheet.margin - 4, sheet.room, line, LABEL)
    sheet.rule(sheet.left, sheet.margin + 10, sheet.room)
    sheet.y = sheet.margin + 18
    _foot(sheet, words)


class Field(msgspec.Struct, frozen=True):
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
