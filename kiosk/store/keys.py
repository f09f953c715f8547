"""The data key of a store, wrapped twice: for this machine and for the terminal's recovery key.

`keys.json` beside the store holds both wrappings and no secret. For the machine the data key is
wrapped (AES key wrap, RFC 3394) with a secret that a provider keeps: the operating system's keyring,
a systemd credential, or a 0600 file. Beside that it is sealed (HPKE, RFC 9180) to a public key
whose private half is shown once, written down and kept away from the machine; backups are sealed to
the same key, or they would die with the machine.
"""

from __future__ import annotations

import base64
import hashlib
import json
import os
import secrets
from collections.abc import Mapping
from pathlib import Path
from typing import Protocol

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.hpke import AEAD, KDF, KEM, Suite
from cryptography.hazmat.primitives.keywrap import InvalidUnwrap, aes_key_unwrap, aes_key_wrap

from kiosk.errors import StoreError, WrongKey
from kiosk.model.text import say
from kiosk.store.database import STORE
from kiosk.store.faults import disk_errors, no_store
from kiosk.store.files import write_durably

KEYS = "keys.json"
HPKE = Suite(KEM.X25519, KDF.HKDF_SHA256, AEAD.AES_256_GCM)


# --- who keeps the machine's secret ----------------------------------------------------------------


class Provider(Protocol):
    """Keeps 32 secret bytes for this machine."""

    def read(self) -> bytes | None:
        """The secret, None when there is none yet. Raises StoreError when it cannot be had."""

    def write(self, secret: bytes) -> None:
        """Keeps a new secret. Raises StoreError."""


class FileProvider:
    """A file that only its owner may read."""

    def __init__(self, folder: Path) -> None:
        self._file = folder / "machine.key"

    def read(self) -> bytes | None:
        return self._file.read_bytes() if self._file.exists() else None

    def write(self, secret: bytes) -> None:
        write_durably(self._file, secret)


class KeyringProvider:
    """The operating system's keyring: Windows' credential locker, macOS' keychain, Secret Service."""

    def __init__(self, folder: Path) -> None:
        self._account = str(folder)

    def read(self) -> bytes | None:
        import keyring
        from keyring.errors import KeyringError

        try:
            kept = keyring.get_password("kiosk", self._account)
        except KeyringError as error:
            raise _no_keyring(error) from error
        return bytes.fromhex(kept) if kept else None

    def write(self, secret: bytes) -> None:
        import keyring
        from keyring.errors import KeyringError

        try:
            keyring.set_password("kiosk", self._account, secret.hex())
        except KeyringError as error:
            raise _no_keyring(error) from error


class CredentialProvider:
    """A systemd credential named `kiosk-key`, sealed by a TPM where there is one, made by hand."""

    def __init__(self, environ: Mapping[str, str] = os.environ) -> None:
        self._folder = environ.get("CREDENTIALS_DIRECTORY", "")

    def read(self) -> bytes | None:
        file = Path(self._folder, "kiosk-key")
        if not self._folder or not file.exists():
            raise StoreError(
                say("The systemd credential “kiosk-key” is missing. Make it with systemd-creds.")
            )
        return file.read_bytes()

    def write(self, secret: bytes) -> None:
        raise StoreError(say("A systemd credential is made by the administrator, not by this program."))


def provider_of(name: str, folder: Path) -> Provider:
    """The provider that the setting `keys` names: file, keyring or credential."""
    if name == "keyring":
        return KeyringProvider(folder)
    return CredentialProvider() if name == "credential" else FileProvider(folder)


def _no_keyring(error: Exception) -> StoreError:
    return StoreError(say("The system's keyring does not answer: {error}", error=error))


# --- the data key -----------------------------------------------------------------------------------


def make_keys(folder: Path, provider: Provider, recovery: bytes) -> bytes:
    """A new data key for the store in `folder`, wrapped for the provider and the public key `recovery`.

    Raises StoreError when the folder has keys already: replacing them would lose its store.
    """
    if (folder / KEYS).exists():
        raise StoreError(say("There are keys of a store in {folder} already.", folder=folder))
    with disk_errors():
        folder.mkdir(parents=True, exist_ok=True)
        key = secrets.token_bytes(32)
        _save(folder, provider, key, recovery)
    return key


