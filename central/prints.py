"""The permits that a terminal printed, by the ledger of prints in its part of the journal.

Only of revoked terminals is it asked: their keys vouch for what had arrived, and for what was released since.
"""

from __future__ import annotations

from collections.abc import Iterator

from central import feed
from kiosk.model.entries import OFFICE, Entry, decode
from kiosk.store.database import Connection


class Prints:
    """Reads the ledger once, and then what is new of it."""

    def __init__(self, office: str) -> None:
        self.office = office
        self._known: dict[str, tuple[int, frozenset[str]]] = {}

    def of(self, connection: Connection, terminal: str) -> frozenset[str]:
        """The names (`kiosk.seal.seal_name`) of all seals that a terminal said it had printed.

        A print whose line names no seal vouches for none.
        """
        after, names = self._known.get(terminal, (0, frozenset()))
        ranges = connection.execute(
            "SELECT number, first, last FROM feed WHERE office = ? AND stream = ? AND number > ? "
            "AND terminal = ? ORDER BY number",
            (self.office, OFFICE, after, terminal),
        ).fetchall()
        for number, first, last in ranges:
            place = (self.office, terminal, OFFICE)
            rows = feed.read_rows(connection, place, first, last)
            bodies = [row.body for row in rows if row.body is not None and b'"printed"' in row.body]
            after, names = number, names.union(*(_printed(decode(body)) for body in bodies))
        self._known[terminal] = after, names
        return names


def _printed(entry: Entry) -> Iterator[str]:
    for register, write in entry.writes.items():
        value = write.value
        is_print = entry.kind == "printed" and register.startswith("print.") and isinstance(value, dict)
        if is_print and value.get("slip") == "permit" and value.get("seal"):
            yield str(value["seal"])
