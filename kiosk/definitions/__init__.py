"""Reads an office pack once, at start, and refuses a bad one, naming file and line."""

from __future__ import annotations

from pathlib import Path

from kiosk.definitions.findings import ERROR, WARNING, Finding
from kiosk.definitions.pinning import track_from_source
from kiosk.definitions.reading import read_folder
from kiosk.errors import PackError
from kiosk.model.office import OfficePack
from kiosk.model.text import say

__all__ = ["ERROR", "WARNING", "Finding", "read_pack", "track_from_source"]


def read_pack(folder: Path) -> OfficePack:
    """The pack in a folder; raises PackError with its findings when one of them is an error."""
    reading = read_folder(folder)
    errors = tuple(finding for finding in reading.report.findings if finding.severity == ERROR)
    if errors or reading.pack is None:
        raise PackError(
            say(
                "The office pack cannot be used: {count} findings. See: kiosk check-office", count=len(errors)
            ),
            errors,
        )
    return reading.pack
