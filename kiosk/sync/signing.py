"""Every request proves its terminal: RFC 9421 HTTP message signatures with Ed25519, the same on both sides.

Signed are the method, the path, the query, the body (its digest, RFC 9530) and the protocol's version, with
the time, a random number for one use, and the terminal's name. Whether the time is near enough and the number
is fresh, the central system judges: it owns the clock that counts. The number begins with the server's
session, which every answer of it names in the header `Kiosk-Session`.
"""

from __future__ import annotations

import hmac
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import msgspec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from http_message_signatures import (
    ContentDigest,
    HTTPMessageSigner,
    HTTPMessageVerifier,
    HTTPSignatureKeyResolver,
)
from http_message_signatures.algorithms import ED25519

from kiosk.errors import KioskError
from kiosk.model.text import say
from kiosk.sync.protocol import VERSION

COMPONENTS = ("@method", "@path", "@query", "content-digest")
PROTOCOL = "Kiosk-Protocol"  # which version of `kiosk.sync.protocol` the asker speaks
COVERED = (*COMPONENTS, PROTOCOL.lower())
PARAMETERS = {"created", "nonce", "keyid", "alg", "tag"}
SESSION = "Kiosk-Session"
AHEAD = "Kiosk-Clock-Ahead"  # seconds that the asker's own clock shows more than the time that it signs
TAG = "kiosk"  # signatures made for something else are worth nothing here
HOST = "https://centre"  # stands for the server in what the library reads; the host is not signed


class BadSignature(KioskError):
    """The request does not prove that it comes, as it is, from the terminal it names."""

    def __init__(self) -> None:
        super().__init__(say("The signature of the request does not hold."))


class Signed(msgspec.Struct, frozen=True):
    """Who signed a request when (seconds since 1970), with the number that is used once, over which body."""

    keyid: str
    created: int
    nonce: str
    digest: str  # of the body, as the header Content-Digest says it

    def covers(self, body: bytes) -> bool:
        return hmac.compare_digest(self.digest.encode(), ContentDigest.create(body).encode())


@dataclass
class Request:
    """What the library reads of a request."""

    method: str
    url: str
    headers: Mapping[str, str]


class Keys(HTTPSignatureKeyResolver):
    """One private key to sign with, or a way to find public ones."""

    def __init__(self, private: Ed25519PrivateKey | None, find: Callable[[str], bytes | None]) -> None:
        self._private, self._find = private, find

    def resolve_private_key(self, key_id: str) -> Ed25519PrivateKey:
        assert self._private is not None, key_id
        return self._private

    def resolve_public_key(self, key_id: str) -> Ed25519PublicKey | None:
        raw = self._find(key_id)
        return Ed25519PublicKey.from_public_bytes(raw) if raw else None


class Verifier(HTTPMessageVerifier):
    """Judges no time: that is the caller's, by the clock of his own."""

    def validate_created_and_expires(self, sig_input: Any, max_age: object = None) -> None:
        """Every parameter that we write must be there, and no other."""
        if set(sig_input.params) != PARAMETERS:
            raise BadSignature


def sign(
    method: str, target: str, body: bytes, key: Ed25519PrivateKey, keyid: str, created: int, nonce: str
) -> dict[str, str]:
    """The headers Kiosk-Protocol, Content-Digest, Signature-Input and Signature of a request.

    `target` is path and query as they are sent; `created` counts seconds since 1970; `keyid` is
    "OFFICE/TERMINAL"; `nonce` is random, and another one each time.
    """
    headers = {PROTOCOL: str(VERSION)}
    request = Request(method, HOST + target, headers)
    HTTPMessageSigner(signature_algorithm=ED25519, key_resolver=Keys(key, lambda _: None)).sign(
        request,
        key_id=keyid,
        created=datetime.fromtimestamp(created, UTC),
        nonce=nonce,
        label=TAG,
        tag=TAG,
        covered_component_ids=COVERED,
        body=body,
    )
    return headers


def verify(
    method: str, target: str, headers: Mapping[str, str], find_key: Callable[[str], bytes | None]
) -> Signed:
    """Who signed this request, of which the body need not have come; whether it is that one, `covers` says.

    `find_key` gives the raw Ed25519 key of a keyid, None for an unknown one; `headers` may be a multi-mapping
    whose `items()` gives each line. Raises BadSignature for anything else than one whole signature of ours.
    """
    request = Request(method, HOST + target, headers)
    verifier = Verifier(signature_algorithm=ED25519, key_resolver=Keys(None, find_key))
    if not target.startswith("/") or "#" in target:
        raise BadSignature
    versioned = any(name.lower() == PROTOCOL.lower() for name, _ in headers.items())
    covered = COVERED if versioned else COMPONENTS
    try:
        (result,) = verifier.verify(request, max_age=None, expect_tag=TAG, require_components=covered)
    except Exception as error:  # anybody's headers: the library has many ways to say no
        raise BadSignature from error
    digests = [value for name, value in headers.items() if name.lower() == "content-digest"]
    said = result.parameters
    return Signed(str(said["keyid"]), int(said["created"]), str(said["nonce"]), "".join(digests))
