"""Views: tables read off the journal in the same transaction, and rebuilt from it at any time.

`SqlMemory` keeps the fold of `kiosk.model.registers` in tables; `project` writes what lists, search
and numbers need. Both know a prefix, so that a rebuild fills a second set of tables beside the
first while work goes on, and then takes their place.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from functools import cached_property

import msgspec

from kiosk.model.entries import ACCESS, Entry, Json, decode
from kiosk.model.file import CaseFile
from kiosk.model.listing import ListRow, list_row, waiting
from kiosk.model.persons import LINKED, link
from kiosk.model.registers import Cited, Held, SubjectState, apply_act
from kiosk.store import search
from kiosk.store.database import Connection

LIVE, NEXT = "view_", "next_"
MOST_ASKED = 10_000  # values in one statement: SQLite takes three times as many
ENDED = ("void", "cancelled")  # permits that answer void

MakeFindable = Callable[[Connection, str, Sequence[str]], None]


class _Wrote(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """What of an entry survives: who wrote it, in which role, when, and the values by register."""

    actor: str
    role: str
    wall: str
    values: dict[str, Json]


class _State(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """A subject as it is kept, by entry: half as long as by register, for most entries write several."""

    entries: dict[str, _Wrote]
    read_only: bool = False


_encoder = msgspec.json.Encoder()
_state_decoder = msgspec.json.Decoder(_State)
_row_decoder = msgspec.json.Decoder(ListRow)


def row_of(body: bytes) -> ListRow:
    """A line of `view_case`."""
    return _row_decoder.decode(body)


def state_of(body: bytes) -> SubjectState:
    """A subject of `view_state`."""
    kept = _state_decoder.decode(body)
    registers: dict[str, dict[str, Held]] = {}
    for entry, wrote in kept.entries.items():
        for register, value in wrote.values.items():
            survivors = registers.setdefault(register, {})
            survivors[entry] = Held(value, wrote.actor, wrote.role, wrote.wall)
    return SubjectState(registers, kept.read_only)


def _body_of(state: SubjectState) -> bytes:
    """As it stands in `view_state`."""
    entries: dict[str, _Wrote] = {}
    for register, survivors in state.registers.items():
        for entry, held in survivors.items():
            if entry not in entries:
                entries[entry] = _Wrote(held.actor, held.role, held.wall, {})
            entries[entry].values[register] = held.value
    return _encoder.encode(_State(entries, state.read_only))


class SqlMemory:
    """A `Memory` (see `kiosk.model.registers`) of tables, for the length of one transaction.

    A state is read once and then shared: who changes it, `keep`s it; `save` writes what was kept.
    """

    def __init__(
        self, connection: Connection, prefix: str = LIVE, make_findable: MakeFindable = search.index
    ) -> None:
        self.connection = connection
        self.prefix = prefix
        self.make_findable = make_findable
        self._execute = connection.execute
        self._states: dict[str, SubjectState] = {}
        self._kept: dict[str, SubjectState] = {}
        self.shaken_subjects: set[str] = set()
        self._cases: dict[str, set[str]] = {}

    def arrive(self, entry: Entry) -> Sequence[Entry]:
        rows = self._execute(
            "SELECT body FROM entry WHERE office = ? AND terminal = ? AND stream = ? "
            "AND sequence BETWEEN ? AND ? AND act = ?",  # an act stands in one place
            (
                entry.office,
                entry.terminal,
                entry.stream,
                entry.sequence - entry.act_size,
                entry.sequence + entry.act_size,
                entry.act,
            ),
        ).fetchall()
        if len(rows) < entry.act_size:
            return ()
        return tuple(decode(body) for (body,) in rows if body is not None)  # what was erased has arrived too

    def state(self, subject: str) -> SubjectState:
        state = self._states.get(subject)
        if state is None:
            row = self._execute(
                f"SELECT body FROM {self.prefix}state WHERE subject = ?", (subject,)
            ).fetchone()
            state = self._states[subject] = state_of(row[0]) if row else SubjectState()
            self._cases[subject] = {state.text("case")}
        return state

    def cases(self, subject: str) -> set[str]:
        """The cases that a subject says it belongs to, now or earlier in this transaction."""
        now = self.state(subject).text("case")
        named = self._cases.setdefault(subject, set())
        named.add(now)
        return {case for case in named if case.startswith("case:")}

    def file(self, case: str) -> CaseFile:
        """A case with all it links to."""
        return CaseFile(case, self.state, self.is_shaken)

    def keep(self, subject: str, state: SubjectState) -> None:
        self._states[subject] = self._kept[subject] = state

    def save(self) -> None:
        self.connection.executemany(
            f"INSERT INTO {self.prefix}state (subject, body) VALUES (?, ?) "
            "ON CONFLICT (subject) DO UPDATE SET body = excluded.body",
            [(subject, _body_of(state)) for subject, state in self._kept.items()],
        )
        self._kept.clear()

    def note(self, act: Sequence[Entry], cited: Cited) -> None:
        self.connection.executemany(
            f'INSERT INTO {self.prefix}replacement (replaced, register, "by") VALUES (?, ?, ?) '
            "ON CONFLICT DO NOTHING",
            [
                (replaced, register, entry.id)
                for entry in act
                for register, write in entry.writes.items()
                for replaced in write.replaces
            ],
        )
        self.connection.executemany(
            f"INSERT INTO {self.prefix}rest (cited, register, entry, decides) VALUES (?, ?, ?, ?) "
            "ON CONFLICT DO NOTHING",
            [
                (one, register, entry.id, int(entry.decision is not None))
                for entry in act
                for one, register in cited[entry.id]
            ],
        )

    def replacements(self, replaced: Collection[str]) -> Iterable[tuple[str, str, str, str]]:
        asked, rows = list(replaced), []
        for start in range(0, len(asked), MOST_ASKED):
            part = asked[start : start + MOST_ASKED]
            rows += self._execute(
                f'SELECT replaced, register, "by", entry.subject FROM {self.prefix}replacement '
                f'JOIN entry ON entry.id = "by" WHERE replaced IN ({",".join("?" * len(part))})',
                part,
            ).fetchall()
        return rows

    def decisions_on(self, cited: str, register: str) -> Iterable[str]:
        rows = self._execute(
            f"SELECT entry FROM {self.prefix}rest WHERE cited = ? AND register = ? AND decides = 1",
            (cited, register),
        ).fetchall()
        return [entry for (entry,) in rows]

    def rests(self, entry: str, on: str) -> bool:
        found = self._execute(
            f"SELECT 1 FROM {self.prefix}rest WHERE cited = ? AND entry = ? LIMIT 1", (on, entry)
        )
        return found.fetchone() is not None

    def shake(self, decision: str, by: str, over: str) -> None:
        self._execute(
            f'INSERT INTO {self.prefix}shaken (decision, "by", "over") VALUES (?, ?, ?) '
            "ON CONFLICT DO NOTHING",
            (decision, by, over),
        )
        self._shaken.add(decision)
        row = self._execute("SELECT subject FROM entry WHERE id = ?", (decision,)).fetchone()
        if row:
            self.shaken_subjects.add(row[0])

    def is_shaken(self, decision: str) -> bool:
        return decision in self._shaken

    def shaken_by(self, decision: str) -> list[tuple[str, str]]:
        """(by, over) of everything that shakes a decision: `by` replaced `over`, on which it rests."""
        return self._execute(
            f'SELECT "by", "over" FROM {self.prefix}shaken WHERE decision = ? ORDER BY "by", "over"',
            (decision,),
        ).fetchall()

    @cached_property
    def _shaken(self) -> set[str]:
        """All of them: a handful, since what one author did not see the next one settles."""
        return {decision for (decision,) in self._execute(f"SELECT decision FROM {self.prefix}shaken")}


def apply(memory: SqlMemory, act: Sequence[Entry]) -> None:
    """Folds a whole act and writes every view it touches."""
    subjects = apply_act(memory, [entry for entry in act if entry.stream != ACCESS])
    memory.save()
    project(memory, subjects | memory.shaken_subjects)


def project(memory: SqlMemory, subjects: Iterable[str]) -> None:
    """Writes the views of changed subjects and the lines of the cases they belong to."""
    cases: set[str] = set()
    for subject in subjects:
        if subject.startswith("person:"):  # who had the same document until now
            cases |= _cases_of(memory, subject)
        project_subject(memory, subject)
        cases |= _cases_of(memory, subject)
    for case in cases:
        project_case(memory, case)


def _cases_of(memory: SqlMemory, subject: str) -> set[str]:
    """The cases whose line a subject may change; a guarantor stands in none."""
    if subject.startswith("case:"):
        return {subject}
    if subject.startswith("person:"):  # and those of who has the same document: they may be registered twice
        prefix = memory.prefix
        rows = memory.connection.execute(
            f"SELECT case_id FROM {prefix}case WHERE person IN (SELECT ? UNION ALL SELECT other.person "
            f"FROM {prefix}document own JOIN {prefix}document other "
            "ON other.document = own.document AND other.issuer = own.issuer WHERE own.person = ?)",
            (subject, subject),
        )
        return {case for (case,) in rows}
    return memory.cases(subject)


def project_subject(memory: SqlMemory, subject: str) -> None:
    """Writes what is found of a person, a guarantor or a permit by its own numbers."""
    if subject.startswith("person:"):
        _project_document(memory, subject, memory.state(subject))
    elif subject.startswith("guarantor:"):
        _project_guarantor(memory, subject, memory.state(subject))
    elif subject.startswith("permit:"):
        _project_permit(memory, subject, memory.state(subject))


def _project_permit(memory: SqlMemory, permit: str, state: SubjectState) -> None:
    """Void as soon as one terminal says so, whatever another wrote unseen."""
    survivors = state.survivors("status")
    ended = {entry: one for entry, one in survivors.items() if one.value in ENDED} or survivors
    held = ended[max(ended)] if ended else None
    if not state.text("number"):
        memory.connection.execute(f"DELETE FROM {memory.prefix}permit WHERE subject = ?", (permit,))
    else:
        memory.connection.execute(
            f"INSERT INTO {memory.prefix}permit (number, subject, status, valid_to, since) "
            "VALUES (?, ?, ?, ?, ?) "
            "ON CONFLICT (subject) DO UPDATE SET number = excluded.number, status = excluded.status, "
            "valid_to = excluded.valid_to, since = excluded.since",
            (
                state.text("number"),
                permit,
                held.value if held and isinstance(held.value, str) else "",
                state.text("valid_to") or None,
                held.wall if held else "",
            ),
        )


def _project_document(memory: SqlMemory, person: str, state: SubjectState) -> None:
    number, issuer = state.text("document_number"), state.text("document_issuer")
    if not number:
        memory.connection.execute(f"DELETE FROM {memory.prefix}document WHERE person = ?", (person,))
    else:
        memory.connection.execute(
            f"INSERT INTO {memory.prefix}document AS known (person, document, issuer) VALUES (?, ?, ?) "
            "ON CONFLICT (person) DO UPDATE SET document = excluded.document, issuer = excluded.issuer "
            # else there is nothing to write
            "WHERE (known.document, known.issuer) <> (excluded.document, excluded.issuer)",
            (person, number, issuer),
        )


def _project_guarantor(memory: SqlMemory, guarantor: str, state: SubjectState) -> None:
    own = "resident_id" if state.value("kind") == "person" else "uscc"
    code, name = state.text(own), state.text("name")
    if not code or not name:
        memory.connection.execute(f"DELETE FROM {memory.prefix}guarantor WHERE guarantor = ?", (guarantor,))
        return
    written = memory.connection.execute(
        f"INSERT INTO {memory.prefix}guarantor AS known (guarantor, code, name) VALUES (?, ?, ?) "
        "ON CONFLICT (guarantor) DO UPDATE SET code = excluded.code, name = excluded.name "
        "WHERE (known.code, known.name) <> (excluded.code, excluded.name)",
        (guarantor, code, name),
    )
    if written.rowcount:
        _make_findable(memory, guarantor, (name, code))


def project_case(memory: SqlMemory, case: str) -> None:
    """Writes the line of a case, where it stands in lists, and what it is found by.

    A case that is only named yet, by what came before it, has none: a rebuild would not know of it.
    """
    connection, prefix = memory.connection, memory.prefix
    if not memory.state(case).registers:
        return
    row = list_row(memory.file(case))
    if _is_registered_twice(memory, row):
        row = msgspec.structs.replace(row, twice=True)
    stored = connection.execute(f"SELECT body FROM {prefix}case WHERE case_id = ?", (case,)).fetchone()
    before = row_of(stored[0]) if stored else None
    if row == before:
        return
    _write_row(connection, prefix, case, before, row)
    _change_waiting(connection, prefix, case, waiting(before) if before else set(), waiting(row))
    if before is None or row.texts() != before.texts():
        _make_findable(memory, case, row.texts())
    known, numbers = set(before.numbers if before else ()), set(row.numbers)
    connection.executemany(
        f"DELETE FROM {prefix}number WHERE number = ? AND subject = ?",
        [(number, case) for number in known - numbers],
    )
    connection.executemany(
        f"INSERT INTO {prefix}number (number, subject, case_id) VALUES (?, ?, ?) ON CONFLICT DO NOTHING",
        [(number, case, case) for number in numbers - known],
    )


def _is_registered_twice(memory: SqlMemory, row: ListRow) -> bool:
    """Whether another person has the same document, and nobody has said that they are one."""
    others = memory.connection.execute(
        f"SELECT person FROM {memory.prefix}document WHERE document = ? AND issuer = ? AND person <> ?",
        (row.document, row.issuer, row.person),
    ).fetchall()
    return any(link(row.person, other, memory.state) != LINKED for (other,) in others)


def _write_row(connection: Connection, prefix: str, case: str, before: ListRow | None, row: ListRow) -> None:
    """An index is touched only where what it holds changes: that is another page to encrypt and flush."""
    body = _encoder.encode(row)
    if before is None:
        connection.execute(
            f"INSERT INTO {prefix}case (case_id, person, status, body) VALUES (?, ?, ?, ?)",
            (case, row.person, row.status, body),
        )
        return
    connection.execute(
        f"UPDATE {prefix}case SET status = ?, body = ? WHERE case_id = ?", (row.status, body, case)
    )
    if before.person != row.person:
        connection.execute(f"UPDATE {prefix}case SET person = ? WHERE case_id = ?", (row.person, case))


def _make_findable(memory: SqlMemory, subject: str, texts: Sequence[str]) -> None:
    """Search has one set of tables: a rebuild goes over it once its views are in place."""
    if memory.prefix == LIVE:
        memory.make_findable(memory.connection, subject, texts)


def _change_waiting(
    connection: Connection,
    prefix: str,
    case: str,
    before: set[tuple[str, str, str]],
    after: set[tuple[str, str, str]],
) -> None:
    if before - after:
        connection.executemany(
            f"DELETE FROM {prefix}waiting WHERE role = ? AND which = ? AND runs_out = ? AND case_id = ?",
            [(*place, case) for place in before - after],
        )
    if after - before:
        connection.executemany(
            f"INSERT INTO {prefix}waiting (role, which, runs_out, case_id) VALUES (?, ?, ?, ?) "
            "ON CONFLICT DO NOTHING",
            [(*place, case) for place in after - before],
        )
