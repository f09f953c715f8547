"""Checks of one answer against today and against other answers; a form names them.

A name may carry the key of another answer: "not_before:case.entry_date". A check that misses what it
compares with says nothing: whether that is needed is another question of the form.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, timedelta

from kiosk.model.days import day_of
from kiosk.model.entries import Json
from kiosk.model.text import Text, say

Check = Callable[[Json, Mapping[str, Json], date], Text | None]

OLDEST = 120  # years
SHORT_STAY = 3  # days; F1 warns below


def not_after_today(value: Json, facts: Mapping[str, Json], today: date) -> Text | None:
    """Holds for a date with unknown parts as soon as its known parts are not later."""
    text = str(value or "")[:10]
    if text <= today.isoformat()[: len(text)]:
        return None
    return say("This is after today, {today}.", today=today)


def after_today(value: Json, facts: Mapping[str, Json], today: date) -> Text | None:
    day = day_of(value)
    return say("This is not after today, {today}.", today=today) if day and day <= today else None


def age_at_most_120(value: Json, facts: Mapping[str, Json], today: date) -> Text | None:
    """For a birth date: not in the future, and nobody older than 120."""
    text = str(value or "")
    if not text:
        return None
    oldest = f"{today.year - OLDEST}-{today:%m-%d}"[: len(text)]
    if text < oldest:
        return say("Born in {year}, the person would be older than {age}.", year=text[:4], age=OLDEST)
    return not_after_today(value, facts, today)


def not_before(key: str, template: Text = say("This is before {day}.")) -> Check:  # noqa: B008
    """Not earlier than the day of another answer; `template` says it, with the slot {day}."""

    def check(value: Json, facts: Mapping[str, Json], today: date) -> Text | None:
        day, other = day_of(value), day_of(facts.get(key))
        return Text(template.template, {"day": other}) if day and other and day < other else None

    return check


def not_after(key: str, template: Text = say("This is after {day}.")) -> Check:  # noqa: B008
    """Not later than the day of another answer; `template` says it, with the slot {day}."""

    def check(value: Json, facts: Mapping[str, Json], today: date) -> Text | None:
        day, other = day_of(value), day_of(facts.get(key))
        return Text(template.template, {"day": other}) if day and other and day > other else None

    return check


def _short_stay(value: Json, facts: Mapping[str, Json], today: date) -> Text | None:
    day = day_of(value)
    if day is None or day >= today + timedelta(days=SHORT_STAY):
        return None
    if day < today:
        return say("The permitted stay ended on {day}.", day=day)
    return say("The permitted stay ends soon, on {day}.", day=day)


CHECKS: Mapping[str, Check] = {
    "not_after_today": not_after_today,
    "after_today": after_today,
    "age_at_most_120": age_at_most_120,
    "not_before_entry": not_before("case.entry_date", say("This is before the entry on {day}.")),
    "not_before_arrival": not_before("lodging.arrive_at", say("This is before the moving in on {day}.")),
    "contract_order": not_before("guarantee.contract_from", say("The contract begins later, on {day}.")),
    "guarantee_order": not_before("guarantee.valid_from", say("The guarantee begins later, on {day}.")),
    "permit_order": not_before("permit.valid_from", say("The permit begins later, on {day}.")),
}

# What the same check names say beside an answer that is taken all the same.
WARNINGS: Mapping[str, Check] = {
    "not_before_entry": _short_stay,
    "not_before_arrival": not_after("case.stay_until", say("This is after the permitted stay, {day}.")),
}

WITH_KEY: Mapping[str, Callable[[str], Check]] = {"not_before": not_before, "not_after": not_after}


def find_check(name: str) -> Check | None:
    """The check a form names, with the key after a colon where it carries one; None when unknown."""
    kind, _, key = name.partition(":")
    if key and kind in WITH_KEY:
        return WITH_KEY[kind](key)
    return CHECKS.get(name)
