"""One person registered twice: records that a supervisor linked are one person to whoever looks one up.

A link is a register of both records, `same_as.PERSON`, written in one act. It joins nothing: each record
keeps its facts and its cases, and a link that is undone leaves all as it was.
"""

from __future__ import annotations

from collections.abc import Callable

from kiosk.model.disputes import SAME
from kiosk.model.registers import SubjectState

State = Callable[[str], SubjectState]
APART, LINKED, DISPUTED = "apart", "linked", "disputed"


def link(one: str, other: str, state: State) -> str:
    """Whether two records are linked; while desks are at odds about it they are not."""
    sides = (state(one), f"{SAME}{other}"), (state(other), f"{SAME}{one}")
    if any(side.contested(register) for side, register in sides):
        return DISPUTED
    return LINKED if all(side.value(register) is True for side, register in sides) else APART


def named(person: str, state: State) -> list[str]:
    """The records that were ever linked with one, whether the link stands or not."""
    return [register.removeprefix(SAME) for register in state(person).registers if register.startswith(SAME)]


def same_person(person: str, state: State) -> tuple[str, ...]:
    """All records of one person, the first registered first: links are followed through others."""
    found, waiting = {person}, [person]
    while waiting:
        one = waiting.pop()
        for other in named(one, state):
            if other not in found and link(one, other, state) == LINKED:
                found.add(other)
                waiting.append(other)
    return tuple(sorted(found))
