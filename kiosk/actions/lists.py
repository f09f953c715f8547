"""Lists, counts and search over the views."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from kiosk.actions.act import Operator
from kiosk.actions.reading import case_row
from kiosk.actions.terminal import Terminal
from kiosk.actions.twins import cases_of, with_document
from kiosk.model.case import CaseRow, GuarantorRow, PersonRow
from kiosk.model.file import texts
from kiosk.model.persons import same_person
from kiosk.model.roles import is_only_doctor
from kiosk.seal import DEFLATED, PLAIN, verify
from kiosk.store import search
from kiosk.store.database import Connection
from kiosk.store.memory import SqlMemory
from kiosk.store.views import row_of

LISTS = ("waiting", "returned", "ready", "parked", "twice")
LAST = "~"  # behind every date and laboratory number


def _roles(which: str, operator: Operator) -> tuple[str, ...]:
    """Whose list it is: my roles'; what is returned or parked belongs to everyone but doctors."""
    if which == "returned":
        return () if _is_doctor(operator) else ("applicant",)
    if which == "parked" and not _is_doctor(operator):
        return ("any", "doctor") if "doctor" in operator.roles else ("any",)
    return operator.roles


def counts(connection: Connection, operator: Operator, today: date) -> dict[str, int]:
    found = {which: _count(connection, operator, (which,)) for which in LISTS}
    found["due"] = 0 if _is_doctor(operator) else _count(connection, operator, ("waiting", "ready"), today)
    return found


def _count(
    connection: Connection, operator: Operator, lists: tuple[str, ...], until: date | None = None
) -> int:
    """Cases in some lists; each once, however many of the operator's roles it waits for."""
    roles = _roles(lists[0], operator)
    row = connection.execute(
        f"SELECT count(DISTINCT case_id) FROM view_waiting WHERE which IN ({_marks(lists)}) "
        f"AND role IN ({_marks(roles)}) AND runs_out <= ?",
        (*lists, *roles, until.isoformat() if until else LAST),
    ).fetchone()
    return int(row[0])


def work_list(
    terminal: Terminal, connection: Connection, operator: Operator, which: str, today: date, limit: int
) -> list[CaseRow]:
    if which != "due":
        return _shown(terminal, operator, _listed(connection, operator, (which,), limit), today)
    if _is_doctor(operator):
        return []  # what runs out is the office's business
    listed = _listed(connection, operator, ("waiting", "ready"), limit, today)
    return _shown(terminal, operator, listed, today)


def _listed(
    connection: Connection,
    operator: Operator,
    lists: tuple[str, ...],
    limit: int,
    until: date | None = None,
) -> list[tuple[str, bytes]]:
    """(case, line), what runs out first on top: the first of each list by its index, then merged."""
    first = [
        row
        for which in lists
        for role in _roles(which, operator)
        for row in connection.execute(
            "SELECT runs_out, case_id FROM view_waiting WHERE role = ? AND which = ? AND runs_out <= ? "
            "ORDER BY runs_out, case_id LIMIT ?",
            (role, which, until.isoformat() if until else LAST, limit),
        ).fetchall()
    ]
    return _rows(connection, list(dict.fromkeys(case for _, case in sorted(first)))[:limit])


def _marks(values: tuple[str, ...]) -> str:
    return ",".join("?" * len(values))


def _is_doctor(operator: Operator) -> bool:
    return is_only_doctor(operator.roles)


def _shown(
    terminal: Terminal, operator: Operator, rows: Iterable[tuple[str, bytes]], today: date
) -> list[CaseRow]:
    """Rows as this operator may see them, each case once."""
    found: dict[str, CaseRow] = {}
    for case, body in rows:
        row = row_of(body)
        states = {line.key: line.state for line in row.stages}
        definitions = terminal.definitions(row.digest, row.track, states)
        found.setdefault(case, case_row(case, row, definitions, operator, today))
    return list(found.values())


def find(
    terminal: Terminal, connection: Connection, operator: Operator, text: str, today: date, limit: int
) -> list[CaseRow]:
    """The number on a slip finds at once; anything else is looked for in numbers, names and documents."""
    text = _number_in_seal(terminal, text.strip())
    cases = _numbered(connection, text.upper(), text.upper(), limit) or [
        *_begun(terminal, connection, text.upper(), limit),
        *search.search(connection, text, limit, "case:"),
    ]
    return _shown(terminal, operator, _rows(connection, list(dict.fromkeys(cases))[:limit]), today)


def _begun(terminal: Terminal, connection: Connection, text: str, limit: int) -> list[str]:
    """Cases whose slip has a number that begins so, with or without the office's and terminal's codes."""
    if not any(character.isdigit() for character in text):
        return []
    heads = (text, f"{terminal.office}-{terminal.code}-{text}")
    return [case for head in heads for case in _numbered(connection, head, head + "~", limit)]


def _numbered(connection: Connection, first: str, last: str, limit: int) -> list[str]:
    rows = connection.execute(
        "SELECT DISTINCT case_id FROM view_number WHERE number BETWEEN ? AND ? LIMIT ?", (first, last, limit)
    ).fetchall()
    return [case for (case,) in rows]


def _number_in_seal(terminal: Terminal, text: str) -> str:
    """A scanned seal stands for its permit's number; anything else for itself."""
    if not text.upper().startswith((PLAIN, DEFLATED)):
        return text
    claims = verify(text, terminal.trust(), terminal.clock()).claims
    return claims.number if claims else text


def _rows(connection: Connection, cases: list[str]) -> list[tuple[str, bytes]]:
    found = []
    for case in cases:
        found += connection.execute(
            "SELECT case_id, body FROM view_case WHERE case_id = ?", (case,)
        ).fetchall()
    return found


def rows_of(
    terminal: Terminal, connection: Connection, operator: Operator, cases: list[str], today: date
) -> list[CaseRow]:
    """Some cases by name."""
    return _shown(terminal, operator, _rows(connection, cases), today)


def find_person(
    terminal: Terminal, connection: Connection, document: str, issuer: str, today: date
) -> PersonRow | None:
    """The first registered of the persons with a document, with the cases of all records linked with his."""
    known = with_document(connection, document, issuer)
    if not known:
        return None
    memory = SqlMemory(connection)
    same = same_person(known[0], memory.state)
    state = memory.state(same[0])
    rows = _rows(connection, cases_of(connection, same))
    clerk = Operator("", "", ("reception",))
    return PersonRow(
        person=same[0],
        name=state.text("name"),
        birth_date=state.text("birth_date"),
        document_tail=document[-4:],
        cases=tuple(_shown(terminal, clerk, rows, today)),
    )


def guarantors(connection: Connection, text: str, limit: int) -> list[GuarantorRow]:
    """By any part of the name or code; the newest first when nothing is typed."""
    if text.strip():
        subjects = [s for s in search.search(connection, text, limit * 4) if s.startswith("guarantor:")][
            :limit
        ]
    else:
        rows = connection.execute(
            "SELECT guarantor FROM view_guarantor ORDER BY guarantor DESC LIMIT ?", (limit,)
        )
        subjects = [subject for (subject,) in rows]
    memory = SqlMemory(connection)
    found = []
    for subject in subjects:
        state = memory.state(subject)
        found.append(
            GuarantorRow(
                subject,
                state.text("name"),
                state.text("uscc") or state.text("resident_id"),
                texts(state.value("address")).get("text", ""),
            )
        )
    return found
