"""Pieces of tables: what is not as its author wrote it does not get in."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest
import zstandard

from kiosk.errors import BrokenJournal
from kiosk.store import rebuild, snapshots
from kiosk.store.database import Store
from kiosk.store.snapshots import BadSnapshot, Piece
from tests.office import Office
from tests.store.compared import views


@pytest.fixture
def packed(tmp_path: Path) -> list[tuple[str, bytes]]:
    """The pieces of a desk that worked."""
    (tmp_path / "old").mkdir()
    office = Office(tmp_path / "old")
    office.worker("cleared")
    rebuild.rebuild(office.store)
    with office.store.read() as connection:
        found = [
            (table, data) for table in snapshots.TABLES for _, data in snapshots.pieces(connection, table)
        ]
    office.close()
    return found


def take_in(store: Store, pieces: list[tuple[str, bytes]]) -> None:
    for table, data in pieces:
        with store.write() as connection:
            Piece(table, data).take_in(connection)


def changed(data: bytes, place: int, value: object) -> bytes:
    """The same piece with another value in its last row."""
    rows = msgspec.msgpack.decode(zstandard.ZstdDecompressor().decompress(data))
    rows[-1][place] = value
    return zstandard.ZstdCompressor(write_content_size=True).compress(msgspec.msgpack.encode(rows))


def test_pieces_make_the_same_store_again(packed: list[tuple[str, bytes]], store: Store) -> None:
    take_in(store, packed)
    before = views(store)
    assert before["case"]
    rebuild.rebuild(store)
    assert views(store) == before


@pytest.mark.parametrize(
    ("table", "place", "value"),
    [
        ("entry", 7, b'{"id":"other"}'),  # the body
        ("entry", 9, bytes(32)),  # its commitment
        ("entry", 3, 999),  # its place
        ("entry", 6, "case:other"),
        ("head", 3, 1),
        ("head", 4, bytes(32)),
    ],
)
def test_a_changed_journal_is_refused(
    packed: list[tuple[str, bytes]], store: Store, table: str, place: int, value: object
) -> None:
    pieces = [(name, changed(data, place, value) if name == table else data) for name, data in packed]
    with pytest.raises((BrokenJournal, BadSnapshot)):
        take_in(store, pieces)


def test_entries_that_no_head_speaks_of_are_refused(packed: list[tuple[str, bytes]], store: Store) -> None:
    take_in(store, [(table, data) for table, data in packed if table == "entry"])
    with store.write() as connection, pytest.raises(BadSnapshot):
        Piece("head", zstandard.compress(msgspec.msgpack.encode([]))).take_in(connection)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"garbage",
        zstandard.compress(b"\xc1"),
        zstandard.compress(b"\x91\x91\x01"),
        b"\x28\xb5\x2f\xfd\xe0" + (2**45).to_bytes(8, "little") + b"\x01\x00\x00",  # 32 TB, as it says
    ],
)
@pytest.mark.parametrize("table", ["entry", "head", "view_case"])
def test_what_is_no_piece_is_refused(table: str, data: bytes) -> None:
    with pytest.raises(BadSnapshot):
        Piece(table, data)
