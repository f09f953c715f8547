"""Opening, writing and reading a store; what is no store of ours is told apart and left alone."""

from __future__ import annotations

import secrets
import shutil
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import select
from sqlcipher3 import dbapi2 as driver

from kiosk.errors import ForeignStore, StoreError, StoreUnwritable, WrongKey
from kiosk.settings import migrations_folder
from kiosk.store import migrate, tables
from kiosk.store.database import PAGE, SCHEMA_VERSION, Store, connect


def put(store: Store, *keys: str) -> None:
    with store.write() as connection:
        connection.executemany("INSERT INTO view_meta (key, value) VALUES (?, '')", [(key,) for key in keys])


def found(store: Store) -> list[str]:
    with store.read() as connection:
        return [key for (key,) in connection.execute("SELECT key FROM view_meta ORDER BY key")]


def test_what_was_written_is_there_when_the_store_is_opened_again(path: Path, key: bytes) -> None:
    with Store.open(path, key) as store:
        put(store, "a", "b")
    with Store.open(path, key) as store:
        assert found(store) == ["a", "b"]
    assert [file.name for file in sorted(path.parent.iterdir())] == ["store.db", "store.db.lock"]


def test_opening_a_store_of_this_version_imports_neither_alembic_nor_sqlalchemy(
    path: Path, key: bytes
) -> None:
    Store.open(path, key).close()
    program = """
import sys
from pathlib import Path
from kiosk.store.database import Store
with Store.open(Path(sys.argv[1]), bytes.fromhex(sys.argv[2])) as store, store.read() as connection:
    connection.execute("SELECT * FROM entry").fetchall()
print(sorted({"alembic", "sqlalchemy"} & set(sys.modules)))
"""
    words = [sys.executable, "-c", program, str(path), key.hex()]
    done = subprocess.run(words, capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"


def test_nothing_readable_is_on_the_disk(path: Path, key: bytes) -> None:
    with Store.open(path, key) as store:
        put(store, "Nguyen Van An")
        files = [file for file in path.parent.iterdir() if file.is_file()]
        assert all(b"Nguyen Van An" not in file.read_bytes() for file in files)
        assert b"CREATE TABLE" not in path.read_bytes()


def test_a_wrong_key_is_told_from_a_foreign_file(path: Path, key: bytes) -> None:
    Store.open(path, key).close()
    before = path.read_bytes()
    for read_only in (False, True):
        with pytest.raises(WrongKey):
            Store.open(path, secrets.token_bytes(32), read_only)
    with pytest.raises(WrongKey):
        Store.open(path, key[:31])
    assert path.read_bytes() == before


def plain_sqlite(path: Path) -> None:
    connection = sqlite3.connect(path)
    connection.execute("CREATE TABLE t (a)")
    connection.close()


FOREIGN: dict[str, Callable[[Path], object]] = {
    "empty": lambda path: path.write_bytes(b""),
    "one byte of ours": lambda path: path.write_bytes(b"k"),
    "text": lambda path: path.write_text("a list of names\n" * 1000),
    "chance": lambda path: path.write_bytes(secrets.token_bytes(4 * PAGE)),
    "plain SQLite": lambda path: (path.unlink(), plain_sqlite(path)),
    "cut within a page": lambda path: path.write_bytes(path.read_bytes()[: 2 * PAGE + 100]),
    "cut at a page": lambda path: path.write_bytes(path.read_bytes()[: 3 * PAGE]),
    "cut in the first page": lambda path: path.write_bytes(path.read_bytes()[:100]),
}


@pytest.mark.parametrize("what", FOREIGN)
@pytest.mark.parametrize("read_only", [False, True])
def test_a_foreign_or_cut_file_is_refused_and_left_as_it_was(
    path: Path, key: bytes, what: str, read_only: bool
) -> None:
    Store.open(path, key).close()
    FOREIGN[what](path)
    before = path.read_bytes()
    with pytest.raises(ForeignStore):
        Store.open(path, key, read_only)
    assert path.read_bytes() == before


def test_a_missing_store_is_made_by_a_writer_only(path: Path, key: bytes) -> None:
    with pytest.raises(StoreError, match="no store"):
        Store.open(path, key, read_only=True)
    assert not path.exists()
    Store.open(path, key).close()
    Store.open(path, key, read_only=True).close()


def test_what_an_unfinished_making_left_is_made_anew(path: Path, key: bytes) -> None:
    path.parent.mkdir()
    path.with_name("store.db.new").write_bytes(b"half a store")
    with Store.open(path, key) as store:
        put(store, "a")
    assert not path.with_name("store.db.new").exists()


def test_the_log_of_a_store_that_is_gone_is_not_played_into_a_new_one(path: Path, key: bytes) -> None:
    with Store.open(path, key) as store:
        put(store, "a")
        log = path.with_name("store.db-wal").read_bytes()
    path.unlink()
    path.with_name("store.db-wal").write_bytes(log)
    with Store.open(path, key) as store:
        assert found(store) == []
        put(store, "b")


def test_a_transaction_that_raises_leaves_nothing(store: Store) -> None:
    with pytest.raises(driver.IntegrityError, match="UNIQUE"):
        put(store, "a", "a")
    put(store, "b")
    assert found(store) == ["b"]


def test_an_error_of_the_callers_own_passes_unchanged(store: Store) -> None:
    with pytest.raises(driver.OperationalError, match="syntax"), store.write() as connection:
        connection.execute("SELEKT")
    with pytest.raises(FileNotFoundError), store.read():
        Path("no such file").read_text()


def test_a_reader_keeps_its_snapshot_while_the_writer_goes_on(store: Store) -> None:
    put(store, "a")
    with store.read() as connection:
        count = "SELECT count(*) FROM view_meta"
        assert connection.execute(count).fetchone() == (1,)
        put(store, "b")
        assert connection.execute(count).fetchone() == (1,)
    assert found(store) == ["a", "b"]


def test_reading_connections_cannot_write(store: Store, path: Path, key: bytes) -> None:
    with pytest.raises(StoreUnwritable), store.read() as connection:
        connection.execute("INSERT INTO view_meta VALUES ('a', '')")
    with Store.open(path, key, read_only=True) as other:
        with pytest.raises(StoreError, match="may only read"), other.write():
            pass
        with other.engine.connect() as engaged, pytest.raises(driver.OperationalError, match="readonly"):
            engaged.connection.execute("DELETE FROM view_meta")  # type: ignore[attr-defined]
    assert found(store) == []


def test_sqlalchemy_reads_what_was_committed(store: Store) -> None:
    put(store, "a")
    with store.engine.connect() as connection:
        assert connection.execute(select(tables.view_meta)).all() == [("a", "")]


def test_threads_write_one_after_the_other_and_read_together(store: Store) -> None:
    def work(name: str) -> None:
        for number in range(20):
            with store.write() as connection:
                connection.execute("INSERT INTO view_meta VALUES (?, '')", (f"{name}{number:02}",))
                connection.execute("INSERT INTO view_meta VALUES (?, '')", (f"{name}{number:02}b",))
            seen.append(len(found(store)))

    seen: list[int] = []
    threads = [threading.Thread(target=work, args=(name,)) for name in "xyz"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found(store)) == 120
    assert all(count % 2 == 0 for count in seen), "a transaction was seen by half"


def test_a_checkpoint_leaves_nothing_in_the_log(store: Store, path: Path) -> None:
    put(store, "a")
    log = path.with_name("store.db-wal")
    assert log.stat().st_size > 0
    assert store.checkpoint()
    assert log.stat().st_size == 0


# --- versions ---------------------------------------------------------------------------------------


def test_there_are_as_many_migrations_as_the_version_says() -> None:
    assert len(list((migrations_folder() / "terminal" / "versions").glob("*.py"))) == SCHEMA_VERSION


def set_version(path: Path, key: bytes, version: int) -> None:
    connection = connect(path, key)
    connection.execute(f"PRAGMA user_version = {version}")
    connection.close()


def test_a_store_of_a_newer_program_is_refused(path: Path, key: bytes) -> None:
    Store.open(path, key).close()
    set_version(path, key, SCHEMA_VERSION + 1)
    for read_only in (False, True):
        with pytest.raises(StoreError, match="newer version"):
            Store.open(path, key, read_only)


def test_an_older_store_is_brought_up_to_date_by_the_writer(path: Path, key: bytes) -> None:
    with Store.open(path, key) as store:
        put(store, "a")
    set_version(path, key, SCHEMA_VERSION - 1)
    with pytest.raises(StoreError, match="older version"):
        Store.open(path, key, read_only=True)
    with Store.open(path, key) as store:
        assert found(store) == ["a"]
    Store.open(path, key, read_only=True).close()


def test_a_migration_that_fails_leaves_the_store_as_it_was(
    path: Path, key: bytes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    Store.open(path, key).close()
    folder = tmp_path / "migrations"
    shutil.copytree(migrations_folder(), folder, ignore=shutil.ignore_patterns("__pycache__"))
    (folder / "terminal" / "versions" / "9999_broken.py").write_text(
        'from alembic import op\nrevision, down_revision = "9999", "0004"\n'
        'def upgrade():\n    op.execute("CREATE TABLE half (a)")\n    op.execute("CREATE TABLE half (a)")\n'
    )
    monkeypatch.setattr(migrate, "migrations_folder", lambda: folder)
    connection = connect(path, key)
    with pytest.raises(Exception, match="half already exists"):
        migrate.upgrade(connection, 2)
    tables_left = connection.execute("SELECT name FROM sqlite_master WHERE name = 'half'").fetchall()
    version = connection.execute("PRAGMA user_version").fetchone()
    connection.close()
    assert (tables_left, version) == ([], (SCHEMA_VERSION,))


def test_a_reading_that_was_not_read_to_its_end_does_not_hold_the_next_one(store: Store) -> None:
    with store.write() as connection:
        connection.executemany(
            "INSERT INTO identity (key, value) VALUES (?, ?)", [(str(n), b"") for n in range(999)]
        )
    with store.read() as connection:
        begun = connection.execute("SELECT key FROM identity")
        assert begun.fetchone()
    with store.write() as connection:
        connection.execute("INSERT INTO identity (key, value) VALUES ('new', x'')")
    with store.read() as connection:
        assert connection.execute("SELECT 1 FROM identity WHERE key = 'new'").fetchone()
    assert begun is not None
