"""Answers taken from a list: code lists of the office, and countries."""

from __future__ import annotations

from kiosk.model.ask import joined
from kiosk.model.characters import capitals, clean, half_width
from kiosk.model.documents.countries import country_code, country_name
from kiosk.model.entries import Json
from kiosk.model.fields.base import Plain
from kiosk.model.parsed import Context, Parsed, Wrong, explained
from kiosk.model.text import Text, Translator, say


def _listed(key: str, context: Context) -> str:
    if key not in context.codes:
        raise Wrong(say("“{key}” is not in the list; choose one that is.", key=key))
    return key


def _label(key: str, context: Context) -> Text:
    code = context.codes.get(key)
    return Text(code.label) if code else Text("{key}", {"key": key})


class ChoiceField(Plain):
    """One key of the field's code list."""

    name = "choice"

    @explained
    def parse(self, raw: str, context: Context) -> Parsed:
        key = clean(raw)
        return Parsed(_listed(key, context)) if key else Parsed()

    def _show(self, value: Json, say: Translator, context: Context) -> str:
        return say(_label(value, context))


class ChoicesField(Plain):
    """Several keys with commas between, each once, in the order of the list; kept as a list."""

    name = "choices"

    @explained
    def parse(self, raw: str, context: Context) -> Parsed:
        keys = {_listed(key.strip(), context) for key in clean(raw, 2000).split(",") if key.strip()}
        return Parsed([key for key in context.codes if key in keys] or None)

    def reads(self, value: Json) -> bool:
        return isinstance(value, list) and all(isinstance(key, str) for key in value)

    def _raw(self, value: Json) -> str:
        return ",".join(value)

    def _show(self, value: Json, say: Translator, context: Context) -> str:
        return say(joined([_label(key, context) for key in value]))


class CountryField(Plain):
    """A state or what ICAO puts in its place; kept as the code of a machine-readable zone."""

    name = "country"

    @explained
    def parse(self, raw: str, context: Context) -> Parsed:
        text = capitals(half_width(clean(raw)))
        if not text:
            return Parsed()
        code = country_code(text)
        if code is None:
            raise Wrong(say("“{code}” is not the three-letter code of a country.", code=text[:20]))
        return Parsed(code)

    def _show(self, value: Json, say: Translator, context: Context) -> str:
        return country_name(value, say)