def open_keys(folder: Path, provider: Provider) -> bytes:
    """The data key of the store in `folder`. Raises WrongKey, or StoreError when there are no keys."""
    with disk_errors():
        wrapped, secret = _load(folder)["for_machine"], provider.read()
    if secret is None:
        raise WrongKey(
            say(
                "This machine has lost the key of the store. The terminal's recovery key opens it: "
                "kiosk restore --keys"
            )
        )
    try:
        return aes_key_unwrap(_wrapping_key(secret), wrapped)
    except (InvalidUnwrap, ValueError) as error:
        raise WrongKey(say("The key kept by this machine does not open this store.")) from error


def recover_keys(folder: Path, provider: Provider, recovery_secret: str) -> bytes:
    """The data key by the recovery key, wrapped anew for a machine that has lost its own."""
    with disk_errors():
        key = unseal(recovery_secret, _load(folder)["for_office"])
        _save(folder, provider, key, recovery_public(recovery_secret))
    return key


def change_recovery(folder: Path, provider: Provider, recovery: bytes) -> None:
    """Seals the data key to another recovery key; the one before opens this store no more."""
    with disk_errors():
        _save(folder, provider, open_keys(folder, provider), recovery)


def recovery_of(folder: Path) -> bytes:
    """The public half of the recovery key: backups are sealed to it."""
    with disk_errors():
        return _load(folder)["recovery"]


def _load(folder: Path) -> dict[str, bytes]:
    file = folder / KEYS
    if not file.exists():
        raise _lost(file) if (folder / STORE).exists() else no_store(folder)
    try:
        kept = json.loads(file.read_text("utf-8"))
        return {name: bytes.fromhex(kept[name]) for name in ("for_machine", "for_office", "recovery")}
    except (ValueError, KeyError, TypeError) as error:
        raise StoreError(say("The file {file} is damaged. Restore a backup.", file=file)) from error


def _lost(file: Path) -> StoreError:
    return StoreError(
        say(
            "The file {file} is missing; without it the store beside it does not open. Put it back from a "
            "copy of this folder. If there is none, set the folder aside, and restore a backup: "
            "kiosk restore FILE",
            file=file,
        )
    )


def _save(folder: Path, provider: Provider, key: bytes, recovery: bytes) -> None:
    secret = provider.read()
    if secret is None:
        secret = secrets.token_bytes(32)
        provider.write(secret)
    kept = {
        "for_machine": aes_key_wrap(_wrapping_key(secret), key),
        "for_office": seal(recovery, key),
        "recovery": recovery,
    }
    text = json.dumps({name: value.hex() for name, value in kept.items()}, indent=1)
    write_durably(folder / KEYS, text.encode())


def _wrapping_key(secret: bytes) -> bytes:
    """Whatever an administrator put into a credential becomes 32 bytes."""
    return hashlib.sha256(b"kiosk machine key" + secret).digest()


# --- the recovery key -------------------------------------------------------------------------------


def new_recovery() -> tuple[str, bytes]:
    """(secret to be shown once and written down, public key). Eleven groups of five letters and digits."""
    private = X25519PrivateKey.generate().private_bytes_raw()
    letters = base64.b32encode(private + _check(private)).decode().rstrip("=")
    secret = "-".join(letters[at : at + 5] for at in range(0, len(letters), 5))
    return secret, recovery_public(secret)


def recovery_public(secret: str) -> bytes:
    """The public half of a recovery key. Raises WrongKey when it was not copied right."""
    return _private(secret).public_key().public_bytes_raw()


def seal(public: bytes, data: bytes) -> bytes:
    """Only the holder of the recovery key reads it again."""
    return HPKE.encrypt(data, X25519PublicKey.from_public_bytes(public))


def unseal(secret: str, sealed: bytes) -> bytes:
    """Raises WrongKey when this recovery key is another one or was not copied right."""
    try:
        return HPKE.decrypt(sealed, _private(secret))
    except (InvalidTag, ValueError) as error:
        raise WrongKey(
            say("This recovery key does not fit: it is another machine's, or an earlier or later one.")
        ) from error


def _private(secret: str) -> X25519PrivateKey:
    letters = "".join(c for c in secret.upper() if c.isalnum()).translate(str.maketrans("018", "OIB"))
    try:
        raw = base64.b32decode(letters + "=" * (-len(letters) % 8))
    except ValueError:
        raw = b""
    if len(raw) != 34 or _check(raw[:32]) != raw[32:]:
        raise WrongKey(say("The recovery key was not copied right: compare it letter by letter."))
    return X25519PrivateKey.from_private_bytes(raw[:32])


def _check(private: bytes) -> bytes:
    return hashlib.sha256(b"kiosk recovery key" + private).digest()[:2]
