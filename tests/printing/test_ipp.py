"""The bytes of IPP: an example of the standard, what comes back, and nonsense."""

from __future__ import annotations

import struct
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.printing import ipp

CHARSET = (ipp.CHARSET, "attributes-charset", "utf-8")


def test_a_request_is_written_as_rfc_8010_writes_it() -> None:
    """The beginning of the Print-Job request of RFC 8010, A.1 (there version 1.1)."""
    written = ipp.encode(ipp.PRINT_JOB, [CHARSET], [(ipp.INTEGER, "copies", 20)])
    assert written == (
        b"\x02\x00\x00\x02\x00\x00\x00\x01"
        b"\x01\x47\x00\x12attributes-charset\x00\x05utf-8"
        b"\x02\x21\x00\x06copies\x00\x04\x00\x00\x00\x14\x03"
    )


names = st.text("abcdefghijklmnopqrstuvwxyz-", min_size=1, max_size=20)
values = st.one_of(
    st.tuples(st.just(ipp.INTEGER), st.integers(-(2**31), 2**31 - 1)),
    st.tuples(st.just(ipp.BOOLEAN), st.booleans()),
    st.tuples(st.just(ipp.KEYWORD), st.text(max_size=30)),
    st.tuples(st.just(0x31), st.binary(min_size=11, max_size=11)),
)


@given(st.dictionaries(names, values, max_size=6), st.dictionaries(names, values, min_size=1, max_size=6))
def test_what_is_written_is_read_back(
    operation: dict[str, tuple[int, ipp.Value]], job: dict[str, tuple[int, ipp.Value]]
) -> None:
    groups = [[(tag, name, value) for name, (tag, value) in group.items()] for group in (operation, job)]
    answer = ipp.decode(ipp.encode(0, *groups))
    assert answer.good
    assert answer.of(ipp.JOB) == [{name: [value] for name, (_tag, value) in job.items()}]


def test_several_values_and_collections_are_read() -> None:
    def item(tag: int, name: bytes, value: bytes) -> bytes:
        return struct.pack(">BH", tag, len(name)) + name + struct.pack(">H", len(value)) + value

    content = b"\x02\x00\x00\x00\x00\x00\x00\x01\x04" + b"".join(
        [
            item(ipp.KEYWORD, b"media-supported", b"iso_a4_210x297mm"),
            item(ipp.KEYWORD, b"", b"iso_a5_148x210mm"),
            item(ipp.BEGIN_COLLECTION, b"media-col-default", b""),
            item(0x4A, b"", b"x-dimension"),
            item(ipp.INTEGER, b"", struct.pack(">i", 14800)),
            item(ipp.END_COLLECTION, b"", b""),
            item(ipp.ENUM, b"printer-state", struct.pack(">i", 3)),
        ]
    )
    (printer,) = ipp.decode(content + b"\x03").of(ipp.PRINTER)
    assert printer == {"media-supported": ["iso_a4_210x297mm", "iso_a5_148x210mm"], "printer-state": [3]}


@given(st.binary(max_size=80) | st.binary(max_size=80).map(b"\x02\x00\x00\x00\x00\x00\x00\x01".__add__))
def test_nonsense_is_an_error_of_its_own(content: bytes) -> None:
    with suppress(ipp.IppError):
        assert ipp.decode(content).status >= 0


@pytest.mark.parametrize("content", [b"", b"\x02", b"<html>", b"\x02\x00\x00\x00\x00\x00\x00\x01\x01\x47"])
def test_a_cut_off_answer_is_refused(content: bytes) -> None:
    with pytest.raises(ipp.IppError):
        ipp.decode(content)
