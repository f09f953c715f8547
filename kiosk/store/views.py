"""Views: tables read off the journal in the same transaction, and rebuilt from it at any time.

`project` writes what lists, search and numbers need of the states that `SqlMemory` keeps.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from typing import Any, TypeVar

import msgspec

from kiosk.model.entries import ACCESS, Entry
from kiosk.model.listing import ListRow, list_row, waiting
from kiosk.model.persons import LINKED, link
from kiosk.model.registers import SubjectState, apply_act
from kiosk.store import many
from kiosk.store.memory import LIVE, SqlMemory

ENDED = ("void", "cancelled")  # permits that answer void

T = TypeVar("T")
Values = tuple[Any, ...]  # of a row, without its key
Changed = Mapping[str, tuple[ListRow | None, ListRow]]  # lines of cases, as they were and as they are

_encoder = msgspec.json.Encoder()
_row_decoder = msgspec.json.Decoder(ListRow)


def row_of(body: bytes) -> ListRow:
    """A line of `view_case`."""
    return _row_decoder.decode(body)


def apply(memory: SqlMemory, act: Sequence[Entry]) -> None:
    """Folds a whole act and writes every view it touches."""
    subjects = apply_act(memory, [entry for entry in act if entry.stream != ACCESS])
    memory.save()
    project(memory, subjects | memory.shaken_subjects)


def project(memory: SqlMemory, subjects: Collection[str]) -> None:
    """Writes the views of changed subjects and the lines of the cases they belong to."""
    persons = {subject for subject in subjects if subject.startswith("person:")}
    akin = persons | {other for _, other in _twins(memory, persons)}  # who had the same document until now
    changed = project_subjects(memory, subjects)
    akin |= {other for _, other in _twins(memory, persons & changed)}
    lines = f"SELECT case_id FROM {memory.prefix}case WHERE person IN (...)"
    cases = {case for (case,) in many.ask(memory.connection, lines, akin)}
    for subject in subjects:
        if subject.startswith("case:"):
            cases.add(subject)
        elif subject not in persons:  # a guarantor stands in none
            cases |= memory.cases(subject)
    project_cases(memory, cases)


def _twins(memory: SqlMemory, persons: Collection[str]) -> list[tuple[str, str]]:
    """(person, other) for each of some persons and every other who has the same document."""
    document = f"{memory.prefix}document"
    return many.ask(
        memory.connection,
        f"SELECT own.person, other.person FROM {document} own JOIN {document} other "
        "ON other.document = own.document AND other.issuer = own.issuer AND other.person <> own.person "
        "WHERE own.person IN (...)",
        persons,
    )


def project_subjects(memory: SqlMemory, subjects: Iterable[str]) -> set[str]:
    """Writes what is found of persons, guarantors and permits by their own numbers; returns which are found
    by others now."""
    rows: dict[str, dict[str, Values | None]] = {}
    for subject in subjects:
        kind = subject.partition(":")[0]
        if kind in _FOUND:
            rows.setdefault(kind, {})[subject] = _FOUND[kind].values(memory.state(subject))
    changed: set[str] = set()
    for kind, values in rows.items():
        written = _put(memory, _FOUND[kind], values)
        changed.update(written)
        if kind == "guarantor":
            _make_findable(memory, {subject: (name, code) for subject, (code, name) in written.items()})
    return changed


def _put(memory: SqlMemory, view: _Found, rows: Mapping[str, Values | None]) -> dict[str, Values]:
    """Brings rows of a view up to date, by its key; returns those that were written. What stands there
    already is left, as are its pages."""
    table, names, key = f"{memory.prefix}{view.table}", ", ".join(view.columns), view.columns[0]
    select = f"SELECT {names} FROM {table} WHERE {key} IN (...)"
    known = {one: tuple(values) for one, *values in many.ask(memory.connection, select, rows)}
    changed = {one: values for one, values in rows.items() if values is not None and known.get(one) != values}
    many.change(
        memory.connection,
        f"DELETE FROM {table} WHERE {key} = ?",
        [(one,) for one, values in rows.items() if values is None and one in known],
    )
    new_values = ", ".join(f"{name} = excluded.{name}" for name in view.columns[1:])
    many.insert(
        memory.connection,
        f"INSERT INTO {table} ({names}) VALUES ... ON CONFLICT ({key}) DO UPDATE SET {new_values}",
        [(one, *values) for one, values in changed.items()],
    )
    return changed


def _permit(state: SubjectState) -> Values | None:
    """Void as soon as one terminal says so, whatever another wrote unseen."""
    survivors = state.survivors("status")
    ended = {entry: one for entry, one in survivors.items() if one.value in ENDED} or survivors
    held = ended[max(ended)] if ended else None
    if not state.text("number"):
        return None
    status = held.value if held and isinstance(held.value, str) else ""
    return state.text("number"), status, state.text("valid_to") or None, held.wall if held else ""


def _document(state: SubjectState) -> Values | None:
    number, issuer = state.text("document_number"), state.text("document_issuer")
    return (number, issuer) if number else None


def _guarantor(state: SubjectState) -> Values | None:
    own = "resident_id" if state.value("kind") == "person" else "uscc"
    code, name = state.text(own), state.text("name")
    return (code, name) if code and name else None


class _Found(msgspec.Struct, frozen=True):
    """A view of subjects of one kind: its key and columns, and what stands in them; None: no row."""

    table: str
    columns: tuple[str, ...]
    values: Callable[[SubjectState], Values | None]


_FOUND = {
    "person": _Found("document", ("person", "document", "issuer"), _document),
    "guarantor": _Found("guarantor", ("guarantor", "code", "name"), _guarantor),
    "permit": _Found("permit", ("subject", "number", "status", "valid_to", "since"), _permit),
}


def project_cases(memory: SqlMemory, cases: Collection[str]) -> None:
    """Writes the lines of cases, where they stand in lists, and what they are found by.

    A case that is only named yet, by what came before it, has none: a rebuild would not know of it.
    """
    rows = {case: list_row(file) for case, file in memory.files(cases).items()}
    twice = {
        person
        for person, other in _twins(memory, {row.person for row in rows.values()})
        if link(person, other, memory.state) != LINKED
    }
    select = f"SELECT case_id, body FROM {memory.prefix}case WHERE case_id IN (...)"
    known = {case: row_of(body) for case, body in many.ask(memory.connection, select, rows)}
    changed: dict[str, tuple[ListRow | None, ListRow]] = {}
    for case, row in rows.items():
        if row.person in twice:
            row = msgspec.structs.replace(row, twice=True)
        if row != known.get(case):
            changed[case] = known.get(case), row
    _write_rows(memory, changed)
    _write_waiting(memory, changed)
    _write_numbers(memory, changed)
    _make_findable(
        memory,
        {
            case: row.texts()
            for case, (before, row) in changed.items()
            if before is None or row.texts() != before.texts()
        },
    )


def _write_rows(memory: SqlMemory, changed: Changed) -> None:
    """An index is touched only where what it holds changes: that is another page to encrypt and flush."""
    table = f"{memory.prefix}case"
    bodies = {case: _encoder.encode(row) for case, (_, row) in changed.items()}
    many.insert(
        memory.connection,
        f"INSERT INTO {table} (case_id, person, status, body) VALUES ...",
        [
            (case, row.person, row.status, bodies[case])
            for case, (before, row) in changed.items()
            if before is None
        ],
    )
    many.change(
        memory.connection,
        f"UPDATE {table} SET status = ?, body = ? WHERE case_id = ?",
        [(row.status, bodies[case], case) for case, (before, row) in changed.items() if before is not None],
    )
    many.change(
        memory.connection,
        f"UPDATE {table} SET person = ? WHERE case_id = ?",
        [
            (row.person, case)
            for case, (before, row) in changed.items()
            if before is not None and before.person != row.person
        ],
    )


def _write_waiting(memory: SqlMemory, changed: Changed) -> None:
    table = f"{memory.prefix}waiting"
    gone, come = _differences(changed, waiting)
    many.change(
        memory.connection,
        f"DELETE FROM {table} WHERE case_id = ? AND role = ? AND which = ? AND runs_out = ?",
        [(case, *place) for case, place in gone],
    )
    many.insert(
        memory.connection,
        f"INSERT INTO {table} (case_id, role, which, runs_out) VALUES ... ON CONFLICT DO NOTHING",
        [(case, *place) for case, place in come],
    )


def _write_numbers(memory: SqlMemory, changed: Changed) -> None:
    table = f"{memory.prefix}number"
    gone, come = _differences(changed, lambda row: set(row.numbers))
    many.change(memory.connection, f"DELETE FROM {table} WHERE subject = ? AND number = ?", gone)
    many.insert(
        memory.connection,
        f"INSERT INTO {table} (case_id, number, subject) VALUES ... ON CONFLICT DO NOTHING",
        [(case, number, case) for case, number in come],
    )


def _differences(changed: Changed, of: Callable[[ListRow], set[T]]) -> tuple[list[tuple[str, T]], ...]:
    """What of the lines of cases is there no more, and what is new, each with its case."""
    sides = [(case, of(before) if before else set(), of(row)) for case, (before, row) in changed.items()]
    return (
        [(case, one) for case, before, after in sides for one in before - after],
        [(case, one) for case, before, after in sides for one in after - before],
    )


def _make_findable(memory: SqlMemory, texts: Mapping[str, Sequence[str]]) -> None:
    """Search has one set of tables: a rebuild goes over it once its views are in place."""
    if texts and memory.prefix == LIVE:
        memory.make_findable(memory.connection, texts)
