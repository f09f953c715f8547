"""A backup holds everything; what is restored from an old one gets back from the terminals what it lost."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest

from central import admin
from central.backup import backup, restore
from central.centre import Centre
from central.database import open_database
from central.server import Server
from central.tables import KEPT
from kiosk.errors import KioskError, StoreError
from kiosk.model.chain import Row
from kiosk.model.entries import ADMIN
from kiosk.store import journal
from kiosk.sync.protocol import Pulled, Push
from tests.central.cluster import Cluster
from tests.central.machine import Machine, Town, entry
from tests.central.test_database import seen
from tests.office import sample_pack


def content(centre: Centre) -> dict[str, list[tuple[object, ...]]]:
    with centre.database.read() as connection:
        return {
            table.name: sorted(connection.execute(f'SELECT * FROM "{table.name}"').fetchall(), key=str)  # noqa: S608
            for table in KEPT
        }


@pytest.mark.parametrize("into", ["sqlite", "postgresql"])
def test_everything_is_there_again_in_whatever_database(
    town: Town, tmp_path: Path, cluster: Cluster, prepared: str, into: str
) -> None:
    desk = town.machine("AAAA")
    desk.send(entry(), entry(role="king"))
    admin.appoint(town.centre, "R001", "Li", ("reception",), "a long passphrase", "S001")
    file = tmp_path / "backup"
    backup(town.centre.database, file)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert [found.name for found in tmp_path.iterdir() if found.name.startswith("backup")] == ["backup"]
    url = f"sqlite:///{tmp_path / 'new.db'}" if into == "sqlite" else cluster.database(template=prepared)
    before = content(town.centre)
    new = restore(file, open_database(url), sample_pack())
    after = content(new)
    assert {name for name in before if before[name] != after[name]} == {"identity"}
    assert (new.public, new.office) == (town.centre.public, town.centre.office)
    assert new.epoch != town.centre.epoch
    assert new.code != town.centre.code
    new.projector.catch_up()
    town.centre.projector.catch_up()
    assert seen(new.database) == seen(town.centre.database)
    new.close()


def test_what_was_lost_is_brought_back_by_the_terminals(centre: Centre, tmp_path: Path) -> None:
    file = tmp_path / "backup"
    with Server(centre) as server:
        town = Town(centre, server)
        desk, other = town.machine("AAAA"), town.machine("BBBB")
        first = entry()
        desk.send(first)
        backup(centre.database, file)
        desk.send(entry())
        late = town.machine("CCCC")  # joined after the backup
        late.send(entry(), entry(role="king"))
        admin.appoint(centre, "R001", "Li", ("reception",), "a long passphrase", "S001")
        pulled, rows = other.pull()
        old = centre.code
        town.close()
    new = restore(file, open_database(f"sqlite:///{tmp_path / 'new.db'}"), sample_pack())
    with Server(new) as server:
        again = {one.code: Machine(server.address, one.code, one.key) for one in (desk, other)}
        heads = {(head.terminal, head.stream): head.sequence for head in again["BBBB"].heads().heads}
        assert heads == {(old, ADMIN): 2, ("AAAA", "office"): 1}
        bring(again["BBBB"], new, pulled, rows)
        with new.database.read() as connection:
            registry = new.registry(connection)
            assert journal.verify(connection) == []
        assert "CCCC" in registry.members
        assert "R001" in registry.operators
        found = {(head.terminal, head.stream): head.sequence for head in again["AAAA"].heads().heads}
        assert found == {(old, ADMIN): 4, ("AAAA", "office"): 2, ("CCCC", "office"): 2}
        # the author of what was held back brings the payload, of which others have but a stub
        author = Machine(server.address, "CCCC", late.key)
        author.streams = late.streams
        assert [one.sequence for one in author.push(author.stream().rows).set_aside] == [2]
        for machine in (*again.values(), author):
            machine.http.close()
    new.close()


def bring(machine: Machine, centre: Centre, pulled: Pulled, rows: list[Row]) -> None:
    """What a terminal had pulled before, given to a restored centre: first what centres wrote."""
    for head in sorted(pulled.heads, key=lambda head: head.stream != ADMIN):
        with centre.database.read() as connection:
            known, previous = journal.head(connection, centre.office, head.terminal, head.stream)
        mine = [row for row in rows if (row.terminal, row.stream) == (head.terminal, head.stream)]
        if mine[known:]:
            machine.push(mine[known:], Push(known, previous, head))


def test_what_was_released_is_not_held_back_again(centre: Centre, tmp_path: Path) -> None:
    file = tmp_path / "backup"
    with Server(centre) as server:
        town = Town(centre, server)
        desk, other = town.machine("AAAA"), town.machine("BBBB")
        backup(centre.database, file)
        desk.send(entry(role="police"), entry(role="police"))
        admin.release(centre, ("RL01", "AAAA", "office"), 1, 1, "S001")
        pulled, rows = other.pull()
        town.close()
    new = restore(file, open_database(f"sqlite:///{tmp_path / 'new.db'}"), sample_pack())
    with new, Server(new) as server:
        again = {one.code: Machine(server.address, one.code, one.key) for one in (desk, other)}
        bring(again["BBBB"], new, pulled, [row for row in rows if row.stream == ADMIN])
        author = again["AAAA"]
        assert [one.sequence for one in author.push(desk.stream().rows).set_aside] == [2]
        for machine in again.values():
            machine.http.close()


def test_a_database_in_use_is_not_written_over(centre: Centre, tmp_path: Path) -> None:
    file = tmp_path / "backup"
    backup(centre.database, file)
    with pytest.raises(StoreError, match="in use"):
        restore(file, centre.database, sample_pack())


@pytest.mark.parametrize("data", [None, b"", b"garbage" * 1000, b"SQLite format 3\0" + bytes(5000)])
def test_what_is_no_backup(tmp_path: Path, data: bytes | None) -> None:
    file = tmp_path / "backup"
    if data is not None:
        file.write_bytes(data)
    with open_database(f"sqlite:///{tmp_path / 'new.db'}") as database:
        with pytest.raises(KioskError):
            restore(file, database, sample_pack())
        with database.read() as connection:
            assert connection.execute("SELECT count(*) FROM identity").fetchone()[0] == 0
