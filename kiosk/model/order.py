"""The order in which entries are shown: by their times, each after what its author had before it.

No outcome depends on it. What was written while a clock was far ahead stands after the entry before it in its
stream, not last in every history for good.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from datetime import datetime

import msgspec

from kiosk.model.entries import Entry
from kiosk.model.registers import split_cite

FAR = 3_600_000  # milliseconds by which clocks may differ before one of them counts as wrong
SHARED = ("person", "guarantor")  # of several cases


class Ordered(msgspec.Struct, frozen=True):
    """`entries` of a case in order; `wrong` are the ids of those whose wall clock was wrong when they were
    written; `others` those that were written about the person or guarantor before the case began."""

    entries: tuple[Entry, ...]
    wrong: frozenset[str]
    others: frozenset[str]


def in_order(entries: Collection[Entry], now: datetime) -> Ordered:
    """A time is ahead that is far later than `now`, or than one that its author wrote later."""
    streams: dict[tuple[str, str], list[Entry]] = {}
    for entry in sorted(entries, key=lambda one: one.sequence):
        streams.setdefault((entry.terminal, entry.stream), []).append(entry)
    latest = {id_: at for stream in streams.values() for id_, at in _latest(stream, _milliseconds(now))}
    ahead = {entry.id for entry in entries if entry.time >> 16 > latest[entry.id] + FAR}
    wrong = {entry.id for entry in entries if _is_wrong(entry, latest[entry.id], entry.id in ahead)}
    causes = _causes(streams.values())
    begin = _begin([entry for entry in entries if entry.id not in ahead])
    places = {entry.id: entry.time for entry in entries if entry.id not in ahead}
    for entry in sorted(entries, key=_by_time):
        if entry.id in ahead:
            shown = _milliseconds(datetime.fromisoformat(entry.wall)) << 16
            own = begin if entry.id in wrong else max(begin, shown)
            places[entry.id] = max(own, *(places.get(one, 0) for one in causes[entry.id]), 0)
    found = sorted(entries, key=lambda one: (places[one.id], *_by_time(one)))
    others = {one.id for one in entries if one.subject_kind in SHARED and places[one.id] < begin}
    return Ordered(
        tuple(after_causes(found, lambda one: causes[one.id])), frozenset(wrong), frozenset(others)
    )


def after_causes(entries: Sequence[Entry], causes: Callable[[Entry], Collection[str]]) -> list[Entry]:
    """The same order, but none stands before its causes, as far as they are among the entries."""
    found: dict[str, Entry] = {}
    known = {entry.id: entry for entry in entries}
    for entry in entries:
        behind, reached = [entry], {entry.id}
        while behind:
            missing = {
                id_
                for id_ in causes(behind[-1])
                if id_ in known and id_ not in found and id_ not in reached  # or it stands before itself
            }
            if missing:
                behind.append(known[min(missing)])
                reached.add(behind[-1].id)
            else:
                found.setdefault(behind[-1].id, behind.pop())
    return list(found.values())


def replaced(entry: Entry) -> set[str]:
    """The ids of what an entry replaces."""
    return {id_ for write in entry.writes.values() for id_ in write.replaces}


def _by_time(entry: Entry) -> tuple[int, str]:
    return entry.time, entry.id


def _latest(stream: Sequence[Entry], now: int) -> Iterable[tuple[str, int]]:
    """By id the earliest of the times that were written later in the stream, or now, in milliseconds."""
    earliest = now
    for entry in reversed(stream):
        yield entry.id, earliest
        if entry.time >> 16 <= earliest + FAR:
            earliest = min(earliest, entry.time >> 16)


def _is_wrong(entry: Entry, latest: int, is_ahead: bool) -> bool:
    """An entry's time also goes on after what its author had heard, or had written with a wrong clock."""
    shown = _milliseconds(datetime.fromisoformat(entry.wall))
    return shown > latest + FAR if is_ahead else abs(shown - (entry.time >> 16)) > FAR


def _causes(streams: Iterable[Sequence[Entry]]) -> dict[str, set[str]]:
    """By id what an entry replaces, rests on, and follows in its stream."""
    found: dict[str, set[str]] = {}
    for stream in streams:
        before = ""
        for entry in stream:
            found[entry.id] = {before, *replaced(entry), *(split_cite(one)[0] for one in entry.rests_on)}
            before = entry.id
    return found


def _begin(sane: Sequence[Entry]) -> int:
    """When the case was opened; where that was with a wrong clock, what is known of it first."""
    opened = [entry.time for entry in sane if entry.kind == "opened"]
    return min(opened or [entry.time for entry in sane if entry.subject_kind not in SHARED], default=0)


def _milliseconds(at: datetime) -> int:
    return int(at.timestamp() * 1000)
