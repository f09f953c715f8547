"""One module for each command of `kiosk`; each has `add_to(subparsers)`."""

from __future__ import annotations

from argparse import ArgumentTypeError
from pathlib import Path


def path(word: str) -> Path:
    """A file or folder as an argument; an empty word would silently be the folder one is in."""
    if not word:
        raise ArgumentTypeError("name a file or a folder; nothing was given")
    return Path(word)


def counted(count: int, thing: str, things: str = "") -> str:
    """“1 worker”, “2 workers”, “0 entries”."""
    return f"{count} {thing if count == 1 else things or thing + 's'}"
