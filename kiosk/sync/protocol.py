"""What travels between a terminal and the central system, the same for both sides.

Every request and answer is a list of JSON lines, compressed by zstd: first one *message* (a struct of this
module), then the rows of the journal that go with it. A row carries the bytes its author wrote, unchanged;
`previous` and `hash` do not travel, since they follow from the chain.

    POST /v1/push       Push and rows of one stream           -> Pushed | Problem (gap, fork, …)
    POST /v1/pull       Pull                                  -> Pulled and rows, in the order of the feeds
    POST /v1/rows       Rows                                  -> Pulled and rows of one stream
    GET  /v1/heads                                            -> Heads
    PUT  /v1/blobs/…    ciphertext from `Upload-Offset` on    -> where the centre now is
    PUT  /v1/wanted/…   what a restored centre wants back

Every request names the version of this protocol in the header `Kiosk-Protocol`; one that does not is of the
first. What is only added to a message makes no new version: who does not know it passes over it.

A feed is one compartment of the office ("RL01/office"); its numbers grow in the order of commits.
"""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from itertools import islice
from typing import Annotated, TypeVar

import msgspec
import zstandard

from kiosk.errors import KioskError
from kiosk.model.chain import Head, Row, stub_id
from kiosk.model.entries import read
from kiosk.model.text import say

OLDEST, VERSION = 1, 1  # that this program understands, and that it speaks
TOO_OLD = say(
    "This program is too old for the central system. Update the program. What is entered meanwhile is kept."
)
TOO_NEW = say(
    "This program is too new for the central system, which must be updated. "
    "What is entered meanwhile is kept."
)
MEDIA_TYPE = "application/vnd.kiosk.journal+zstd"
LARGEST_BODY = 16_000_000  # bytes as sent
LARGEST_PUSH = 12_000_000  # bytes as sent: what was pushed in one piece fits into one answer, with its heads
LARGEST_BATCH = 64_000_000  # bytes inflated
LARGEST_ASKED = 100_000  # bytes, as sent and inflated, of a request that brings no rows
MOST_LINES = 100_000  # of a message, more than any has: empty ones would fill the memory
ROWS = 1_000  # in one batch; the last act of a batch is never cut, so there may be a few more
IDLE = 5.0  # seconds after which a terminal asks over a line no more; the server keeps it for longer

Message = TypeVar("Message", bound=msgspec.Struct)


class BadMessage(KioskError):
    """Bytes that are no message of this protocol: garbage, cut short, or too large."""


class Push(msgspec.Struct, frozen=True):
    """Rows of one stream after `after`, whose hash is `previous`; `head` is signed and is their end."""

    after: int
    previous: bytes
    head: Head


class SetAside(msgspec.Struct, frozen=True):
    """One entry that the centre keeps but passes to nobody; `reason` is an English sentence with slots."""

    sequence: int
    reason: str
    slots: dict[str, str] = {}


class Pushed(msgspec.Struct, frozen=True):
    """All rows up to `sequence` are on the centre's disk."""

    sequence: int
    set_aside: tuple[SetAside, ...] = ()


Count = Annotated[int, msgspec.Meta(ge=0, lt=2**53)]


class State(msgspec.Struct, frozen=True):
    """What a terminal tells of itself: entries that wait to be sent, free bytes on the disk of its store."""

    waiting: Count
    free: Count


class Pull(msgspec.Struct, frozen=True):
    """What came after the cursor (feed -> number); waits up to `wait` seconds for something new.

    `position` is what the centre gave with that cursor, or later: it proves that the feeds stood there.
    """

    cursor: dict[str, int]
    limit: int = ROWS
    wait: float = 0.0
    state: State | None = None
    position: bytes = b""


class Rows(msgspec.Struct, frozen=True):
    """The rows of one stream after a sequence."""

    office: str
    terminal: str
    stream: str
    after: int
    limit: int = ROWS


class Pulled(msgspec.Struct, frozen=True):
    """The cursor to keep with the rows, the signed heads of their streams, and whether there is more.

    Another `epoch` than before: the centre was restored, and its feed numbers mean something else.
    """

    epoch: str
    cursor: dict[str, int]
    heads: tuple[Head, ...] = ()
    more: bool = False
    position: bytes = b""  # that the feeds stood at this cursor, signed by the centre for itself


class Heads(msgspec.Struct, frozen=True):
    """Where every stream stands that this terminal may have, and the feeds' numbers at that moment."""

    epoch: str
    cursor: dict[str, int]
    heads: tuple[Head, ...]
    time: str = ""  # of the centre's clock, ISO 8601
    # of the asker's own streams: the first row that stands there without its payload
    lacking: dict[str, int] = {}
    position: bytes = b""  # as in `Pulled`
    wanted: tuple[str, ...] = ()  # digests of what the centre lost since a backup


