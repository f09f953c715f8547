"""Files that are whole or not there, whatever happens meanwhile."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from kiosk.errors import StoreError, StoreUnwritable
from kiosk.model.text import say

BESIDE = ("", "-wal", "-shm", "-journal")  # what SQLite keeps next to a file


def refuse_target(file: Path, own: Path) -> None:
    """Raises StoreUnwritable for a folder, where there is none (a disk may not be in its place), and for what
    is the program's own, a folder or a database: a copy there could take the place of the store."""
    if file.is_dir():
        raise StoreUnwritable(say("{path} is a folder. Name a file.", path=file))
    if not file.parent.is_dir():
        raise StoreUnwritable(say("There is no folder {folder}.", folder=file.parent))
    for kept in (own.with_name(own.name + suffix).resolve() for suffix in BESIDE):
        if file.resolve().is_relative_to(kept):
            raise StoreUnwritable(say("{path} is this program's own. Name a file elsewhere.", path=kept))


def refuse_source(file: Path) -> None:
    """Raises StoreError for what is to be read, and is a folder or not there."""
    if file.is_dir():
        raise StoreError(say("{path} is a folder. Name a file.", path=file))
    if not file.exists():
        raise StoreError(say("There is no file {file}.", file=file))


@contextmanager
def temporary(file: Path, suffix: str) -> Iterator[Path]:
    """A path beside `file` where something is made; what is left there at the end is removed."""
    path = file.with_name(file.name + suffix)
    remove(path)
    try:
        yield path
    finally:
        remove(path)


def remove(path: Path) -> None:
    """Removes a file, and what SQLite keeps beside it."""
    for suffix in BESIDE:
        path.with_name(path.name + suffix).unlink(missing_ok=True)


def move_into_place(made: Path, path: Path) -> None:
    """Gives a finished file its name, durably."""
    made.replace(path)
    if hasattr(os, "O_DIRECTORY"):  # on Windows a rename is durable by itself
        folder = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)


def private(path: str, flags: int) -> int:
    """An opener for `open`: a file made by it is its owner's alone."""
    return os.open(path, flags, 0o600)


def write_durably(file: Path, data: bytes) -> None:
    """Writes a small file that its owner alone may read."""
    with temporary(file, ".part") as part:
        with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as stream:
            stream.write(data)
            stream.flush()
            os.fsync(stream.fileno())
        move_into_place(part, file)
