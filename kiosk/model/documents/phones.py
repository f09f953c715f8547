"""Phone numbers in E.164: mobiles of China and Myanmar by their own rule, others by `phonenumbers`."""

from __future__ import annotations

import re

from kiosk.model.characters import ascii_digits, clean, half_width, visible
from kiosk.model.documents.countries import country_code
from kiosk.model.parsed import Parsed, Wrong, explained
from kiosk.model.text import say

_CHINESE_MOBILE = re.compile(r"(?:\+?86)?(1[3-9]\d{9})")
# The library knows fewer Myanmar ranges than are in use, so the plain rule comes first.
_MYANMAR_MOBILE = re.compile(r"(?:\+?950?|0)(9\d{7,9})")
INCOMPLETE = say(
    "This is no complete phone number. A Chinese mobile has 11 digits and begins with 13 to 19; a Myanmar "
    "mobile has 9 to 11 digits and begins with 09; others begin with + and the country."
)
_WRITING = re.compile(r"[\s().-]+")


@explained
def phone(raw: str) -> Parsed:
    """E.164, e.g. "+8613812345678". Without a country it is Chinese, or Myanmar where it begins with 09."""
    number = _WRITING.sub("", half_width(ascii_digits(clean(raw))))
    if number.startswith("00"):
        number = "+" + number[2:]
    strange = re.search(r"(?!^\+)[^0-9]", number)
    if strange:
        raise Wrong(
            say("A phone number has no “{character}”; it has digits only.", character=visible(strange[0]))
        )
    mobile = _CHINESE_MOBILE.fullmatch(number)
    if mobile:
        return Parsed("+86" + mobile[1], parts={"country": "CHN", "kind": "mobile"})
    mobile = _MYANMAR_MOBILE.fullmatch(number)
    if mobile:
        return Parsed("+95" + mobile[1], parts={"country": "MMR", "kind": "mobile"})
    return _other(number)


def _other(number: str) -> Parsed:
    """A land line, or a number of another country."""
    import phonenumbers  # 40 ms, so only for the rare number

    try:
        parsed = phonenumbers.parse(number, "CN")
    except phonenumbers.NumberParseException:
        raise Wrong(INCOMPLETE) from None
    if not phonenumbers.is_valid_number(parsed):
        raise Wrong(INCOMPLETE)
    value = phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164)
    region = phonenumbers.region_code_for_number(parsed) or ""
    return Parsed(value, parts={"country": country_code(region) or region, "kind": "other"})


def grouped(value: str) -> str:
    """For reading aloud: +86 138 1234 5678; other numbers in groups of three or four from the right."""
    found = re.fullmatch(r"(\+86)(1\d\d)(\d{4})(\d{4})|(\+959)(\d{2,3})(\d{3})(\d{3})", value)
    if found is None:
        return value
    return " ".join(group for group in found.groups() if group).replace("+959", "+95 9")
