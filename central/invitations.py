"""Invitations: which are good, and what they give; an administrator withdraws one that went astray."""

from __future__ import annotations

import hashlib
from datetime import datetime

import msgspec

from central.centre import Centre
from central.checking import Wrong
from kiosk.actions.packs import BUNDLE, body
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


def good(connection: Connection, centre: Centre, secret: str, code: str = "") -> tuple[str, str, str]:
    """(name, face, departments) of an invitation that is still good, or was this terminal's own."""
    row = connection.execute(
        "UPDATE invitation SET terminal = terminal WHERE office = ? AND secret = ? "
        "RETURNING name, face, departments, expires, terminal",
        (centre.office, digest(secret)),
    ).fetchone()
    if row is None or row[4] not in (None, code):
        raise Wrong("invitation", say("This invitation is not known, or was used already."))
    if datetime.fromisoformat(row[3]) < centre.clock():
        raise Wrong("invitation", say("This invitation is too old. Ask for another one."))
    return row[0], row[1], row[2]


def invited_pack(centre: Centre, secret: str) -> bytes:
    """The office pack that is in force, for whoever has an invitation. Raises Wrong: "invitation"."""

    def work(connection: Connection) -> bytes:
        good(connection, centre, secret)
        in_force = centre.in_force(connection)
        content = in_force and body(connection, BUNDLE + in_force.digest)
        if not content:
            raise Wrong("wrong", say("The central system has no office pack to give."))
        return content

    return centre.database.transact(work)
