"""What a slip says: everything a layout needs, and nothing else. Filled by `actions`, drawn by `printing`.

A slip holds facts in their normal form; the layout shows them in Chinese and in the person's language.
The layout of a kind prints only the facts named in `SLIP_KINDS`, so a fact too many here is not printed.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime

import msgspec

from kiosk.model.entries import Json
from kiosk.model.text import Text


class SlipKind(msgspec.Struct, frozen=True):
    """One kind of slip. `size` is A4, A5 or A5L (landscape); `next_step` is a key of `NEXT_STEPS`."""

    title: str  # msgid
    size: str
    next_step: str
    facts: tuple[str, ...] = ()  # "subject.register", in the order of printing
    stamp: bool = False  # leaves a space of 45 mm for the office's round stamp
    english: bool = False  # says English too, whatever the person's language is
    anew: bool = False  # tells how things stand now: printed again it is another slip, not a reprint


SLIP_KINDS: Mapping[str, SlipKind] = {
    "application_form": SlipKind(
        "Application form", "A4", "sign", anew=True
    ),  # prints the forms in `Slip.forms`
    "opinions": SlipKind("One form with all opinions", "A4", "wait", anew=True),
    "receipt": SlipKind("Acceptance receipt", "A5", "wait", stamp=True),
    "progress": SlipKind("Progress slip", "A5", "collect", anew=True),
    "health_certificate": SlipKind(
        "Health certificate",
        "A5",
        "work",
        ("person.sex", "person.birth_date", "clearance.valid_from", "clearance.valid_to"),
    ),
    "missing": SlipKind("Notice of what is missing", "A5", "bring", stamp=True),
    "refusal": SlipKind("Refusal", "A5", "ask", stamp=True),
    "guarantee": SlipKind(
        "Guarantee",
        "A4",
        "sign",
        (
            "guarantor.name",
            "guarantor.uscc",
            "guarantor.resident_id",
            "guarantor.address",
            "guarantor.representative_name",
            "guarantor.representative_phone",
            "guarantee.job_title",
            "guarantee.wage",
            "guarantee.workplace",
            "guarantee.contract_from",
            "guarantee.contract_to",
            "guarantee.valid_from",
            "guarantee.valid_to",
            "guarantee.insurance",
        ),
        stamp=True,
    ),
    # Never health, NRC, employer or phone (procedure F5).
    "permit": SlipKind(
        "Temporary residence permit",
        "A5L",
        "carry",
        (
            "person.nationality",
            "person.sex",
            "person.birth_date",
            "permit.kind",
            "permit.valid_from",
            "permit.valid_to",
            "permit.area",
        ),
        english=True,
    ),
}

# The picture of the next step and the words under it, unless the slip brings its own words.
NEXT_STEPS: Mapping[str, str] = {
    "sign": "Read it, then sign",
    "health": "Go to the health post",
    "guarantee": "Bring your employer to sign the guarantee",
    "work": "Show it to your employer",
    "window": "Go to the window",
    "wait": "Wait for the decision",
    "collect": "Come back and collect it",
    "bring": "Bring what is missing",
    "carry": "Always carry it with you",
    "ask": "Ask at the window. You may apply again.",
}


class Opinion(msgspec.Struct, frozen=True):
    """One department's box on the form with all opinions; an empty one is signed on paper."""

    department: str  # msgid
    stage: str  # msgid
    result: Text | None = None  # the stage's state; None leaves the box open for a pen
    lines: tuple[Text, ...] = ()  # registered numbers, dates, remarks
    by: str = ""  # who decided
    at: datetime | None = None


class Slip(msgspec.Struct, frozen=True):
    """One slip of one case. Times carry the offset of Beijing; dates that are not known are None."""

    kind: str  # a key of SLIP_KINDS
    number: str  # the permit's, receipt's or certificate's number; else the case's
    language: str  # the person's
    issued_at: datetime
    name: str  # as in the document
    document_tail: str  # last four of the document's number
    name_native: str = ""
    name_zh: str = ""
    title: str = ""  # msgid, where it is not the kind's own (a permit profile has its title)
    case_number: str = ""
    facts: Mapping[str, Json] = msgspec.field(default_factory=dict)
    forms: tuple[str, ...] = ()  # forms of the pack that an application form reads back
    items: tuple[Text, ...] = ()  # missing: what to bring; refusal: the reasons; progress: what was received
    opinions: tuple[Opinion, ...] = ()
    ground: Text | None = None  # refusal: the law it rests on
    remedy: Text | None = None  # refusal: what the person may do
    received_at: datetime | None = None  # receipt: when the application was accepted
    decide_by: date | None = None
    collect_after: datetime | None = None
    officer: str = ""  # who decided, with the staff number
    operator_name: str = ""  # who prints
    window: str = ""
    portrait: bytes | None = None  # JPEG
    seal: str = ""  # the payload of `kiosk.seal.sign`
    reprint: int = 0  # the n of "REPRINT n"; 0 is the first print
    provisional: bool = False  # said in words: PROVISIONAL or FINAL
    next_step: str = ""  # a key of NEXT_STEPS; "" = the kind's own
    next_text: Text | None = None

    @property
    def definition(self) -> SlipKind:
        return SLIP_KINDS[self.kind]
