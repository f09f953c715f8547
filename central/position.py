"""Where the feeds stood, signed: only who shows that is believed that this centre knows less than it did.

A database that was put back to an older state writes other lines under numbers that it gave out before. Each
line has a mark that was drawn by chance, so that one of before the loss can be told from one of after it.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from itertools import chain

import msgspec
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from kiosk.store.database import Connection

HEADER = b"kiosk position 1\n"  # what the signed bytes begin with
MARK = 8  # bytes
LINE = "SELECT stream, number, mark FROM feed WHERE office = ? AND stream = ? AND number = ?"


class Position(msgspec.Struct, frozen=True):
    """The last line of each feed (stream -> number, mark), as one answer of this centre told of them."""

    office: str
    epoch: str
    lines: dict[str, tuple[int, bytes]]


class _Signed(msgspec.Struct, frozen=True):
    position: msgspec.Raw
    signature: bytes


def new_mark() -> bytes:
    return secrets.token_bytes(MARK)


def at(
    connection: Connection, office: str, epoch: str, numbers: Mapping[str, int], key: Ed25519PrivateKey
) -> bytes:
    """The proof that the feeds stood at these numbers (stream -> number)."""
    body = msgspec.json.encode(Position(office, epoch, _lines(connection, office, numbers)))
    return msgspec.json.encode(_Signed(msgspec.Raw(body), key.sign(HEADER + body)))


def opened(proof: bytes, office: str, key: Ed25519PublicKey) -> Position | None:
    """What a proof says; None where it is none of this centre's."""
    try:
        signed = msgspec.json.decode(proof, type=_Signed)
        key.verify(signed.signature, HEADER + bytes(signed.position))
        position = msgspec.json.decode(signed.position, type=Position)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError, InvalidSignature):
        return None
    return position if position.office == office else None


def is_lost(connection: Connection, position: Position) -> bool:
    """Whether a line that it tells of is not here, or is another one."""
    numbers = {stream: number for stream, (number, _) in position.lines.items()}
    return _lines(connection, position.office, numbers) != position.lines


def _lines(connection: Connection, office: str, numbers: Mapping[str, int]) -> dict[str, tuple[int, bytes]]:
    """Lines of before there were marks have an empty one."""
    if not numbers:
        return {}
    places = [(office, stream, number) for stream, number in numbers.items()]
    found = connection.execute(" UNION ALL ".join([LINE] * len(places)), (*chain.from_iterable(places),))
    return {stream: (number, bytes(mark or b"")) for stream, number, mark in found.fetchall()}
