"""Whole columns for PostgreSQL, as arrays in its binary form.

psycopg makes such arrays of lists, too, by several calls for each element: that is a tenth of what the server
does for a row that is pushed.
"""

from __future__ import annotations

from collections.abc import Sequence
from struct import Struct

from psycopg import adapters
from psycopg.adapt import Dumper
from psycopg.postgres import types
from psycopg.pq import Format

_HEADER = Struct(
    "!iiIii"
)  # dimensions, whether something may be missing, type of the elements, how many, from
_length = Struct("!i").pack
_MISSING = -1


class Texts(list[str]):
    """A column of texts."""


class Blobs(list[bytes | None]):
    """A column of bytes; None is NULL."""


class _TextsDumper(Dumper):
    format, oid = Format.BINARY, types["text"].array_oid

    def dump(self, obj: Texts) -> bytes:
        return _array(types["text"].oid, [text.encode() for text in obj])


class _BlobsDumper(Dumper):
    format, oid = Format.BINARY, types["bytea"].array_oid

    def dump(self, obj: Blobs) -> bytes:
        return _array(types["bytea"].oid, obj)


def _array(kind: int, elements: Sequence[bytes | None]) -> bytes:
    pieces = [b""] * (2 * len(elements))
    pieces[0::2] = map(_length, [_MISSING if one is None else len(one) for one in elements])
    pieces[1::2] = [one or b"" for one in elements]
    return _HEADER.pack(1, 1, kind, len(elements), 1) + b"".join(pieces)


adapters.register_dumper(Texts, _TextsDumper)
adapters.register_dumper(Blobs, _BlobsDumper)
