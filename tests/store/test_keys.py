"""The data key: wrapped for the machine by each provider, and for its recovery key."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from pathlib import Path

import keyring
import keyring.backends.fail
import pytest
from keyring.backend import KeyringBackend

from kiosk.errors import StoreError, WrongKey
from kiosk.store import keys


class FileKeyring(KeyringBackend):
    """A keyring of a test's own: one file for each password."""

    priority = 1  # type: ignore[assignment]

    def __init__(self, folder: Path) -> None:
        super().__init__()
        self.folder = folder

    def _file(self, service: str, username: str) -> Path:
        return self.folder / f"{service}-{username}".replace(os.sep, "_")

    def get_password(self, service: str, username: str) -> str | None:
        file = self._file(service, username)
        return file.read_text() if file.exists() else None

    def set_password(self, service: str, username: str, password: str) -> None:
        self._file(service, username).write_text(password)


@pytest.fixture
def system_keyring(tmp_path: Path) -> Iterator[Path]:
    before, folder = keyring.get_keyring(), tmp_path / "keyring"
    folder.mkdir()
    keyring.set_keyring(FileKeyring(folder))
    yield folder
    keyring.set_keyring(before)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "data"


@pytest.fixture
def recovery() -> tuple[str, bytes]:
    return keys.new_recovery()


def credential(folder: Path, content: bytes = b"from the TPM") -> keys.CredentialProvider:
    folder.mkdir(exist_ok=True)
    (folder / "kiosk-key").write_bytes(content)
    return keys.CredentialProvider({"CREDENTIALS_DIRECTORY": str(folder)})


@pytest.mark.parametrize("name", ["file", "keyring", "credential"])
def test_each_provider_gives_the_key_back(
    name: str,
    folder: Path,
    tmp_path: Path,
    recovery: tuple[str, bytes],
    system_keyring: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    credential(tmp_path / "credentials")
    monkeypatch.setenv("CREDENTIALS_DIRECTORY", str(tmp_path / "credentials"))
    key = keys.make_keys(folder, keys.provider_of(name, folder), recovery[1])
    assert len(key) == 32
    assert keys.open_keys(folder, keys.provider_of(name, folder)) == key
    assert keys.recovery_of(folder) == recovery[1]
    for file in tmp_path.rglob("*"):
        assert file.is_dir() or (key not in file.read_bytes() and key.hex().encode() not in file.read_bytes())


def test_only_the_owner_may_read_the_files(folder: Path, recovery: tuple[str, bytes]) -> None:
    keys.make_keys(folder, keys.FileProvider(folder), recovery[1])
    modes = {file.name: stat.S_IMODE(file.stat().st_mode) for file in folder.iterdir()}
    assert modes == {"machine.key": 0o600, "keys.json": 0o600}


def test_keys_are_never_replaced(folder: Path, recovery: tuple[str, bytes]) -> None:
    provider = keys.FileProvider(folder)
    key = keys.make_keys(folder, provider, recovery[1])
    with pytest.raises(StoreError, match="already"):
        keys.make_keys(folder, provider, recovery[1])
    assert keys.open_keys(folder, provider) == key


def test_a_machine_that_lost_its_key_gets_it_back_by_the_recovery_key(
    folder: Path, recovery: tuple[str, bytes]
) -> None:
    provider = keys.FileProvider(folder)
    key = keys.make_keys(folder, provider, recovery[1])
    (folder / "machine.key").unlink()
    with pytest.raises(WrongKey, match="recovery key"):
        keys.open_keys(folder, provider)
    with pytest.raises(WrongKey, match="another machine"):
        keys.recover_keys(folder, provider, keys.new_recovery()[0])
    assert keys.recover_keys(folder, provider, recovery[0]) == key
    assert keys.open_keys(folder, provider) == key


def test_another_machines_secret_does_not_open_it(
    folder: Path, tmp_path: Path, recovery: tuple[str, bytes]
) -> None:
    keys.make_keys(folder, credential(tmp_path / "one", b"one"), recovery[1])
    with pytest.raises(WrongKey):
        keys.open_keys(folder, credential(tmp_path / "two", b"two"))


def test_a_missing_credential_and_a_keyring_that_does_not_answer(
    folder: Path, recovery: tuple[str, bytes], system_keyring: Path
) -> None:
    with pytest.raises(StoreError, match="credential"):
        keys.make_keys(folder, keys.CredentialProvider({}), recovery[1])
    keyring.set_keyring(keyring.backends.fail.Keyring())
    with pytest.raises(StoreError, match="keyring"):
        keys.make_keys(folder, keys.KeyringProvider(folder), recovery[1])
    assert not (folder / keys.KEYS).exists()


@pytest.mark.parametrize(
    "content", ["", "{}", "[]", '{"for_machine": 1}', "not JSON", '{"for_machine": "zz"}']
)
def test_a_damaged_file_of_keys(folder: Path, content: str) -> None:
    folder.mkdir()
    with pytest.raises(StoreError, match="no store"):
        keys.open_keys(folder, keys.FileProvider(folder))
    (folder / keys.KEYS).write_text(content)
    with pytest.raises(StoreError, match="damaged"):
        keys.open_keys(folder, keys.FileProvider(folder))


def test_a_recovery_key_is_read_as_people_copy_it(recovery: tuple[str, bytes]) -> None:
    secret, public = recovery
    assert [len(group) for group in secret.split("-")] == [5] * 11
    for copied in (
        secret.lower(),
        secret.replace("-", " "),
        secret.replace("O", "0").replace("I", "1"),
        f" {secret}\n",
    ):
        assert keys.recovery_public(copied) == public


def test_every_slip_in_a_recovery_key_is_noticed(recovery: tuple[str, bytes]) -> None:
    secret, _ = recovery
    bare = secret.replace("-", "")
    for at in range(len(bare) - 1):  # the last letter carries bits that mean nothing
        wrong = bare[:at] + ("A" if bare[at] != "A" else "B") + bare[at + 1 :]
        with pytest.raises(WrongKey, match="letter by letter"):
            keys.recovery_public(wrong)
    for wrong in ("", "A", bare[:-5], bare + "AAAAA", "不是钥匙", "ß" * 55):
        with pytest.raises(WrongKey, match="letter by letter"):
            keys.recovery_public(wrong)


def test_sealed_is_read_by_the_holder_of_the_recovery_key_alone(recovery: tuple[str, bytes]) -> None:
    sealed = keys.seal(recovery[1], b"data key")
    assert keys.unseal(recovery[0], sealed) == b"data key"
    assert b"data key" not in sealed
    with pytest.raises(WrongKey):
        keys.unseal(keys.new_recovery()[0], sealed)
    with pytest.raises(WrongKey):
        keys.unseal(recovery[0], sealed[:-1] + bytes([sealed[-1] ^ 1]))
    with pytest.raises(WrongKey):
        keys.unseal(recovery[0], b"")
