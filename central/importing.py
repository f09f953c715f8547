"""Takes in what a terminal brought in a file (`kiosk.actions.parcel`), as if it had come through the line."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from central import blobs
from central.centre import Centre
from central.journal import Wrong
from kiosk.actions import parcel
from kiosk.actions.parcel import Sender
from kiosk.model.text import say
from kiosk.store import journal
from kiosk.sync.protocol import Push, unpack


@dataclass
class Imported:
    """What a parcel brought; `new` are those that were not here before. `held` entries are in quarantine."""

    terminal: str
    entries: int = 0
    new: int = 0
    blobs: int = 0
    new_blobs: int = 0
    held: int = 0


def import_unsent(centre: Centre, path: Path) -> Imported:
    """Pushes what is in the file, each push and each blob in a transaction of its own; what is here stays.

    Raises BadParcel, before anything is taken in, and what `Journal.push` raises.
    """
    with path.open("rb") as file:
        sender, parts = parcel.read(file, centre.seal_secret, lambda sender: _key_of(centre, sender))
        imported = Imported(sender.terminal)
        for kind, content in parts:
            if kind == parcel.PUSH:
                _push(centre, sender, content, imported)
            elif kind == parcel.BLOB:
                imported.blobs += 1
                imported.new_blobs += blobs.keep(centre.database, content)
            else:
                raise parcel.damaged()
    return imported


def _key_of(centre: Centre, sender: Sender) -> bytes:
    """Also a revoked terminal's: what it sends is held back, not lost."""
    if sender.office != centre.office:
        raise Wrong("wrong", say("This is the central system of {office}.", office=centre.office))
    with centre.database.read() as connection:
        member = centre.registry(connection).members.get(sender.terminal)
    if member is None:
        raise Wrong("wrong", say("There is no terminal {terminal}.", terminal=sender.terminal))
    return member.key


def _push(centre: Centre, sender: Sender, content: bytes, imported: Imported) -> None:
    push, rows = unpack(content, Push)
    head = push.head
    with centre.database.read() as connection:
        member = centre.registry(connection).members[sender.terminal]
        before, _ = journal.head(connection, head.office, head.terminal, head.stream)
    pushed = centre.journal.push(member, push, rows)
    imported.entries += len(rows)
    imported.new += max(0, pushed.sequence - max(before, push.after))
    imported.held += len(pushed.set_aside)
