"""Whole numbers, money, yes and no."""

from __future__ import annotations

import re

from kiosk.model.characters import ascii_digits, clean, half_width
from kiosk.model.entries import Json
from kiosk.model.fields.base import Plain
from kiosk.model.parsed import Context, Parsed, Wrong, explained
from kiosk.model.text import Translator, say

_GROUPED = re.compile(r"-?\d{1,3}(,\d{3})+(\.\d*)?")


def _typed(raw: str) -> str:
    """ASCII digits, without spaces and without the commas between thousands."""
    text = re.sub(r"\s", "", half_width(ascii_digits(clean(raw, 40))))
    return text.replace(",", "") if _GROUPED.fullmatch(text) else text


class IntegerField(Plain):
    """A whole number from options["min"] (0) to options["max"] (999,999,999)."""

    name = "integer"
    options = ("min", "max")

    @explained
    def parse(self, raw: str, context: Context) -> Parsed:
        text = _typed(raw)
        if not text:
            return Parsed()
        if not re.fullmatch("-?[0-9]{1,12}", text):
            raise Wrong(say("This is not a whole number."))
        least, most = context.number("min", 0), context.number("max", 999_999_999)
        if not least <= int(text) <= most:
            raise Wrong(say("The number must be from {least} to {most}.", least=least, most=most))
        return Parsed(int(text))

    def reads(self, value: Json) -> bool:
        return isinstance(value, int) and not isinstance(value, bool)


class MoneyField(Plain):
    """An amount of Chinese yuan, kept as the text of a decimal: "2800.00"."""

    name = "money"

    @explained
    def parse(self, raw: str, context: Context) -> Parsed:
        text = _typed(re.sub("[¥￥元]|RMB|CNY", "", raw))
        if not text:
            return Parsed()
        found = re.fullmatch(r"([0-9]{1,10})(?:\.([0-9]{0,2}))?", text)
        if found is None:
            raise Wrong(
                say("This is not an amount; type yuan and at most two decimals, such as 2800 or 2800.50.")
            )
        return Parsed(f"{int(found[1])}.{found[2] or '':0<2}")

    def reads(self, value: Json) -> bool:
        return isinstance(value, str) and re.fullmatch(r"[0-9]{1,10}\.[0-9]{2}", value) is not None

    def _show(self, value: Json, say: Translator, context: Context) -> str:
        whole, _, rest = value.partition(".")
        return say("{amount} yuan", amount=f"{int(whole):,}.{rest}")


class BooleanField(Plain):
    """Typed as 1 or 0."""

    name = "boolean"

    @explained
    def parse(self, raw: str, context: Context) -> Parsed:
        answers = {"": None, "0": False, "1": True}
        text = clean(raw)
        if text not in answers:
            raise Wrong(say("Choose yes or no."))
        return Parsed(answers[text])

    def reads(self, value: Json) -> bool:
        return isinstance(value, bool)

    def _raw(self, value: Json) -> str:
        return str(int(value))

    def _show(self, value: Json, say: Translator, context: Context) -> str:
        return say("Yes") if value else say("No")
