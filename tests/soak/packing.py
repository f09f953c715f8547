"""Office packs change while the faults strike: given out, with another question or another track, withdrawn,
and worked by before the centre has them."""

from __future__ import annotations

from contextlib import suppress
from datetime import date
from pathlib import Path
from random import Random

from central import packs
from central.centre import Centre
from kiosk.actions.packs import BUNDLE, body
from kiosk.definitions.bundle import bundle, digest_of
from kiosk.errors import Refused
from tests.packing import changed_pack
from tests.soak.town import ADMINISTRATOR, Terminal, Town

SINCE = date(2026, 1, 1)  # where a desk's clock was set back further it works by an older one


def pack_is_given_out(town: Town, chance: Random) -> None:
    """Perhaps somebody works by it before, and the centre hears of it only later, or at the next look."""
    folder = _made(town, chance)
    if chance.random() < 0.6:
        terminal = chance.choice(town.terminals)
        terminal.tell("works_by", folder)
        terminal.kept |= {*terminal.tell("begins_a_case"), *terminal.tell("work", 2)}
        _meet(town, terminal, chance)
    if chance.random() < 0.7:
        _give(town, folder)
    for terminal in chance.sample(town.terminals, 2):  # others go on by the one before
        _meet(town, terminal, chance)
        terminal.tell("follows")
        terminal.kept |= {*terminal.tell("begins_a_case"), *terminal.tell("work", 2)}
        terminal.tell("exchange")


def pack_is_withdrawn(town: Town, chance: Random) -> None:
    with town.centre() as centre, centre.database.read() as connection:
        found = centre.in_force(connection)
    if found is not None:
        with town.centre() as centre, suppress(Refused):  # the first of all is not withdrawn
            packs.withdraw(centre, found.version, ADMINISTRATOR)
    for terminal in chance.sample(town.terminals, 2):
        _meet(town, terminal, chance)
        terminal.kept |= {*terminal.tell("work", 2)}


def give_all(town: Town) -> None:
    """Gives out what anybody worked by and the centre does not know, or lost when it was put back."""
    for digest, folder in list(town.packs.items()):  # a later one may be made meanwhile
        if _is_lacking(town, digest) and not _give(town, folder):
            _give(town, _changed(town))  # an earlier one is taken only beside a later one
            assert _give(town, folder), "an earlier pack is not taken"


def _is_lacking(town: Town, digest: str) -> bool:
    with town.centre() as centre, centre.database.read() as connection:
        known = {one.digest for one in centre.registry(connection).packs}
        return digest not in known or body(connection, BUNDLE + digest) is None


def _give(town: Town, folder: Path) -> bool:
    """Whether the centre took it, as the pack to work by or as an earlier one."""
    for earlier in (False, True):
        with town.centre() as centre, suppress(Refused):
            packs.publish(centre, folder, SINCE, ADMINISTRATOR, earlier=earlier)
            return True
    return False


def _made(town: Town, chance: Random) -> Path:
    return _changed(town, another_track=chance.random() < 0.5)


def _changed(town: Town, *, another_track: bool = False) -> Path:
    version = len(town.packs) + 2
    folder = changed_pack(town.folder / f"pack{version}", version)
    if another_track:
        worker = (folder / "workflows" / "worker.yaml").read_text("utf-8")
        text = worker.replace("\nkey: worker\n", "\nkey: visitor\n", 1)
        (folder / "workflows" / "visitor.yaml").write_text(text, "utf-8")
    town.packs[digest_of(bundle(folder))] = folder
    return folder


def _meet(town: Town, terminal: Terminal, chance: Random) -> None:
    """The line may be cut meanwhile."""
    if chance.random() < 0.5:
        town.line.spoil(chance.randint(0, 400_000))
    terminal.tell("exchange")
    town.line.mend()


def in_force(centre: Centre) -> int:
    with centre.database.read() as connection:
        found = centre.in_force(connection)
    assert found is not None
    return found.version
