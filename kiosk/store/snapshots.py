"""What a new terminal starts from: the tables of another store, packed in pieces that stand by themselves.

The journal is not believed: each chain and each commitment is made again while it is taken in. Views are
taken as they are, and `kiosk.store.proof` compares them with a fold of the journal while work goes on.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import msgspec
import zstandard

from kiosk.errors import KioskError
from kiosk.model.chain import Head, Row
from kiosk.model.text import say
from kiosk.store import receiving, search
from kiosk.store.database import Connection

FORMAT = "kiosk-snapshot-1"
PIECE = 8_000_000  # bytes of rows in a piece: about one megabyte as it travels
LARGEST = 256_000_000  # bytes that a piece may unpack to

JOURNAL = {  # in the order in which they are taken in; the chain is made again, so it does not travel
    "entry": "office, terminal, stream, sequence, id, act, subject, body, salt, commitment",
    "head": "office, terminal, stream, sequence, hash, signature",
    "signed": "office, terminal, stream, sequence, signature",
    "definition": "digest, body",
}
VIEWS = {  # they mean what `rebuild.VERSION` says
    "view_state": "subject, body",
    "view_replacement": 'replaced, register, "by"',
    "view_rest": "cited, entry, decides, registers",
    "view_shaken": 'decision, "by", "over"',
    "view_case": "case_id, person, status, body",
    "view_waiting": "role, which, runs_out, case_id",
    "view_document": "person, document, issuer",
    "view_number": "number, subject, case_id",
    "view_guarantor": "guarantor, code, name",
    "view_permit": "subject, number, status, valid_to, since",
    "search_text": "id, subject, folded",
}
TABLES = JOURNAL | VIEWS

_entries = msgspec.msgpack.Decoder(
    list[tuple[str, str, str, int, str, str, str, bytes | None, bytes | None, bytes]]
)
_heads = msgspec.msgpack.Decoder(list[tuple[str, str, str, int, bytes, bytes | None]])
_rows = msgspec.msgpack.Decoder(list[list[Any]])
_encoder = msgspec.msgpack.Encoder()


class BadSnapshot(KioskError):
    """What arrived is not what the centre's journal holds, or not what it signed."""

    def __init__(self) -> None:
        super().__init__(say("What the central system gave to start from does not verify."))


def pieces(connection: Connection, table: str) -> Iterator[tuple[int, bytes]]:
    """(rows, packed rows) of a table, in the order in which they are best written again."""
    order = "ORDER BY rowid" if table in ("entry", "search_text") else ""
    rows = iter(connection.execute(f"SELECT {TABLES[table]} FROM {table} {order}"))
    compressor = zstandard.ZstdCompressor(level=3, write_content_size=True)
    piece: list[tuple[object, ...]] = []
    size = 0
    for row in rows:
        piece.append(row)
        size += 8 + sum(len(value) if isinstance(value, (str, bytes)) else 4 for value in row)
        if size >= PIECE:
            yield len(piece), compressor.compress(_encoder.encode(piece))
            piece, size = [], 0
    if piece:
        yield len(piece), compressor.compress(_encoder.encode(piece))


class Piece:
    """Rows of one table, unpacked. Raises BadSnapshot for anything else."""

    def __init__(self, table: str, data: bytes) -> None:
        self.table = table
        try:
            if zstandard.frame_content_size(data) > LARGEST:  # where it is stated, no other bound is asked
                raise BadSnapshot
            packed = zstandard.ZstdDecompressor().decompress(data, max_output_size=LARGEST)
            if table == "entry":
                self.entries = [Row(*values, b"", b"") for values in _entries.decode(packed)]
            elif table == "head":
                self.heads = [Head(*values[:5], values[5] or b"") for values in _heads.decode(packed)]
            else:
                self.rows = _rows.decode(packed)
                if not {len(row) for row in self.rows} <= {TABLES[table].count(",") + 1}:
                    raise BadSnapshot
        except (zstandard.ZstdError, msgspec.MsgspecError, LookupError) as error:
            raise BadSnapshot from error

    def take_in(self, connection: Connection) -> None:
        """Writes the rows in the open transaction. Raises BrokenJournal or BadSnapshot."""
        if self.table == "entry":
            receiving.receive(connection, self.entries, fold=False)
        elif self.table == "head":
            _take_heads(connection, self.heads)
        elif self.table == "search_text":
            search.fill(connection, self.rows)
        else:
            marks = ",".join("?" * (TABLES[self.table].count(",") + 1))
            connection.executemany(
                f"INSERT INTO {self.table} ({TABLES[self.table]}) VALUES ({marks}) ON CONFLICT DO NOTHING",
                self.rows,
            )


def _take_heads(connection: Connection, heads: Sequence[Head]) -> None:
    """The authors' signatures; every stream must end just where its head says."""
    receiving.receive(connection, (), heads, fold=False)
    known = {(head.office, head.terminal, head.stream): (head.sequence, head.hash) for head in heads}
    rows = connection.execute("SELECT office, terminal, stream, sequence, hash FROM head")
    if {row[:3]: row[3:] for row in rows} != known:
        raise BadSnapshot
