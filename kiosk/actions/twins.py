"""The same document registered at two desks that were apart: two persons, found, compared and linked."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from kiosk.actions.act import Act
from kiosk.actions.disputes import Looking
from kiosk.errors import NotAllowed, Refused
from kiosk.model.case import CaseRow, Record, Twin
from kiosk.model.disputes import SAME
from kiosk.model.file import CaseFile
from kiosk.model.persons import APART, LINKED, link, named, same_person
from kiosk.model.text import say
from kiosk.store import journal
from kiosk.store.database import Connection
from kiosk.store.memory import SqlMemory

NUMBER = "document_number"  # who wrote it first has registered the person
COMPARE = ("reception", "supervisor")  # who sees two records side by side


def with_document(connection: Connection, number: str, issuer: str) -> list[str]:
    """The persons with that document, the first registered first; without an issuer, of any."""
    rows = connection.execute(
        "SELECT person FROM view_document WHERE document = ? AND (issuer = ? OR ? = '') ORDER BY person",
        (number, issuer, issuer),
    ).fetchall()
    return [person for (person,) in rows]


def twins(memory: SqlMemory, file: CaseFile) -> tuple[Twin, ...]:
    """The other records with the document of the case's person, and those linked with him."""
    person = file.subjects.get("person")
    if not person:
        return ()
    number, issuer = file.text("person.document_number"), file.text("person.document_issuer")
    same = set(with_document(memory.connection, number, issuer)) if number and issuer else set()
    found = []
    for other in sorted({*same, *named(person, memory.state), *same_person(person, memory.state)} - {person}):
        state = link(person, other, memory.state)
        if other in same or state != APART:
            found.append(Twin(other, state))
    return tuple(found)


def cases_of(connection: Connection, persons: Iterable[str]) -> list[str]:
    return [
        case
        for person in persons
        for (case,) in connection.execute(
            "SELECT case_id FROM view_case WHERE person = ? ORDER BY case_id", (person,)
        ).fetchall()
    ]


def records(
    looking: Looking, file: CaseFile, rows: Callable[[list[str]], Iterable[CaseRow]]
) -> tuple[Record, ...]:
    """The record of the case's person and its twins, side by side."""
    memory = looking.memory
    found = [Twin(file.subjects["person"], ""), *twins(memory, file)] if "person" in file.subjects else []
    cases = {twin: tuple(rows(cases_of(memory.connection, [twin.person]))) for twin in found}
    return tuple(_record(looking, twin, cases[twin]) for twin in found)


def _record(looking: Looking, twin: Twin, cases: tuple[CaseRow, ...]) -> Record:
    state = looking.memory.state(twin.person)
    entries = journal.of_subjects(looking.memory.connection, [twin.person])
    numbers = ((entry, entry.writes.get(NUMBER)) for entry in entries)
    first = next((entry for entry, write in numbers if write is not None and not write.replaces), None)
    registered = looking.change(first, NUMBER) if first is not None else None  # whatever the clocks say
    facts = {f"person.{name}": state.value(name) for name in state.registers if not name.startswith(SAME)}
    return Record(twin.person, twin.link, registered, facts, cases)


def set_link(act: Act, other: str, reason: str, *, same: bool) -> None:
    """Says that two records are of one person, or that they are not after all. Both records bear it."""
    if "supervisor" not in act.operator.roles:
        raise NotAllowed(say("Only a supervisor says whether two records are of one person."))
    if not reason.strip():
        raise Refused(say("Give a reason."))
    found = {twin.person: twin.link for twin in twins(act.memory, act.file)}
    if other not in found or found[other] == (LINKED if same else APART):
        raise Refused(say("There is nothing to link or to undo here."))
    if act.memory.state(other).read_only:
        raise Refused(say("This case holds an entry of a newer program. It can only be looked at here."))
    act.role = "supervisor"
    kind, note = ("linked" if same else "unlinked"), {"reason": reason}
    act.write("person", kind, {f"{SAME}{other}": same}, note=note)
    act.write_to(other, kind, {f"{SAME}{act.file.subjects['person']}": same}, note=note)
