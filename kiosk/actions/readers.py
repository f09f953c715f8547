"""Who has read a person's data: each opening is an entry of the stream `access`, said here as a sentence.

A terminal knows of its own openings alone; the centre knows those of all, since `access` goes up only.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

import msgspec

from kiosk.actions.terminal import BEIJING
from kiosk.errors import InvalidInput
from kiosk.model.persons import same_person
from kiosk.model.text import Text, say
from kiosk.store import journal
from kiosk.store.database import Connection
from kiosk.store.memory import SqlMemory

BY_HIMSELF = "applicant"  # the role in which a self-service terminal reads


class Reading(msgspec.Struct, frozen=True):
    """One opening of personal data: when (Beijing), by whom in which role, at which terminal (its code)."""

    at: datetime
    actor: str
    role: str
    terminal: str


def subjects_of(connection: Connection, number: str) -> list[str]:
    """Persons and cases that have a number of a slip or of a document, with all other cases of the persons.

    Records that a supervisor linked are one person. Raises InvalidInput where there are none.
    """
    number = number.strip().upper()
    rows = connection.execute(
        "SELECT person FROM view_document WHERE document = ? "
        "UNION SELECT case_id FROM view_number WHERE number = ? "
        "UNION SELECT person FROM view_case WHERE case_id IN "
        "(SELECT case_id FROM view_number WHERE number = ?)",
        (number, number, number),
    ).fetchall()
    found = {subject for (subject,) in rows if subject}
    state = SqlMemory(connection).state
    persons = [subject for subject in found if subject.startswith("person:")]
    found |= {one for person in persons for one in same_person(person, state)}
    for person in sorted(found):
        cases = connection.execute("SELECT case_id FROM view_case WHERE person = ?", (person,)).fetchall()
        found |= {case for (case,) in cases}
    if not found:
        raise InvalidInput(say("No case and no document has this number."))
    return sorted(found)


def readings(connection: Connection, subjects: list[str]) -> list[Reading]:
    """Every opening of these subjects, in the order of time."""
    return [
        Reading(
            datetime.fromisoformat(entry.wall).astimezone(BEIJING), entry.actor, entry.role, entry.terminal
        )
        for entry in journal.of_subjects(connection, subjects, openings=True)
    ]


def sentence(
    reading: Reading, names: Mapping[str, str], places: Mapping[str, object], roles: Mapping[str, str]
) -> Text:
    """`names` are the operators' by number, `places` the terminals' by code, `roles` msgids by key."""
    if reading.role == BY_HIMSELF:
        return say(
            "{when}: told at the self-service terminal {place}, "
            "to someone who had a slip and the birth date.",
            when=reading.at,
            place=named(reading.actor, places),
        )
    return say(
        "{when}: opened by {name}, {role}, at {place}.",
        when=reading.at,
        name=named(reading.actor, names),
        role=Text(roles.get(reading.role, reading.role)),
        place=named(reading.terminal, places),
    )


def named(key: str, names: Mapping[str, object]) -> Text:
    """A name with its number or code; the latter alone where nobody knows a name."""
    return Text("{name} ({key})" if names.get(key) else "{key}", {"name": names.get(key), "key": key})
