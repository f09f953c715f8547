"""After the faults: everything mended, everything exchanged, everything compared."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kiosk.store import journal
from tests.store.compared import TABLES, views

if TYPE_CHECKING:
    from central.centre import Centre
    from tests.soak.town import Town

WRITTEN_TWICE = "Another entry has this entry's number."
ROUNDS = 20  # of exchanges until nobody has anything new


def look(town: Town) -> int:
    """Raises AssertionError for what was lost, doubled or is unlike; the number of entries otherwise."""
    for _ in range(ROUNDS):
        ended = [terminal.tell("exchange") for terminal in town.terminals]
        held = [len(terminal.tell("entries")) for terminal in town.terminals]
        if set(ended) == {"ok"} and len(set(held)) == 1:
            break
    else:
        raise AssertionError(f"the exchange does not come to rest: {ended} {held}")
    centre = town.centre()
    try:
        _nothing_lost(town)
        _nothing_held_back(centre)
        _all_alike(town, centre)
        _all_whole(town, centre)
    finally:
        centre.close()
    return held[0]


def at_the_centre(town: Town) -> set[str]:
    """Ids of all entries that the centre keeps, those it holds back too."""
    centre = town.centre()
    with centre.database.read() as connection:
        found = {id_ for (id_,) in connection.execute("SELECT id FROM entry WHERE subject <> ''")}
        found |= {id_ for (id_,) in connection.execute("SELECT id FROM quarantine")}
    centre.close()
    return found


def _nothing_lost(town: Town) -> None:
    kept = set(town.retired).union(*(terminal.kept for terminal in town.terminals))
    lost = kept - at_the_centre(town)
    assert not lost, f"the centre lacks {len(lost)} of {len(kept)} entries that were kept: {sorted(lost)[:5]}"


def _nothing_held_back(centre: Centre) -> None:
    """But what was poisoned, and what two copies of one disk wrote again."""
    with centre.database.read() as connection:
        held = connection.execute("SELECT subject, reason FROM quarantine").fetchall()
    wrongly = [one for one in held if "poison" not in one[0] and one[1] != WRITTEN_TWICE]
    assert not wrongly, f"held back: {wrongly[:3]}"


def _all_alike(town: Town, centre: Centre) -> None:
    """Every desk holds every entry once, at the centre's place for it; what is held back only its author."""
    centre.projector.catch_up()
    with centre.database.read() as connection:
        rows = connection.execute(
            "SELECT terminal, stream, sequence, id FROM entry WHERE stream <> 'access'"
        ).fetchall()
    shown = views(centre.database)
    theirs = {f"{terminal}/{stream}/{sequence}": id_ for terminal, stream, sequence, id_ in rows}
    assert len(theirs) == len(rows)
    for terminal in town.terminals:
        own = {place: id_ for id_, place in terminal.tell("entries").items() if "/access/" not in place}
        unlike = {place for place in {*own, *theirs} if own.get(place) != theirs.get(place)}
        unlike -= {place for place in unlike if theirs.get(place) == place}  # a stub at the centre
        assert not unlike, f"{terminal.name} and the centre differ at {sorted(unlike)[:5]}"
        seen = terminal.tell("shown")
        for name in TABLES:
            # its author alone folds what the centre holds back
            unlike_rows = [row for row in {*seen[name]} ^ {*shown[name]} if "poison" not in str(row)]
            assert not unlike_rows, f"{terminal.name}: view_{name} is another: {unlike_rows[:4]}"


def _all_whole(town: Town, centre: Centre) -> None:
    with centre.database.read() as connection:
        assert journal.verify(connection) == []
    before = views(centre.database)
    centre.projector.rebuild()
    assert views(centre.database) == before, "the centre's views are not what a rebuild makes"
    for terminal in town.terminals:
        findings = terminal.tell("findings")
        assert findings == [], f"{terminal.name}: {findings[:3]}"
