"""A month without a line: `python -m tests.soak --offline ENTRIES`.

One desk works thirty days by its clock and hears nothing; its staff sign in on their leases.
Meanwhile the others work, one of its operators is dismissed, and the centre's clock goes on, too. Then it
comes back: all of it arrives, nothing is held back, and everybody sees the same.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from random import Random
from time import perf_counter

from tests.soak.looking import look
from tests.soak.town import STAFF, Terminal, Town

DAYS = 30
LEASE = DAYS + 1
HOURS = 4 * 3600.0  # seconds that the month may take
OTHERS = 5  # acts a day at each of the other desks


@dataclass(frozen=True)
class Came:
    """What it cost to come back: seconds, and the most memory in bytes that a process ever used."""

    entries: int  # written while away
    worked: float
    exchanged: float
    desk: int
    centre: int


def come_back(town: Town, entries: int, seed: int) -> Came:
    """Raises AssertionError when anything was lost, doubled, held back or unlike."""
    chance = Random(seed)
    town.lease = LEASE
    town.appoint(*STAFF)
    away, *others = [town.join(chance.randrange(2**32)) for _ in range(3)]
    for terminal in (away, *others):
        assert terminal.tell("exchange") == "ok"
        terminal.tell("lists")
    began = perf_counter()
    away.ask("work_alone", DAYS, entries)
    away.kept |= {*away.hear(HOURS)}
    worked = perf_counter() - began
    for day in range(DAYS):
        _a_day(town, others, day)
    began = perf_counter()
    assert away.tell("exchange") == "ok"
    exchanged = perf_counter() - began
    desk, centre = (_memory(child.process.pid) for child in (away.child, town.serving))
    look(town)
    _nothing_held_back(town)
    return Came(len(away.kept), worked, exchanged, desk, centre)


def _a_day(town: Town, others: list[Terminal], day: int) -> None:
    """The clock of the centre is moved by a restart, each ten days."""
    if day % 10 == 9:
        town.days = float(day)
        town.kill_centre()
        town.begin_centre()
    if day == 4:  # works on at the desk that cannot hear of it; the lease lasts longer than the month
        town.dismiss("L001")
    for terminal in others:
        terminal.tell("clock_jumps", 1.0)
        terminal.kept |= {*terminal.tell("work", OTHERS)}
        assert terminal.tell("exchange") == "ok"


def _nothing_held_back(town: Town) -> None:
    with town.centre() as centre, centre.database.read() as connection:
        held = connection.execute("SELECT reason, slots FROM quarantine").fetchall()
    assert held == []


def _memory(process: int | None) -> int:
    """The most that a process ever had in memory."""
    for line in Path(f"/proc/{process}/status").read_text("ascii").splitlines():
        if line.startswith("VmHWM:"):
            return int(line.split()[1]) * 1024
    raise LookupError(process)
