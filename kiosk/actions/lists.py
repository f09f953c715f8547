"""Lists, counts and search over the views."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from kiosk.actions.act import Operator
from kiosk.actions.reading import case_row
from kiosk.actions.terminal import Terminal
from kiosk.model.case import CaseRow, GuarantorRow, PersonRow
from kiosk.seal import DEFLATED, PLAIN, verify
from kiosk.store import search
from kiosk.store.database import Connection
from kiosk.store.views import SqlMemory, row_of


def _roles(which: str, operator: Operator) -> tuple[str, ...]:
    """Whose list it is: my roles'; what is returned or parked belongs to everyone but the doctor."""
    if which == "returned":
        return () if operator.roles == ("doctor",) else ("applicant",)
    if which == "parked":
        return ("any",)
    return operator.roles


def counts(connection: Connection, operator: Operator, today: date) -> dict[str, int]:
    found = {
        which: _count(connection, operator, which) for which in ("waiting", "returned", "ready", "parked")
    }
    found["due"] = _count(connection, operator, "waiting", today) + _count(
        connection, operator, "ready", today
    )
    return found


def _count(connection: Connection, operator: Operator, which: str, until: date | None = None) -> int:
    roles = _roles(which, operator)
    marks = ",".join("?" * len(roles))
    due = " AND runs_out <= ? AND runs_out LIKE '____-__-__'" if until else ""
    row = connection.execute(
        f"SELECT count(*) FROM view_waiting WHERE which = ? AND role IN ({marks}){due}",
        (which, *roles, *([until.isoformat()] if until else [])),
    ).fetchone()
    return int(row[0])


def work_list(
    terminal: Terminal, connection: Connection, operator: Operator, which: str, today: date, limit: int
) -> list[CaseRow]:
    if which == "due":
        rows = _listed(connection, operator, "waiting", limit) + _listed(connection, operator, "ready", limit)
        shown = _shown(terminal, operator, rows, today)
        return [row for row in shown if row.runs_out is not None and row.runs_out <= today]
    return _shown(terminal, operator, _listed(connection, operator, which, limit), today)


def _listed(connection: Connection, operator: Operator, which: str, limit: int) -> list[tuple[str, bytes]]:
    roles = _roles(which, operator)
    marks = ",".join("?" * len(roles))
    return connection.execute(
        "SELECT DISTINCT c.case_id, c.body, w.runs_out FROM view_waiting w JOIN view_case c USING (case_id) "
        f"WHERE w.which = ? AND w.role IN ({marks}) ORDER BY w.runs_out, c.case_id LIMIT ?",
        (which, *roles, limit),
    ).fetchall()


def _shown(
    terminal: Terminal, operator: Operator, rows: Iterable[tuple[str, bytes]], today: date
) -> list[CaseRow]:
    """Rows as this operator may see them, each case once."""
    found: dict[str, CaseRow] = {}
    for case, body, *_ in rows:
        row = row_of(body)
        found.setdefault(case, case_row(case, row, terminal.definitions(row.digest), operator, today))
    return list(found.values())


def find(
    terminal: Terminal, connection: Connection, operator: Operator, text: str, today: date, limit: int
) -> list[CaseRow]:
    """The number on a slip finds at once; anything else is looked for in numbers, names and documents."""
    text = _number_in_seal(terminal, text.strip())
    cases = _numbered(connection, text.upper(), text.upper(), limit) or [
        *_begun(terminal, connection, text.upper(), limit),
        *(subject for subject in search.search(connection, text, limit) if subject.startswith("case:")),
    ]
    return _shown(terminal, operator, _rows(connection, list(dict.fromkeys(cases))[:limit]), today)


def _begun(terminal: Terminal, connection: Connection, text: str, limit: int) -> list[str]:
    """Cases whose slip has a number that begins so, the office's and this terminal's codes left out or not."""
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


def find_person(
    terminal: Terminal, connection: Connection, document: str, issuer: str, today: date
) -> PersonRow | None:
    where, values = (
        ("document = ?", (document,)) if not issuer else ("document = ? AND issuer = ?", (document, issuer))
    )
    row = connection.execute(
        f"SELECT person FROM view_document WHERE {where} ORDER BY person LIMIT 1", values
    ).fetchone()
    if row is None:
        return None
    state = SqlMemory(connection).state(row[0])
    rows = connection.execute("SELECT case_id, body FROM view_case WHERE person = ?", (row[0],)).fetchall()
    clerk = Operator("", "", ("reception",))
    return PersonRow(
        person=row[0],
        name=str(state.value("name", "")),
        birth_date=str(state.value("birth_date", "")),
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
        address = state.value("address") or {}
        found.append(
            GuarantorRow(
                subject,
                str(state.value("name", "")),
                str(state.value("uscc") or state.value("resident_id") or ""),
                str(address.get("text", "")),
            )
        )
    return found
