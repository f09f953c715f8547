"""An invitation: the text, also a QR code, with which a terminal joins an office's central system, once.

    KIOSK-INVITE/1/HOST:PORT/PIN/SECRET

PIN is the SHA-256 of the centre's public key (DER, SubjectPublicKeyInfo) in base32 without padding; SECRET
is 26 random letters and digits. Upper and lower case are the same, so that it can be read out.
"""

from __future__ import annotations

import base64
import hashlib
import re

import msgspec
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from kiosk.errors import InvalidInput
from kiosk.model.text import say

_SHAPE = re.compile(
    r"KIOSK-INVITE/1/(?P<address>(?:[A-Z0-9.-]+|\[[0-9A-F:.]+\]):[0-9]{1,5})"
    r"/(?P<pin>[A-Z2-7]{52})/(?P<secret>[0-9A-HJKMNP-TV-Z]{26})"
)


class Invitation(msgspec.Struct, frozen=True):
    """Where the centre is ("host:port"), which key it has, and the secret that it takes once."""

    address: str
    pin: str
    secret: str

    def __str__(self) -> str:
        return f"KIOSK-INVITE/1/{self.address}/{self.pin}/{self.secret}".upper()

    @property
    def url(self) -> str:
        return f"https://{self.address}"


def read_invitation(text: str) -> Invitation:
    """Raises InvalidInput for anything but an invitation of this version."""
    found = _SHAPE.fullmatch("".join(text.split()).upper())
    if found is None:
        raise InvalidInput(say("This is not an invitation of a central system, or a part of it is missing."))
    return Invitation(found["address"].lower(), found["pin"], found["secret"])


def pin_of(certificate: x509.Certificate) -> str:
    """What an invitation says of the key of this certificate."""
    key = certificate.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    return base64.b32encode(hashlib.sha256(key).digest()).decode().rstrip("=")
