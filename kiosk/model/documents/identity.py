"""Chinese numbers of units and people: GB 32100, GB 11643 and the permanent resident card."""

from __future__ import annotations

import re
from datetime import date

from kiosk.model.calendar import day_problem
from kiosk.model.characters import clean, compact, visible
from kiosk.model.documents.countries import country_code
from kiosk.model.parsed import Parsed, Wrong, explained
from kiosk.model.text import Text, say

# GB 32100-2015: no I, O, S, V, Z. GB 11714 counts A–Z as 10–35, I and O too.
USCC_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
USCC_WEIGHTS = (1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28)
ORGANISATION_WEIGHTS = (3, 7, 9, 10, 5, 8, 4, 2)
MOD_11_2 = "10X98765432"  # GB 11643-1999, ISO 7064
MOD_11_2_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
# GB/T 2260, first two digits: the provinces, and 81–83 of the residence permits of Hong Kong, Macao, Taiwan
PROVINCES = frozenset(
    map(str, (*range(11, 16), *range(21, 24), *range(31, 38), *range(41, 47), *range(50, 55), *range(61, 66),
              71, 81, 82, 83))
)  # fmt: skip


@explained
def uscc(raw: str) -> Parsed:
    """A unified social credit code (GB 32100-2015) with the organisation code in it (GB 11714).

    A wrong check digit is a problem with parts["overridable"]: real codes exist that fail.
    """
    code = _exactly(raw, 18)
    strange = re.search(f"[^{USCC_ALPHABET}]", code)
    if strange:
        raise Wrong(
            say(
                "“{character}” at place {place} cannot be: a credit code has digits and capital letters, "
                "without I, O, S, V and Z.",
                character=visible(strange[0]),
                place=strange.start() + 1,
            )
        )
    if not code[2:8].isdigit():
        raise Wrong(say("Places 3 to 8 of a credit code are the division and have digits only."))
    parts: dict[str, object] = {
        "department": code[0],
        "category": code[1],
        "division": code[2:8],
        "organisation": code[8:17],
        "check_digit": code[17],
    }
    wrong = _check_problem(code[17], _uscc_digit(code)) or _organisation_problem(code[8:17])
    if wrong:
        raise Wrong(wrong, parts | {"overridable": True, "normal": code})
    return Parsed(code, parts=parts)


def _uscc_digit(code: str) -> str:
    total = sum(USCC_ALPHABET.index(c) * w for c, w in zip(code, USCC_WEIGHTS, strict=False))
    return USCC_ALPHABET[-total % 31]


def _organisation_problem(code: str) -> Text | None:
    total = sum(int(c, 36) * w for c, w in zip(code, ORGANISATION_WEIGHTS, strict=False))
    expected = "0123456789X"[-total % 11]
    if code[8] == expected:
        return None
    return say(
        "The check digit of the organisation code (place 17) is {found}; it should be {expected}.",
        found=code[8],
        expected=expected,
    )


@explained
def resident_id(raw: str, today: date) -> Parsed:
    """An identity number of a Chinese resident (GB 11643-1999), 18 characters."""
    number = _number_of_person(raw)
    if number[0] == "9":
        raise Wrong(say("A number that begins with 9 is that of a foreign permanent resident."))
    parts = _person_parts(number) | {"division": number[:6]}
    _check_person(number, today, parts)
    unknown = number[:2] not in PROVINCES
    warning = say("There is no province {code}; compare with the card.", code=number[:2]) if unknown else None
    return Parsed(number, warning=warning, parts=parts)


@explained
def permanent_id(raw: str, today: date) -> Parsed:
    """A foreign permanent resident's number: 18 digits, or before December 2023 3 letters and 12 digits."""
    number = compact(clean(raw))
    if re.fullmatch("[A-Z]{3}[0-9]{12}", number):
        return _old_permanent_id(number)
    number = _number_of_person(number)
    if number[0] != "9":
        raise Wrong(
            say("A permanent resident's number begins with 9; this begins with {digit}.", digit=number[0])
        )
    nationality = country_code(number[3:6])
    parts = _person_parts(number) | {"province": number[1:3], "nationality": nationality or number[3:6]}
    _check_person(number, today, parts)
    return Parsed(number, warning=_nationality_warning(nationality, number[3:6]), parts=parts)


def _old_permanent_id(number: str) -> Parsed:
    nationality = country_code(number[:3])
    parts = {"nationality": nationality or number[:3], "card": "before 2023"}
    return Parsed(number, warning=_nationality_warning(nationality, number[:3]), parts=parts)


def _nationality_warning(nationality: str | None, code: str) -> Text | None:
    return None if nationality else say("There is no nationality {code}; compare with the card.", code=code)


@explained
def id_or_uscc(raw: str, today: date) -> Parsed:
    """Whichever of the three it is; parts["kind"] says which. The problem is told of the likeliest one."""
    readings = {
        "resident-id": resident_id(raw, today),
        "permanent-id": permanent_id(raw, today),
        "uscc": uscc(raw),
    }
    kind = next((kind for kind, parsed in readings.items() if parsed.problem is None), None)
    kind = kind or _likely_kind(compact(clean(raw)))
    parsed = readings[kind]
    return Parsed(parsed.value, parsed.problem, parsed.warning, {**parsed.parts, "kind": kind})


def _likely_kind(number: str) -> str:
    if re.search("[A-Z]", number[:-1]) or not re.search("^.{6}(18|19|20)", number):
        return "uscc"
    return "permanent-id" if number.startswith("9") else "resident-id"


def _exactly(raw: str, length: int) -> str:
    code = compact(clean(raw))
    if len(code) != length:
        raise Wrong(say("There should be {wanted} characters, not {count}.", count=len(code), wanted=length))
    return code


def _number_of_person(raw: str) -> str:
    number = _exactly(raw, 18)
    strange = re.search("[^0-9]", number[:17]) or re.search("[^0-9X]", number[17:])
    if strange:
        raise Wrong(
            say(
                "“{character}” cannot be: the number has 17 digits and then a digit or X.",
                character=visible(strange[0]),
            )
        )
    return number


def _person_parts(number: str) -> dict[str, object]:
    return {
        "birth_date": f"{number[6:10]}-{number[10:12]}-{number[12:14]}",
        "sex": "1" if int(number[16]) % 2 else "2",
        "sequence": number[14:17],
        "check_digit": number[17],
    }


def _check_person(number: str, today: date, parts: dict[str, object]) -> None:
    year, month, day = int(number[6:10]), int(number[10:12]), int(number[12:14])
    impossible = day_problem(year, month, day)
    if impossible:
        raise Wrong(say("The birth date in the number is impossible. {why}", why=impossible), parts)
    if date(year, month, day) > today:
        raise Wrong(
            say("The birth date in the number, {day}, is after today.", day=date(year, month, day)), parts
        )
    total = sum(int(digit) * weight for digit, weight in zip(number, MOD_11_2_WEIGHTS, strict=False))
    wrong = _check_problem(number[17], MOD_11_2[total % 11])
    if wrong:
        raise Wrong(wrong, parts)


def _check_problem(found: str, expected: str) -> Text | None:
    if found == expected:
        return None
    return say("The check digit is {found}; it should be {expected}.", found=found, expected=expected)
