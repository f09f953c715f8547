"""Sealed files: a line that names what it is, the length of a JSON header, the header, and a SQLCipher file.

That file has a key of its own, which stands in the header sealed to a recovery key (`kiosk.store.keys`).
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO

from kiosk.errors import ForeignStore
from kiosk.model.text import say
from kiosk.store.files import private

PIECE = 1 << 20  # bytes at once
TERMINAL, CENTRE = b"kiosk backup 1\n", b"kiosk central backup 1\n"  # whose backup it is
RESTORED_BY = {TERMINAL: "kiosk restore", CENTRE: "central restore"}


def pack(name: bytes, copy: Path, key: bytes, part: Path) -> None:
    """Makes `part`, its owner's alone, of the SQLCipher file `copy` and its sealed `key`, durably."""
    made = datetime.now(UTC).isoformat(timespec="seconds")
    header = json.dumps({"made": made, "key": key.hex(), "sha256": _digest(copy)}).encode()
    with copy.open("rb") as source, open(part, "wb", opener=private) as target:
        target.write(name + len(header).to_bytes(4, "big") + header)
        shutil.copyfileobj(source, target, PIECE)
        target.flush()
        os.fsync(target.fileno())


def unpack(name: bytes, file: Path, copy: Path) -> bytes:
    """Takes the SQLCipher file out again; returns its sealed key. Raises ForeignStore."""
    with file.open("rb") as source, copy.open("wb") as target:
        read_name(name, source, file)
        length = int.from_bytes(source.read(4), "big")
        try:
            header = json.loads(source.read(min(length, PIECE)))
            key, digest = bytes.fromhex(header["key"]), header["sha256"]
        except (ValueError, KeyError, TypeError) as error:
            raise _damaged(file) from error
        shutil.copyfileobj(source, target, PIECE)
    if _digest(copy) != digest:
        raise _damaged(file)
    return key


def read_name(name: bytes, source: BinaryIO, file: Path) -> None:
    """Raises ForeignStore for what is no such file."""
    begins = source.read(max(map(len, RESTORED_BY)))
    if begins.startswith(name):
        source.seek(len(name))
        return
    for other, command in RESTORED_BY.items():
        if begins.startswith(other):
            raise ForeignStore(
                say("The file {file} is a backup for another command: {command}", file=file, command=command)
            )
    raise ForeignStore(say("The file {file} is not a backup of this program.", file=file))


def _digest(file: Path) -> str:
    with file.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def _damaged(file: Path) -> ForeignStore:
    return ForeignStore(say("The backup {file} is damaged. Use an older one.", file=file))
