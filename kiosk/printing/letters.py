"""The A5 slips that are read like a letter: receipt, progress, health certificate, missing, refusal."""

from __future__ import annotations

from kiosk.model.text import say
from kiosk.printing.frame import GAP, STAMP, Field, beside, closing, fields, heading, open_sheet, person, said
from kiosk.printing.sheet import BODY, STRONG, WARN, Sheet
from kiosk.printing.text import Style
from kiosk.printing.words import Words


def receipt(words: Words) -> Sheet:
    """Acceptance receipt: when, and by when there is a decision; whether it extends the stay."""
    slip = words.slip
    sheet = open_sheet(words)
    person(sheet, words)
    received = words.all(say("{moment}", moment=slip.received_at or slip.issued_at))
    decided = words.all(say("{day}", day=slip.decide_by)) if slip.decide_by else ["–"]
    row = [Field(say("Application accepted"), received, share=0.5)]
    row.append(Field(say("Decision at the latest on"), decided, STRONG))
    sheet.y = fields(sheet, words, sheet.y, row) + GAP / 2
    said(sheet, words, words.all(words.office_text("receipt_stay")), STRONG)
    said(sheet, words, words.all(words.office_text("receipt_collect")))
    closing(sheet, words, stamp=True)
    return sheet


def progress(words: Words) -> Sheet:
    """Progress slip: when to come back, then what was received, which may go on to a second page."""
    slip = words.slip
    sheet = open_sheet(words)
    person(sheet, words)
    warning(sheet, words, "progress_not_a_permit")
    if slip.collect_after:
        heading(sheet, words, say("Come back after"))
        moment = words.all(say("{moment}", moment=slip.collect_after))
        said(sheet, words, [beside(moment, STRONG.at(13), sheet.room)], STRONG.at(13))
    if slip.items:
        heading(sheet, words, say("Received"))
        listed(sheet, words, mark="✓")
    said(sheet, words, words.all(words.office_text("progress_keep")))
    closing(sheet, words, stamp=False)
    return sheet


def health_certificate(words: Words) -> Sheet:
    """Health certificate: whose, and from when until when. Nothing of any result."""
    sheet = open_sheet(words)
    person(sheet, words)
    row = [
        Field(words.label_of(key), words.fact(key), share=0.5) for key in ("person.birth_date", "person.sex")
    ]
    sheet.y = fields(sheet, words, sheet.y, row) + GAP / 2
    said(sheet, words, words.all(say("The health check that the law asks for was passed.")), STRONG)
    heading(sheet, words, say("Period of validity"))
    said(sheet, words, words.period("clearance.valid_from", "clearance.valid_to"), STRONG.at(13))
    said(sheet, words, words.all(words.office_text("certificate_use")))
    closing(sheet, words, stamp=True)
    return sheet


def missing(words: Words) -> Sheet:
    """Notice of what is missing: the complete list, numbered, in both languages."""
    sheet = open_sheet(words)
    person(sheet, words)
    heading(sheet, words, say("Please bring or put right"))
    listed(sheet, words)
    sheet.need(STAMP + 50)  # on a second page the stamp does not stand alone
    said(sheet, words, words.all(words.office_text("missing_once")), STRONG)
    closing(sheet, words, stamp=True)
    return sheet


def refusal(words: Words) -> Sheet:
    """Refusal: the reasons, the law, what the person may do, and who decided."""
    slip = words.slip
    sheet = open_sheet(words)
    person(sheet, words)
    heading(sheet, words, say("Reasons"))
    listed(sheet, words)
    if slip.ground:
        heading(sheet, words, say("Legal ground"))
        said(sheet, words, words.all(slip.ground))
    if slip.remedy:
        heading(sheet, words, say("What you may do"))
        said(sheet, words, words.all(slip.remedy))
    sheet.need(STAMP + 50)
    heading(sheet, words, say("Decided by"))
    said(sheet, words, [slip.officer or "–"])
    closing(sheet, words, stamp=True)
    return sheet


def listed(sheet: Sheet, words: Words, mark: str = "") -> None:
    """The items of the slip, numbered or ticked, each in both languages and kept together."""
    indent = 20.0
    for number, item in enumerate(words.slip.items, start=1):
        text, room = beside(words.all(item), BODY, sheet.room - indent), sheet.room - indent
        sheet.need(sheet.tall(text, BODY, room))
        level = sheet.level(sheet.y, text, BODY, room)
        sheet.text(sheet.left, sheet.y, indent, mark or f"{number}.", STRONG, level=level)
        sheet.flow(text, indent=indent)
        sheet.y += GAP / 2
    sheet.y += GAP / 2


def warning(sheet: Sheet, words: Words, key: str) -> None:
    """A text of the office that nobody should pass over, in a frame."""
    texts = words.all(words.office_text(key))
    style = Style(12, bold=True, color=WARN)
    room = sheet.room - 2 * GAP
    tall = sum(sheet.tall(text, style, room) for text in texts) + GAP
    sheet.need(tall)
    sheet.box(sheet.left, sheet.y, sheet.room, tall, line=WARN)
    y = sheet.y + GAP / 2
    for text in texts:
        y = sheet.text(sheet.left + GAP, y, room, text, style)
    sheet.y += tall + GAP
