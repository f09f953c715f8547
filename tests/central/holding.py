"""What the centre holds back, and what a terminal gets all the same."""

from __future__ import annotations

from central import admin, quarantine
from central.centre import Centre
from central.quarantine import HeldBack
from kiosk.store import journal
from tests.central.machine import Machine


def listed(centre: Centre) -> list[HeldBack]:
    with centre.database.read() as connection:
        assert journal.verify(connection) == []
        return quarantine.listed(connection, centre.office)


def release(centre: Centre, held: HeldBack) -> None:
    admin.release(centre, held.place, held.sequences[0], held.sequences[-1], "S001")


def received(machine: Machine) -> list[tuple[int, str]]:
    """(sequence, subject) of everything of the stream `office` that a terminal gets."""
    _, rows = machine.pull()
    return [(row.sequence, row.subject) for row in rows if row.stream == "office"]
