"""What may befall an exchange, whatever else is under way; and how the centre is put back."""

from __future__ import annotations

from collections.abc import Callable
from random import Random

from central.backup import backup
from kiosk.store.keys import new_recovery
from tests.soak import serving
from tests.soak.desk import NOT_RECOVERED
from tests.soak.town import ANSWER, Child, Died, Terminal, Town

RECOVERY_KEY, RECOVERY = new_recovery()  # of the centre's backups
BYTES = (0, 40_000)  # of an exchange, both ways, after which it is cut
STATEMENTS = (1, 120)  # after which a desk dies


def some_work(town: Town, chance: Random) -> Terminal:
    """A desk that has just worked, and so has something to send."""
    terminal = chance.choice(town.terminals)
    terminal.kept |= {*terminal.tell("work", chance.randrange(1, 4))}
    return terminal


def exchange_on_a_full_disk(town: Town, terminal: Terminal, chance: Random) -> None:
    terminal.tell("disk_is_full", chance.uniform(0, 1.1))
    said = terminal.tell("exchange")
    terminal.tell("disk_has_room")
    if chance.random() < 0.5 or said.startswith(NOT_RECOVERED):  # room was made; the program starts anew
        terminal.kill()
        terminal.begin()


def exchange_with_a_full_centre(town: Town, terminal: Terminal, chance: Random) -> None:
    town.fill_disk_of_centre(chance.randrange(4_000_000))
    terminal.tell("exchange")
    town.kill_centre()
    if town.cluster:
        town.kill_database()
        town.begin_database()
    town.begin_centre()


def exchange_over_a_bad_line(town: Town, terminal: Terminal, chance: Random) -> None:
    town.line.spoil(chance.randint(*BYTES))
    terminal.tell("exchange")
    town.line.mend()


def exchange_until_death(town: Town, terminal: Terminal, chance: Random) -> None:
    terminal.tell("die_at", chance.randint(*STATEMENTS))
    until_it_dies(town, terminal, lambda: terminal.tell("exchange"))


def exchange_whose_centre_dies(town: Town, terminal: Terminal, chance: Random) -> None:
    town.line.spoil(chance.randint(*BYTES), on_spent=town.kill_centre)
    terminal.tell("exchange")
    town.line.mend()
    town.kill_centre()
    town.begin_centre()


def exchange_in_peace(town: Town, terminal: Terminal, chance: Random) -> None:
    terminal.tell("exchange")


# what may befall the first exchange after a disk was put back or copied, or the first of all
MISHAPS = (
    exchange_in_peace, exchange_in_peace, exchange_over_a_bad_line, exchange_until_death,
    exchange_on_a_full_disk, exchange_with_a_full_centre, exchange_whose_centre_dies,
)  # fmt: skip


def mishap(town: Town, terminal: Terminal, chance: Random) -> None:
    chance.choice(MISHAPS)(town, terminal, chance)


def until_it_dies(town: Town, terminal: Terminal, run: Callable[[], object]) -> None:
    try:
        run()
        terminal.kill()  # it had more statements to live than it had to do: the power fails now
    except Died:
        pass
    terminal.begin()


def backed_up(town: Town) -> str:
    centre = town.centre()
    backup(centre.database, town.folder / "backup", RECOVERY)
    centre.close()
    return ""


def restored(town: Town, chance: Random) -> str:
    """The URL of what `central restore` made, at the second try at the latest."""
    for statement in (chance.randint(1, 60), 0):
        url = town.new_database()
        restoring = Child(serving.put_back, town.folder / "backup", RECOVERY_KEY, url, statement)
        try:
            assert restoring.hear(ANSWER) == "ok"
        except Died:
            town.drop(url)
            continue
        restoring.process.join()
        return url
    raise AssertionError("the backup could not be restored")
