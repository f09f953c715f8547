"""Sentences that can be said in any language of the office.

A `Text` is an English template with named slots; it is the msgid of the `.po` files.
Rules return a `Text`, never a finished string: the screen, the slip and the command line
each say it in the language of whoever reads.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime

import msgspec


class Text(msgspec.Struct, frozen=True):
    """An English template (the msgid) and what stands in its slots; a slot may be a Text itself."""

    template: str
    slots: Mapping[str, object] = msgspec.field(default_factory=dict)

    def __str__(self) -> str:
        return Translator("en", {})(self)


def say(template: str, **slots: object) -> Text:
    """`say("Check digit is {found}", found="3")`; the extractor of the `.po` files looks for this name."""
    return Text(template, slots)


def lines(*texts: Text) -> Text:
    """Whole sentences under one another, said in one language; a Text that says nothing is left out."""
    made = Text("")
    for text in reversed([text for text in texts if text != Text("")]):
        made = text if made == Text("") else Text("{first}\n{rest}", {"first": text, "rest": made})
    return made


class Translator:
    """Says a `Text` in one language; falls back to the English template."""

    def __init__(self, language: str, catalogue: Mapping[str, str]) -> None:
        self.language = language
        self._catalogue = catalogue

    def __call__(self, text: Text | str, **slots: object) -> str:
        if isinstance(text, str):
            text = Text(text, slots)
        template = self._catalogue.get(text.template) or text.template
        if not text.slots:
            return template
        return template.format(**{name: self._slot(value) for name, value in text.slots.items()})

    def _slot(self, value: object) -> str:
        if isinstance(value, Text):
            return self(value)
        if isinstance(value, datetime):
            return f"{self.date(value.date())} {value:%H:%M}"
        if isinstance(value, date):
            return self.date(value)
        return str(value)

    def date(self, day: date) -> str:
        """Chinese 2026年3月5日; English 5 March 2026; Burmese day, month name, year (Gregorian)."""
        if self.language == "zh":
            return f"{day.year}年{day.month}月{day.day}日"
        month = self(MONTHS[day.month - 1])
        return f"{day.day} {month} {day.year}"


MONTHS = (
    "January", "February", "March", "April", "May", "June", "July",
    "August", "September", "October", "November", "December",
)  # fmt: skip
