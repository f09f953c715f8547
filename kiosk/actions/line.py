"""The line to the central system that a terminal has joined."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from kiosk.store import exchange as store
from kiosk.store.database import Store
from kiosk.sync.client import Client


def open_client(of: Store, clock: Callable[[], datetime]) -> tuple[Client, Ed25519PrivateKey] | None:
    """The line of an enrolled terminal and the key it signs with, as its store knows them."""
    with of.read() as connection:
        named = ("office", "terminal", "sync", "centre/url", "centre/certificate")
        office, code, secret, url, certificate = (store.known(connection, key) or b"" for key in named)
    if not secret or not url or not certificate:
        return None
    key = Ed25519PrivateKey.from_private_bytes(secret)
    keyid = f"{office.decode()}/{code.decode()}"
    return Client(url.decode(), certificate.decode(), keyid, key, clock), key
