"""The permit: A5 landscape, folded to A6, with a strip to tear off that stays with the office.

Left of the fold: who. Right of it: what, where, until when, and the seal. In Chinese, the person's language
and English. Never on it: health, NRC, employer, phone of the person (procedure F5).
"""

from __future__ import annotations

from reportlab.lib.units import mm

from kiosk.model.text import say
from kiosk.printing.frame import line_width, tag
from kiosk.printing.pictures import draw_picture
from kiosk.printing.seal_picture import QUIET, draw_seal
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
from kiosk.printing.text import Style, fitting
from kiosk.printing.words import Words

TOP = 16.0  # points above the first line
TINY = LABEL.at(8)
STRIP = 21 * mm  # the tear-off
PORTRAIT = (30 * mm, 40 * mm)
SEAL = 36 * mm  # with its quiet zone; the symbol itself is over 30 mm
SIDE = 9 * mm  # margins beside the fold


def permit(words: Words) -> Sheet:
    """Draws the one page."""
    slip = words.slip
    sheet = Sheet(
        "A5L", 10 * mm, title=f"{slip.definition.title} {slip.number}", author=words.pack.office.name
    )
    fold, tear = sheet.width / 2, sheet.height - STRIP
    sheet.dashes(fold, 4 * mm, fold, tear - 4 * mm, color=HAIR)
    sheet.dashes(0, tear, sheet.width, tear)
    _who(sheet, words, sheet.left, fold - SIDE - sheet.left, tear)
    _what(sheet, words, fold + SIDE, sheet.right - fold - SIDE, tear)
    _strip(sheet, words, tear)
    return sheet


def _who(sheet: Sheet, words: Words, x: float, room: float, tear: float) -> None:
    """Left of the fold: office, title, portrait, names, birth, document."""
    slip, window = words.slip, say("Window {window}", window=words.slip.window or "–")
    offices = [
        f"{a} / {b}" for a, b in zip(words.all(words.pack.office.name), words.all(window), strict=False)
    ]
    y = sheet.fit(x, TOP, room, 30, "\n".join(offices[:2]), SMALL, 6)
    chinese, *others = words.title()
    y = sheet.fit(x, y + 2, room, 29, chinese, TITLE, 12)
    y = sheet.fit(x, y, room, 22.5 * len(others), "\n".join(others), HEADING, 8) + 4
    sheet.rule(x, y, room, color=ACCENT, thick=1.4)
    y += 8
    across, down = PORTRAIT
    if slip.portrait:
        sheet.image(x, y, across, down, slip.portrait)
    sheet.box(x, y, across, down, line=HAIR)
    _names(sheet, words, x + across + 11, y - 3, room - across - 11, down + 3)
    y += down + 5
    grid = (
        (words.label_of("person.birth_date"), words.fact("person.birth_date")),
        (words.label_of("person.sex"), words.fact("person.sex")),
        (say("Date of issue"), words.all(say("{day}", day=slip.issued_at.date()))),
        (say("Document"), [f"•••• {slip.document_tail}"]),
    )
    for pair in (grid[:2], grid[2:]):
        left, wide = x, room * 0.57
        ends = []
        for label, values in pair:
            ends.append(_fact(sheet, words.joined(label, " "), values, left, y, wide))
            left, wide = left + wide, room - wide
        y = max(ends) + 4
    if y > tear:
        sheet.findings.append(say("The permit of {name} does not fit its page", name=slip.name))


def _names(sheet: Sheet, words: Words, x: float, y: float, room: float, tall: float) -> None:
    """The name in each script; a long one is set smaller."""
    slip, end = words.slip, y + tall
    y = sheet.text(x, y, room, words.joined(say("Name")), LABEL)
    others = "\n".join(name for name in (slip.name_native, slip.name_zh) if name)
    y = sheet.fit(x, y, room, (end - y) * (0.55 if others else 1), slip.name, STRONG.at(14), 7)
    if others:
        sheet.fit(x, y, room, end - y, others, BODY, 6)


def _fact(sheet: Sheet, label: str, values: list[str], x: float, y: float, room: float) -> float:
    """A value under its label: Chinese at 12 points, the other languages on one line below."""
    y = sheet.fit(x, y, room - 6, 15, label, TINY, 5)
    first, *others = values or ["–"]
    y = sheet.fit(x, y, room - 6, 21, first, BODY, 7)
    return sheet.fit(x, y, room - 6, 18, " / ".join(others), BODY.at(10), 6) if others else y


