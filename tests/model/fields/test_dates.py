"""Dates and moments as they are typed."""

from __future__ import annotations

from datetime import date

import pytest

from kiosk.model.fields import FIELD_TYPES, Context, Parsed
from kiosk.model.text import Translator

TODAY = date(2026, 3, 5)


def parse(raw: str, kind: str = "date", **options: object) -> Parsed:
    return FIELD_TYPES[kind].parse(raw, Context(TODAY, options=options))


@pytest.mark.parametrize(
    "raw",
    [
        "2026-03-05", "20260305", "2026.3.5", "2026/3/5", "2026 3 5", "2026年3月5日", "၂၀၂၆-၀၃-၀၅",
        "２０２６－０３－０５", "2026。3。5", "5 March 2026", "05 MAR 2026", "5-Mar-2026", "05mar2026", "0",
    ],
)  # fmt: skip
def test_ways_to_type_a_day(raw: str) -> None:
    assert parse(raw).value == "2026-03-05"


@pytest.mark.parametrize(
    ("raw", "day"), [("0", "2026-03-05"), ("1", "2026-03-04"), ("+3", "2026-03-08"), ("-5", "2026-02-28")]
)
def test_days_near_today(raw: str, day: str) -> None:
    assert parse(raw, relative=True).value == day


def test_other_days_near_today_only_where_the_form_says_so() -> None:
    assert parse("+3").problem is not None
    assert parse("2", relative=True).problem is not None
    assert parse("+99999", relative=True).problem is not None


@pytest.mark.parametrize(
    ("raw", "words"),
    [
        ("5/3/2026", "day and month may be taken for each other; type the year first, such as 2026-03-05"),
        ("25.12.2026", "type the year first"),
        ("5-3-26", "type the year first"),
        ("260305", "type the year with four digits"),
        ("2026-13-01", "There is no month 13."),
        ("2026-00-01", "There is no month 0."),
        ("2026-02-29", "There is no day 29 in February 2026."),
        ("2026-04-31", "There is no day 31 in April 2026."),
        ("20260230", "There is no day 30 in February 2026."),
        ("30 Feb 2026", "There is no day 30 in February 2026."),
        ("5 Xyz 2026", "“xyz” is not a month."),
        ("5 ma 2026", "This is not a date"),
        ("1387-03-05", "The year 1387 cannot be right"),  # Burmese era
        ("2569-03-05", "The year 2569 cannot be right"),  # Buddhist era
        ("၂၀၂၆-03-05", "Digits of two scripts are mixed"),
        ("2026-03", "The date is incomplete"),
        ("1990", "The date is incomplete"),
        ("2026-03-??", "The date is incomplete"),
        ("yesterday", "This is not a date"),
        ("2026-03-05T10:00", "This is not a date"),
        ("'; DROP TABLE x", "This is not a date"),
    ],
)
def test_what_is_no_date(raw: str, words: str) -> None:
    parsed = parse(raw)
    assert parsed.value is None
    assert words in str(parsed.problem)


@pytest.mark.parametrize(
    ("raw", "normal"),
    [
        ("1990", "1990"),
        ("1990-05", "1990-05"),
        ("1990.5", "1990-05"),
        ("1990年5月", "1990-05"),
        ("၁၉၉၀", "1990"),
        ("1990-05-17", "1990-05-17"),
        ("19900517", "1990-05-17"),
        ("1990-05-00", "1990-05"),
        ("1990-00-00", "1990"),
        ("19900000", "1990"),
        ("1990-xx-XX", "1990"),
        ("1990-05-??", "1990-05"),
        ("1990-<<-<<", "1990"),
    ],
)
def test_unknown_parts_are_left_out(raw: str, normal: str) -> None:
    assert parse(raw, partial=True).value == normal


@pytest.mark.parametrize("raw", ["0", "1", "199005", "90", "1990-13", "1990-??-17", "1990-00-17"])
def test_what_is_no_date_with_unknown_parts(raw: str) -> None:
    assert parse(raw, partial=True).problem is not None


def test_dates_are_shown_in_the_language_of_the_reader() -> None:
    show = FIELD_TYPES["date"].show
    chinese = Translator("zh", {"May": "5月", "{month} {year}": "{year}年{month}"})
    context = Context(TODAY)
    assert show("2026-03-05", Translator("en", {}), context) == "5 March 2026"
    assert show("2026-03-05", chinese, context) == "2026年3月5日"
    assert show("1990-05", Translator("en", {}), context) == "May 1990"
    assert show("1990-05", chinese, context) == "1990年5月"
    assert show("1990", chinese, context) == "1990"


@pytest.mark.parametrize(
    "raw",
    [
        "2026-03-05 14:30", "2026-03-05T14:30:59+08:00", "20260305 1430", "202603051430", "14:30", "0 14:30",
        "2026年3月5日14:30", "2026年3月5日 14时30分", "２０２６－３－５　１４：３０", "2026-03-05T06:30Z",
        "2026-03-05T13:00+06:30", "5 March 2026 14:30",
    ],
)  # fmt: skip
def test_ways_to_type_a_moment(raw: str) -> None:
    assert parse(raw, "datetime").value == "2026-03-05T14:30+08:00"


@pytest.mark.parametrize(
    ("raw", "words"),
    [
        ("2026-03-05", "Type the day and the time, such as 2026-03-05 14:30."),
        ("2026-03-05 24:00", "There is no time 24:00."),
        ("2026-03-05 12:60", "There is no time 12:60."),
        ("2026-02-30 12:00", "There is no day 30 in February 2026."),
        ("5/3/2026 12:00", "type the year first"),
        ("2026-03-05 12:00+99:00", "There is no time zone"),
        ("1800-01-01 00:00+14:00", "The year 1799 cannot be right"),
    ],
)
def test_what_is_no_moment(raw: str, words: str) -> None:
    assert words in str(parse(raw, "datetime").problem)


def test_a_moment_is_shown_in_beijing_time() -> None:
    show = FIELD_TYPES["datetime"].show
    assert show("2026-03-05T06:30:00+00:00", Translator("en", {}), Context(TODAY)) == "5 March 2026 14:30"
