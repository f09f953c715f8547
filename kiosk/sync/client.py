"""The terminal's side of the wire: one method for each request to the central system.

TLS trusts one certificate alone, the one that was pinned at enrolment. Every request is signed. Nothing
here waits and tries again, but for one thing: a request refused for its time, or for the session of the
server that it names, is sent once more with the centre's own. Every method raises Unreachable or Refusal.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
import socket
import ssl
import zlib
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any, TypeVar

import httpx
import msgspec
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from kiosk import __version__
from kiosk.model.case import OwnCase
from kiosk.model.chain import Row
from kiosk.sync import protocol
from kiosk.sync.answers import Enrolled, Held, HeldBack, Lists, Missing, Offer, Verifier
from kiosk.sync.invitation import Invitation, pin_of
from kiosk.sync.protocol import IDLE, MEDIA_TYPE, Heads, Pull, Pulled, Pushed, Rows
from kiosk.sync.refusals import Refusal, Unanswered, Unreachable, WrongCentre, refused
from kiosk.sync.signing import AHEAD, PROTOCOL, SESSION, sign

JSON, OCTETS = "application/json", "application/octet-stream"
CONNECT, ANSWER = 5.0, 30.0  # seconds; an answer may take the time it was asked to wait, and this
PIECE = 1 << 20  # bytes of a blob in one request: a line that is cut costs no more than that

LONGEST_SESSION = 60  # characters
LARGEST = 64_000_000  # bytes of an answer; a blob has half of that at most
TURNED_BACK = 3  # times that the centre may name another place to go on with one blob

NO_CHECK_TIME = 0x200000  # X509_V_FLAG_NO_CHECK_TIME of OpenSSL: a battery may be empty, and it is 1970 here
NOT_SENT = (httpx.ConnectError, httpx.ConnectTimeout)  # nobody was there to take the request

Answer = TypeVar("Answer")


class Client:
    """Speaks to one central system as one terminal; may be used by several threads at once."""

    def __init__(
        self,
        url: str,
        certificate: str,
        keyid: str,
        key: Ed25519PrivateKey,
        clock: Callable[[], datetime],
    ) -> None:
        """`certificate` is the centre's, as PEM; `keyid` is "OFFICE/TERMINAL"."""
        self._keyid, self._key, self._clock = keyid, key, clock
        self.offset = timedelta(0)  # what the centre's clock shows more than ours
        self._session = ""  # of the server, as it said last
        self._closed = False
        self._sockets: set[socket.socket] = set()
        self._http = _http(url, certificate)

    def close(self) -> None:
        """Ends what is under way, too: a thread that waits for an answer gets Unreachable."""
        self._closed = True
        for line in list(self._sockets):
            with suppress(OSError):
                line.shutdown(socket.SHUT_RDWR)
        self._http.close()

    # --- the journal ---------------------------------------------------------------------------

    def push(self, packed: bytes) -> Pushed:
        """`packed` is a Push with its rows: the next one is made ready while this one is under way."""
        answer = self._call("POST", "/v1/push", packed)
        return protocol.unpack(answer.content, Pushed)[0]

    def pull(self, pull: Pull) -> tuple[Pulled, list[Row]]:
        answer = self._call("POST", "/v1/pull", protocol.pack(pull), wait=pull.wait)
        return protocol.unpack(answer.content, Pulled)

    def rows(self, rows: Rows) -> tuple[Pulled, list[Row]]:
        answer = self._call("POST", "/v1/rows", protocol.pack(rows))
        return protocol.unpack(answer.content, Pulled)

    def heads(self) -> Heads:
        return protocol.unpack(self._call("GET", "/v1/heads").content, Heads)[0]

    # --- what is not in the journal ------------------------------------------------------------

    def lists(self, epoch: str = "") -> Lists:
        """`epoch` is that in which this terminal compared what it has with what the centre has, if it did."""
        target = f"/v1/lists?epoch={epoch}" if epoch else "/v1/lists"
        return _decoded(self._call("GET", target).content, Lists)

    def held(self) -> list[HeldBack]:
        """What is held back of our own; a revoked terminal, too, is told."""
        return _decoded(self._call("GET", "/v1/held").content, Held).set_aside

    def case(self, number: str, birth_date: str) -> OwnCase:
        """What a person may read of his case; only a self-service terminal may ask. Nothing of it is kept."""
        body = msgspec.json.encode({"number": number, "birth_date": birth_date})
        return _decoded(self._call("POST", "/v1/case", body, media=JSON).content, OwnCase)

    def passphrase(self, number: str, old: str, new: str) -> str:
        """Another passphrase for an operator; what is kept of it. It is asked once.

        Raises Unanswered, too, where it may have been done: Unreachable says that nothing was.
        """
        body = msgspec.json.encode({"number": number, "old": old, "new": new})
        try:
            answer = self._call("POST", "/v1/passphrase", body, media=JSON)
            return _decoded(answer.content, Verifier).verifier
        except Refusal as error:
            if error.status >= httpx.codes.INTERNAL_SERVER_ERROR:
                raise Unanswered from error
            raise
        except Unreachable as error:
            if isinstance(error.__cause__, NOT_SENT):
                raise
            raise Unanswered from error

    def pack(self, digest: str, begun: bytearray) -> bool:
        """An office pack, or the definitions of a track, as `get_blob`; the digest is not compared."""
        return self._resumed(f"/v1/packs/{digest}", begun)

    def give_back(self, digest: str, content: bytes) -> None:
        """What the centre named as wanted: it lost it since a backup."""
        self._call("PUT", f"/v1/wanted/{digest}", content, media=OCTETS)

    def snapshot(self) -> Offer:
        """What a new terminal may start from. Raises Refusal: "missing" (for good) or "busy" (for now)."""
        return _decoded(self._call("GET", "/v1/snapshot").content, Offer)

    def piece(self, name: str) -> bytes:
        """A piece of it, as it arrived: whoever uses it compares it with its name."""
        return self._call("GET", f"/v1/snapshot/{name}").content

    def successor(self, asked: dict[str, str]) -> Enrolled:
        """Another identity for this terminal, which the old one signs for."""
        answer = self._call("POST", "/v1/successor", msgspec.json.encode(asked), media=JSON)
        return _decoded(answer.content, Enrolled)

    def missing(self, names: Sequence[str]) -> list[str]:
        """Of these blobs those that the centre has not, or not wholly."""
        body = msgspec.json.encode({"names": list(names)})
        answer = self._call("POST", "/v1/blobs/missing", body, media=JSON)
        return _decoded(answer.content, Missing).missing

    def put_blob(self, name: str, data: bytes) -> None:
        """Sends a blob in pieces, from where the centre has it up to."""
        at, turned_back = 0, 0
        while True:
            piece = data[at : at + PIECE]
            last = at + len(piece) == len(data)
            headers = {"Upload-Offset": str(at), "Upload-Complete": f"?{int(last)}"}
            answer = self._send("PUT", f"/v1/blobs/{name}", piece, headers)
            if answer.status_code == httpx.codes.CONFLICT and "Upload-Offset" in answer.headers:
                at, turned_back = _offset(answer), turned_back + 1
                if turned_back > TURNED_BACK or not 0 <= at <= len(data):
                    raise refused(answer)
            elif not answer.is_success:
                raise refused(answer)
            elif last:
                return
            else:
                at += len(piece)

    def get_blob(self, name: str, begun: bytearray) -> bool:
        """Adds to what has `begun` to arrive, also when it raises; False when the centre has it not (yet)."""
        if not self._resumed(f"/v1/blobs/{name}", begun):
            return False
        if hmac.compare_digest(hashlib.sha256(begun).hexdigest(), name):
            return True
        begun.clear()
        raise Unreachable

    def _resumed(self, target: str, begun: bytearray) -> bool:
        """Adds what is missing at the end; False where the centre has nothing of this name."""
        headers = {"Range": f"bytes={len(begun)}-"} if begun else {}
        with self._streamed("GET", target, headers) as answer:
            if answer.status_code == httpx.codes.NOT_FOUND:
                return False
            if not answer.is_success and answer.status_code != httpx.codes.REQUESTED_RANGE_NOT_SATISFIABLE:
                answer.read()
                raise refused(answer)
            if answer.status_code == httpx.codes.OK:
                begun.clear()
            if answer.is_success:
                for piece in answer.iter_bytes():
                    begun += piece
        return True

    # --- one request ---------------------------------------------------------------------------

    def _call(
        self, method: str, target: str, body: bytes = b"", *, media: str = MEDIA_TYPE, wait: float = 0.0
    ) -> httpx.Response:
        answer = self._send(method, target, body, {"Content-Type": media} if body else {}, wait)
        if not answer.is_success:
            raise refused(answer)
        return answer

    def _send(
        self, method: str, target: str, body: bytes, headers: dict[str, str], wait: float = 0.0
    ) -> httpx.Response:
        """The answer, whatever it says; a request whose time or session the centre refuses goes twice."""
        for again in (True, False):
            with _reaching():
                answer = self._http.send(self._request(method, target, body, headers, wait))
            if not (again and answer.status_code == httpx.codes.UNAUTHORIZED and self._heard(answer)):
                break
        return answer

    @contextmanager
    def _streamed(self, method: str, target: str, headers: dict[str, str]) -> Iterator[httpx.Response]:
        with _reaching():
            answer = self._http.send(self._request(method, target, b"", headers), stream=True)
            if answer.status_code == httpx.codes.UNAUTHORIZED:
                answer.read()
                if self._heard(answer):
                    answer = self._http.send(self._request(method, target, b"", headers), stream=True)
            try:
                yield answer
            finally:
                answer.close()

    def _request(
        self, method: str, target: str, body: bytes, headers: dict[str, str], wait: float = 0.0
    ) -> httpx.Request:
        created = int((self._clock() + self.offset).timestamp())
        proof = sign(
            method, target, body, self._key, self._keyid, created, self._session + secrets.token_hex(16)
        )
        proof[AHEAD] = str(-round(self.offset.total_seconds()))
        timeout = httpx.Timeout(ANSWER + wait, connect=CONNECT).as_dict()
        extensions = {"timeout": timeout, "trace": self._traced}
        return self._http.build_request(
            method, target, content=body or None, headers=headers | proof, extensions=extensions
        )

    def _heard(self, answer: httpx.Response) -> bool:
        """Whether time or session were wrong, and we know the centre's now."""
        self._session = answer.headers.get(SESSION, "")[:LONGEST_SESSION]
        kind = refused(answer).problem.kind
        if kind != "clock":
            return kind == "session"
        try:
            self.offset = parsedate_to_datetime(answer.headers["Date"]) - self._clock()
        except (KeyError, ValueError, TypeError):
            return False
        return True

    def _traced(self, event: str, info: dict[str, Any]) -> None:
        """Keeps the lines that are open, so that `close` can cut them; cuts one that was being made then."""
        if event == "connection.start_tls.complete":
            self._sockets = {line for line in self._sockets if line.fileno() >= 0}
            self._sockets.add(info["return_value"].get_extra_info("socket"))
            if self._closed:
                info["return_value"].close()