class Problem(msgspec.Struct, frozen=True):
    """Why a request was refused. `kind`: gap (send from `expected` on), fork, revoked, too_large, wrong …"""

    kind: str
    reason: str = ""
    expected: int = 0
    slots: dict[str, str] = {}


NO_ENTRY = msgspec.Raw()


class _Line(msgspec.Struct, frozen=True, omit_defaults=True):
    """A row as it travels; binary values in base64, the entry as the JSON its author wrote.

    What was erased or is held back has no entry; an erased row still says id, act and subject.
    """

    place: tuple[str, str, str]
    sequence: int
    commitment: bytes
    salt: bytes | None = None
    entry: msgspec.Raw = NO_ENTRY
    erased: tuple[str, str, str] | None = None


_line_decoder = msgspec.json.Decoder(_Line)
_encoder = msgspec.json.Encoder()


def pack(message: msgspec.Struct, rows: Iterable[Row] = ()) -> bytes:
    """The bytes of a message with its rows."""
    lines = _encoder.encode_lines([message, *map(_as_line, rows)])
    # the last line has no end: to earlier versions of this program another one would follow
    return zstandard.ZstdCompressor(level=1, write_content_size=True).compress(lines[:-1])


def unpack(data: bytes, kind: type[Message]) -> tuple[Message, list[Row]]:
    """The message and its rows (their `previous` and `hash` empty). Raises BadMessage for anything else."""
    content = _inflated(data)
    # by far quicker than to split it
    lines = list(islice(io.BytesIO(content), MOST_LINES + 1))
    if len(lines) > MOST_LINES:
        raise BadMessage(say("What arrived is too large."))
    with _only_messages():
        return msgspec.json.decode(lines[0] if lines else b"", type=kind), list(_rows(lines[1:]))


def unpack_alone(data: bytes, kind: type[Message]) -> Message:
    """A message that brings no rows, and is small. Raises BadMessage for anything else."""
    content = _inflated(data, LARGEST_ASKED)
    with _only_messages():
        return msgspec.json.decode(content, type=kind)


@contextmanager
def _only_messages() -> Iterator[None]:
    try:
        yield
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise BadMessage(say("What arrived is not a message of this program.")) from error


def _inflated(data: bytes, most: int = LARGEST_BATCH) -> bytes:
    """Raises BadMessage for what is not zstd, was cut short, or inflates to more than `most` bytes."""
    if len(data) > LARGEST_BODY:
        raise BadMessage(say("What arrived is too large."))
    try:
        size = zstandard.frame_content_size(data)
        if size > most:
            raise BadMessage(say("What arrived is too large."))
        with zstandard.ZstdDecompressor(max_window_size=2**27).stream_reader(io.BytesIO(data)) as reader:
            inflated = reader.read(max(size, 0) + 1)  # a frame may lie about its size
    except zstandard.ZstdError as error:
        raise BadMessage(say("What arrived is cut short or damaged.")) from error
    if len(inflated) != size:
        raise BadMessage(say("What arrived is cut short or damaged."))
    return inflated


def _as_line(row: Row) -> _Line:
    place = (row.office, row.terminal, row.stream)
    if row.body is not None:
        return _Line(place, row.sequence, row.commitment, row.salt, msgspec.Raw(row.body))
    erased = None if row.is_held_back else (row.id, row.act, row.subject)
    return _Line(place, row.sequence, row.commitment, erased=erased)


def _rows(lines: Iterable[bytes]) -> Iterator[Row]:
    for data in lines:
        line = _line_decoder.decode(data)
        office, terminal, stream = line.place
        body = bytes(line.entry) or None
        entry = read(body) if body is not None else None
        if entry is not None:
            names = entry.id, entry.act, entry.subject
        else:  # of what has none it is for the receiver to judge
            names = (body is None and line.erased) or (stub_id(terminal, stream, line.sequence), "", "")
        row = Row(
            office, terminal, stream, line.sequence, *names,
            body, line.salt, line.commitment, b"", b"",
        )  # fmt: skip
        row.__dict__["entry"] = entry  # read once
        yield row


def whole_acts(rows: Iterable[Row], limit: int = ROWS, most: int = LARGEST_BATCH // 2) -> Iterator[list[Row]]:
    """Batches of at least `limit` rows or `most` bytes that cut no act: an act's rows stand side by side."""
    batch: list[Row] = []
    size = 0
    for row in rows:
        if batch and (len(batch) >= limit or size >= most) and row.act != batch[-1].act:
            yield batch
            batch, size = [], 0
        batch.append(row)
        size += len(row.body or b"")
    if batch:
        yield batch
