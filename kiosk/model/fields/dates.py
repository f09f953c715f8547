"""Dates and moments, as clerks type them from passports, stamps and letters."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta, timezone

from kiosk.model.calendar import day_problem
from kiosk.model.characters import ascii_digits, clean, half_width
from kiosk.model.days import moment_of
from kiosk.model.entries import Json
from kiosk.model.fields.base import Plain
from kiosk.model.parsed import Context, Parsed, Wrong, explained
from kiosk.model.text import MONTHS, Text, Translator, say

BEIJING = timezone(timedelta(hours=8))
LONGEST = 60

# As texts: to compile them takes a hundredth of the start, and `re` keeps what was used.
_RECORDED = r"\d{4}(-\d\d){0,2}"
_TWO = r"\d{1,2}|\?\?|xx|<<"  # two digits, or one of the ways to write that they are unknown
_YEAR_FIRST = rf"(?P<year>\d{{4}})(?:[-./ ]+(?P<month>{_TWO})(?:[-./ ]+(?P<day>{_TWO}))?)?[-./ ]*"
_EIGHT_DIGITS = r"(?P<year>\d{4})(?P<month>\d\d)(?P<day>\d\d)"
_WITH_MONTH_NAME = r"(?P<day>\d{1,2})[-./ ]*(?P<name>[a-z]{3,9})[-., ]*(?P<year>\d{4})"
_YEAR_LAST = r"(\d{1,2})[-./ ]+(\d{1,2})[-./ ]+(\d{4}|\d{2})"
_TIME = r"(?P<day>.*?)[t\s]*(?P<hour>\d{1,2}):(?P<minute>\d\d)(?::\d\d(?:\.\d+)?)?(?P<zone>z|[-+]\d\d:?\d\d)?"
_CHINESE = str.maketrans(
    {"年": "-", "月": "-", "日": " ", "。": ".", "时": ":", "点": ":", "分": " ", "、": "."}
)


def _typed(raw: str) -> str:
    """The text in ASCII digits and small letters, Chinese signs as separators."""
    return half_width(ascii_digits(clean(raw, LONGEST))).translate(_CHINESE).lower().strip()


class DateField(Plain):
    """ISO 8601; with options["partial"] unknown parts are left out: "1990", "1990-05"."""

    name = "date"
    options = ("partial", "relative")

    @explained
    def parse(self, raw: str, context: Context) -> Parsed:
        text = _typed(raw)
        if not text:
            return Parsed()
        value = read_date(text, context)
        return Parsed(value, parts=dict(zip(("year", "month", "day"), value.split("-"), strict=False)))

    def reads(self, value: Json) -> bool:
        known = isinstance(value, str) and re.fullmatch(_RECORDED, value, re.ASCII)
        return bool(known) and day_problem(*map(int, value.split("-"))) is None

    def _show(self, value: Json, say: Translator, context: Context) -> str:
        year, month, day = [*map(int, value.split("-")), 0, 0][:3]
        if day:
            return say.date(date(year, month, day))
        if month:
            return say("{month} {year}", month=Text(MONTHS[month - 1]), year=year)
        return str(year)


def read_date(text: str, context: Context) -> str:
    """`text` as `_typed` leaves it. Raises Wrong."""
    near = _near_today(text, context)
    if near is not None:
        return near.isoformat()
    found = (
        re.fullmatch(_EIGHT_DIGITS, text)
        or re.fullmatch(_YEAR_FIRST, text)
        or re.fullmatch(_WITH_MONTH_NAME, text)
    )
    if found is None:
        raise Wrong(_why_not_a_date(text, context.today))
    parts = found.groupdict()
    year, month, day = int(parts["year"]), _month(parts, context), _known(parts["day"], context)
    if month is None and day is not None:
        raise Wrong(say("The day is known but not the month; type only the year."))
    wrong = day_problem(year, month, day)
    if wrong:
        raise Wrong(wrong)
    if month is not None and day is not None:
        return date(year, month, day).isoformat()
    if not context.options.get("partial"):
        raise Wrong(
            say(
                "The date is incomplete; type year, month and day, such as {day}.",
                day=context.today.isoformat(),
            )
        )
    return f"{year:04}" if month is None else f"{year:04}-{month:02}"


def _near_today(text: str, context: Context) -> date | None:
    """0 is today, 1 yesterday (not where parts may be unknown); options["relative"]: also +N and -N days."""
    if text in ("0", "1") and not context.options.get("partial"):
        return context.today - timedelta(days=int(text))
    if context.options.get("relative") and re.fullmatch(r"[-+] ?\d{1,4}", text):
        return context.today + timedelta(days=int(text.replace(" ", "")))
    return None


def _month(parts: dict[str, str | None], context: Context) -> int | None:
    name = parts.get("name")
    if name is None:
        return _known(parts.get("month"), context)
    months = [number for number, month in enumerate(MONTHS, 1) if month.lower().startswith(name)]
    if len(months) != 1:
        raise Wrong(say("“{name}” is not a month.", name=name))
    return months[0]


def _known(part: str | None, context: Context) -> int | None:
    """A number, or None where it is left out; 00 says "unknown" only where parts may be unknown."""
    if not part or not part.isdigit() or (part == "00" and context.options.get("partial")):
        return None
    return int(part)


def _why_not_a_date(text: str, today: date) -> Text:
    if re.fullmatch(_YEAR_LAST, text):
        return say(
            "In “{text}” day and month may be taken for each other; type the year first, such as {day}.",
            text=text,
            day=today.isoformat(),
        )
    if re.fullmatch(r"\d{6}", text):
        return say(
            "“{text}” can be read in two ways; type the year with four digits, such as {day}.",
            text=text,
            day=today.isoformat(),
        )
    return say("This is not a date; type year, month and day, such as {day}.", day=today.isoformat())


class DatetimeField(Plain):
    """A moment in Beijing time, to the minute: "2026-03-05T14:30+08:00"."""

    name = "datetime"
    options = ("relative",)

    @explained
    def parse(self, raw: str, context: Context) -> Parsed:
        text = _typed(raw)
        if not text:
            return Parsed()
        packed = re.fullmatch(r"(\d{8})[t ]?(\d\d)(\d\d)", text)
        found = re.fullmatch(_TIME, f"{packed[1]} {packed[2]}:{packed[3]}" if packed else text)
        if found is None:
            raise Wrong(say("Type the day and the time, such as {moment}.", moment=f"{context.today} 14:30"))
        whole = Context(context.today, context.codes, {**context.options, "partial": False})
        day = date.fromisoformat(read_date(found["day"] or "0", whole))
        hour, minute = int(found["hour"]), int(found["minute"])
        if hour > 23 or minute > 59:
            raise Wrong(say("There is no time {hour}:{minute}.", hour=found["hour"], minute=found["minute"]))
        moment = datetime(day.year, day.month, day.day, hour, minute, tzinfo=_zone(found["zone"]))
        moment = moment.astimezone(BEIJING)
        wrong = day_problem(moment.year)
        if wrong:
            raise Wrong(wrong)
        return Parsed(moment.isoformat(timespec="minutes"))

    def reads(self, value: Json) -> bool:
        return moment_of(value) is not None

    def _show(self, value: Json, say: Translator, context: Context) -> str:
        moment = datetime.fromisoformat(value).astimezone(BEIJING)
        return f"{say.date(moment.date())} {moment:%H:%M}"


def _zone(text: str | None) -> timezone:
    if not text:
        return BEIJING
    if text == "z":
        return UTC
    hours, minutes = int(text[1:3]), int(text[-2:])
    if hours > 14 or minutes > 59:
        raise Wrong(say("There is no time zone {zone}.", zone=text))
    away = timedelta(hours=hours, minutes=minutes)
    return timezone(-away if text[0] == "-" else away)
