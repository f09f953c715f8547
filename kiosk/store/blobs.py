"""Pictures and copies of papers: each encrypted with a key of its own, named by what is stored.

The key stands in the entry that cites the blob. Erasing that entry's payload erases the picture,
wherever copies of the ciphertext have travelled.
"""

from __future__ import annotations

import hashlib

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from kiosk.errors import BrokenJournal
from kiosk.model.entries import Json
from kiosk.model.file import texts
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


def get(connection: Connection, reference: Json) -> bytes | None:
    """What `put` stored; None while the blob is on its way here, and for what is no reference.

    Raises BrokenJournal when it was altered, or the key is not its own.
    """
    name, key = (texts(reference).get(part, "") for part in ("blob", "key"))
    row = connection.execute("SELECT data FROM blob WHERE name = ?", (name,)).fetchone()
    if row is None:
        return None
    try:
        return AESGCM(bytes.fromhex(key)).decrypt(NONCE, row[0], None)
    except (InvalidTag, ValueError) as error:
        raise BrokenJournal(say("A picture in the store was altered and cannot be shown.")) from error
