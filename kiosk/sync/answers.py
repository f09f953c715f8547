"""What the central system answers outside the journal."""

from __future__ import annotations

import msgspec


class Centre(msgspec.Struct, frozen=True):
    """The central system as an author of entries: its code, and its public key in hex."""

    terminal: str
    key: str


class Enrolled(msgspec.Struct, frozen=True):
    """What a terminal is told when it joins."""

    office: str
    terminal: str
    face: str
    departments: list[str]
    centre: Centre
    epoch: str


class HeldBack(msgspec.Struct, frozen=True):
    """An entry of this terminal that the centre keeps and passes to nobody."""

    stream: str
    sequence: int
    reason: str
    slots: dict[str, str] = {}


class OfferedPack(msgspec.Struct, frozen=True):
    """An office pack that the centre gives out; `digest` names its bundle, `since` is an ISO date or "".

    `tracks` are the digests of its pinned definitions: what new cases of each track go by. One that was
    `withdrawn` is worked by no more; cases that began by it go on.
    """

    digest: str
    version: int
    since: str
    tracks: dict[str, str]
    withdrawn: bool = False


class Lists(msgspec.Struct, frozen=True):
    """`signed` are the bytes (base64) under the centre's `signature` (hex).

    `set_aside` are all the entries of the asking terminal that are held back now.
    """

    signed: str
    signature: str
    set_aside: list[HeldBack] | None = None


class Held(msgspec.Struct, frozen=True):
    """All the entries of the asking terminal that are held back now."""

    set_aside: list[HeldBack]


class Verifier(msgspec.Struct, frozen=True):
    """What is kept of a passphrase (Argon2id)."""

    verifier: str


class Missing(msgspec.Struct, frozen=True):
    missing: list[str]


class Piece(msgspec.Struct, frozen=True):
    """Rows of one table, packed (`kiosk.store.snapshots`); its name is the SHA-256 of its bytes, in hex."""

    table: str
    name: str
    rows: int
    size: int  # bytes as they travel


class Snapshot(msgspec.Struct, frozen=True):
    """What a new terminal may start from: the pieces, and where it then stands in each feed.

    `views` is the version of what the views mean; for another one they are made from the journal.
    """

    format: str
    office: str
    epoch: str
    at: str
    views: str
    cursor: dict[str, int]
    pieces: list[Piece]

    @property
    def entries(self) -> int:
        return sum(piece.rows for piece in self.pieces if piece.table == "entry")

    @property
    def size(self) -> int:
        """Bytes as they travel."""
        return sum(piece.size for piece in self.pieces)


class Offer(msgspec.Struct, frozen=True):
    """`signed` are the bytes (base64) of a `Snapshot` under the centre's `signature` (hex)."""

    signed: str
    signature: str
