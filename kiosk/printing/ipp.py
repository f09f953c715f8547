"""The Internet Printing Protocol (RFC 8010, RFC 8011): one request, one answer.

The local print system (CUPS) and printers on the network speak it alike, and it runs over HTTP, so no
program beside ours is needed. Only what printing a PDF takes is here.
"""

from __future__ import annotations

import http.client
import struct
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from urllib.parse import urlsplit

# Operations and groups
PRINT_JOB, CANCEL_JOB, GET_JOB, GET_PRINTER = 0x0002, 0x0008, 0x0009, 0x000B
CUPS_GET_DEFAULT, CUPS_GET_PRINTERS = 0x4001, 0x4002
OPERATION, JOB, END, PRINTER = 0x01, 0x02, 0x03, 0x04
# Value tags
INTEGER, BOOLEAN, ENUM, BEGIN_COLLECTION, END_COLLECTION = 0x21, 0x22, 0x23, 0x34, 0x37
NAME, KEYWORD, URI, CHARSET, LANGUAGE, MIME = 0x42, 0x44, 0x45, 0x47, 0x48, 0x49
TEXTS = range(0x40, 0x60)

Value = str | int | bool | bytes
Attribute = tuple[int, str, Value]  # tag, name, value


class IppError(Exception):
    """An answer that is no IPP."""


@dataclass
class Answer:
    """`status` below 0x0100 is success; groups hold name -> values, in the order of the answer."""

    status: int
    groups: list[tuple[int, dict[str, list[Value]]]] = field(default_factory=list)

    @property
    def good(self) -> bool:
        return self.status < 0x0100

    def of(self, group: int) -> list[dict[str, list[Value]]]:
        """The attribute groups of one kind."""
        return [attributes for tag, attributes in self.groups if tag == group]


def ask(
    operation: int,
    uri: str,
    attributes: Sequence[Attribute] = (),
    job: Sequence[Attribute] = (),
    document: bytes = b"",
    *,
    timeout: float = 10,
) -> Answer:
    """Sends a request to a printer's URI. Raises OSError when nobody answers, IppError for nonsense."""
    head = (
        (CHARSET, "attributes-charset", "utf-8"),
        (LANGUAGE, "attributes-natural-language", "en"),
        (URI, "printer-uri", uri),
    )
    body = encode(operation, (*head, *attributes), job) + document
    parts = urlsplit(uri)
    secure = parts.scheme in ("ipps", "https")
    connection = (http.client.HTTPSConnection if secure else http.client.HTTPConnection)(
        parts.hostname or "localhost", parts.port or 631, timeout=timeout
    )
    try:
        connection.request("POST", parts.path or "/", body, {"Content-Type": "application/ipp"})
        response = connection.getresponse()
        content = response.read()
    except http.client.HTTPException as error:
        raise IppError(str(error)) from error
    finally:
        connection.close()
    if response.status != http.client.OK:
        raise IppError(f"HTTP {response.status}")
    return decode(content)


def encode(operation: int, attributes: Sequence[Attribute], job: Sequence[Attribute] = ()) -> bytes:
    """A request without its document."""
    parts = [struct.pack(">BBHI", 2, 0, operation, 1)]
    for group, members in ((OPERATION, attributes), (JOB, job)):
        if members:
            parts.append(bytes([group]))
            parts += [_encoded(*member) for member in members]
    return b"".join([*parts, bytes([END])])


def _encoded(tag: int, name: str, value: Value) -> bytes:
    if isinstance(value, bool):
        raw = bytes([value])
    elif isinstance(value, int):
        raw = struct.pack(">i", value)
    else:
        raw = value if isinstance(value, bytes) else value.encode("utf-8")
    label = name.encode("ascii")
    return struct.pack(">BH", tag, len(label)) + label + struct.pack(">H", len(raw)) + raw


def decode(content: bytes) -> Answer:
    """An answer; what stands inside collections is passed over. Raises IppError."""
    try:
        _version, status, _request = struct.unpack_from(">HHI", content)
        answer, name, inside = Answer(status), "", 0
        for tag, label, raw in _items(content):
            if label is None:
                answer.groups.append((tag, {}))
                continue
            inside += (tag == BEGIN_COLLECTION) - (tag == END_COLLECTION)
            if inside or tag == END_COLLECTION:
                continue
            name = label or name
            answer.groups[-1][1].setdefault(name, []).append(_decoded(tag, raw))
    except (struct.error, IndexError, UnicodeDecodeError) as error:
        raise IppError("not an IPP answer") from error
    return answer


def _items(content: bytes) -> Iterator[tuple[int, str | None, bytes]]:
    """(group, None, b"") where a group begins; (tag, name or "", value) for each value."""
    place = 8
    while (tag := content[place]) != END:
        place += 1
        if tag < 0x10:
            yield tag, None, b""
            continue
        (length,) = struct.unpack_from(">H", content, place)
        label = content[place + 2 : place + 2 + length].decode("ascii")
        place += 2 + length
        (length,) = struct.unpack_from(">H", content, place)
        raw = content[place + 2 : place + 2 + length]
        if len(raw) != length:
            raise IndexError(place)
        place += 2 + length
        yield tag, label, raw


def _decoded(tag: int, raw: bytes) -> Value:
    if tag in (INTEGER, ENUM):
        return int(struct.unpack(">i", raw)[0])
    if tag == BOOLEAN:
        return raw[0] != 0
    if tag in TEXTS:
        return raw.decode("utf-8", "replace")
    return raw
