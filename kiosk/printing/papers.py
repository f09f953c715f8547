"""The A4 papers that people sign: application form, one form with all opinions, guarantee."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import zip_longest

from reportlab.lib.units import mm

from kiosk.model.slip import Opinion
from kiosk.model.text import Text, say
from kiosk.printing.foot import GAP, SIGN, Closing, signature, stamp_space
from kiosk.printing.frame import Field, fields, heading, open_sheet, person, said
from kiosk.printing.sheet import BODY, HAIR, HEADING, LABEL, STRONG, Sheet
from kiosk.printing.words import Words, line_width

MARGIN = 15 * mm
BOX = 36 * mm  # the least height of a department's box: a pen needs room


def application_form(words: Words) -> Sheet:
    """What the person said, read back in both languages, to be signed."""
    sheet = open_sheet(words, MARGIN)
    person(sheet, words)
    for key in words.slip.forms:
        form = words.pack.forms[key]
        heading(sheet, words, Text(form.title))
        rows(sheet, words, (field.key for field in form.fields if field.type != "image"))
    said(sheet, words, words.all(words.office_text("application_true")), STRONG)
    sheet.y += GAP
    signers = (say("Signature of the applicant"), say("Signature of the clerk"))
    Closing(sheet, words, signers=signers).draw()
    return sheet


def opinions(words: Words) -> Sheet:
    """A box for each department: what it decided, or room to write it and sign."""
    sheet = open_sheet(words, MARGIN)
    person(sheet, words)
    for opinion in words.slip.opinions:
        _box(sheet, words, opinion)
    Closing(sheet, words).draw()
    return sheet


def guarantee(words: Words) -> Sheet:
    """The guarantor's undertaking for one worker, to be signed and stamped."""
    sheet = open_sheet(words, MARGIN)
    person(sheet, words)
    rows(sheet, words, words.slip.definition.facts)
    said(sheet, words, words.all(words.office_text("guarantee_scope")))
    signers = (say("Signature of the guarantor"), say("Signature of the person"))
    Closing(sheet, words, stamp=True, signers=signers).draw()
    return sheet


def rows(sheet: Sheet, words: Words, keys: Iterable[str]) -> None:
    """Facts under their labels, two side by side where both are short; unknown ones are left out."""
    waiting: list[Field] = []
    for key in keys:
        values = words.fact(key)
        if not values:
            continue
        long = line_width(" / ".join(values), BODY) > sheet.room / 2 - GAP
        if long or len(waiting) == 2:
            _row(sheet, words, waiting)
            waiting = []
        waiting.append(Field(words.label_of(key), values, share=0 if long else 0.5))
        if long:
            _row(sheet, words, waiting)
            waiting = []
    _row(sheet, words, waiting)
    sheet.y += GAP


def _row(sheet: Sheet, words: Words, row: list[Field]) -> None:
    if row:
        sheet.need(46)
        sheet.y = fields(sheet, words, sheet.y, row)
        sheet.rule(sheet.left, sheet.y, sheet.room)
        sheet.y += 2


def _box(sheet: Sheet, words: Words, opinion: Opinion) -> None:
    room = sheet.room - 2 * GAP
    stage, department = words.all(opinion.stage), words.all(opinion.department)
    titles = [f"{one} / {other}" for one, other in zip_longest(stage, department, fillvalue="")]
    lines = [text for line in (opinion.result, *opinion.lines) if line for text in words.all(line)]
    if opinion.result:
        signed = words.all(say("{moment}", moment=opinion.at)) if opinion.at else []
        lines.append("  ".join([opinion.by, *signed[:1]]))
    half = room * 0.55
    tall = sum(sheet.tall(text, HEADING, room) for text in titles[:1]) + GAP
    tall += sum(sheet.tall(text, LABEL, room) for text in titles[1:])
    tall += sum(sheet.tall(text, BODY, half) for text in lines) + GAP
    tall = max(tall, BOX)
    sheet.need(tall + GAP)
    sheet.box(sheet.left, sheet.y, sheet.room, tall, line=HAIR)
    y = sheet.text(sheet.left + GAP, sheet.y + GAP / 2, room, titles[0], HEADING)
    for text in titles[1:]:
        y = sheet.text(sheet.left + GAP, y, room, text, LABEL)
    for text in lines:
        y = sheet.text(sheet.left + GAP, y + 2, half, text, STRONG if text == lines[0] else BODY)
    foot = sheet.y + tall
    stamp_space(sheet, words, sheet.right - GAP - BOX * 0.4, foot - BOX / 2, BOX * 0.8)
    signature(sheet, words, sheet.left + GAP + half, foot - SIGN, room * 0.45 - BOX * 0.9, say("Signature"))
    sheet.y += tall + GAP
