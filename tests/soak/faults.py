"""The faults, by name: what each does to the town, and how often it strikes beside the others."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from random import Random

from tests.soak.looking import at_the_centre
from tests.soak.town import Died, Terminal, Town

BYTES = (0, 40_000)  # of an exchange, both ways, after which it is cut
STATEMENTS = (1, 120)  # after which a desk dies


@dataclass(frozen=True)
class Fault:
    strike: Callable[[Town, Random], None]
    weight: float
    needs_postgresql: bool = False


def some_work(town: Town, chance: Random) -> Terminal:
    """A desk that has just worked, and so has something to send."""
    terminal = chance.choice(town.terminals)
    terminal.kept |= {*terminal.tell("work", chance.randrange(1, 4))}
    return terminal


def line_is_cut(town: Town, chance: Random) -> None:
    terminal = some_work(town, chance)
    town.line.spoil(chance.randint(*BYTES))
    terminal.tell("exchange")
    town.line.mend()
    if chance.random() < 0.5:
        terminal.tell("exchange")


def line_is_slow_and_cut(town: Town, chance: Random) -> None:
    terminal = some_work(town, chance)
    town.line.spoil(chance.randint(*BYTES), delay=chance.random() * 0.02)
    terminal.tell("exchange")
    town.line.mend()


def desk_is_killed_at_work(town: Town, chance: Random) -> None:
    terminal = chance.choice(town.terminals)
    terminal.tell("die_at", chance.randint(*STATEMENTS))
    _until_it_dies(town, terminal, lambda: terminal.kept.update(terminal.tell("work", 3)))


def desk_is_killed_in_an_exchange(town: Town, chance: Random) -> None:
    terminal = some_work(town, chance)
    terminal.tell("die_at", chance.randint(*STATEMENTS))
    _until_it_dies(town, terminal, lambda: terminal.tell("exchange"))


def _until_it_dies(town: Town, terminal: Terminal, run: Callable[[], object]) -> None:
    try:
        run()
        terminal.kill()  # it had more statements to live than it had to do: the power fails now
    except Died:
        pass
    terminal.begin()


def centre_is_killed(town: Town, chance: Random) -> None:
    terminal = some_work(town, chance)
    town.line.spoil(chance.randint(*BYTES), on_spent=town.kill_centre)
    terminal.tell("exchange")
    town.line.mend()
    town.kill_centre()
    town.begin_centre()


def database_is_killed(town: Town, chance: Random) -> None:
    terminal = some_work(town, chance)
    town.line.spoil(chance.randint(*BYTES), on_spent=town.kill_database)
    terminal.tell("exchange")
    town.line.mend()
    town.kill_database()
    town.begin_database()


def disk_is_full(town: Town, chance: Random) -> None:
    terminal = chance.choice(town.terminals)
    terminal.kept |= {*terminal.tell("work_on_a_full_disk", 3)}


def clock_jumps(town: Town, chance: Random) -> None:
    terminal = chance.choice(town.terminals)
    terminal.tell("clock_jumps", chance.uniform(-40, 40))
    terminal.kept |= {*terminal.tell("work", 2)}
    terminal.tell("exchange")


def poison(town: Town, chance: Random) -> None:
    terminal = chance.choice(town.terminals)
    terminal.tell("poison")
    terminal.tell("exchange")


def disk_is_put_back(town: Town, chance: Random) -> None:
    """What the desk had sent since stays at the centre; what it had not sent went with the disk."""
    terminal = chance.choice(town.terminals)
    image = town.image(terminal)
    some = {*terminal.tell("work", 3)}
    terminal.tell("exchange")
    town.put_back(terminal, image)
    terminal.kept |= some & at_the_centre(town)
    terminal.kept |= {*terminal.tell("work", 2)}
    terminal.tell("exchange")


def disk_is_copied(town: Town, chance: Random) -> None:
    """Two machines under one name; each works on before they meet the centre. Then one of them retires."""
    terminal = chance.choice(town.terminals)
    image = town.image(terminal)
    clone = town.clone(image, terminal, chance.randrange(2**32))
    for one in chance.sample([terminal, clone], 2):
        one.kept |= {*one.tell("work", 2)}
        one.tell("exchange")
    retired = chance.choice([terminal, clone])
    while retired.tell("exchange") != "ok":
        pass
    retired.end()
    town.terminals.remove(retired)
    town.retired |= retired.kept


FAULTS = {
    "line is cut": Fault(line_is_cut, 50),
    "line is slow and cut": Fault(line_is_slow_and_cut, 10),
    "desk is killed at work": Fault(desk_is_killed_at_work, 8),
    "desk is killed in an exchange": Fault(desk_is_killed_in_an_exchange, 8),
    "centre is killed": Fault(centre_is_killed, 5),
    "database is killed": Fault(database_is_killed, 5, needs_postgresql=True),
    "disk is full": Fault(disk_is_full, 5),
    "clock jumps": Fault(clock_jumps, 5),
    "poison": Fault(poison, 2),
    "disk is put back": Fault(disk_is_put_back, 1),
    "disk is copied": Fault(disk_is_copied, 1),
}
