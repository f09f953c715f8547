"""A prefecture: one cluster of PostgreSQL, on it a database, or a schema, and a centre for each office."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import psycopg
import pytest
from psycopg import sql

from central.backup import backup
from kiosk.definitions import read_pack
from kiosk.model.office import OfficePack
from kiosk.sync.refusals import Unreachable
from tests.central.cluster import Cluster
from tests.central.restoring import PUBLIC, restored
from tests.office import Office, sample_pack
from tests.packing import changed_pack
from tests.running import Running, meet


@pytest.fixture
def packs(tmp_path: Path) -> list[OfficePack]:
    other = changed_pack(
        tmp_path / "pack", changes=[("assets/office.yaml", "code: RL01", "code: LC02")], words=()
    )
    return [sample_pack(), read_pack(other)]


def schemas(url: str, names: list[str]) -> list[str]:
    """Addresses of schemas in one database, which are made."""
    with psycopg.connect(url.replace("+psycopg", ""), autocommit=True) as connection:
        for name in names:
            connection.execute(sql.SQL("CREATE SCHEMA {}").format(sql.Identifier(name)))
    return [f"{url}{'&' if '?' in url else '?'}options=-csearch_path%3D{name}" for name in names]


@pytest.fixture(params=["databases", "schemas"])
def centres(
    request: pytest.FixtureRequest, cluster: Cluster, packs: list[OfficePack], tmp_path: Path
) -> Iterator[list[Running]]:
    with ExitStack() as stack:
        urls = [cluster.database() for _ in (packs if request.param == "databases" else packs[:1])]
        for url in urls:
            stack.callback(cluster.drop, url)
        if request.param == "schemas":
            urls = schemas(urls[0], [pack.office.code.lower() for pack in packs])
        yield [
            stack.enter_context(Running(tmp_path / pack.office.code, url=url, pack=pack))
            for url, pack in zip(urls, packs, strict=True)
        ]


def offices_in(centre: Running) -> set[str]:
    """Whose entries are in the database of a centre."""
    with centre.centre.database.read() as connection:
        return {office for (office,) in connection.execute("SELECT DISTINCT office FROM entry").fetchall()}


def test_two_offices_on_one_cluster_work_each_for_itself(
    centres: list[Running], packs: list[OfficePack], tmp_path: Path
) -> None:
    with ExitStack() as stack:
        found = []
        for centre, pack in zip(centres, packs, strict=True):
            desks = []
            for name in ("one", "two"):
                folder = tmp_path / pack.office.code / name
                folder.mkdir()
                desk = stack.enter_context(Office(folder, clock=centre.clock, pack=pack))
                exchange = centre.joined(desk)
                stack.callback(exchange.client.close)
                desks.append((desk, exchange))
            found.append(desks)
        cases = [desks[0][0].register() for desks in found]
        for desks, case in zip(found, cases, strict=True):
            meet(*(exchange for _, exchange in desks))
            assert desks[1][0].state(case, "registration") == "done"
            assert desks[0][1].status().set_aside == ()
        assert [offices_in(centre) for centre in centres] == [{"RL01"}, {"LC02"}]
        for desks, foreign in zip(found, reversed(cases), strict=True):
            assert foreign not in {entry["subject"] for entry in desks[1][0].journal()}
        file = tmp_path / "backup"
        backup(centres[0].centre.database, file, PUBLIC)
        with restored(file, "again.db") as again, again.database.read() as connection:
            assert connection.execute("SELECT DISTINCT office FROM entry").fetchall() == [("RL01",)]
        line = found[0][0][1].client
        line._http.base_url = f"https://127.0.0.1:{centres[1].port}"
        with pytest.raises(Unreachable):  # its certificate is not the one that was pinned
            line.heads()
