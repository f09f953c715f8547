"""What is written over an entry that the others do not have: it replaces what they still see there.

The centre may hold an entry back. For the others it does not exist, and what it replaced stands: whoever
corrects it names that, too, or his correction would be contested everywhere else.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable

from kiosk.model.entries import Entry


def beneath(
    seen: Collection[tuple[str, str]], unheard: Callable[[Collection[str]], Iterable[Entry]]
) -> set[tuple[str, str]]:
    """(entry, register) of what was seen; and of what an entry that is `unheard` replaced there, and so on.

    `unheard` gives those of some entries, by id, that the others do not have.
    """
    found, asked = set(seen), set(seen)
    while asked:
        entries = unheard({entry for entry, _ in asked})
        asked = {
            (older, register)
            for entry in entries
            for register, write in entry.writes.items()
            if (entry.id, register) in asked
            for older in write.replaces
        } - found
        found |= asked
    return found


def last_seen(replaced: Iterable[Entry], register: str) -> list[Entry]:
    """Of the entries that one entry replaces in a register those whose values its author saw: not what
    another of them had replaced before."""
    wrote = [entry for entry in replaced if register in entry.writes]
    older = {old for entry in wrote for old in entry.writes[register].replaces}
    return [entry for entry in wrote if entry.id not in older]
