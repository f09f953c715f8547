"""What is held back only for want of something that is here now is judged once more, and taken in.

It waited for an office pack that was given out since, or for a program that knows what a newer one wrote.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import suppress
from datetime import datetime
from itertools import groupby, islice

from central import admin, quarantine
from central.accepting import UNKNOWN_PACK, Arrived, Judge, acts
from central.centre import Centre
from central.quarantine import HeldBack
from central.registry import roles_of
from central.rights import NEWER
from kiosk.errors import Refused
from kiosk.model.text import Text
from kiosk.store.database import Connection

WAITED_FOR = {UNKNOWN_PACK.template, NEWER.template}
AT_ONCE = 2_000  # acts: each by itself takes minutes, and of all together one would hold up all others


def release_known(centre: Centre, by: str) -> int:
    """Takes in what was held back only for what was not known, and is now; how many entries.

    Where something else speaks against an act now, that is said.
    """
    with centre.database.read() as connection:
        held = sorted(
            quarantine.listed(connection, centre.office), key=lambda one: (one.place, one.sequences)
        )
        judged = list(_judged(centre, connection, held))
    changed = [
        (one, problem) for one, problem in judged if problem and problem.template != one.reason.template
    ]
    if changed:
        centre.database.transact(lambda connection: quarantine.say_why(connection, changed))
    count = 0
    for (place, is_due), group in groupby(judged, lambda one: (one[0].place, one[1] is None)):
        # neighbours, with nothing between them that stays held back
        while is_due and (near := [act for act, _ in islice(group, AT_ONCE)]):
            with suppress(Refused):  # what may not be taken in for another reason stays held back
                count += admin.release(centre, place, near[0].sequences[0], near[-1].sequences[-1], by)
    return count


def _judged(
    centre: Centre, connection: Connection, held: Iterable[HeldBack]
) -> Iterator[tuple[HeldBack, Text | None]]:
    """Acts by their places, and what speaks against each, now that what it waited for may be known."""
    registry = centre.registry(connection)
    workflows = centre.workflows.known(connection, registry.definitions)
    for (place, waits), group in groupby(held, lambda one: (one.place, one.reason.template in WAITED_FOR)):
        if not waits:
            yield from ((one, one.reason) for one in group)
            continue
        author, stream = registry.members[place[1]], place[2]
        roles = roles_of(author, centre.roles)
        while part := list(islice(group, AT_ONCE)):
            rows = quarantine.rows_of(connection, place, part[0].sequences[0], part[-1].sequences[-1])
            for one in part:
                judge = Judge(author, roles, stream, registry, datetime.fromisoformat(one.at), workflows)
                arrived = [Arrived(rows[sequence], rows[sequence].entry) for sequence in one.sequences]
                found = map(judge.problem, acts(arrived))
                yield one, next((problem for problem in found if problem is not None), None)
