"""The permit: A5 landscape, folded to A6, with a strip to tear off that stays with the office.

Left of the fold: who, and the stamp. Right of it: number, area, period, and the seal. What others must read
stands there in Chinese, the person's language and English; what the person must do, and how a permit is
checked, in Chinese and the person's language. Never on it: health, NRC, employer, phone (procedure F5).
"""

from __future__ import annotations

from reportlab.lib.units import mm

from kiosk.model.text import Text, say
from kiosk.printing.foot import stamp_space
from kiosk.printing.frame import blank, tag
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
from kiosk.printing.words import Words, beside, line_width

TOP = 15.0  # points above the first line
TINY = LABEL.at(8)
STRIP = 16 * mm  # the tear-off
PORTRAIT = (30 * mm, 40 * mm)
STAMP = 41 * mm  # the round stamp of an office
SEAL = 36 * mm  # with its quiet zone; the symbol itself is over 30 mm
SIDE = 8 * mm  # margins beside the fold


def permit(words: Words) -> Sheet:
    """Draws the one page."""
    sheet = blank(words, 9 * mm)
    fold, tear = sheet.width / 2, sheet.height - STRIP
    sheet.dashes(fold, 4 * mm, fold, tear - 4 * mm, color=HAIR)
    sheet.dashes(0, tear, sheet.width, tear)
    _who(sheet, words, sheet.left, fold - SIDE - sheet.left, tear)
    _what(sheet, words, fold + SIDE, sheet.right - fold - SIDE, tear)
    _strip(sheet, words, tear)
    return sheet


def _who(sheet: Sheet, words: Words, x: float, room: float, tear: float) -> None:
    """Left of the fold: who issues it, title, portrait, names, nationality, birth, document, stamp."""
    slip = words.slip
    issuer = words.all(say("Issued by: {office}", office=Text(words.pack.office.name)))
    y = sheet.fit(x, TOP, room, 42, "\n".join(issuer), SMALL, 6)
    chinese, *others = words.title()
    y = sheet.fit(x, y + 1, room, 29, chinese, TITLE, 12)
    y = sheet.fit(x, y, room, 18 * len(others), "\n".join(others), HEADING.at(11), 7) + 3
    sheet.rule(x, y, room, color=ACCENT, thick=1.4)
    y += 7
    across, down = PORTRAIT
    if slip.portrait:
        sheet.image(x, y, across, down, slip.portrait)
    sheet.box(x, y, across, down, line=HAIR)
    _names(sheet, words, x + across + 10, y - 3, room - across - 10, down + 3)
    y += down + 4
    wide = room - STAMP - 4
    for key in ("person.nationality", "person.birth_date"):
        y = _fact(sheet, words.joined(words.label_of(key), " "), words.fact(key), x, y, wide) + 1
    y = _fact(sheet, words.joined(say("Document"), " "), [f"•••• {slip.document_tail}"], x, y, wide)
    if y > tear:
        sheet.findings.append(say("The permit of {name} does not fit its page", name=slip.name))
    stamp_space(sheet, words, x + room - STAMP / 2, tear - 5 - STAMP / 2, STAMP)


def _names(sheet: Sheet, words: Words, x: float, y: float, room: float, tall: float) -> None:
    """The name in each script, a long one set smaller; the sex below."""
    slip, end = words.slip, y + tall - 32
    y = sheet.text(x, y, room, words.joined(say("Name")), TINY)
    others = [name for name in (slip.name_native, slip.name_zh) if name]
    y = sheet.fit(x, y, room, (end - y) * (0.5 if others else 1), slip.name, STRONG.at(14), 6)
    if others:
        sheet.fit(x, y, room, end - y, beside(others, BODY, room), BODY, 5)
    label, sex = words.joined(words.label_of("person.sex"), " "), " / ".join(words.fact("person.sex"))
    _fact(sheet, label, [sex or "–"], x, end, room)


def _fact(sheet: Sheet, label: str, values: list[str], x: float, y: float, room: float) -> float:
    """A value under its label: Chinese at 12 points, the other languages on one line below."""
    y = sheet.fit(x, y, room - 4, 14, label, TINY, 5)
    first, *others = values or ["–"]
    y = sheet.fit(x, y, room - 4, 20.5, first, BODY, 7)
    return sheet.fit(x, y, room - 4, 17, " / ".join(others), BODY.at(10), 6) if others else y


