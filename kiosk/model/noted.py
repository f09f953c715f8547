"""What the program notes in registers of a case, several things by name: papers, prints, returns, refusals.

Another program may have written there: what is not of its kind reads as if nothing were noted.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, TypeVar

import msgspec

from kiosk.model.ask import Mark
from kiosk.model.entries import Json
from kiosk.model.file import CaseFile
from kiosk.model.slip import SLIP_KINDS

T = TypeVar("T")


class PaperNote(msgspec.Struct, frozen=True):
    """`case.paper.STAGE.PAPER`. `copy` is the reference of a blob, with its media type."""

    sighted: bool = False
    copy: Mapping[str, str] | None = None


class PrintNote(msgspec.Struct, frozen=True):
    """`case.print.ID`: a line of the ledger of prints."""

    slip: str
    number: str
    at: Annotated[datetime, msgspec.Meta(tz=True)]
    by: str
    reprint: int = 0
    reason: str = ""
    spoiled: str = ""  # why it was spoiled


class ReturnNote(msgspec.Struct, frozen=True):
    """`case.returned.STAGE`: the list of the last return; `before` is what any return listed."""

    items: tuple[Mark, ...] = ()
    before: tuple[Mark, ...] = ()
    seen: tuple[str, ...] = ()  # the entries that could be seen
    numbers: tuple[str, ...] = ()  # of its notices, the last one's last


class RefusalNote(msgspec.Struct, frozen=True):
    """`case.refused.STAGE`."""

    reason: str = ""
    note: str = ""
    by: str = ""
    numbers: tuple[str, ...] = ()


def noted(value: Json, kind: type[T]) -> T | None:
    """What a register holds, if it is of that kind."""
    try:
        return msgspec.convert(value, kind)
    except msgspec.ValidationError:
        return None


def paper(value: Json) -> PaperNote:
    return noted(value, PaperNote) or PaperNote()


def print_(value: Json) -> PrintNote | None:
    """A print of a slip that this program knows."""
    made = noted(value, PrintNote)
    return made if made is not None and made.slip in SLIP_KINDS else None


def returned(file: CaseFile, stage: str) -> ReturnNote:
    return noted(file.peek(f"case.returned.{stage}"), ReturnNote) or ReturnNote()


def refused(file: CaseFile, stage: str) -> RefusalNote | None:
    return noted(file.peek(f"case.refused.{stage}"), RefusalNote)
