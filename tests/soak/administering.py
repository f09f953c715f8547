"""What an administrator does while the faults strike: he revokes, dismisses, appoints and releases."""

from __future__ import annotations

from contextlib import suppress
from random import Random

from central import admin, quarantine
from kiosk.errors import Refused
from tests.soak.town import ADMINISTRATOR, STAFF, Town

BYTES = (0, 20_000)  # that go over the line of a revoked terminal until it is cut


def terminal_is_revoked(town: Town, chance: Random) -> None:
    """What it had sent stays; what it writes from then on is held back. Another one takes its place."""
    terminal = chance.choice(town.terminals)
    town.hand_in(terminal)
    with town.centre() as centre:
        admin.revoke(centre, terminal.tell("code"), ADMINISTRATOR, line=False)
    town.late |= {*terminal.tell("work", 3)}
    town.line.spoil(chance.randint(*BYTES))
    terminal.tell("send")
    town.line.mend()
    terminal.tell("send")
    town.put_away(terminal)
    town.join(chance.randrange(2**32), terminal.departments)


def operator_comes_or_goes(town: Town, chance: Random) -> None:
    """Who was dismissed is appointed anew; what is on its way in his name is taken all the while."""
    number = chance.choice(sorted(STAFF))
    if number in town.dismissed:
        town.appoint(number)
    else:
        town.dismiss(number)


def poison_is_released(town: Town, chance: Random) -> None:
    which = chance.random()
    with town.centre() as centre:
        with centre.database.read() as connection:
            held = quarantine.listed(connection, centre.office)
        poison = [one for one in held if "case:poison" in one.subjects]
        if poison:
            one = poison[int(which * len(poison))]
            with suppress(Refused):  # two copies of one disk wrote it
                admin.release(centre, one.place, one.sequences[0], one.sequences[-1], ADMINISTRATOR)
