"""After the faults: everything mended, everything exchanged, everything compared."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Container, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from central.centre import Centre
from kiosk.model.chain import Row
from kiosk.model.entries import ACCESS, HEALTH
from kiosk.store import exchange as remembered
from kiosk.store import journal
from kiosk.store.database import Store
from tests.soak.erasing import left_of
from tests.soak.hall import heard_by
from tests.soak.looked import words_of_others
from tests.soak.packing import give_all, in_force
from tests.soak.town import STAFF, Terminal, Town
from tests.store.compared import TABLES, take, views

WRITTEN_TWICE = "Another entry has this entry's number."
ROUNDS = 20  # of exchanges until nobody has anything new
KEY = bytes(32)  # of a store that is read and thrown away
Shown = dict[str, list[tuple[object, ...]]]


def look(town: Town) -> int:
    """Raises AssertionError for what was lost, doubled or is unlike; the number of entries otherwise."""
    give_all(town)
    _come_to_rest(town)
    centre = town.centre()
    try:
        _nothing_lost(town)
        _nothing_held_back(town, centre)
        _all_alike(town, centre)
        _all_pictures(town, centre)
        _all_whole(town, centre)
        _staff_alike(town)
        _packs_alike(town, centre)
        _erased_is_gone(town, centre)
        if town.hall:
            _hall_knows_nobody(town, town.hall)
        with centre.database.read() as connection:
            return int(connection.execute("SELECT count(*) FROM entry").fetchone()[0])
    finally:
        centre.close()


def _come_to_rest(town: Town) -> None:
    """Two rounds in which nothing moves: what was sent in the first is everywhere after the second."""
    quiet = 0
    for _ in range(ROUNDS):
        ended = [terminal.tell("exchange") for terminal in town.terminals]
        held = [_streams(terminal.tell("entries")) for terminal in town.terminals]
        quiet = quiet + 1 if set(ended) == {"ok"} and _alike(town.terminals, held) else 0
        if quiet == 2:
            return
    raise AssertionError(f"the exchange does not come to rest: {ended} {held}")


def _streams(entries: dict[str, str]) -> Counter[str]:
    """How many entries of each stream there are."""
    return Counter(place.split("/")[1] for place in entries.values())


def _alike(terminals: Sequence[Terminal], held: Sequence[Counter[str]]) -> bool:
    """Whether all who may read a stream have as much of it."""
    sizes = {
        (stream, size[stream])
        for terminal, size in zip(terminals, held, strict=True)
        for stream in terminal.streams
    }
    return len(sizes) == len(dict(sizes))


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
    lost = kept - at_the_centre(town) - town.gone  # of those the place alone remains
    assert not lost, f"the centre lacks {len(lost)} of {len(kept)} entries that were kept: {sorted(lost)[:5]}"


def _nothing_held_back(town: Town, centre: Centre) -> None:
    """But what was poisoned, what two copies of one disk wrote again, and all that a revoked one wrote."""
    with centre.database.read() as connection:
        held = connection.execute(
            "SELECT id, subject, reason FROM quarantine WHERE released IS NULL"
        ).fetchall()
        taken = {id_ for (id_,) in connection.execute("SELECT id FROM entry WHERE subject <> ''")}
    wrongly = [one for one in held if "poison" not in one[1] and one[2] != WRITTEN_TWICE]
    wrongly = [one for one in wrongly if one[0] not in town.late]
    assert not wrongly, f"held back: {wrongly[:3]}"
    assert not town.late & taken, f"taken of a revoked terminal: {sorted(town.late & taken)[:3]}"


def _all_alike(town: Town, centre: Centre) -> None:
    """Every desk holds every entry of its feeds once, at the centre's place for it, and of another feed none
    but its own; what is held back only its author."""
    centre.projector.catch_up()
    with centre.database.read() as connection:
        rows = connection.execute(
            "SELECT terminal, stream, sequence, id FROM entry WHERE stream <> ?", (ACCESS,)
        ).fetchall()
    theirs = {f"{terminal}/{stream}/{sequence}": id_ for terminal, stream, sequence, id_ in rows}
    assert len(theirs) == len(rows)
    shown = views(centre.database)
    for terminal in town.terminals:
        due = {place for place in theirs if place.split("/")[1] in terminal.streams}
        own = {place: id_ for id_, place in terminal.tell("entries").items() if f"/{ACCESS}/" not in place}
        unlike = {place for place in {*own, *due} if own.get(place) != theirs.get(place)}
        unlike -= {place for place in unlike if theirs.get(place) == place}  # a stub at the centre
        differ = [(place, own.get(place), theirs.get(place)) for place in sorted(unlike)[:5]]
        assert not unlike, f"{terminal.name} and the centre differ at {differ}"
        names = terminal.tell("names")
        strange = {place for place in own.keys() - due if place.split("/")[0] not in names}
        assert not strange, f"{terminal.name} was given {sorted(strange)[:5]}"
        if HEALTH in terminal.streams:
            _shown_alike(terminal, shown)
        else:
            _shown_alike(terminal, _read_from(town, centre, own))
            assert terminal.tell("doctors_words") == [], f"{terminal.name} knows what a doctor wrote"


def _read_from(town: Town, centre: Centre, places: Container[str]) -> Shown:
    """What a terminal shows that knows the centre's rows at these places and no other."""
    rows = _rows(centre)
    with TemporaryDirectory(dir=town.folder) as folder, Store.open(Path(folder) / "read.db", KEY) as store:
        take(store, [row for row in rows if f"{row.terminal}/{row.stream}/{row.sequence}" in places])
        return views(store)


