"""A person's record is erased. The program has no command for it yet: it is done as the database lets it be
done, at each place by itself, and once more wherever an older disk or backup came back."""

from __future__ import annotations

from random import Random

from central.centre import Centre
from central.tables import metadata
from tests.soak.looked import left_in
from tests.soak.mishaps import backed_up, mishap, restored
from tests.soak.town import Terminal, Town
from tests.soak.working import SHARED, document
from tests.store.compared import erase


def record_is_erased(town: Town, chance: Random) -> None:
    """At one place after the other, while desks work and exchange; perhaps one of the places is put back."""
    terminal = chance.choice(town.terminals)
    came_back = chance.choice(["nobody", "desk", "centre"])
    if came_back == "desk":
        image = town.image(terminal)
    elif came_back == "centre":
        backed_up(town)
    if not (found := _somebody(town, chance)):
        return
    town.erased.update([found])
    subject, _ = found
    for one in town.terminals:
        one.kept |= {*one.tell("writes_of", subject)}
    for place in chance.sample([None, *town.terminals], len(town.terminals) + 1):
        _erase(town, place, subject)
        _work_and_meet(town, chance, subject)
    if came_back == "desk":
        town.hand_in(terminal)
        town.put_back(terminal, image)
        _work_and_meet(town, chance, subject)
        mishap(town, terminal, chance)
        _erase(town, terminal, subject)
    elif came_back == "centre":
        for one in town.terminals:
            one.tell("exchange")
        town.move_to(restored(town, chance))
        town.begin_centre()
        for one in chance.sample(town.terminals, len(town.terminals)):
            mishap(town, one, chance)
        _erase(town, None, subject)


def _somebody(town: Town, chance: Random) -> tuple[str, str] | None:
    """A record, and the number of its document, which no other has or will have; None while there is none."""
    with town.centre() as centre:
        centre.projector.catch_up()
        with centre.database.read() as connection:
            found = connection.execute(
                "SELECT max(person), document FROM view_document WHERE document >= ? "
                "GROUP BY document HAVING count(*) = 1 ORDER BY document",
                (document(SHARED),),
            ).fetchall()
    return chance.choice(found) if found else None


def _erase(town: Town, place: Terminal | None, subject: str) -> None:
    """At a desk, or at the centre."""
    if place is not None:
        town.gone |= {*place.tell("erase", subject)}
        return
    with town.centre() as centre:
        town.gone |= {*centre.database.transact(lambda connection: erase(connection, subject))}
        centre.projector.rebuild()


def _work_and_meet(town: Town, chance: Random, subject: str) -> None:
    """Who has not heard of it goes on with the record: what he writes is on its way meanwhile."""
    terminal = chance.choice(town.terminals)
    terminal.kept |= {*terminal.tell("writes_of", subject), *terminal.tell("work", 1)}
    mishap(town, terminal, chance)
    chance.choice(town.terminals).tell("exchange")


def left_of(centre: Centre, subject: str, word: str) -> list[str]:
    """Where the centre's database still holds payload of what was erased."""
    with centre.database.read() as connection:
        tables = {
            name: connection.execute(f'SELECT * FROM "{name}"').fetchall()  # noqa: S608
            for name in metadata.tables
        }
        return left_in(connection, tables, subject, word)
