"""The centre's certificate, made once by itself. Terminals trust it alone, by the key in their invitation."""

from __future__ import annotations

import ssl
import tempfile
from datetime import UTC, datetime
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

from central.database import Database
from kiosk.store.database import Connection
from kiosk.store.files import write_durably

KEY, CERTIFICATE = "tls/key", "tls/certificate"  # in the table `identity`
FROM, UNTIL = datetime(2000, 1, 1, tzinfo=UTC), datetime(9999, 12, 31, tzinfo=UTC)  # nobody looks


def certificate(database: Database) -> tuple[bytes, bytes]:
    """(private key, certificate) as PEM; made at the first start."""

    def work(connection: Connection) -> tuple[bytes, bytes]:
        known = dict(
            connection.execute(
                "SELECT key, value FROM identity WHERE key IN (?, ?)", (KEY, CERTIFICATE)
            ).fetchall()
        )
        if not known:
            known = dict(zip((KEY, CERTIFICATE), _make(), strict=True))
            connection.executemany("INSERT INTO identity (key, value) VALUES (?, ?)", list(known.items()))
        return bytes(known[KEY]), bytes(known[CERTIFICATE])

    return database.transact(work)


def context(key: bytes, certificate: bytes) -> ssl.SSLContext:
    """What a server listens with; TLS 1.3 only."""
    made = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    made.minimum_version = ssl.TLSVersion.TLSv1_3
    with tempfile.TemporaryDirectory() as folder:  # the library reads files only
        file = Path(folder) / "centre.pem"
        write_durably(file, key + certificate)
        made.load_cert_chain(file)
    return made


def _make() -> tuple[bytes, bytes]:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "kiosk centre")])
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(FROM)
        .not_valid_after(UNTIL)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, SHA256())
    )
    private = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    return private, made.public_bytes(Encoding.PEM)
