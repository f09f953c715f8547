"""Which acts are here whole: only those are folded."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby

from kiosk.model.entries import Entry
from kiosk.model.registers import Memory


def whole(memory: Memory, entries: Sequence[Entry]) -> list[Entry]:
    """The entries of all acts that are whole with these, each once.

    Those of an act stand side by side; its name says nothing, since another act may bear it too, even the
    next one: then more of them stand there than the act has.
    """
    found: dict[str, Entry] = {}
    ordered = sorted(entries, key=lambda entry: (entry.terminal, entry.stream, entry.sequence))
    for _, run in groupby(enumerate(ordered), lambda one: (*_act_of(one[1]), one[1].sequence - one[0])):
        act = [entry for _, entry in run]
        if len(act) >= act[0].act_size:
            found |= {entry.id: entry for entry in act}
        if len(act) != act[0].act_size:  # the rest of it came before, was erased, or is to come
            found |= {entry.id: entry for end in (act[0], act[-1]) for entry in memory.arrive(end)}
    return list(found.values())


def _act_of(entry: Entry) -> tuple[str, str, str, int]:
    return entry.terminal, entry.stream, entry.act, entry.act_size
