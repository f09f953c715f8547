"""What a slip says, in Chinese and in the person's language (and in English where its kind says so)."""

from __future__ import annotations

from collections.abc import Sequence

from kiosk.model.days import day_of
from kiosk.model.entries import Json
from kiosk.model.fields import FIELD_TYPES
from kiosk.model.forms import FieldDefinition
from kiosk.model.office import OfficePack
from kiosk.model.parsed import Context
from kiosk.model.slip import NEXT_STEPS, Slip
from kiosk.model.text import Text, say
from kiosk.printing.fonts import width
from kiosk.printing.text import Style

# What a slip shows and no form asks: written by the program when it decides.
WRITTEN = {
    "clearance.valid_from": FieldDefinition("clearance.valid_from", "date", "Valid from"),
    "clearance.valid_to": FieldDefinition("clearance.valid_to", "date", "Valid until"),
}


class Words:
    """One slip's languages. Each method gives one string a language, the same string only once.

    `scale` and `pages` say how they are set: smaller where a page is full, and on how many pages.
    """

    def __init__(self, slip: Slip, pack: OfficePack, *, scale: float = 1.0, pages: int = 1) -> None:
        self.scale, self.pages = scale, pages
        languages = ("zh", slip.language, *(("en",) if slip.definition.english else ()))
        self.slip, self.pack = slip, pack
        self.translators = [pack.translators[language] for language in dict.fromkeys(languages)]
        self._fields = dict(WRITTEN) | {
            field.key: field for form in pack.forms.values() for field in form.fields
        }

    def all(self, text: Text | str) -> list[str]:
        return list(dict.fromkeys(translate(text) for translate in self.translators))

    def joined(self, text: Text | str, between: str = "  ") -> str:
        return between.join(self.all(text))

    def office_text(self, key: str) -> str:
        """A text of the office by its key, as msgid; "" where the pack has none."""
        return self.pack.office.texts.get(key, "")

    def label_of(self, key: str) -> Text:
        return Text(self._fields[key].label)

    def value(self, key: str, value: Json) -> list[str]:
        """A fact as people read it: dates, sexes and codes in each language, names and numbers once."""
        field = self._fields[key]
        codes = self.pack.codes.get(field.codes, {})
        context = Context(self.slip.issued_at.date(), codes, field.options)
        shown = [FIELD_TYPES[field.type].show(value, translate, context) for translate in self.translators]
        return list(dict.fromkeys(shown))

    def fact(self, key: str) -> list[str]:
        """A fact of this slip, one string a language; nothing when it is not known."""
        value = self.slip.facts.get(key)
        return [] if value in (None, "") else self.value(key, value)

    def period(self, start: str, end: str) -> list[str]:
        """Two facts that are dates, as one line a language."""
        days = [day_of(self.slip.facts.get(key)) for key in (start, end)]
        return self.all(say("{first} to {last}", first=days[0], last=days[1])) if all(days) else []

    def title(self) -> list[str]:
        return self.all(self.slip.title or self.slip.definition.title)

    def status(self) -> str:
        """PROVISIONAL or FINAL, in words."""
        return self.joined(say("PROVISIONAL" if self.slip.provisional else "FINAL"), " / ")

    def next_step(self) -> tuple[str, list[str]]:
        """The picture of the next step and its words."""
        key = self.slip.next_step or self.slip.definition.next_step
        return key, self.all(self.slip.next_text or NEXT_STEPS[key])


def beside(values: Sequence[str], style: Style, room: float) -> str:
    """A value in each language on one line where they fit, else each on its own."""
    line = " / ".join(values)
    return line if line_width(line, style) <= room else "\n".join(values)


def line_width(text: str, style: Style) -> float:
    """How wide one line of text is."""
    return width(text, style.bold) * style.size