def _what(sheet: Sheet, words: Words, x: float, room: float, tear: float) -> None:
    """Right of the fold: number, date of issue, area, period, reason, and the seal."""
    slip = words.slip
    edge = x + room
    wide = room - tag(sheet, edge, TOP, words.status(), WARN if slip.provisional else ACCENT) - 6
    if slip.reprint:
        again = " / ".join(words.all(say("REPRINT {n}", n=slip.reprint))[:2])
        wide = min(wide, room - tag(sheet, edge, TOP + 20, again, WARN) - 6)
    y = sheet.fit(x, TOP - 2, wide, 14, words.joined(say("Permit number"), " "), TINY, 5)
    y = sheet.fit(x, y, wide, 20, slip.number, STRONG.at(14)) + 3
    issued = " / ".join(words.all(say("{day}", day=slip.issued_at.date())))
    y = _fact(sheet, words.joined(say("Date of issue"), " "), [issued], x, y, room) + 3
    y = _area(sheet, words, x, y, room) + 4
    y = sheet.text(x, y, room, words.joined(say("Period of validity"), " "), TINY)
    for number, line in enumerate(words.period("permit.valid_from", "permit.valid_to")):
        y = sheet.text(x, y, room, line, STRONG.at(13) if number == 0 else BODY.at(10))
    label, kind = words.joined(words.label_of("permit.kind"), " "), " / ".join(words.fact("permit.kind"))
    y = _fact(sheet, label, [kind], x, y + 1, room) + 3
    bottom = tear - 3
    check = "\n".join(words.all(words.office_text("permit_check"))[:2])
    sheet.fit(x, y, room, bottom - SEAL - y + 4, check, SMALL, 6)
    draw_seal(sheet, x - QUIET * SEAL / 61, bottom - SEAL, SEAL, slip.seal)
    _beside_seal(sheet, words, x + SEAL, bottom - SEAL + 3, room - SEAL, bottom)


def _area(sheet: Sheet, words: Words, x: float, y: float, room: float) -> float:
    """The area inside which the permit holds, the largest words on it."""
    first, *others = words.fact("permit.area") or ["–"]
    style = Style(24, bold=True, color=ACCENT)
    tall = 56.0
    sheet.box(x, y, room, tall, fill=TINT, line=ACCENT, thick=1)
    inner = sheet.text(x + 8, y + 3, room - 16, words.joined(words.label_of("permit.area"), " "), TINY)
    wide = min(room * 0.5, line_width(first, style) + 10)
    sheet.fit(x + 8, inner + 2, wide, 35, first, style, 10)
    text, room_left = "\n".join(others), room - 16 - wide
    small = fitting(text, STRONG.at(12), room_left, 42, 8)
    middle = (y + tall + inner) / 2
    sheet.fit(x + 8 + wide, middle - sheet.tall(text, small, room_left) / 2, room_left, 42, text, small, 8)
    return y + tall


def _beside_seal(sheet: Sheet, words: Words, x: float, y: float, room: float, bottom: float) -> None:
    """Duties, as large as they fit; the next step; the help phone."""
    picture, texts = words.next_step()
    duty = words.all(words.office_text("permit_move"))[:2]
    sheet.fit(x, y, room, bottom - 40 - y, "\n".join(duty), SMALL, 6)
    draw_picture(sheet, picture, x + 1, bottom - 39, 20)
    sheet.fit(x + 27, bottom - 40, room - 27, 25, "\n".join(texts[:2]), SMALL, 6)
    draw_picture(sheet, "phone", x + 5, bottom - 12, 11)
    sheet.text(x + 27, bottom - 14, room - 27, words.pack.office.help_phone, STRONG.at(11))


def _strip(sheet: Sheet, words: Words, tear: float) -> None:
    """领取签收: what the person signs when the permit is handed over; it stays with the office."""
    slip = words.slip
    x, y, quarter = sheet.left, tear + 3, sheet.room / 4
    tall = STRIP - 15  # what a printer leaves white at the edge
    first, second = quarter * 0.75, quarter * 1.2
    window = " / ".join(words.all(say("Window {window}", window=slip.window or "–"))[:2])
    given = f"{slip.number}   {window}\n{slip.name}"
    sheet.fit(x, y, first, tall, words.joined(say("Received by the holder"), "\n"), STRONG.at(9), 5)
    sheet.fit(x + first + 6, y, second, tall, given, SMALL.at(8), 5)
    for place, label in ((2, say("Signature")), (3.1, say("Date"))):
        left, room = x + quarter * place, quarter * (1 if place < 3 else 0.9)
        sheet.rule(left, tear + 20, room, color=SECOND)
        sheet.fit(left, tear + 20, room, 14, words.joined(label, " "), TINY, 5)
