"""What every field type can do."""

from __future__ import annotations

from typing import Protocol

from kiosk.model.entries import Json
from kiosk.model.parsed import Context, Parsed
from kiosk.model.text import Translator

DOTS = "••••"


class FieldType(Protocol):
    """How one kind of answer is typed, kept, shown and masked."""

    @property
    def name(self) -> str: ...

    @property
    def options(self) -> tuple[str, ...]:
        """The names in `Context.options` that change what may be typed; a form may set these."""
        ...

    def parse(self, raw: str, context: Context) -> Parsed:
        """What a person typed as a normal form, or one clear problem. Nothing typed is None, no problem."""
        ...

    def raw(self, value: Json) -> str:
        """What to put into the box for a normal form: parse(raw(value)) gives the value again."""
        ...

    def show(self, value: Json, say: Translator, context: Context) -> str:
        """For screens and slips, in the language of the reader."""
        ...

    def mask(self, value: Json) -> str:
        """For whoever need not know it: the last four characters, or only dots."""
        ...


class Plain:
    """A field type whose normal form is text that shows as it is and is masked whole."""

    name = ""
    options: tuple[str, ...] = ()

    def raw(self, value: Json) -> str:
        return "" if value is None else str(value)

    def show(self, value: Json, say: Translator, context: Context) -> str:
        return self.raw(value)

    def mask(self, value: Json) -> str:
        return DOTS if self.raw(value) else ""


class LastFour(Plain):
    """A number that is told by its last four characters."""

    def mask(self, value: Json) -> str:
        text = self.raw(value)
        return DOTS + text[-4:] if len(text) > 6 else super().mask(value)
