"""What the central system has not acknowledged, as it goes up: through the line, or in a parcel."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import msgspec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from msgspec.structs import replace

from kiosk.actions import parcel
from kiosk.errors import KioskError
from kiosk.model.chain import Head, Row
from kiosk.model.text import say
from kiosk.store import exchange as store
from kiosk.store.database import Connection, Store
from kiosk.store.files import move_into_place, private, temporary
from kiosk.sync.protocol import LARGEST_BODY, ROWS, Push, pack, whole_acts

EVERY_BLOB = 2**62  # more than there are


class Exported(msgspec.Struct, frozen=True):
    """How many entries and pictures are in a parcel."""

    entries: int
    blobs: int


def signed_push(key: Ed25519PrivateKey, stream: Head, rows: Sequence[Row]) -> Push:
    """The message that goes with rows of a stream, its head signed with this terminal's key."""
    head = replace(stream, sequence=rows[-1].sequence, hash=rows[-1].hash)
    signed = replace(head, signature=key.sign(head.signed_bytes()))
    return Push(rows[0].sequence - 1, rows[0].previous, signed)


def export_unsent(opened: Store, file: Path) -> Exported:
    """Writes a parcel of all that the centre lacks of this terminal; no file where it lacks nothing.

    An older file of that name is replaced once the new one is whole. The store stays as it is: only the
    centre's own word tells that something arrived. Raises KioskError where the centre's key is not known.
    """
    with opened.read() as connection:
        named = ("office", "terminal", "sync", "centre/seal_to")
        office, code, secret, seal_to = (store.known(connection, name) or b"" for name in named)
        if not seal_to:
            raise KioskError(
                say("This terminal has no key of the central system for files yet. An exchange brings it.")
            )
        sender = parcel.Sender(office.decode(), code.decode())
        key = Ed25519PrivateKey.from_private_bytes(secret)
        waiting = _waiting(connection, sender)
        count = store.waiting(connection, sender.office, sender.terminal)
        blobs = _blobs(connection, waiting)
        if count or blobs:
            parts = _parts(connection, key, waiting, blobs)
            with temporary(file, ".part") as part:
                with open(part, "wb", opener=private) as out:
                    parcel.write(out, sender, seal_to, key, parts)
                move_into_place(part, file)
    return Exported(count, len(blobs))


def _waiting(connection: Connection, sender: parcel.Sender) -> list[tuple[Head, int]]:
    """Each own stream, and after which sequence it is not acknowledged."""
    own = (sender.office, sender.terminal)
    known = store.acknowledged(connection)
    heads = [head for head in store.heads(connection) if (head.office, head.terminal) == own]
    return [(head, known.get(head.stream, 0)) for head in heads]


def _blobs(connection: Connection, streams: Sequence[tuple[Head, int]]) -> list[str]:
    """Those that unsent entries cite, and those that follow their entries later: not yet offered."""
    number = int(store.known(connection, "exchange/blobs") or 0)
    not_offered = {name for _, name in store.blobs_after(connection, number, EVERY_BLOB)}
    wanted: dict[str, None] = {}
    for head, after in streams:
        for row in store.rows_after(connection, head, 0):
            cited = store.cited([row])
            wanted |= dict.fromkeys(sorted(cited if row.sequence > after else cited & not_offered))
    absent = set(store.absent(connection, wanted))
    return [name for name in wanted if name not in absent]


def _parts(
    connection: Connection, key: Ed25519PrivateKey, streams: Sequence[tuple[Head, int]], blobs: Sequence[str]
) -> Iterator[parcel.Part]:
    for head, after in streams:
        rows = store.rows_after(connection, head, after)
        for batch in whole_acts(rows, ROWS, LARGEST_BODY // 2):  # nobody can ask for smaller ones later
            yield parcel.PUSH, pack(signed_push(key, head, batch), batch)
    for name in blobs:
        yield parcel.BLOB, store.blob(connection, name) or b""
