"""Reads an office pack once, at start, and refuses a bad one, naming file and line."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from pathlib import Path

import msgspec

from kiosk.definitions.catalogue import Message
from kiosk.definitions.findings import ERROR, WARNING, Finding, Report
from kiosk.definitions.officecheck import OfficeCheck
from kiosk.definitions.pinning import track_from_source
from kiosk.definitions.reading import Reading, read_folder
from kiosk.definitions.staff import Account, read_staff
from kiosk.definitions.workflowcheck import WorkflowCheck
from kiosk.errors import PackError
from kiosk.model.office import OfficePack
from kiosk.model.text import say

__all__ = [
    "ERROR",
    "WARNING",
    "Account",
    "Drafts",
    "Finding",
    "Inspection",
    "check_pack",
    "inspect_pack",
    "read_pack",
    "read_staff",
    "track_from_source",
]


class Drafts(msgspec.Struct, frozen=True):
    """How many translations of a language wait for a native reader, of how many."""

    drafts: int
    translated: int


class Inspection(msgspec.Struct, frozen=True):
    """What `kiosk check-office` says. `pack` is None when the office itself could not be read.

    `report` knows the lines of whatever the pack holds.
    """

    pack: OfficePack | None
    findings: tuple[Finding, ...]
    drafts: Mapping[str, Drafts]
    report: Report


def read_pack(folder: Path) -> OfficePack:
    """The pack in a folder; raises PackError with its findings when one of them is an error."""
    refuse_no_folder(folder)
    reading = read_folder(folder)
    _cross_check(reading)
    errors = tuple(finding for finding in _sorted(reading) if finding.severity == ERROR)
    if errors or reading.pack is None:
        raise PackError(
            say(
                "The office pack in {folder} cannot be used. Faults: {count}. "
                "How to mend each says: kiosk check-office {folder}",
                folder=folder,
                count=len(errors),
            ),
            errors,
        )
    return reading.pack


def inspect_pack(folder: Path, today: date) -> Inspection:
    """What `read_pack` looks at, and charts, translations, the demo's staff, calendars of two years.

    Raises PackError for a folder that is not there, and for nothing else.
    """
    from kiosk.definitions.charts import ChartCheck

    refuse_no_folder(folder)
    reading = read_folder(folder)
    _cross_check(reading)
    if reading.pack is not None and not reading.report.unread:
        ChartCheck(reading.pack, reading.report).run()
        office = OfficeCheck(reading.pack, reading.report)
        office.translations(_translated(reading))
        office.calendar(today)
        read_staff(folder, reading.pack.office.roles, reading.report)
    drafts = {language: _drafts(messages) for language, messages in reading.messages.items()}
    return Inspection(reading.pack, _sorted(reading), drafts, reading.report)


def check_pack(folder: Path, today: date) -> tuple[Finding, ...]:
    """The findings of `inspect_pack`, by file and line."""
    return inspect_pack(folder, today).findings


def refuse_no_folder(folder: Path) -> None:
    """Raises PackError where there is nothing to look at."""
    if not folder.is_dir():
        raise PackError(say("There is no folder {folder}.", folder=folder))


def _cross_check(reading: Reading) -> None:
    """What must agree between files. Where one could not be read, all that it holds would seem missing."""
    if reading.pack is not None and not reading.report.unread:
        OfficeCheck(reading.pack, reading.report).run()
        WorkflowCheck(reading.pack, reading.report).run()


def _translated(reading: Reading) -> dict[str, frozenset[str]]:
    """The sentences that each language has a translation of."""
    return {
        language: frozenset(message.msgid for message in messages if message.msgstr)
        for language, messages in reading.messages.items()
    }


def _drafts(messages: tuple[Message, ...]) -> Drafts:
    translated = [message for message in messages if message.msgstr]
    return Drafts(sum(message.draft for message in translated), len(translated))


def _sorted(reading: Reading) -> tuple[Finding, ...]:
    return tuple(sorted(reading.report.findings, key=lambda found: (found.file, found.line, str(found.text))))
