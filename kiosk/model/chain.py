"""Streams as chains: what a journal's row is made of, and how one row follows another.

Each entry's bytes are committed to by HMAC-SHA256 under a random salt, and the chain runs over the
commitments: an erased payload leaves a chain that still proves the rest. The terminal signs the head of
its stream, so that whoever holds the rows can prove to others that they are the terminal's own.
"""

from __future__ import annotations

import hashlib
import hmac
from functools import cached_property

import msgspec

from kiosk.model.entries import Entry, read

START = bytes(32)  # what the first entry of a stream names as previous
HEAD = b"kiosk head 1\n"  # what the signed bytes of a head begin with


class Row(msgspec.Struct, frozen=True, dict=True):  # a dict: for what is cached
    """One row of the journal. `body` and `salt` are None once erased, or while it is held back.

    A row that is held back (quarantined at the centre) is a stub: its `subject` is empty, its `id` its place.
    """

    office: str
    terminal: str
    stream: str
    sequence: int
    id: str
    act: str
    subject: str
    body: bytes | None
    salt: bytes | None
    commitment: bytes
    previous: bytes
    hash: bytes

    @cached_property
    def entry(self) -> Entry | None:
        """What stands in the body, whether its author committed to it or not (see `journal.entry_of`)."""
        return read(self.body) if self.body is not None else None

    @property
    def is_held_back(self) -> bool:
        return not self.subject


class Head(msgspec.Struct, frozen=True):
    """Where a stream stands: its last sequence and hash. `signature` is the terminal's, or empty."""

    office: str
    terminal: str
    stream: str
    sequence: int
    hash: bytes
    signature: bytes = b""

    def signed_bytes(self) -> bytes:
        """What the signature is made over."""
        place = f"{self.office}\n{self.terminal}\n{self.stream}\n{self.sequence}\n"
        return HEAD + place.encode() + self.hash


def commit_to(salt: bytes, body: bytes) -> bytes:
    return hmac.digest(salt, body, "sha256")


def chain(previous: bytes, sequence: int, commitment: bytes) -> bytes:
    return hashlib.sha256(previous + sequence.to_bytes(8, "big") + commitment).digest()


def stub_id(terminal: str, stream: str, sequence: int) -> str:
    """Stands for the id of an entry that is held back: unique, and says nothing."""
    return f"{terminal}/{stream}/{sequence}"
