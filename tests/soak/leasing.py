"""Leases end: a desk is away for longer than its operators may work without the centre."""

from __future__ import annotations

from datetime import timedelta
from random import Random

from kiosk.model.lease import LONGEST_OFF
from tests.soak.town import Terminal, Town

ABOUT = 1.0  # days that the acts of this fault may take by themselves
MUST_NOT = 2  # times that somebody tries to work once the leases are over


def leases_end(town: Town, chance: Random) -> None:
    """The machine runs or is off, somebody sets its clock meanwhile: whatever of that surely counts is added
    up here. Who is out by that writes nothing; with the next lists work goes on."""
    terminal = chance.choice(town.terminals)
    town.hand_in(terminal)
    if not terminal.tell("staff"):
        assert not terminal.tell("begins_a_case"), f"{terminal.name}: everybody is dismissed"
        return
    town.line.spoil(0)
    away, tried = 0.0, 0  # days, times
    while tried < MUST_NOT:
        away += chance.choice(PASSING)(terminal, chance)
        kept = {*terminal.tell("work", 1), *terminal.tell("begins_a_case")}
        terminal.kept |= kept
        out = terminal.tell("out")
        if away > town.lease:
            assert not kept, f"{terminal.name} kept {sorted(kept)[:3]}, {away:.1f} days after the lists"
            assert out == terminal.tell("staff"), f"{terminal.name}: only {sorted(out)} are out"
            tried += 1
        elif away < town.lease - ABOUT:
            assert not out, f"{terminal.name}: {sorted(out)} are out after {away:.1f} days"
    number = chance.choice(sorted(out))
    assert terminal.tell("signs_in", number) != "ok"
    town.line.mend()
    town.hand_in(terminal)
    assert not terminal.tell("out")
    assert terminal.tell("signs_in", number) == "ok"
    kept = {*terminal.tell("begins_a_case")}
    assert kept or "R001" in town.dismissed
    terminal.kept |= kept


def _runs(terminal: Terminal, chance: Random) -> float:
    days = chance.uniform(15, 40)
    terminal.tell("time_passes", days * 86_400)
    return days


def _is_off(terminal: Terminal, chance: Random) -> float:
    """As long as a clock is believed, which went on alone."""
    days = chance.uniform(10, LONGEST_OFF.days - 1)
    _off_and_on(terminal, days)
    return days


def _is_off_and_set_back(terminal: Terminal, chance: Random) -> float:
    """Nobody can tell how long it was off: nothing counts."""
    _off_and_on(terminal, chance.uniform(-400, -1))
    return 0.0


def _is_set(terminal: Terminal, chance: Random) -> float:
    """While it runs: the clocks of these desks are months behind the centre's, and tell nothing new."""
    terminal.tell("clock_jumps", chance.uniform(-40, 40))
    return 0.0


PASSING = (_runs, _runs, _is_off, _is_off_and_set_back, _is_set)


def _off_and_on(terminal: Terminal, days: float) -> None:
    clock = terminal.tell("clock_shows")
    terminal.kill()
    terminal.begin(clock + timedelta(days=days))
