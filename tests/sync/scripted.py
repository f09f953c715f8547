"""A real HTTPS server that answers as a test says: for what a whole central system does only by accident."""

from __future__ import annotations

import ssl
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

from kiosk.sync.invitation import Invitation, pin_of

DATE = "Mon, 01 Jun 2026 01:00:00 GMT"  # this server's clock
SECRET = "0123456789ABCDEFGHJKMNPQRS"


@dataclass
class Asked:
    """One request, as it came over the line."""

    method: str
    target: str
    headers: Mapping[str, str]
    body: bytes
    port: int  # at the other end


@dataclass
class Answer:
    status: int = 200
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)
    cut: int = -1  # after so many bytes of the body the line is cut


Handler = Callable[[Asked], Answer]


@dataclass
class Scripted:
    """Where it is, what it shows, and what it was asked."""

    port: int
    certificate: x509.Certificate
    asked: list[Asked] = field(default_factory=list)

    @property
    def url(self) -> str:
        return f"https://127.0.0.1:{self.port}"

    @property
    def pem(self) -> str:
        return self.certificate.public_bytes(Encoding.PEM).decode()

    @property
    def invitation(self) -> Invitation:
        return Invitation(f"127.0.0.1:{self.port}", pin_of(self.certificate), SECRET)


@contextmanager
def scripted(
    folder: Path,
    answer: Handler,
    newest: ssl.TLSVersion = ssl.TLSVersion.MAXIMUM_SUPPORTED,
    since: int = 2000,
) -> Iterator[Scripted]:
    """Runs until the block ends; speaks no newer TLS than that; its certificate is good since that year."""
    certificate, file = self_signed(folder, since)
    found: list[Scripted] = []

    class Request(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def _answer(self) -> None:
            length = int(self.headers.get("Content-Length", 0))
            headers, body = dict(self.headers.items()), self.rfile.read(length)
            asked = Asked(self.command, self.path, headers, body, self.client_address[1])
            found[0].asked.append(asked)
            said = answer(asked)
            self.send_response(said.status)
            for name, value in said.headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(said.body)))
            self.end_headers()
            if said.cut >= 0:
                self.wfile.write(said.body[: said.cut])
                self.close_connection = True
            else:
                self.wfile.write(said.body)

        do_GET = do_POST = do_PUT = _answer  # noqa: N815 (the library's own names)

        def date_time_string(self, timestamp: float | None = None) -> str:
            return DATE

        def log_message(self, *_: Any) -> None:
            pass

    class Quiet(ThreadingHTTPServer):
        def handle_error(self, *_: Any) -> None:  # a client may go away
            pass

    server = Quiet(("127.0.0.1", 0), Request)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.maximum_version = newest
    context.load_cert_chain(file)
    server.socket = context.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
    found.append(Scripted(server.server_port, certificate))
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    try:
        yield found[0]
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def self_signed(folder: Path, since: int = 2000) -> tuple[x509.Certificate, Path]:
    """A self-signed one as the central system makes it, and a file with its key."""
    key = Ed25519PrivateKey.generate()
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "central")])
    certificate = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(datetime(since, 1, 1, tzinfo=UTC))
        .not_valid_after(datetime(9999, 12, 31, tzinfo=UTC))
        .sign(key, None)
    )
    file = folder / f"{certificate.serial_number}.pem"
    private = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    file.write_bytes(private + certificate.public_bytes(Encoding.PEM))
    return certificate, file