def _rows(centre: Centre) -> list[Row]:
    """The whole journal, stream by stream."""
    with centre.database.read() as connection:
        found = connection.execute(
            f"SELECT {journal.COLUMNS} FROM entry ORDER BY terminal, stream, sequence"  # noqa: S608
        )
        return [Row(*values) for values in found.fetchall()]


def _shown_alike(terminal: Terminal, shown: Shown) -> None:
    seen = terminal.tell("shown")
    for name in TABLES:
        # its author alone folds what the centre holds back
        unlike = [row for row in {*seen[name]} ^ {*shown[name]} if "poison" not in str(row)]
        assert not unlike, f"{terminal.name}: view_{name} is another: {unlike[:4]}"


def _all_pictures(town: Town, centre: Centre) -> None:
    """Each blob that an entry speaks of is at the centre and with each desk that has the entry."""
    cited = remembered.cited(_rows(centre))
    with centre.database.read() as connection:
        blobs = connection.execute("SELECT name, data FROM blob").fetchall()
    here = {name for name, data in blobs if hashlib.sha256(data).hexdigest() == name}
    assert cited <= here, f"the centre lacks {len(cited - here)} of {len(cited)} blobs"
    for terminal in town.terminals:
        cited, here = terminal.tell("blobs")
        assert cited <= here, f"{terminal.name} lacks {len(cited - here)} of {len(cited)} blobs"


def _all_whole(town: Town, centre: Centre) -> None:
    with centre.database.read() as connection:
        assert journal.verify(connection) == []
    before = views(centre.database)
    centre.projector.rebuild()
    assert views(centre.database) == before, "the centre's views are not what a rebuild makes"
    for terminal in town.terminals:
        findings = terminal.tell("findings")
        assert findings == [], f"{terminal.name}: {findings[:3]}"


def _staff_alike(town: Town) -> None:
    """Who is dismissed is out, who was appointed may sign in, where his department is."""
    for terminal in town.terminals:
        doctors = HEALTH in terminal.streams
        due = {number for number, role in STAFF.items() if doctors or role != "doctor"} - town.dismissed
        staff = terminal.tell("staff")
        assert staff == due, f"at {terminal.name} {sorted(staff)} may sign in, not {sorted(due)}"


def _packs_alike(town: Town, centre: Centre) -> None:
    """All work by the pack that the centre names, and have the definitions of every case that they know."""
    version = in_force(centre)
    for terminal in town.terminals:
        terminal.tell("clock_is_put_right")
        terminal.tell("follows")
        assert terminal.tell("pack") == version, f"{terminal.name} does not work by the pack {version}"
        closed = terminal.tell("closed_cases")
        assert not closed, f"{terminal.name} has no definitions of {closed[:3]}"


def _erased_is_gone(town: Town, centre: Centre) -> None:
    for erased in town.erased.items():
        left = {"the centre": left_of(centre, *erased)}
        left |= {terminal.name: terminal.tell("left_of", *erased) for terminal in town.terminals}
        assert not any(left.values()), f"what was erased is left: {left}"


def _hall_knows_nobody(town: Town, hall: Terminal) -> None:
    """It may be told of one case, and keeps nothing of it; a desk's store holds what is looked for here."""
    slip = next(filter(None, (terminal.tell("a_slip") for terminal in town.terminals)))
    assert town.terminals[0].tell("words_of_others")
    hall.tell("before_it", slip, [terminal.tell("code") for terminal in town.terminals])
    told = hall.tell("exchange")
    assert told == slip[0], f"asked for {slip[0]} it was told: {told}"
    assert hall.tell("entries") == {}
    assert hall.tell("findings") == []
    assert hall.tell("words_of_others") == set()
    assert not heard_by(hall.folder).exists(), heard_by(hall.folder).read_text("utf-8")[:500]
    for file in hall.folder.rglob("*"):
        assert not file.is_file() or words_of_others(file.read_bytes()) == set(), file.name
