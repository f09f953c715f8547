"""Numbers with a check rule; the rules stand in `model.documents`."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from kiosk.model.characters import clean
from kiosk.model.documents.phones import grouped
from kiosk.model.entries import Json
from kiosk.model.fields.base import LastFour
from kiosk.model.parsed import Context, Parsed, explained
from kiosk.model.text import Translator


class NumberField(LastFour):
    """A number read by `reader`, which may depend on the day."""

    def __init__(self, name: str, reader: Callable[[str, date], Parsed]) -> None:
        self.name = name
        self._reader = reader

    @explained
    def parse(self, raw: str, context: Context) -> Parsed:
        return self._reader(raw, context.today) if clean(raw) else Parsed()


class PhoneField(NumberField):
    """Kept as E.164, shown in groups."""

    def _show(self, value: Json, say: Translator, context: Context) -> str:
        return grouped(value)
