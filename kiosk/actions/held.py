"""What the centre holds back of this terminal, in words, and where somebody looks after it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import msgspec
from msgspec.structs import replace

from kiosk.model.office import Office
from kiosk.store.database import Connection
from kiosk.store.held import SetAside
from kiosk.store.memory import SqlMemory


class Where(msgspec.Struct, frozen=True):
    """Where somebody looks after a subject: a case and its number; without one what the subject is called."""

    case: str = ""
    called: str = ""


def in_words(office: Office, aside: Iterable[SetAside]) -> tuple[SetAside, ...]:
    """What is held back, with the names of this office's roles in the reasons."""
    return tuple(replace(one, reason=office.in_words(one.reason)) for one in aside)


def whereabouts(connection: Connection, aside: Sequence[SetAside]) -> dict[str, Where]:
    """By subject where to look after what is held back. What names no case itself (an employer) is looked
    after in that of an act it belongs to."""
    cases = {one.subject: case_of(connection, one.subject) for one in aside}
    of_acts = {one.act: cases[one.subject] for one in aside if cases[one.subject]}
    for one in aside:
        cases[one.subject] = cases[one.subject] or of_acts.get(one.act, "")
    memory = SqlMemory(connection)
    called = {
        subject: memory.state(case or subject).text("number" if case else "name")
        for subject, case in cases.items()
    }
    return {subject: Where(case, called[subject]) for subject, case in cases.items()}


def case_of(connection: Connection, subject: str) -> str:
    """The case that somebody opens to look after a subject; empty where there is none."""
    if subject.startswith("case:"):
        return subject
    if subject.startswith("person:"):
        row = connection.execute(
            "SELECT case_id FROM view_case WHERE person = ? ORDER BY case_id DESC LIMIT 1", (subject,)
        ).fetchone()
        return row[0] if row else ""
    return SqlMemory(connection).state(subject).text("case")
