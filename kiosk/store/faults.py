"""What went wrong with the store, as errors of this program that a person understands."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlcipher3 import dbapi2 as driver

from kiosk.errors import ForeignStore, StoreBusy, StoreError, StoreUnwritable
from kiosk.model.text import say


@contextmanager
def translated() -> Iterator[None]:
    """Errors of SQLite become this program's own; a mistake in SQL stays what it is."""
    try:
        yield
    except driver.Error as error:
        told = explain(error)
        if told is None:
            raise
        raise told from error


@contextmanager
def disk_errors() -> Iterator[None]:
    """Errors of the operating system become StoreUnwritable."""
    try:
        yield
    except OSError as error:
        reason = error.strerror or str(error)
        raise _unwritable(f"{error.filename}: {reason}" if error.filename else reason) from error


def no_store(path: Path) -> StoreError:
    """Where a store was to be, and how one begins."""
    return StoreError(
        say(
            "There is no store at {path}. A terminal begins with kiosk run, or with kiosk enrol INVITATION.",
            path=path,
        )
    )


def explain(error: Exception) -> StoreError | None:
    """What an error of SQLite means for a person, or None where it is a mistake in the program."""
    code = getattr(error, "sqlite_errorcode", 0) & 0xFF
    if code in (driver.SQLITE_NOTADB, driver.SQLITE_CORRUPT):
        return ForeignStore(say("The store is damaged or cut short. Restore a backup."))
    if code in (driver.SQLITE_BUSY, driver.SQLITE_LOCKED):
        return StoreBusy(say("The store is busy. Try again in a moment."))
    if code == driver.SQLITE_FULL:
        return StoreUnwritable(say("The disk is full. Nothing was lost; free some space, then try again."))
    if code in (driver.SQLITE_READONLY, driver.SQLITE_IOERR, driver.SQLITE_CANTOPEN, driver.SQLITE_PERM):
        return _unwritable(str(error))
    return None


def _unwritable(reason: str) -> StoreUnwritable:
    return StoreUnwritable(
        say(
            "The disk refused: {reason}. Check the folder, the free space and the rights; nothing was lost.",
            reason=reason,
        )
    )
