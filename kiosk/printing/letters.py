"""The A5 slips that are read like a letter: receipt, progress, health certificate, missing, refusal."""

from __future__ import annotations

from kiosk.model.text import say
from kiosk.printing.foot import GAP, Closing, Step
from kiosk.printing.frame import Field, fields, heading, open_sheet, person, said
from kiosk.printing.sheet import BODY, HEADING, STRONG, WARN, Sheet
from kiosk.printing.text import Style
from kiosk.printing.words import Words, beside

LESSER = BODY.at(10)  # what the person does not come for
INDENT = 20.0


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
    Closing(sheet, words, stamp=True).draw()
    return sheet


def progress(words: Words) -> Sheet:
    """Progress slip: where to go and when to come back, then what was received; it is no permit.

    Whatever was received, the next step is on the first page.
    """
    sheet = open_sheet(words)
    person(sheet, words)
    warning(sheet, words, "progress_not_a_permit")
    step = Step(sheet, words, sheet.room)
    step.draw(sheet.y)
    sheet.y += step.tall + 1.5 * GAP
    if words.slip.items:
        heading(sheet, words, say("Received"))
        listed(sheet, words, LESSER, mark="✓")
    said(sheet, words, words.all(words.office_text("progress_keep")), LESSER)
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
    Closing(sheet, words, stamp=True).draw()
    return sheet


def missing(words: Words) -> Sheet:
    """Notice of what is missing: the complete list, numbered, in both languages."""
    sheet = open_sheet(words)
    person(sheet, words)
    heading(sheet, words, say("Please bring or put right"))
    complete = "\n".join(words.all(words.office_text("missing_once")))
    closing = Closing(sheet, words, stamp=True, last=[(complete, STRONG)])
    listed(sheet, words, after=closing.tall)
    closing.draw()
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
    decided = f"{words.joined(say('Decided by'))}  {slip.officer or '–'}"
    closing = Closing(sheet, words, stamp=True, last=[(decided, STRONG)])
    if slip.remedy:
        label, texts = say("What you may do"), words.all(slip.remedy)
        tall = sum(sheet.tall(text, BODY, sheet.room) for text in texts)
        tall += sheet.tall(words.joined(label), HEADING, sheet.room) + GAP
        sheet.need(tall + closing.tall)  # the stamp never stands on a page of its own
        heading(sheet, words, label)
        said(sheet, words, texts)
    closing.draw()
    return sheet


def listed(sheet: Sheet, words: Words, style: Style = BODY, *, mark: str = "", after: float = 0) -> None:
    """The items of the slip, numbered or ticked, each in both languages and kept together.

    The last one goes to the page on which the `after` points that follow the list have room.
    """
    items = words.slip.items
    room = sheet.room - INDENT
    for number, item in enumerate(items, start=1):
        text = beside(words.all(item), style, room)
        sheet.need(sheet.tall(text, style, room) + (after + GAP if number == len(items) else 0))
        level = sheet.level(sheet.y, text, style, room)
        strong = Style(style.size, bold=True)
        sheet.text(sheet.left, sheet.y, INDENT, mark or f"{number}.", strong, level=level)
        sheet.flow(text, style, indent=INDENT)
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
