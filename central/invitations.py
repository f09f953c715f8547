"""Invitations that nobody has used yet: an administrator sees them, and withdraws one that went astray."""

from __future__ import annotations

import hashlib
from datetime import datetime

import msgspec

from central.centre import Centre
from kiosk.errors import InvalidInput
from kiosk.model.text import say
from kiosk.store.database import Connection


class Open(msgspec.Struct, frozen=True):
    """An invitation that is still good; `kept` is the digest of its secret."""

    kept: bytes
    name: str
    face: str
    departments: tuple[str, ...]
    expires: datetime

    @property
    def mark(self) -> str:
        """Enough to name it by, and no help to who wants the secret."""
        return mark_of(self.kept)


def digest(secret: str) -> bytes:
    """How a secret is kept: it is long and random, so that a plain hash tells nothing of it."""
    return hashlib.sha256(secret.upper().encode()).digest()


def mark_of(kept: bytes) -> str:
    return kept[:4].hex()


def unused(connection: Connection, centre: Centre) -> list[Open]:
    """Those by which a terminal may still join, the one that ends first in front."""
    rows = connection.execute(
        "SELECT secret, name, face, departments, expires FROM invitation "
        "WHERE office = ? AND terminal IS NULL ORDER BY expires, secret",
        (centre.office,),
    ).fetchall()
    found = [
        Open(bytes(kept), name, face, tuple(departments.split()), datetime.fromisoformat(expires))
        for kept, name, face, departments, expires in rows
    ]
    return [one for one in found if one.expires >= centre.clock()]


def withdraw(centre: Centre, mark: str) -> Open:
    """Nobody joins by this invitation any more; what it was. Raises InvalidInput where none is open."""

    def work(connection: Connection) -> Open:
        for one in unused(connection, centre):
            if one.mark != mark.strip().lower():
                continue
            gone = connection.execute(
                "DELETE FROM invitation WHERE office = ? AND secret = ? AND terminal IS NULL RETURNING name",
                (centre.office, one.kept),
            ).fetchone()
            if gone:  # else somebody has just joined by it
                return one
        raise InvalidInput(say("No invitation {mark} is open. See: central terminals list", mark=mark))

    return centre.database.transact(work)
