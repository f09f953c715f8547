"""The PostgreSQL that tests start: fresh databases, and nothing committed is lost by kill -9."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import create_engine, text

from tests.central.cluster import Cluster, server_programs

ROOT = Path(__file__).parents[2]


def connect(url: str) -> psycopg.Connection:
    return psycopg.connect(url.replace("+psycopg", ""))


def running(process: int) -> bool:
    """Whether a process is at work: neither gone nor ended and waiting for somebody to notice."""
    try:
        return Path(f"/proc/{process}/stat").read_text("ascii").rsplit(")", 1)[1].split()[0] != "Z"
    except FileNotFoundError:
        return False


def tables(url: str) -> list[str]:
    with connect(url) as connection:
        return [
            row[0]
            for row in connection.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
        ]


@pytest.mark.parametrize("_again", range(2))
def test_each_test_has_an_empty_database(postgres_url: str, _again: int) -> None:
    assert tables(postgres_url) == []
    engine = create_engine(postgres_url)
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE entry (id integer)"))
    engine.dispose()
    assert tables(postgres_url) == ["entry"]


def test_a_database_may_be_copied(cluster: Cluster, postgres_url: str) -> None:
    with connect(postgres_url) as connection:
        connection.execute("CREATE TABLE entry (id integer)")
    copy = cluster.database(template=postgres_url)
    assert tables(copy) == ["entry"]
    cluster.drop(copy)
    with pytest.raises(psycopg.OperationalError, match="does not exist"):
        connect(copy)


def test_commits_are_durable(cluster: Cluster) -> None:
    with cluster.connect() as connection:
        for setting in ("fsync", "full_page_writes", "synchronous_commit"):
            assert connection.execute(f"SHOW {setting}").fetchone() == ("on",)


def test_what_is_committed_outlives_the_server_and_nothing_else_does(
    cluster: Cluster, postgres_url: str
) -> None:
    with connect(postgres_url) as connection:
        connection.execute("CREATE TABLE entry (id integer)")
        connection.execute("INSERT INTO entry VALUES (1)")
    connection = connect(postgres_url)
    connection.execute("INSERT INTO entry VALUES (2)")
    cluster.kill()
    with pytest.raises(psycopg.OperationalError):
        connection.execute("SELECT 1")
    connection.close()
    with pytest.raises(psycopg.OperationalError):
        connect(postgres_url)
    cluster.start()
    with connect(postgres_url) as connection:
        assert connection.execute("SELECT id FROM entry").fetchall() == [(1,)]


def test_a_server_left_dead_is_started_for_the_next_test(cluster: Cluster) -> None:
    cluster.stop()
    assert tables(cluster.database()) == []


def test_nothing_stays_when_the_tests_are_killed() -> None:
    script = (
        "import os; from tests.central.cluster import Cluster; cluster = Cluster();"
        "print(cluster.folder, cluster.process.pid, flush=True); os.kill(os.getpid(), 9)"
    )
    said = subprocess.run(
        [sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=False
    )
    # the guard has the script's output open, so that it too has ended by now
    folder, server = said.stdout.split()
    assert not Path(folder).exists()
    assert not running(int(server))


def test_a_missing_server_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(FileNotFoundError, match="apt install postgresql"):
        server_programs(tmp_path)


def test_the_newest_server_is_taken(tmp_path: Path) -> None:
    for version in ("9.6", "15", "17"):
        (tmp_path / version / "bin").mkdir(parents=True)
        (tmp_path / version / "bin" / "initdb").touch()
    assert server_programs(tmp_path) == tmp_path / "17" / "bin"
