"""To which terminals a person's data was given, as the sharing log has it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from kiosk.actions.terminal import BEIJING
from kiosk.store.database import Connection


def holders(connection: Connection, office: str, subjects: Sequence[str]) -> list[tuple[str, datetime]]:
    """(terminal, when first) of those that were given an entry about these subjects in the last three years.

    A line of the log names numbers of a feed, or, of one author's stream, those of its entries.
    """
    marks = ",".join("?" * len(subjects))
    rows = connection.execute(
        "SELECT given.terminal, min(given.at) FROM entry "
        "JOIN feed ON feed.office = entry.office AND feed.stream = entry.stream "
        "AND feed.terminal = entry.terminal AND entry.sequence BETWEEN feed.first AND feed.last "
        "JOIN given ON given.office = entry.office AND given.stream = entry.stream "
        "AND given.terminal <> entry.terminal AND ("
        "given.author = '' AND given.number < feed.number AND feed.number <= given.until OR "
        "given.author = entry.terminal AND given.number < entry.sequence AND entry.sequence <= given.until) "
        f"WHERE entry.office = ? AND entry.subject IN ({marks}) "
        "GROUP BY given.terminal ORDER BY min(given.at), given.terminal",
        (office, *subjects),
    ).fetchall()
    return [(terminal, datetime.fromisoformat(at).astimezone(BEIJING)) for terminal, at in rows]
