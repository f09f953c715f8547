"""Entries decode for ever: the samples in `tests/data` were written once and are never made again."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from kiosk.model.entries import KINDS, Decision, Entry, decode, encode, is_known

SAMPLES = (Path(__file__).parents[1] / "data" / "entries-v1.jsonl").read_bytes().splitlines()


@pytest.mark.parametrize("line", SAMPLES, ids=lambda line: msgspec.json.decode(line)["kind"])
def test_old_entries_decode(line: bytes) -> None:
    entry = decode(line)
    assert entry.writes["name"].value == "MA MA SAN မမစံ 麻麻散"
    assert entry.writes["name"].replaces == ("0192f3c4-0000-7000-8000-999999999999",)
    assert entry.rests_on == ("0192f3c4-0000-7000-8000-999999999999/name",)
    assert (entry.second, entry.on_behalf_of, entry.note) == ("S001", "person:x", {"reason": "lost"})
    assert is_known(entry)
    assert encode(entry) == line


def test_there_is_a_sample_of_every_kind() -> None:
    assert {decode(line).kind for line in SAMPLES} == set(KINDS)


def test_a_decision_keeps_its_words_in_the_bytes() -> None:
    (line,) = [line for line in SAMPLES if b'"kind":"decided"' in line]
    assert decode(line).decision == Decision("approve", "permit", "accepted", "approved")
    assert b'"from":"accepted"' in line


def test_what_a_newer_program_adds_is_passed_over_and_its_kinds_are_known_as_unknown() -> None:
    raw = msgspec.json.decode(SAMPLES[0]) | {"kind": "teleported", "colour": "blue"}
    entry = decode(msgspec.json.encode(raw))
    assert isinstance(entry, Entry)
    assert not is_known(entry)
    newer = msgspec.json.decode(SAMPLES[0]) | {"version": 99}
    assert not is_known(decode(msgspec.json.encode(newer)))
