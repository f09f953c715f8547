"""The faults, by name: what each does to the town, and how often it strikes beside the others."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from random import Random

from tests.soak.administering import operator_comes_or_goes, poison_is_released, terminal_is_revoked
from tests.soak.erasing import record_is_erased
from tests.soak.leasing import leases_end
from tests.soak.looking import at_the_centre
from tests.soak.mishaps import (
    BYTES,
    STATEMENTS,
    backed_up,
    exchange_on_a_full_disk,
    exchange_over_a_bad_line,
    exchange_until_death,
    exchange_whose_centre_dies,
    exchange_with_a_full_centre,
    mishap,
    restored,
    some_work,
    until_it_dies,
)
from tests.soak.packing import pack_is_given_out, pack_is_withdrawn
from tests.soak.town import Town

REQUESTS = (1, 4)  # of an exchange, of which one is repeated or kept
WRONG_TRIES = 4  # at the self-service terminal, or it would be told nothing when that is looked at


@dataclass(frozen=True)
class Fault:
    strike: Callable[[Town, Random], None]
    weight: float
    needs_postgresql: bool = False


def line_is_cut(town: Town, chance: Random) -> None:
    terminal = some_work(town, chance)
    exchange_over_a_bad_line(town, terminal, chance)
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
    until_it_dies(town, terminal, lambda: terminal.kept.update(terminal.tell("work", 3)))


def desk_is_killed_in_an_exchange(town: Town, chance: Random) -> None:
    exchange_until_death(town, some_work(town, chance), chance)


def centre_is_killed(town: Town, chance: Random) -> None:
    exchange_whose_centre_dies(town, some_work(town, chance), chance)


def database_is_killed(town: Town, chance: Random) -> None:
    terminal = some_work(town, chance)
    town.line.spoil(chance.randint(*BYTES), on_spent=town.kill_database)
    terminal.tell("exchange")
    town.line.mend()
    town.kill_database()
    town.begin_database()


def request_is_repeated(town: Town, chance: Random) -> None:
    """The same bytes arrive twice, and one of the answers or both get lost."""
    terminal = some_work(town, chance)
    terminal.tell("meddle", chance.randint(*REQUESTS), chance.choice(["first", "second", "neither"]))
    terminal.tell("exchange")


def request_comes_late(town: Town, chance: Random) -> None:
    """A request arrives only after its terminal, and perhaps others, sent later ones."""
    terminal = some_work(town, chance)
    terminal.tell("meddle", chance.randint(*REQUESTS), "later")
    terminal.tell("exchange")
    for one in chance.choices(town.terminals, k=2):
        one.kept |= {*one.tell("work", 1)}
        one.tell("exchange")
    terminal.tell("let_go")


def request_is_overtaken(town: Town, chance: Random) -> None:
    """One terminal's request is held back at some byte until another's whole exchange went through."""
    one, other = chance.sample(town.terminals, 2)
    for terminal in (one, other):
        terminal.kept |= {*terminal.tell("work", 2)}
    held = town.line.hold(chance.randint(*BYTES) // 2)
    one.ask("exchange")
    while not held.reached.wait(0.005) and not one.has_answered():
        pass
    if held.reached.is_set():
        other.tell("exchange")
    town.line.mend()
    one.hear()


def disk_is_full(town: Town, chance: Random) -> None:
    terminal = chance.choice(town.terminals)
    terminal.kept |= {*terminal.tell("work_on_a_full_disk", 3)}


def disk_is_full_in_an_exchange(town: Town, chance: Random) -> None:
    terminal = some_work(town, chance)
    for one in town.terminals:
        if one is not terminal:
            one.kept |= {*one.tell("work", 2)}
            one.tell("exchange")
    exchange_on_a_full_disk(town, terminal, chance)


def disk_of_the_centre_is_full(town: Town, chance: Random) -> None:
    terminal = some_work(town, chance)
    exchange_with_a_full_centre(town, terminal, chance)


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
    mishap(town, terminal, chance)


def disk_is_copied(town: Town, chance: Random) -> None:
    """Two machines under one name; each works on before they meet the centre. Then one of them retires."""
    terminal = chance.choice(town.terminals)
    terminal.tell("exchange")  # it is copied as it works, not between finding that it forked and its new name
    image = town.image(terminal)
    clone = town.clone(image, terminal, chance.randrange(2**32))
    for one in chance.sample([terminal, clone], 2):
        one.kept |= {*one.tell("work", 2)}
        mishap(town, one, chance)
    town.retire(chance.choice([terminal, clone]))


def centre_is_put_back(town: Town, chance: Random) -> None:
    """By `central restore`, which dies at first, or as its disk was, of which nobody tells the program."""
    for terminal in town.terminals:
        terminal.tell("exchange")  # who finds only now that it forked joins before, not in between
    backup_of = chance.random() < 0.6
    image = backed_up(town) if backup_of else town.copy_of_database()
    if not backup_of:
        town.begin_centre()
    for terminal in town.terminals:
        terminal.kept |= {*terminal.tell("work", chance.randrange(3))}
        if chance.random() < 0.8:
            terminal.tell("exchange")
    town.move_to(restored(town, chance) if backup_of else image)
    town.begin_centre()
    for terminal in chance.sample(town.terminals, len(town.terminals)):
        terminal.kept |= {*terminal.tell("work", chance.randrange(3))}
        mishap(town, terminal, chance)


def terminal_joins(town: Town, chance: Random) -> None:
    """It takes the place of one that retires; it is killed, or the line is cut, while it enrols."""
    former = chance.choice(town.terminals)
    terminal = town.machine(chance.randrange(2**32), former.departments)
    invitation = town.invitation(former.departments)
    for _ in range(chance.randrange(3)):
        terminal.tell("die_at", chance.randint(1, 12))
        until_it_dies(town, terminal, lambda: terminal.tell("enrol", invitation))
        town.line.spoil(chance.randint(0, 6_000))
        terminal.tell("enrol", invitation)
        town.line.mend()
    said = terminal.tell("enrol", invitation)
    assert said == "ok", said
    town.terminals.append(terminal)
    mishap(town, terminal, chance)
    town.retire(former)


def somebody_asks(town: Town, chance: Random) -> None:
    """At the self-service terminal, by his slip or by what does not belong together."""
    hall = town.hall
    assert hall is not None
    desk = some_work(town, chance)
    desk.tell("exchange")
    number, born = desk.tell("a_slip") or ("", "")
    is_wrong = town.tries < WRONG_TRIES and chance.random() < 0.4
    town.tries += is_wrong
    hall.tell("before_it", (number, "1990-01-01" if is_wrong else born), (desk.tell("code"),))
    if chance.random() < 0.1:
        town.put_back(hall, town.image(hall))
    else:
        mishap(town, hall, chance)


def clock_of_the_centre_jumps(town: Town, chance: Random) -> None:
    town.days = chance.uniform(-20, 20)
    town.kill_centre()
    town.begin_centre()
    some_work(town, chance).tell("exchange")


FAULTS = {
    "line is cut": Fault(line_is_cut, 30),
    "line is slow and cut": Fault(line_is_slow_and_cut, 8),
    "request is repeated": Fault(request_is_repeated, 12),
    "request comes late": Fault(request_comes_late, 8),
    "request is overtaken": Fault(request_is_overtaken, 8),
    "desk is killed at work": Fault(desk_is_killed_at_work, 7),
    "desk is killed in an exchange": Fault(desk_is_killed_in_an_exchange, 7),
    "centre is killed": Fault(centre_is_killed, 5),
    "database is killed": Fault(database_is_killed, 3, needs_postgresql=True),
    "disk is full": Fault(disk_is_full, 3),
    "disk is full in an exchange": Fault(disk_is_full_in_an_exchange, 2),
    "disk of the centre is full": Fault(disk_of_the_centre_is_full, 2),
    "clock jumps": Fault(clock_jumps, 4),
    "clock of the centre jumps": Fault(clock_of_the_centre_jumps, 1),
    "poison": Fault(poison, 2),
    "terminal is revoked": Fault(terminal_is_revoked, 0.5),
    "operator comes or goes": Fault(operator_comes_or_goes, 1.5),
    "poison is released": Fault(poison_is_released, 1),
    "disk is put back": Fault(disk_is_put_back, 1),
    "disk is copied": Fault(disk_is_copied, 0.5),
    "centre is put back": Fault(centre_is_put_back, 0.5),
    "terminal joins": Fault(terminal_joins, 1),
    "leases end": Fault(leases_end, 1),
    "somebody asks": Fault(somebody_asks, 2),
    "pack is given out": Fault(pack_is_given_out, 0.7),
    "pack is withdrawn": Fault(pack_is_withdrawn, 0.4),
    "record is erased": Fault(record_is_erased, 0.7),
}
