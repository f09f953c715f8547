"""Real mishaps: two programs on one store, a kill in the middle, a full disk, a read-only folder."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from kiosk.errors import ForeignStore, StoreBusy, StoreUnwritable
from kiosk.store.database import PAGE, Store

# Each program is started with the store's path and key.
BEGIN = """
import os, sys
from pathlib import Path
from kiosk.errors import StoreError
from kiosk.store.database import Store
path, key = Path(sys.argv[1]), bytes.fromhex(sys.argv[2])
"""
HOLD = """
with Store.open(path, key):
    print("open", flush=True)
    sys.stdin.read()
"""
READ = """
with Store.open(path, key, read_only=True) as store, store.read() as connection:
    print(connection.execute("SELECT count(*) FROM draft").fetchone()[0])
"""
WRITE = """
with Store.open(path, key) as store:
    print("open", flush=True)
    for number in range(1_000_000):
        with store.write() as connection:
            connection.execute("INSERT INTO draft VALUES ('r', ?, ?, '')", (f"{number:07}", os.urandom(3000)))
            connection.execute("INSERT INTO view_meta VALUES (?, '')", (f"{number:07}",))
        print(number, flush=True)
"""
FILL = """
import resource
resource.setrlimit(resource.RLIMIT_FSIZE, (1_000_000, resource.RLIM_INFINITY))
written = 0
with Store.open(path, key) as store:
    try:
        while True:
            with store.write() as connection:
                connection.execute("INSERT INTO draft VALUES ('r', ?, ?, '')", (written, os.urandom(3000)))
            written += 1
    except StoreError as error:
        print(type(error).__name__, written)
"""
LITTLE = """
import resource
resource.setrlimit(resource.RLIMIT_FSIZE, (30_000, resource.RLIM_INFINITY))
try:
    Store.open(path, key)
except StoreError as error:
    print(type(error).__name__)
"""


def start(program: str, path: Path, key: bytes) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", BEGIN + program, str(path), key.hex()],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )


@contextmanager
def killed(program: str, path: Path, key: bytes, after_lines: int = 1) -> Iterator[list[str]]:
    """The lines that a program printed until it was killed, without warning, at the end of the block."""
    with start(program, path, key) as process:
        assert process.stdout
        lines = [process.stdout.readline() for _ in range(after_lines)]
        yield lines
        process.send_signal(signal.SIGKILL)
        lines += process.stdout.readlines()
        process.wait()


def keys(store: Store, table: str) -> list[str]:
    with store.read() as connection:
        return [key for (key,) in connection.execute(f"SELECT key FROM {table} ORDER BY key")]  # noqa: S608


def put(store: Store, number: int) -> None:
    with store.write() as connection:
        connection.execute("INSERT INTO draft VALUES ('r', ?, ?, '')", (f"{number:07}", os.urandom(3000)))


def test_a_second_program_may_read_but_not_write(path: Path, key: bytes) -> None:
    with killed(HOLD, path, key) as lines:
        assert lines == ["open\n"]
        with pytest.raises(StoreBusy, match="Another program"):
            Store.open(path, key)
        with Store.open(path, key, read_only=True) as store:
            assert keys(store, "draft") == []
    with Store.open(path, key) as store:  # the lock died with its process
        put(store, 1)
        with start(READ, path, key) as reader:
            assert reader.communicate()[0] == "1\n"
    with start(READ, path, key) as reader:
        assert reader.communicate()[0] == "1\n"


def test_one_program_cannot_open_a_store_twice(store: Store, path: Path, key: bytes) -> None:
    with pytest.raises(StoreBusy):
        Store.open(path, key)
    put(store, 1)


@pytest.mark.parametrize("after", [2, 30, 400])
def test_after_a_kill_every_committed_act_is_there_and_none_by_half(
    path: Path, key: bytes, after: int
) -> None:
    with killed(WRITE, path, key, after) as lines:
        pass
    committed = [f"{int(line):07}" for line in lines[1:] if line.endswith("\n")]
    assert len(committed) >= after - 1
    with Store.open(path, key) as store:
        kept = keys(store, "draft")
        assert kept[: len(committed)] == committed
        assert len(kept) - len(committed) <= 1  # committed, and killed before it could say so
        assert keys(store, "view_meta") == kept
        put(store, 9_999_999)


def test_a_kill_while_the_store_is_made_leaves_none_or_a_whole_one(path: Path, key: bytes) -> None:
    with start(HOLD, path, key) as process:
        while not path.with_name("store.db.new").exists() and not path.exists():
            assert process.poll() is None
        process.kill()
        process.wait()
    with Store.open(path, key) as store:
        put(store, 1)


def test_after_a_kill_every_page_is_verified(path: Path, key: bytes) -> None:
    with killed(WRITE, path, key, 2):
        pass
    data = bytearray(path.read_bytes())
    data[20 * PAGE + 100] ^= 1
    path.write_bytes(data)
    with pytest.raises(ForeignStore, match="1 of its pages do not verify"):
        Store.open(path, key)


def fill(store: Store, up_to: int) -> None:
    for number in range(up_to):
        put(store, number)


def test_a_full_disk_loses_nothing_that_was_committed(store: Store) -> None:
    (pages,) = store.raw.execute("PRAGMA page_count").fetchone()
    store.raw.execute(f"PRAGMA max_page_count = {pages + 20}")
    with pytest.raises(StoreUnwritable, match="disk is full"):
        fill(store, 1000)
    kept = keys(store, "draft")
    assert kept == [f"{number:07}" for number in range(len(kept))]
    assert len(kept) > 10
    store.raw.execute(f"PRAGMA max_page_count = {2**30}")
    put(store, 5000)
    assert keys(store, "draft") == [*kept, "0005000"]


def test_a_disk_that_takes_no_more_loses_nothing_that_was_committed(path: Path, key: bytes) -> None:
    Store.open(path, key).close()
    with start(FILL, path, key) as process:
        error, written = process.communicate()[0].split()
    assert (error, process.returncode) == ("StoreUnwritable", 0)
    assert int(written) > 10
    with Store.open(path, key) as store:
        assert len(keys(store, "draft")) == int(written)


def test_where_there_is_no_room_no_store_is_made(path: Path, key: bytes) -> None:
    with start(LITTLE, path, key) as process:
        assert process.communicate()[0] == "StoreUnwritable\n"
    assert not path.exists()
    Store.open(path, key).close()


@contextmanager
def as_nobody() -> Iterator[None]:
    """An administrator may write everywhere: for a while this process is nobody in particular."""
    administrator = os.geteuid() == 0
    if administrator:
        os.seteuid(65534)
    try:
        yield
    finally:
        if administrator:
            os.seteuid(0)


def test_a_folder_that_may_not_be_written(key: bytes) -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        path = folder / "store.db"
        Store.open(path, key).close()
        for file in folder.iterdir():
            file.chmod(0o444)
        folder.chmod(0o555)
        with as_nobody():
            for attempt in (path, folder / "other.db", folder / "sub" / "store.db"):
                with pytest.raises(StoreUnwritable):
                    Store.open(attempt, key)
        folder.chmod(0o755)
        assert sorted(file.name for file in folder.iterdir()) == ["store.db", "store.db.lock"]
        path.chmod(0o644)
        path.with_name("store.db.lock").chmod(0o644)
        Store.open(path, key).close()
