"""The machine-readable zone of a travel document: ICAO Doc 9303, parts 3 to 7 (8th edition, 2021).

`parse_mrz` reads TD1, TD2, TD3, MRV-A and MRV-B and names every field that is wrong.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

import msgspec

from kiosk.model.calendar import day_problem
from kiosk.model.characters import half_width, visible
from kiosk.model.documents.countries import zone_code
from kiosk.model.documents.mrz_layouts import Layout, Span, layout_of
from kiosk.model.text import Text, say

At = Callable[[Span], str]  # the characters of a span

LONGEST = 400  # characters; three lines of 30, with room for spaces
SEXES = {"M": "1", "F": "2", "<": "9"}  # to ISO/IEC 5218

FIELDS = {
    "number": say("document number"),
    "birth": say("birth date"),
    "expiry": say("expiry date"),
    "optional": say("optional data"),
}


class CheckDigit(msgspec.Struct, frozen=True):
    """One check digit: `field` is number, birth, expiry, optional or composite."""

    field: str
    found: str
    expected: str
    right: bool

    def problem(self) -> Text:
        if self.field == "composite":
            return say(
                "The overall check digit is {found}; it should be {expected}.",
                found=self.found,
                expected=self.expected,
            )
        return say(
            "The check digit of the {field} is {found}; it should be {expected}.",
            field=FIELDS[self.field],
            found=self.found,
            expected=self.expected,
        )


class Mrz(msgspec.Struct, frozen=True):
    """What a zone says. `birth` and `expiry` are YYMMDD as printed, `sex` is ISO 5218.

    `name` is the whole name, `surname` and `given_names` its two parts; a name without a surname has
    only the first. With `problems` nothing else may be relied on.
    """

    kind: str = ""
    lines: tuple[str, ...] = ()
    code: str = ""
    issuer: str = ""
    number: str = ""
    nationality: str = ""
    birth: str = ""
    sex: str = ""
    expiry: str = ""
    optional: tuple[str, ...] = ()
    name: str = ""
    surname: str = ""
    given_names: str = ""
    truncated: bool = False
    checks: tuple[CheckDigit, ...] = ()
    problems: tuple[Text, ...] = ()
    warnings: tuple[Text, ...] = ()


def check_digit(characters: str) -> str:
    """Doc 9303-3, 4.9: 0–9 count as themselves, A–Z as 10–35, < as 0; weights 7, 3, 1; modulo 10."""
    return str(sum(int(c, 36) * (7, 3, 1)[i % 3] for i, c in enumerate(characters.replace("<", "0"))) % 10)


def parse_mrz(text: str) -> Mrz:
    """Reads a zone that was scanned, pasted or typed. Never raises; `problems` say what is wrong.

    Spaces, empty lines, any line ending and lines that were joined are taken; capitals are demanded,
    for lower case means that the keyboard of the reader is set wrongly.
    """
    if len(text) > LONGEST:
        return Mrz(problems=(say("This is far too long for a machine-readable zone."),))
    lines = _lines(text)
    layout = layout_of(lines)
    if layout is None:
        return Mrz(lines=lines, problems=tuple(_shape_problems(lines)))
    strange = tuple(_character_problems(lines))
    if strange:
        return Mrz(layout.kind, lines, problems=strange)
    return _read(layout, lines)


def _lines(text: str) -> tuple[str, ...]:
    """The lines without white space and framing of a reader; a single line is cut at the right places."""
    plain = half_width(text).strip("\x02\x03\x04\ufeff")
    lines = tuple(line for line in ("".join(part.split()) for part in plain.splitlines()) if line)
    if len(lines) != 1:
        return lines
    width = {88: 44, 72: 36, 90: 30}.get(len(lines[0]))
    return tuple(re.findall(f".{{{width}}}", lines[0])) if width else lines


def _shape_problems(lines: tuple[str, ...]) -> Iterator[Text]:
    if len(lines) not in (2, 3):
        yield say(
            "A machine-readable zone has two lines of 44 or 36 characters, or three lines of 30. "
            "Here: lines {lines}, characters {count}.",
            lines=len(lines),
            count=sum(map(len, lines)),
        )
        return
    wanted = 30 if len(lines) == 3 else 44 if len(lines[0]) > 40 else 36
    for number, line in enumerate(lines, 1):
        if len(line) != wanted:
            yield say(
                "Line {line} should have {wanted} characters, not {count}.",
                line=number,
                count=len(line),
                wanted=wanted,
            )


def _character_problems(lines: tuple[str, ...]) -> Iterator[Text]:
    for number, line in enumerate(lines, 1):
        wrong = re.search("[^A-Z0-9<]", line)
        if wrong is None:
            continue
        place = {"character": visible(wrong[0]), "line": number, "place": wrong.start() + 1}
        if re.match("[a-z]", wrong[0]):
            yield say(
                "A machine-readable zone has capital letters only; line {line} has “{character}” at place "
                "{place}. Is Caps Lock set wrongly?",
                **place,
            )
        else:
            yield say(
                "A machine-readable zone has only A–Z, 0–9 and <; line {line} has “{character}” at place "
                "{place}.",
                **place,
            )


def _read(layout: Layout, lines: tuple[str, ...]) -> Mrz:
    def at(span: Span) -> str:
        line, start, end = span
        return lines[line][start:end]

    number, optional, number_check = _number(layout, at)
    checks = (number_check, *_other_checks(layout, at))
    surname, _, given = at(layout.name).rstrip("<").partition("<<")
    surname, given = (" ".join(part.replace("<", " ").split()) for part in (surname, given))
    truncated = not at(layout.name).endswith("<")
    problems = [
        *_code_problems(layout, lines[0], at),
        *_number_problems(number),
        *_date_problems(FIELDS["birth"], at(layout.birth), unknown_parts=True),
        *_sex_problems(at(layout.sex)),
        *_date_problems(FIELDS["expiry"], at(layout.expiry), unknown_parts=False),
        *_name_problems(at(layout.name)),
        *(check.problem() for check in checks if not check.right),
    ]
    warning = say("The name may be cut off: take the full name from the page, not from the zone.")
    return Mrz(
        kind=layout.kind,
        lines=lines,
        code=lines[0][:2].rstrip("<"),
        issuer=at(layout.issuer).rstrip("<"),
        number=number,
        nationality=at(layout.nationality).rstrip("<"),
        birth=at(layout.birth),
        sex=SEXES.get(at(layout.sex), ""),
        expiry=at(layout.expiry),
        optional=optional,
        name=f"{surname} {given}".strip(),
        surname=surname,
        given_names=given,
        truncated=truncated,
        checks=checks,
        problems=tuple(problems),
        warnings=(warning,) if truncated else (),
    )


def _number(layout: Layout, at: At) -> tuple[str, tuple[str, ...], CheckDigit]:
    """The document number, the optional data and the number's check digit.

    TD1 and TD2: a filler in the check digit's place means that the number goes on, check digit last,
    in the first optional field (Doc 9303-5 and 9303-6, note j).
    """
    head, digit = at(layout.number), at(_after(layout.number))
    optional = tuple(at(span) for span in layout.optional)
    if layout.long_numbers and digit == "<" and not head.endswith("<"):
        rest, _, free = optional[0].partition("<")
        if len(rest) > 1:
            head, digit, optional = head + rest[:-1], rest[-1], (free, *optional[1:])
    check = _check("number", head, digit)
    return head.replace("<", ""), tuple(part.strip("<") for part in optional), check


def _other_checks(layout: Layout, at: At) -> Iterator[CheckDigit]:
    for field, span in (("birth", layout.birth), ("expiry", layout.expiry)):
        yield _check(field, at(span), at(_after(span)))
    if layout.optional_checked:
        data, digit = at(layout.optional[0]), at(_after(layout.optional[0]))
        unused = digit == "<" and not data.strip("<")  # Doc 9303-4 allows a filler then
        yield CheckDigit("optional", "<", "<", True) if unused else _check("optional", data, digit)
    if layout.composite_at:
        yield _check("composite", "".join(map(at, layout.composite)), at(layout.composite_at))


def _after(span: Span) -> Span:
    return span[0], span[2], span[2] + 1


def _check(field: str, data: str, found: str) -> CheckDigit:
    expected = check_digit(data)
    return CheckDigit(field, found, expected, found == expected)


def _code_problems(layout: Layout, first_line: str, at: At) -> Iterator[Text]:
    if first_line[0] not in layout.codes:
        yield say(
            "A zone of this size begins with {letters}; this begins with “{character}”.",
            letters=", ".join(layout.codes),
            character=first_line[0],
        )
    if zone_code(at(layout.issuer)) is None:
        yield say("The issuer “{code}” is not a code of a state or organisation.", code=at(layout.issuer))
    if zone_code(at(layout.nationality)) is None:
        yield say("The nationality “{code}” is not a code of a state.", code=at(layout.nationality))


def _number_problems(number: str) -> Iterator[Text]:
    if not number:
        yield say("There is no document number.")


def _name_problems(name: str) -> Iterator[Text]:
    digit = re.search("[0-9]", name)
    if digit:
        yield say("The name has the digit {digit}; a name has letters only.", digit=digit[0])
    elif not name.strip("<"):
        yield say("There is no name.")


def _sex_problems(sex: str) -> Iterator[Text]:
    if sex not in SEXES:
        yield say("The sex is “{character}”; it should be M, F or <.", character=sex)


def _date_problems(field: Text, digits: str, *, unknown_parts: bool) -> Iterator[Text]:
    letter = re.search("[A-Z]", digits)
    if letter:
        yield say(
            "The {field} has the letter “{letter}”; it should have digits only.",
            field=field,
            letter=letter[0],
        )
    elif re.search("[0-9]<|<[0-9]", re.sub("(..)", r"\1 ", digits)) or ("<" in digits and not unknown_parts):
        yield say("The {field} is incomplete: {digits}.", field=field, digits=digits)
    elif wrong := _calendar_problem(digits):
        yield say("The {field} {digits} is impossible. {why}", field=field, digits=digits, why=wrong)


def _calendar_problem(digits: str) -> Text | None:
    """Why no century has this day. Every fourth year but 1900 is a leap year, so 20YY decides."""
    year, month, day = (int(part) if part.isdigit() else None for part in re.findall("..", digits))
    if month is None and day is not None:
        month = 1  # which has every day a month can have
    return day_problem(2000 + (year or 0), month, day)
