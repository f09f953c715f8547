"""A parcel: what a terminal sends to its central system in a file, where there is no line.

    kiosk unsent 1\\n
    length (4 bytes), sealed part     of the sender; then of every push, then of every blob
    0 (4 bytes), signature            Ed25519 by the sender, over the first line and the SHA-256 of all before

Every part is sealed to the centre, so that a parcel of any size is made and opened in little memory. The
signature comes last: a parcel that was cut short, shortened or changed has none that holds.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator
from typing import BinaryIO

import msgspec
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from kiosk.errors import KioskError, WrongKey
from kiosk.model.text import say
from kiosk.store.keys import seal, unseal

NAME = b"kiosk unsent 1\n"
END = bytes(4)
SIGNATURE = 64  # bytes
LARGEST = 32_001_000  # bytes of a part: a blob, sealed (the centre takes none over 32 million bytes)
PUSH, BLOB = b"P", b"B"  # what a part begins with

Part = tuple[bytes, bytes]  # (PUSH or BLOB, content)


class BadParcel(KioskError):
    """A file that is no parcel, is damaged, or is not for this central system."""


class Sender(msgspec.Struct, frozen=True):
    """The terminal that made a parcel."""

    office: str
    terminal: str


def write(
    out: BinaryIO,
    sender: Sender,
    seal_to: bytes,
    key: Ed25519PrivateKey,
    parts: Iterable[Part],
) -> None:
    """Writes a parcel of these parts, sealed to the public key `seal_to`, signed with `key`."""
    digest = hashlib.sha256()

    def put(data: bytes) -> None:
        digest.update(data)
        out.write(data)

    def put_part(part: bytes) -> None:
        sealed = seal(seal_to, part)
        put(len(sealed).to_bytes(4, "big") + sealed)

    put(NAME)
    put_part(msgspec.json.encode(sender))
    for kind, content in parts:
        put_part(kind + content)
    put(END)
    out.write(key.sign(NAME + digest.digest()))


def read(file: BinaryIO, secret: str, find_key: Callable[[Sender], bytes]) -> tuple[Sender, Iterator[Part]]:
    """The sender and the parts, once the whole parcel is known to be as he made it. Raises BadParcel.

    `find_key` gives the sender's public key, or raises where he is nobody's terminal here.
    """
    digest = hashlib.sha256()
    sealed = _sealed(file, digest.update)
    try:
        sender = msgspec.json.decode(_opened(secret, next(sealed, b"")), type=Sender)
    except msgspec.MsgspecError as error:
        raise damaged() from error
    for _ in sealed:  # to the end: nothing is taken out of it before its signature is known to hold
        pass
    try:
        key = Ed25519PublicKey.from_public_bytes(find_key(sender))
        key.verify(file.read(SIGNATURE + 1), NAME + digest.digest())
    except InvalidSignature as error:
        raise damaged() from error
    file.seek(0)
    again = _sealed(file, lambda _data: None)
    next(again)
    opened = (_opened(secret, part) for part in again)
    return sender, ((part[:1], part[1:]) for part in opened)


def _sealed(file: BinaryIO, saw: Callable[[bytes], None]) -> Iterator[bytes]:
    """The parts as they stand in the file; `saw` is given every byte that is signed."""

    def take(count: int) -> bytes:
        data = file.read(count)
        if len(data) != count:
            raise damaged()
        saw(data)
        return data

    if file.read(len(NAME)) != NAME:
        raise BadParcel(say("This file was not made by: kiosk export-unsent"))
    saw(NAME)
    while length := int.from_bytes(take(len(END)), "big"):
        if length > LARGEST:
            raise damaged()
        yield take(length)


def _opened(secret: str, sealed: bytes) -> bytes:
    try:
        return unseal(secret, sealed)
    except WrongKey as error:
        raise BadParcel(say("This file is for another central system, or it is damaged.")) from error


def damaged() -> BadParcel:
    return BadParcel(say("This file is cut short or damaged. Copy it again from the terminal."))