def enrol(invitation: Invitation, asked: dict[str, str]) -> tuple[Enrolled, str]:
    """What the centre says to a new terminal, and its certificate as PEM.

    Its key is compared with the invitation's pin before the secret leaves. Raises WrongCentre, too.
    """
    certificate = _certificate(invitation)
    with _http(invitation.url, certificate) as http, _reaching():
        answer = http.post("/v1/enrol", json={"secret": invitation.secret, **asked})
    if not answer.is_success:
        raise refused(answer)
    return _decoded(answer.content, Enrolled), certificate


def invited_pack(invitation: Invitation) -> bytes:
    """The pack that is in force, for a terminal that has none. Raises as `enrol` does."""
    with _http(invitation.url, _certificate(invitation)) as http, _reaching():
        answer = http.post("/v1/packs/invited", json={"secret": invitation.secret})
    if not answer.is_success:
        raise refused(answer)
    return answer.content


def _certificate(invitation: Invitation) -> str:
    """The certificate that the invitation's centre shows; nothing is believed of it but its key."""
    anybody = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    anybody.check_hostname, anybody.verify_mode = False, ssl.CERT_NONE
    host, _, port = invitation.address.rpartition(":")
    try:
        with (
            socket.create_connection((host.strip("[]"), int(port)), CONNECT) as line,
            anybody.wrap_socket(line) as secured,
        ):
            shown = secured.getpeercert(binary_form=True) or b""
        pin = pin_of(x509.load_der_x509_certificate(shown))
    except (OSError, OverflowError, ValueError) as error:
        raise Unreachable from error
    if not hmac.compare_digest(pin, invitation.pin):
        raise WrongCentre
    return ssl.DER_cert_to_PEM_cert(shown)


