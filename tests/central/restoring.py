"""A backup, the centre that is made of it, and what terminals bring back to it."""

from __future__ import annotations

from pathlib import Path

from central import admin
from central.backup import backup, restore
from central.centre import Centre
from central.database import open_database
from kiosk.model.chain import Row
from kiosk.model.entries import ADMIN
from kiosk.store import journal
from kiosk.store.keys import new_recovery
from kiosk.sync.protocol import Pulled, Push
from tests.central.machine import Machine, serving
from tests.office import sample_pack

SECRET, PUBLIC = new_recovery()


def restored(file: Path, name: str) -> Centre:
    """Another centre of that backup."""
    return restore(file, open_database(f"sqlite:///{file.with_name(name)}"), sample_pack(), lambda: SECRET)


def bring(machine: Machine, centre: Centre, pulled: Pulled, rows: list[Row]) -> None:
    """What a terminal had pulled before, given to a restored centre: first what centres wrote."""
    for head in sorted(pulled.heads, key=lambda head: head.stream != ADMIN):
        with centre.database.read() as connection:
            known, previous = journal.head(connection, centre.office, head.terminal, head.stream)
        mine = [row for row in rows if (row.terminal, row.stream) == (head.terminal, head.stream)]
        if mine[known:]:
            machine.push(mine[known:], Push(known, previous, head))


def revoked_since(centre: Centre, file: Path) -> tuple[Machine, Machine, Pulled, list[Row]]:
    """Backs up, then revokes a terminal: that one, another one, and what the other has learnt of it."""
    with serving(centre) as town:
        thief, desk = town.machine("AAAA"), town.machine("BBBB")
        backup(centre.database, file, PUBLIC)
        admin.revoke(centre, "AAAA", "S001")
        return thief, desk, *desk.pull()