def _what(sheet: Sheet, words: Words, x: float, room: float, tear: float) -> None:
    """Right of the fold: number, area, period, reason, and the seal."""
    slip = words.slip
    edge = x + room - tag(sheet, x + room, TOP, words.status(), WARN if slip.provisional else ACCENT) - 5
    if slip.reprint:
        tag(sheet, edge, TOP, words.joined(say("REPRINT {n}", n=slip.reprint), " / "), WARN)
    y = sheet.fit(x, TOP + 20, room, 15, words.joined(say("Permit number"), " "), TINY, 5)
    y = sheet.fit(x, y, room, 20, slip.number, STRONG.at(14)) + 4
    y = _area(sheet, words, x, y, room) + 5
    y = sheet.text(x, y, room, words.joined(say("Period of validity"), " "), TINY)
    for number, line in enumerate(words.period("permit.valid_from", "permit.valid_to")):
        y = sheet.text(x, y, room, line, STRONG.at(13) if number == 0 else BODY.at(10.5))
    label, kind = words.joined(words.label_of("permit.kind"), " "), " / ".join(words.fact("permit.kind"))
    y = _fact(sheet, label, [kind], x, y + 3, room) + 4
    bottom = tear - 4
    draw_seal(sheet, x - QUIET * SEAL / 61, bottom - SEAL, SEAL, slip.seal)
    _beside_seal(sheet, words, x + SEAL, min(y, bottom - SEAL), room - SEAL, bottom)


def _area(sheet: Sheet, words: Words, x: float, y: float, room: float) -> float:
    """The area inside which the permit holds, the largest words on it."""
    first, *others = words.fact("permit.area") or ["–"]
    style = Style(24, bold=True, color=ACCENT)
    tall = 61.0
    sheet.box(x, y, room, tall, fill=TINT, line=ACCENT, thick=1)
    inner = sheet.text(x + 8, y + 4, room - 16, words.joined(words.label_of("permit.area"), " "), TINY)
    wide = min(room * 0.5, line_width(first, style) + 10)
    sheet.fit(x + 8, inner + 2, wide, 36, first, style, 10)
    text, room_left = "\n".join(others), room - 16 - wide
    small = fitting(text, STRONG.at(13), room_left, 44, 8)
    middle = (y + tall + inner) / 2
    sheet.fit(x + 8 + wide, middle - sheet.tall(text, small, room_left) / 2, room_left, 44, text, small, 8)
    return y + tall


def _beside_seal(sheet: Sheet, words: Words, x: float, y: float, room: float, bottom: float) -> None:
    """Duties in Chinese and the person's language, as large as they fit; the next step; the help phone."""
    picture, texts = words.next_step()
    duty = words.all(words.office_text("permit_move"))[:2]
    sheet.fit(x, y, room, bottom - 46 - y, "\n".join(duty), BODY, 6)
    draw_picture(sheet, picture, x + 1, bottom - 43, 24)
    sheet.fit(x + 32, bottom - 46, room - 32, 30, "\n".join(texts[:2]), SMALL, 6)
    draw_picture(sheet, "phone", x + 7, bottom - 13, 12)
    sheet.text(x + 32, bottom - 15, room - 32, words.pack.office.help_phone, STRONG)


def _strip(sheet: Sheet, words: Words, tear: float) -> None:
    """领取签收: what the person signs when the permit is handed over; it stays with the office."""
    slip = words.slip
    x, y, quarter = sheet.left, tear + 5, sheet.room / 4
    sheet.fit(x, y, quarter - 8, STRIP - 14, words.joined(say("Received by the holder"), "\n"), STRONG, 6)
    sheet.fit(x + quarter, y, quarter - 8, STRIP - 14, f"{slip.number}\n{slip.name}", SMALL, 5)
    for place, label in ((2, say("Signature")), (3.1, say("Date"))):
        left, room = x + quarter * place, quarter * (1 if place < 3 else 0.9)
        sheet.rule(left, tear + 32, room, color=SECOND)
        sheet.fit(left, tear + 33, room, 15, words.joined(label, " "), TINY, 5)
