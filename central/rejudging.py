"""What is held back only for want of something that is here now is judged once more, and taken in.

It waited for an office pack that was given out since, or for a program that knows what a newer one wrote.
"""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime
from itertools import groupby

from central import admin, quarantine
from central.accepting import UNKNOWN_PACK, Arrived, Judge, acts
from central.centre import Centre
from central.registry import roles_of
from central.rights import NEWER
from kiosk.errors import Refused
from kiosk.model.text import Text
from kiosk.store.database import Connection

WAITED_FOR = {UNKNOWN_PACK.template, NEWER.template}


def release_known(centre: Centre, by: str) -> int:
    """Takes in what was held back only for what was not known, and is now; how many entries.

    Where something else speaks against an act now, that is said.
    """
    with centre.database.read() as connection:
        held = sorted(
            quarantine.listed(connection, centre.office), key=lambda one: (one.place, one.sequences)
        )
        judged = [(one, _problem(centre, connection, one)) for one in held]
    changed = [
        (one, problem) for one, problem in judged if problem and problem.template != one.reason.template
    ]
    if changed:
        centre.database.transact(lambda connection: quarantine.say_why(connection, changed))
    count = 0
    for (place, is_due), group in groupby(judged, lambda one: (one[0].place, one[1] is None)):
        near = [act for act, _ in group]  # neighbours, with nothing between them that stays held back
        with suppress(Refused):  # what may not be taken in for another reason stays held back
            count += is_due and admin.release(centre, place, near[0].sequences[0], near[-1].sequences[-1], by)
    return count


def _problem(centre: Centre, connection: Connection, held: quarantine.HeldBack) -> Text | None:
    """What speaks against an act, now that what it waited for may be known, as of when it came."""
    if held.reason.template not in WAITED_FOR:
        return held.reason
    registry, (_, terminal, stream) = centre.registry(connection), held.place
    author, workflows = registry.members[terminal], centre.workflows.known(connection, registry.definitions)
    at = datetime.fromisoformat(held.at)
    judge = Judge(author, roles_of(author, centre.roles), stream, registry, at, workflows)
    rows = quarantine.rows_of(connection, held.place, held.sequences[0], held.sequences[-1])
    found = map(judge.problem, acts([Arrived(row, row.entry) for row in rows.values()]))
    return next((problem for problem in found if problem is not None), None)
