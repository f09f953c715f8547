"""A backup of a running store, and a new terminal made from it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from kiosk.errors import ForeignStore, StoreError, StoreUnwritable, WrongKey
from kiosk.store import blobs, database, keys, search
from kiosk.store.backup import backup, restore
from kiosk.store.database import SCHEMA_VERSION, STORE, Store

SEAL = Ed25519PrivateKey.generate()
# Writes as fast as it can; two tables always change together.
BUSY = """
import os, sys
from pathlib import Path
from kiosk.store.database import Store
with Store.open(Path(sys.argv[1]), bytes.fromhex(sys.argv[2])) as store:
    for number in range(1_000_000):
        with store.write() as connection:
            connection.execute("INSERT INTO draft VALUES ('r', ?, ?, '')", (f"{number:07}", os.urandom(3000)))
            connection.execute("INSERT INTO view_meta VALUES (?, '')", (f"{number:07}",))
        print(number, flush=True)
"""


class Office:
    """A terminal with something in it, and its recovery key."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.secret, self.public = keys.new_recovery()
        self.key = keys.make_keys(folder, keys.FileProvider(folder), self.public)
        with Store.open(folder / STORE, self.key) as store, store.write() as connection:
            for name, value in {
                "office": b"RL01",
                "terminal": b"K7QF",
                "seal": SEAL.private_bytes_raw(),
            }.items():
                connection.execute("INSERT INTO identity VALUES (?, ?)", (name, value))
            self.picture = blobs.put(connection, b"picture" * 1000)
            search.index(connection, {"person:1": ["Nguyễn Văn An"]})
            search.absorb(connection)
            search.index(connection, {"person:2": ["王小明"]})

    def backup(self, file: Path) -> None:
        with Store.open(self.folder / STORE, self.key, read_only=True) as store:
            backup(store, file, self.public)

    def restored(self, file: Path, folder: Path) -> Store:
        provider = keys.FileProvider(folder)
        restore(file, folder, self.secret, provider)
        return Store.open(folder / STORE, keys.open_keys(folder, provider))


@pytest.fixture
def office(tmp_path: Path) -> Office:
    return Office(tmp_path / "data")


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "backup.kiosk"


def test_everything_comes_back_but_the_identity(office: Office, file: Path, tmp_path: Path) -> None:
    office.backup(file)
    with office.restored(file, tmp_path / "new") as store, store.read() as connection:
        assert blobs.get(connection, office.picture) == b"picture" * 1000
        assert search.search(connection, "nguyen") == ["person:1"]
        assert search.search(connection, "小明") == ["person:2"]
        assert connection.execute("PRAGMA user_version").fetchone() == (SCHEMA_VERSION,)
        assert dict(connection.execute("SELECT key, value FROM identity").fetchall()) == {
            "office": b"RL01",
            "former/K7QF": SEAL.public_key().public_bytes_raw(),
        }
    assert (tmp_path / "new" / STORE).read_bytes()[:6] == b"kiosk\x01"
    assert keys.open_keys(tmp_path / "new", keys.FileProvider(tmp_path / "new")) != office.key
    assert keys.recovery_of(tmp_path / "new") == office.public


def test_a_terminal_restored_twice_remembers_both_former_ones(
    office: Office, file: Path, tmp_path: Path
) -> None:
    office.backup(file)
    second = tmp_path / "second.kiosk"
    with office.restored(file, tmp_path / "new") as store:
        with store.write() as connection:
            connection.execute("INSERT INTO identity VALUES ('terminal', 'ABCD'), ('seal', zeroblob(32))")
            connection.execute("UPDATE identity SET value = CAST(value AS BLOB)")
        backup(store, second, office.public)
    with office.restored(second, tmp_path / "newer") as store, store.read() as connection:
        named = {key for (key,) in connection.execute("SELECT key FROM identity")}
    assert named == {"office", "former/K7QF", "former/ABCD"}


