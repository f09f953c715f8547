"""What the server notes beside the journal: when a terminal was here last, and what was given to whom.

Both are gathered in memory and written now and then, so that reading costs no writing.
"""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass

from central.centre import Centre
from central.feed import Batch
from central.registry import Member
from kiosk.store.database import Connection

CONTACTS_SECONDS = 10.0  # between two writings of who was here
LONGEST_PROGRAM = 60


@dataclass(frozen=True)
class Contact:
    """A terminal's last request: when (ISO 8601), how far its clock was ahead in seconds, its program."""

    at: str
    skew: int
    program: str


class Notes:
    def __init__(self, centre: Centre) -> None:
        self.centre = centre
        self._lock = threading.Lock()
        self._contacts: dict[str, Contact] = {}
        self._given: list[tuple[str, str, str, int, int, str]] = []
        self._written = time.monotonic()

    def seen(self, member: Member, skew: int, program: str) -> None:
        contact = Contact(self._now(), skew, program[:LONGEST_PROGRAM].replace("\0", ""))
        with self._lock:
            self._contacts[member.code] = contact

    def given(self, member: Member, batch: Batch) -> None:
        """Of each feed the numbers that were given; kept as the office's sharing log."""
        at = self._now()
        rows = [
            (self.centre.office, member.code, stream, after, until, at)
            for stream, after, until in batch.given
            if batch.rows
        ]
        with self._lock:
            self._given += rows

    def write(self, *, all_of_it: bool = False) -> None:
        """Writes what was gathered."""
        with self._lock:
            given, self._given = self._given, []
            contacts: dict[str, Contact] = {}
            if all_of_it or time.monotonic() - self._written > CONTACTS_SECONDS:
                contacts, self._contacts = self._contacts, contacts
                self._written = time.monotonic()
        if not given and not contacts:
            return

        def work(connection: Connection) -> None:
            connection.executemany(
                "INSERT INTO given (office, terminal, stream, number, until, at) VALUES (?, ?, ?, ?, ?, ?) "
                "ON CONFLICT DO NOTHING",
                given,
            )
            connection.executemany(
                "INSERT INTO contact (office, terminal, at, skew, program) VALUES (?, ?, ?, ?, ?) "
                "ON CONFLICT (office, terminal) DO UPDATE SET "
                "at = excluded.at, skew = excluded.skew, program = excluded.program",
                [(self.centre.office, code, one.at, one.skew, one.program) for code, one in contacts.items()],
            )

        self.centre.database.transact(work)

    def _now(self) -> str:
        return self.centre.clock().isoformat(timespec="milliseconds")


def contacts(connection: Connection, office: str) -> dict[str, Contact]:
    """The last request of each terminal, as far as it was written."""
    rows = connection.execute("SELECT terminal, at, skew, program FROM contact WHERE office = ?", (office,))
    return {terminal: Contact(at, skew, program) for terminal, at, skew, program in rows}