def _http(url: str, certificate: str) -> httpx.Client:
    """Trusts that certificate alone; its name, its dates and the machine's proxies mean nothing."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.minimum_version = ssl.TLSVersion.TLSv1_3
    context.verify_flags |= ssl.VERIFY_X509_PARTIAL_CHAIN | ssl.VerifyFlags(NO_CHECK_TIME)
    context.load_verify_locations(cadata=certificate)
    headers = {
        "User-Agent": f"kiosk/{__version__}", "Accept-Encoding": "gzip", PROTOCOL: str(protocol.VERSION),
    }  # fmt: skip
    timeout = httpx.Timeout(ANSWER, connect=CONNECT)
    limits = httpx.Limits(keepalive_expiry=IDLE)
    transport = _Bounded(httpx.HTTPTransport(verify=context, trust_env=False, limits=limits))
    return httpx.Client(base_url=url, transport=transport, headers=headers, timeout=timeout, trust_env=False)


class _Bounded(httpx.BaseTransport):
    """Reads an answer no further than any of the centre's is long, also where it unpacks to more."""

    def __init__(self, inner: httpx.BaseTransport) -> None:
        self._inner = inner

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        answer = self._inner.handle_request(request)
        answer.stream = _Counted(answer.stream)
        if "Content-Encoding" not in answer.headers:
            return answer
        gone = ("content-encoding", "content-length")
        headers = {key: value for key, value in answer.headers.items() if key not in gone}
        unpacking = zlib.decompressobj(zlib.MAX_WBITS + 16)  # gzip
        try:
            content = unpacking.decompress(b"".join(answer.stream), LARGEST)
        except zlib.error as error:
            raise httpx.DecodingError("damaged", request=request) from error
        finally:
            answer.close()
        if not unpacking.eof:
            raise httpx.DecodingError("too large", request=request)
        return httpx.Response(answer.status_code, headers=headers, content=content)

    def close(self) -> None:
        self._inner.close()


class _Counted(httpx.SyncByteStream):
    def __init__(self, inner: Any) -> None:
        self._inner = inner

    def __iter__(self) -> Iterator[bytes]:
        size = 0
        for piece in self._inner:
            size += len(piece)
            if size > LARGEST:
                raise httpx.ReadError("too large")
            yield piece

    def close(self) -> None:
        self._inner.close()


@contextmanager
def _reaching() -> Iterator[None]:
    try:
        yield
    except (httpx.HTTPError, httpx.InvalidURL, httpx.StreamError, OSError, RuntimeError) as error:
        raise Unreachable from error  # RuntimeError: the client was closed meanwhile


def _decoded(content: bytes, kind: type[Answer]) -> Answer:
    try:
        return msgspec.json.decode(content, type=kind)
    except msgspec.MsgspecError as error:
        raise Unreachable from error


def _offset(answer: httpx.Response) -> int:
    text = answer.headers["Upload-Offset"]
    return int(text) if text.isascii() and text.isdigit() else -1
