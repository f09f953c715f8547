"""What every field type can do."""

from __future__ import annotations

from typing import Protocol

import msgspec

from kiosk.model.entries import Json
from kiosk.model.parsed import Context, Parsed
from kiosk.model.text import Translator

DOTS = "••••"


class FieldType(Protocol):
    """How one kind of answer is typed, kept, shown and masked.

    Whatever stands in a register can be shown, masked and put into a box: another program may have written
    it. What is not of this kind reads as the text that stands there, until a person corrects it.
    """

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


def as_text(value: Json) -> str:
    """What stands in a register, as it stands there."""
    if value is None:
        return ""
    return value if isinstance(value, str) else msgspec.json.encode(value).decode()


class Plain:
    """A field type whose normal form is text that shows as it is and is masked whole.

    A type with another normal form says in `reads` what it takes for one, and in `_raw` and `_show` how that
    is typed and read: they are asked for nothing else.
    """

    name = ""
    options: tuple[str, ...] = ()

    def raw(self, value: Json) -> str:
        return self._raw(value) if self.reads(value) else as_text(value)

    def show(self, value: Json, say: Translator, context: Context) -> str:
        return self._show(value, say, context) if self.reads(value) else as_text(value)

    def mask(self, value: Json) -> str:
        return DOTS if self.raw(value) else ""

    def reads(self, value: Json) -> bool:
        """Whether a value can be read as one of this kind."""
        return isinstance(value, str)

    def _raw(self, value: Json) -> str:
        return as_text(value)

    def _show(self, value: Json, say: Translator, context: Context) -> str:
        return self._raw(value)


class LastFour(Plain):
    """A number that is told by its last four characters."""

    def mask(self, value: Json) -> str:
        text = self.raw(value)
        return DOTS + text[-4:] if len(text) > 6 else super().mask(value)
