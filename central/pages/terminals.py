"""The terminals of the office, and what is held back of what they sent: a supervisor's page."""

from __future__ import annotations

from datetime import datetime

import msgspec
from starlette.responses import Response

from central import admin, feed, notes, quarantine
from central.notes import Contact
from central.pages.site import Visit
from central.quarantine import HeldBack
from central.registry import Member, Registry, Release
from kiosk.errors import Refused
from kiosk.logs import log
from kiosk.model.entries import ACCESS, ADMIN, HEALTH, OFFICE
from kiosk.model.text import Text, say
from kiosk.store.database import Connection

SKEW = 60  # seconds that a clock may be off before the page points it out
LITTLE = 2_000_000_000  # free bytes on a terminal's disk from which the page points it out
LAST = 20  # of what was released
STREAMS = {OFFICE: say("office"), HEALTH: say("health"), ACCESS: say("access"), ADMIN: say("admin")}
DAY = 86_400  # seconds
RECENT = 60  # seconds since the last request while a terminal counts as connected


class Line(msgspec.Struct, frozen=True):
    """One terminal. `to_fetch` counts what of others was not given to it yet."""

    member: Member
    contact: Contact | None
    since: int  # seconds since its last request
    to_fetch: int
    held: int

    @property
    def connected(self) -> bool:
        return self.contact is not None and self.since < RECENT

    @property
    def is_off(self) -> bool:
        return self.contact is not None and abs(self.contact.skew) > SKEW

    @property
    def clock(self) -> Text:
        """How far its clock is off."""
        skew = self.contact.skew if self.contact else 0
        days = abs(skew) // DAY
        if skew > 0:
            return say("{days} days ahead", days=days) if days > 1 else say("{seconds} s ahead", seconds=skew)
        return say("{days} days behind", days=days) if days > 1 else say("{seconds} s behind", seconds=-skew)

    @property
    def free(self) -> str | None:
        """GB on its disk, to a tenth."""
        free = self.contact.free if self.contact else None
        return None if free is None else f"{free / 1e9:.1f}"

    @property
    def is_full(self) -> bool:
        return self.contact is not None and self.contact.free is not None and self.contact.free < LITTLE

    @property
    def seen(self) -> datetime | None:
        return datetime.fromisoformat(self.contact.at) if self.contact else None

    @property
    def enrolled(self) -> datetime:
        return datetime.fromisoformat(self.member.enrolled)

    @property
    def revoked(self) -> datetime | None:
        return datetime.fromisoformat(self.member.revoked) if self.member.revoked else None


def show(visit: Visit) -> Response:
    visit.needs("supervisor")
    centre = visit.site.centre
    visit.site.server.notes.write(all_of_it=True)
    with centre.database.read() as connection:
        every = quarantine.listed(connection, centre.office, also_released=True, words=centre.pack.office)
        held = [one for one in every if not one.released]
        lines = _lines(connection, visit, held)
        restored, awaited = centre.restored(connection), centre.awaited(connection)
        released = _released(every, centre.registry(connection))
    return visit.page(
        "terminals.html",
        lines=lines,
        restored=restored,
        awaited=awaited,
        held=held,
        released=released,
        counted=_counted,
        streams=STREAMS,
        names={line.member.code: line.member.name for line in lines},
        at={one.place + one.sequences: datetime.fromisoformat(one.at) for one in held},
    )


def _counted(count: int) -> Text:
    return say("1 entry") if count == 1 else say("{count} entries", count=count)


def _released(every: list[HeldBack], registry: Registry) -> list[tuple[HeldBack, Release, str]]:
    """What was taken in last, by whom: number and name."""
    known = registry.releases()
    found = []
    for one in every:
        release = known.get((one.place[1], one.place[2], one.sequences[0]))
        if release is not None:
            operator = registry.operators.get(release.by)
            found.append((one, release, f"{operator.name} ({release.by})" if operator else release.by))
    return sorted(found, key=lambda line: line[1].at, reverse=True)[:LAST]


def _lines(connection: Connection, visit: Visit, held: list[HeldBack]) -> list[Line]:
    centre = visit.site.centre
    contacts = notes.contacts(connection, centre.office)
    given = _given(connection, centre.office)
    lines = []
    for member in centre.registry(connection).members.values():
        if member.is_centre:
            continue
        contact = contacts.get(member.code)
        since = (centre.clock() - datetime.fromisoformat(contact.at)).total_seconds() if contact else 0.0
        streams = () if member.revoked else feed.streams_for(member.face, member.departments)
        lines.append(
            Line(
                member,
                contact,
                int(since),
                sum(
                    _after(connection, member, stream, given.get((member.code, stream), 0), centre.office)
                    for stream in streams
                ),
                sum(one.place[1] == member.code for one in held),
            )
        )
    return sorted(lines, key=lambda line: (bool(line.member.revoked), line.member.name, line.member.code))


def _after(connection: Connection, member: Member, stream: str, number: int, office: str) -> int:
    """How many ranges of others came into a feed after that number, and were not given as their author's."""
    (count,) = connection.execute(
        "SELECT count(*) FROM feed WHERE office = ? AND stream = ? AND number > ? AND terminal <> ? "
        "AND NOT EXISTS (SELECT 1 FROM given WHERE given.office = feed.office AND given.terminal = ? "
        "AND given.stream = feed.stream AND given.author = feed.terminal "
        "AND given.number < feed.last AND feed.last <= given.until)",
        (office, stream, number, member.code, member.code),
    ).fetchone()
    return int(count)


def _given(connection: Connection, office: str) -> dict[tuple[str, str], int]:
    """Up to which number of a feed each terminal was given it."""
    rows = connection.execute(
        "SELECT terminal, stream, max(until) FROM given WHERE office = ? AND author = '' "
        "GROUP BY terminal, stream",
        (office,),
    ).fetchall()
    return {(terminal, stream): until for terminal, stream, until in rows}


def release(visit: Visit) -> Response:
    """What was held back is taken into the journal, as if it had just arrived."""
    visit.needs("supervisor")
    centre = visit.site.centre
    terminal, stream, sequence = visit.get("terminal"), visit.get("stream"), visit.get("sequence")
    if not (sequence.isascii() and sequence.isdigit() and len(sequence) < 16):
        raise Refused(say("Nothing is held back there."))
    first = int(sequence)
    place = (centre.office, terminal, stream)
    count = admin.release(centre, place, first, first, visit.operator.number)
    log.info("release", count=count, role="supervisor")
    text = say("Released: {entries} of {terminal}.", entries=_counted(count), terminal=terminal)
    return visit.go("/terminals", text)
