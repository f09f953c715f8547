"""What desks did apart, side by side: who wrote what, when, where, and what he did not know of the others."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from datetime import datetime

import msgspec

from kiosk.model.entries import Entry, Json
from kiosk.model.file import CaseFile
from kiosk.model.registers import split_cite
from kiosk.model.text import Text

# Neither printed on a permit nor read by a guard: any clerk who sees it settles it.
FREE = (
    "person.phone", "person.father_name", "person.emergency_contact", "person.nrc", "case.entry_port",
    "person.document_issue_date", "guarantor.representative_phone", "lodging.host_phone",
    "lodging.leave_plan", "case.parked_by",
)  # fmt: skip
SAME = "same_as."  # a register of a person: "same_as.PERSON" is true while the two are linked


class Change(msgspec.Struct, frozen=True):
    """One fact as somebody wrote it: `key` is "subject.register", `desk` the name of his terminal."""

    key: str
    value: Json
    name: str
    role: str
    at: datetime
    desk: Text
    called: str = ""  # the number or name of the subject that the value names, where it names one


class Side(msgspec.Struct, frozen=True):
    """One of the values that stand: who wrote it, what he saw there, what it rests on, what he did not know.

    `about` are facts of the subject that the value names, where it names one.
    """

    wrote: Change
    saw: tuple[Json, ...] = ()
    rests: tuple[tuple[str, Json], ...] = ()
    missed: tuple[Change, ...] = ()
    about: tuple[tuple[str, Json], ...] = ()


class Ground(msgspec.Struct, frozen=True):
    """A fact that a shaken decision rests on: as its author saw it, as it stands, and who changed it."""

    then: Json
    now: Json
    changed: Change


class Dispute(msgspec.Struct, frozen=True):
    """What waits for a person: unlike values, or a decision that is shaken.

    `choices` are the values that may be put in place of all; of a shaken decision the first upholds it.
    `grounds` say what shakes it, as far as the reader may see it and nothing of it was erased.
    """

    key: str
    sides: tuple[Side, ...]
    choices: tuple[Json, ...]
    shaken: bool = False
    grounds: tuple[Ground, ...] = ()


def cites(entry: Entry) -> set[str]:
    """The entries that its author had before his eyes."""
    rests = {split_cite(cited)[0] for cited in entry.rests_on}
    return rests.union(*(write.replaces for write in entry.writes.values()))


def unseen(
    entry: Entry,
    own: str,
    replacements: Iterable[tuple[str, str, str]],
    read: Callable[[str], Entry | None],
) -> list[tuple[Entry, str]]:
    """(entry, register) of what replaced what its author saw in its register `own` and what it rests on.

    Neither author had seen the other's: a replacer that cites the entry is simply the next event.
    `replacements` are (replaced, register, by).
    """
    seen = {split_cite(cited) for cited in entry.rests_on}
    seen |= {(old, own) for old in entry.writes[own].replaces}
    known = cites(entry) | {entry.id}
    found = []
    for replaced, register, by in sorted(replacements):
        if (replaced, register) in seen and by not in known:
            other = read(by)
            if other is not None and entry.id not in cites(other):
                found.append((other, register))
    return found


def needs_supervisor(file: CaseFile) -> bool:
    """Whether a fact is contested that any clerk may not settle.

    What only a doctor sees is not asked, nor what is a guarantor's own: thousands of cases may have the same.
    """
    return any(key not in FREE and not key.startswith(("health.", "guarantor.")) for key in file.contested())


def may_settle(key: str, roles: Collection[str]) -> bool:
    return key in FREE or "supervisor" in roles or (key.startswith("health.") and "doctor" in roles)


def next_to_settle(keys: Iterable[str], stage: str, roles: Collection[str]) -> str | None:
    """What is offered first: mine before others', facts before the stages that rest on them, this stage."""

    def order(key: str) -> tuple[bool, bool, bool]:
        return not may_settle(key, roles), key.startswith("case.stage."), key != f"case.stage.{stage}"

    return min(keys, key=order, default=None)
