"""Pictures and copies of papers: each encrypted with a key of its own, named by what is stored.

The key stands in the entry that cites the blob. Erasing that entry's payload erases the picture,
wherever copies of the ciphertext have travelled.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from kiosk.errors import BrokenJournal
from kiosk.model.text import say
from kiosk.store.database import Connection

NONCE = bytes(12)  # a key encrypts one blob only, so that the nonce need not differ


def put(connection: Connection, data: bytes) -> dict[str, str]:
    """Stores `data`; returns its reference {"blob": SHA-256 of the ciphertext, "key": key}, both in hex."""
    key = AESGCM.generate_key(bit_length=256)
    ciphertext = AESGCM(key).encrypt(NONCE, data, None)
    name = hashlib.sha256(ciphertext).hexdigest()
    connection.execute("INSERT INTO blob (name, data) VALUES (?, ?)", (name, ciphertext))
    return {"blob": name, "key": key.hex()}


def get(connection: Connection, reference: Mapping[str, str]) -> bytes | None:
    """What `put` stored; None while the blob is on its way here. Raises BrokenJournal when it was altered."""
    row = connection.execute("SELECT data FROM blob WHERE name = ?", (reference["blob"],)).fetchone()
    if row is None:
        return None
    try:
        return AESGCM(bytes.fromhex(reference["key"])).decrypt(NONCE, row[0], None)
    except InvalidTag as error:
        raise BrokenJournal(say("A picture in the store was altered and cannot be shown.")) from error
