"""Backups: a copy of a running store that only the terminal's recovery key opens again.

It is a sealed file (`kiosk.store.sealed`), and what is in it a store under a key of its own.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from msgspec.structs import replace

from kiosk.errors import ForeignStore, StoreError
from kiosk.model.chain import Head
from kiosk.model.text import say
from kiosk.store import journal, sealed
from kiosk.store.database import (
    SCHEMA_VERSION,
    STORE,
    Connection,
    FileConnection,
    Store,
    check_pages,
    connect,
    new_salt,
    refuse_newer,
)  # fmt: skip
from kiosk.store.faults import disk_errors, translated
from kiosk.store.files import move_into_place, refuse_source, refuse_target, remove, temporary
from kiosk.store.keys import KEYS, Provider, make_keys, recovery_public, seal, unseal
from kiosk.store.migrate import upgrade

SIGNED_EVERY = 500  # rows


def backup(store: Store, file: Path, recovery: bytes) -> None:
    """Writes what is committed now to `file`, while work goes on, and reads it back to verify it.

    `recovery` is the public half of the recovery key (`keys.recovery_of`). An older file of that name is
    replaced once the new one is whole. Raises StoreUnwritable; ForeignStore when the copy does not verify.
    """
    refuse_target(file, store.path)
    key = secrets.token_bytes(32)
    with translated(), disk_errors(), temporary(file, ".copy") as copy, temporary(file, ".part") as part:
        with store.read() as source:
            _copy(source, copy, key, _one_file)
        sealed.pack(sealed.TERMINAL, copy, seal(recovery, key), part)
        sealed.unpack(sealed.TERMINAL, part, copy)
        _verify(copy, key)
        move_into_place(part, file)


def restore(file: Path, folder: Path, recovery_secret: str, provider: Provider) -> None:
    """Makes a store in `folder` from a backup, with new keys and, always, a new terminal identity.

    Two terminals of one identity would write two histories under one name. Raises StoreError when
    there is a store already, WrongKey, ForeignStore for what is no backup or a damaged one.
    """
    refuse_restore(file, folder)
    path = folder / STORE
    with translated(), disk_errors():
        folder.mkdir(parents=True, exist_ok=True)
        with temporary(path, ".copy") as copy, temporary(path, ".new") as fresh:
            old_key = unseal(recovery_secret, sealed.unpack(sealed.TERMINAL, file, copy))
            _verify(copy, old_key)
            key = make_keys(folder, provider, recovery_public(recovery_secret))
            try:
                with _connected(copy, old_key, "ro") as source:
                    _copy(source, fresh, key, _new_identity)
                remove(path)  # a log whose store is gone would be played into the new one
                move_into_place(fresh, path)
            except BaseException:
                (folder / KEYS).unlink()
                raise


def refuse_restore(file: Path, folder: Path) -> None:
    """Raises what stands in the way of `restore`, as far as it is seen without the recovery key."""
    if (folder / STORE).exists() or (folder / KEYS).exists():
        raise StoreError(
            say(
                "There is a store in {folder} already. Name another folder in the setting “data” "
                "or in the variable KIOSK_DATA.",
                folder=folder,
            )
        )
    refuse_source(file)
    with disk_errors(), file.open("rb") as source:
        sealed.read_name(sealed.TERMINAL, source, file)


def _copy(source: FileConnection, path: Path, key: bytes, change: Callable[[Connection], None]) -> None:
    """Copies a snapshot of `source` into a new file under another key, and lets `change` finish it."""
    with _connected(path, key, "rwc", new_salt()) as target:
        source.backup(target)
        change(target)


@contextmanager
def _connected(path: Path, key: bytes, mode: str, salt: bytes = b"") -> Iterator[FileConnection]:
    connection = connect(path, key, mode=mode, salt=salt)
    try:
        yield connection
    finally:
        connection.close()


def _one_file(connection: Connection) -> None:
    """Without a log beside it, so that it can be carried away."""
    connection.execute("PRAGMA journal_mode = DELETE")


def _new_identity(connection: Connection) -> None:
    """Leaves the office and takes the rest; what the old terminal sealed can still be verified.

    What the old terminal wrote stands under its signature from now on: the new one may hand in what the
    central system never got.
    """
    if refuse_newer(connection) < SCHEMA_VERSION:
        upgrade(connection, SCHEMA_VERSION)
    connection.execute("BEGIN IMMEDIATE")
    known = dict(connection.execute("SELECT key, value FROM identity").fetchall())
    if "sync" in known:
        _sign_heads(connection, known["terminal"].decode(), known["sync"])
    connection.execute("DELETE FROM identity WHERE key <> 'office' AND key NOT GLOB 'former/*'")
    if "seal" in known and "terminal" in known:
        public = Ed25519PrivateKey.from_private_bytes(known["seal"]).public_key().public_bytes_raw()
        connection.execute(
            "INSERT INTO identity (key, value) VALUES (?, ?)",
            (f"former/{known['terminal'].decode()}", public),
        )
    connection.execute("COMMIT")


def _sign_heads(connection: Connection, terminal: str, secret: bytes) -> None:
    """Signs ends of acts, so near to one another that each part may travel by itself."""
    key = Ed25519PrivateKey.from_private_bytes(secret)
    ends = connection.execute(
        "SELECT this.office, this.terminal, this.stream, max(this.sequence), this.hash FROM entry this "
        "LEFT JOIN entry next ON (next.office, next.terminal, next.stream, next.sequence) = "
        "(this.office, this.terminal, this.stream, this.sequence + 1) "
        "WHERE this.terminal = ? AND next.act IS NOT this.act "
        f"GROUP BY this.office, this.terminal, this.stream, this.sequence / {SIGNED_EVERY}",
        (terminal,),
    ).fetchall()
    for values in ends:
        head = Head(*values)
        journal.keep_signature(connection, replace(head, signature=key.sign(head.signed_bytes())))


def _verify(copy: Path, key: bytes) -> None:
    with _connected(copy, key, "ro") as connection:
        check_pages(connection)
        if connection.execute("PRAGMA quick_check").fetchone()[0] != "ok":
            raise ForeignStore(say("The copy of the store does not verify."))
        refuse_newer(connection)
