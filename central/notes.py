"""What the server notes beside the journal: when a terminal was here last, and what was given to whom.

Who was here is gathered in memory and written now and then. What is given is written before the answer that
gives it leaves, and kept three years; readers that come together share one transaction.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Mapping, Sequence

import msgspec
from msgspec.structs import replace

from central.centre import Centre
from central.feed import Batch
from central.registry import Member
from kiosk.model.chain import Row
from kiosk.store.database import Connection
from kiosk.sync.protocol import State

CONTACTS_SECONDS = 10.0  # between two writings of who was here
LONGEST_PROGRAM = 60
KEPT_DAYS = 3 * 365 + 1  # on which the centre ran: what was given to whom
DAY_SECONDS = 24 * 3600

Given = tuple[str, str, str, str, int, int, str]  # a row of the table `given` without its day


class Contact(msgspec.Struct, frozen=True):
    """A terminal's last request: when (ISO 8601), how far its clock was ahead in seconds, its program.

    What it said last of itself: entries that wait to be sent, free bytes on its disk.
    """

    at: str
    skew: int
    program: str
    waiting: int | None = None
    free: int | None = None


class Notes:
    def __init__(self, centre: Centre) -> None:
        self.centre = centre
        self._lock, self._writing = threading.Lock(), threading.Lock()
        self._contacts: dict[str, Contact] = {}
        self._met: set[str] = set()  # terminals that were here since the start
        self._given: list[Given] = []
        self._written = self._started = time.monotonic()
        self._first_day: int | None = None  # the day of the start, once it was asked for

    def seen(self, member: Member, skew: int, program: str) -> None:
        contact = Contact(self._now(), skew, program[:LONGEST_PROGRAM].replace("\0", ""))
        with self._lock:
            known = self._contacts.get(member.code)
            if known is not None:
                contact = replace(contact, waiting=known.waiting, free=known.free)
            self._contacts[member.code] = contact
            if member.code not in self._met:  # written at once: somebody has just joined it, and looks
                self._met.add(member.code)
                self._written = -CONTACTS_SECONDS

    def told(self, member: Member, state: State) -> None:
        """Of a terminal that was just seen."""
        with self._lock:
            if (known := self._contacts.get(member.code)) is not None:
                self._contacts[member.code] = replace(known, waiting=state.waiting, free=state.free)

    def given(self, member: Member, batch: Batch) -> None:
        """Of each feed the numbers that are about to be given. Raises what keeps them from being written."""
        if batch.rows:
            self._note(member, [(stream, "", after, until) for stream, after, until in batch.given])

    def given_all(self, member: Member, numbers: Mapping[str, int]) -> None:
        """The same of everything up to a number of each feed: what a new terminal starts from."""
        self._note(member, [(stream, "", 0, number) for stream, number in numbers.items()])

    def given_of(self, member: Member, author: str, rows: Sequence[Row]) -> None:
        """The same of one author's stream: here the numbers are those of its entries."""
        if rows and author != member.code:
            self._note(member, [(rows[0].stream, author, rows[0].sequence - 1, rows[-1].sequence)])

    def _note(self, member: Member, found: Sequence[tuple[str, str, int, int]]) -> None:
        office, at = self.centre.office, self._now()
        with self._lock:
            self._given += [(office, member.code, *one, at) for one in found]
        with self._writing:
            self._write_given()

    def _write_given(self) -> None:
        """Nothing is left to do for one who had to wait: the one before him wrote for both."""
        with self._lock:
            given, self._given = self._given, []
        if not given:
            return
        try:
            self.centre.database.transact(
                lambda connection: connection.executemany(
                    "INSERT INTO given (office, terminal, stream, author, number, until, at, day) "
                    f"VALUES (?, ?, ?, ?, ?, ?, ?, {self._day(connection)}) ON CONFLICT DO NOTHING",
                    given,
                )
            )
        except BaseException:
            with self._lock:  # those who wait must not take it for written
                self._given = given + self._given
            raise

    def prune(self) -> None:
        """Forgets what was given longer ago than the days of three years.

        Days on which the centre ran are counted, no clock is believed: a wrong one empties no log.
        """
        self.centre.database.transact(
            lambda connection: connection.execute(
                "DELETE FROM given WHERE office = ? AND day < ?",
                (self.centre.office, self._day(connection) - KEPT_DAYS),
            )
        )

    def _day(self, connection: Connection) -> int:
        """The number of today: that of the last day in the log, one more if that has another date; and one
        more for each day that this process has run. So a clock that was set adds one at most, at a start.
        """
        if self._first_day is None:
            day, at = connection.execute(
                "SELECT day, max(at) FROM given WHERE office = ? GROUP BY day ORDER BY day DESC LIMIT 1",
                (self.centre.office,),
            ).fetchone() or (0, "")
            self._first_day = day + (at[:10] != self._now()[:10])
        return self._first_day + int((time.monotonic() - self._started) / DAY_SECONDS)

    def write(self, *, all_of_it: bool = False) -> None:
        """Writes who was here."""
        with self._lock:
            contacts: dict[str, Contact] = {}
            if all_of_it or time.monotonic() - self._written > CONTACTS_SECONDS:
                contacts, self._contacts = self._contacts, contacts
                self._written = time.monotonic()
        if not contacts:
            return

        def work(connection: Connection) -> None:
            connection.executemany(
                "INSERT INTO contact (office, terminal, at, skew, program, waiting, free) "
                "VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT (office, terminal) DO UPDATE SET "
                "at = excluded.at, skew = excluded.skew, program = excluded.program, "
                "waiting = coalesce(excluded.waiting, contact.waiting), "
                "free = coalesce(excluded.free, contact.free)",
                [(self.centre.office, code, *msgspec.structs.astuple(one)) for code, one in contacts.items()],
            )

        self.centre.database.transact(work)

    def _now(self) -> str:
        return self.centre.clock().isoformat(timespec="milliseconds")


def contacts(connection: Connection, office: str) -> dict[str, Contact]:
    """The last request of each terminal, as far as it was written."""
    rows = connection.execute(
        "SELECT terminal, at, skew, program, waiting, free FROM contact WHERE office = ?", (office,)
    )
    return {terminal: Contact(*said) for terminal, *said in rows}