def test_a_store_is_backed_up_whole_while_another_program_writes(
    office: Office, file: Path, tmp_path: Path
) -> None:
    words = [sys.executable, "-c", BUSY, str(office.folder / STORE), office.key.hex()]
    with subprocess.Popen(words, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout
        before = [process.stdout.readline() for _ in range(100)][-1]
        office.backup(file)
        process.kill()
        after = process.stdout.readlines()
    with office.restored(file, tmp_path / "new") as store, store.read() as connection:
        drafts = [key for (key,) in connection.execute("SELECT key FROM draft ORDER BY key")]
        assert [key for (key,) in connection.execute("SELECT key FROM view_meta ORDER BY key")] == drafts
    assert drafts == [f"{number:07}" for number in range(len(drafts))]
    assert len(drafts) > int(before)
    assert after, "the other program went on writing meanwhile"


def test_only_the_recovery_key_reads_a_backup(office: Office, file: Path, tmp_path: Path) -> None:
    office.backup(file)
    content = file.read_bytes()
    for secret in ("Nguy", "picture", office.key.hex()):
        assert secret.encode() not in content
    with pytest.raises(WrongKey):
        restore(file, tmp_path / "new", keys.new_recovery()[0], keys.FileProvider(tmp_path / "new"))
    assert list((tmp_path / "new").iterdir()) == []


def test_a_store_is_never_overwritten(office: Office, file: Path) -> None:
    office.backup(file)
    before = {path.name: path.read_bytes() for path in office.folder.iterdir()}
    with pytest.raises(StoreError, match="already"):
        restore(file, office.folder, office.secret, keys.FileProvider(office.folder))
    assert {path.name: path.read_bytes() for path in office.folder.iterdir()} == before


def test_a_backup_replaces_an_older_one_and_leaves_nothing_else(office: Office, file: Path) -> None:
    file.write_bytes(b"older")
    office.backup(file)
    assert file.read_bytes().startswith(b"kiosk backup 1\n")
    assert sorted(path.name for path in file.parent.iterdir()) == ["backup.kiosk", "data"]


@pytest.mark.parametrize("at", [3, 17, 80, 1000, -1])
def test_a_damaged_backup_is_refused(office: Office, file: Path, tmp_path: Path, at: int) -> None:
    office.backup(file)
    data = bytearray(file.read_bytes())
    data[at] ^= 1
    file.write_bytes(data)
    with pytest.raises((ForeignStore, WrongKey)):
        restore(file, tmp_path / "new", office.secret, keys.FileProvider(tmp_path / "new"))
    assert list((tmp_path / "new").glob("*")) == []


@pytest.mark.parametrize(
    "content",
    [b"", b"text", b"kiosk backup 1\n", b"kiosk backup 1\n\0\0\0\2[]", b"kiosk backup 1\n\0\0\0\2{}"],
)
def test_what_is_no_backup_is_refused(office: Office, file: Path, tmp_path: Path, content: bytes) -> None:
    file.write_bytes(content)
    with pytest.raises(ForeignStore):
        restore(file, tmp_path / "new", office.secret, keys.FileProvider(tmp_path / "new"))


def test_a_cut_backup_is_refused(office: Office, file: Path, tmp_path: Path) -> None:
    office.backup(file)
    file.write_bytes(file.read_bytes()[:-4096])
    with pytest.raises(ForeignStore, match="damaged"):
        restore(file, tmp_path / "new", office.secret, keys.FileProvider(tmp_path / "new"))


def test_a_backup_of_a_newer_program_is_refused(
    office: Office, file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as newer:
        newer.setattr(database, "SCHEMA_VERSION", SCHEMA_VERSION + 1)
        Store.open(office.folder / STORE, office.key).close()
        office.backup(file)
    with pytest.raises(StoreError, match="newer version"):
        restore(file, tmp_path / "new", office.secret, keys.FileProvider(tmp_path / "new"))
    assert list((tmp_path / "new").iterdir()) == []


def test_a_place_that_is_not_there_and_a_file_that_is_not_there(office: Office, tmp_path: Path) -> None:
    with pytest.raises(StoreUnwritable, match="no folder"):
        office.backup(tmp_path / "missing" / "backup.kiosk")
    with pytest.raises(StoreUnwritable, match="is a folder"):
        office.backup(tmp_path)
    with pytest.raises(StoreError, match="no file"):
        restore(
            tmp_path / "missing.kiosk", tmp_path / "new", office.secret, keys.FileProvider(tmp_path / "new")
        )
    assert not (tmp_path / "new").exists()
