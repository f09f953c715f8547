"""What the journal means by subject: the fold of `kiosk.model.registers` kept in tables, for one transaction.

The tables know a prefix, so that a rebuild fills a second set of them beside the first while work goes on.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from functools import cached_property

import msgspec

from kiosk.model.entries import Entry, Json, decode
from kiosk.model.file import LINKED, CaseFile
from kiosk.model.registers import Cite, Cited, Held, SubjectState
from kiosk.store import many, search
from kiosk.store.database import Connection

LIVE, NEXT = "view_", "next_"


MakeFindable = Callable[[Connection, Mapping[str, Sequence[str]]], None]


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
_registers_decoder = msgspec.json.Decoder(list[str])


def state_of(body: bytes) -> SubjectState:
    """A subject of `view_state`."""
    kept = _state_decoder.decode(body)
    registers: dict[str, dict[str, Held]] = {}
    for entry, wrote in kept.entries.items():
        for register, value in wrote.values.items():
            held = Held(value, wrote.actor, wrote.role, wrote.wall)
            if register in registers:
                registers[register][entry] = held
            else:
                registers[register] = {entry: held}
    return SubjectState(registers, kept.read_only)


def _body_of(state: SubjectState) -> bytes:
    """As it stands in `view_state`."""
    entries: dict[str, _Wrote] = {}
    for register, survivors in state.registers.items():
        for entry, held in survivors.items():
            wrote = entries.get(entry)
            if wrote is None:
                wrote = entries[entry] = _Wrote(held.actor, held.role, held.wall, {})
            wrote.values[register] = held.value
    return _encoder.encode(_State(entries, state.read_only))


def _by_entry(cites: Sequence[Cite]) -> dict[str, list[str]]:
    """What is cited, as it is kept: the registers by entry."""
    found: dict[str, list[str]] = {}
    for entry, register in cites:
        if entry in found:
            found[entry].append(register)
        else:
            found[entry] = [register]
    return found


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
        return self._states.get(subject) or self.look_up((subject,))[subject]

    def look_up(self, subjects: Collection[str]) -> Mapping[str, SubjectState]:
        if unknown := [subject for subject in subjects if subject not in self._states]:
            select = f"SELECT subject, body FROM {self.prefix}state WHERE subject IN (...)"
            kept = {subject: state_of(body) for subject, body in many.ask(self.connection, select, unknown)}
            for subject in unknown:
                state = self._states[subject] = kept.get(subject) or SubjectState()
                self._cases[subject] = {state.text("case")}
        return self._states

    def cases(self, subject: str) -> set[str]:
        """The cases that a subject says it belongs to, now or earlier in this transaction."""
        now = self.state(subject).text("case")
        named = self._cases.setdefault(subject, set())
        named.add(now)
        return {case for case in named if case.startswith("case:")}

    def files(self, cases: Collection[str]) -> dict[str, CaseFile]:
        """As `file`, of those cases that are known: what they link to is asked for together."""
        states = self.look_up(cases)
        states = self.look_up({states[case].text(kind) for case in cases for kind in LINKED} - {""})
        guarantees = (
            states[states[case].text("guarantee")] for case in cases if states[case].text("guarantee")
        )
        self.look_up({guarantee.text("guarantor") for guarantee in guarantees} - {""})
        return {case: self.file(case) for case in cases if states[case].registers}

    def file(self, case: str) -> CaseFile:
        """A case with all it links to."""
        return CaseFile(case, self.state, self.is_shaken)

    def keep(self, subject: str, state: SubjectState) -> None:
        self._states[subject] = self._kept[subject] = state

    def save(self) -> None:
        many.insert(
            self.connection,
            f"INSERT INTO {self.prefix}state (subject, body) VALUES ... "
            "ON CONFLICT (subject) DO UPDATE SET body = excluded.body",
            ((subject, _body_of(state)) for subject, state in self._kept.items()),
        )
        self._kept.clear()

    def note(self, act: Sequence[Entry], cited: Cited) -> None:
        many.insert(
            self.connection,
            f'INSERT INTO {self.prefix}replacement (replaced, register, "by") VALUES ... '
            "ON CONFLICT DO NOTHING",
            (
                (replaced, register, entry.id)
                for entry in act
                for register, write in entry.writes.items()
                for replaced in write.replaces
            ),
        )
        many.insert(
            self.connection,
            f"INSERT INTO {self.prefix}rest (cited, entry, decides, registers) VALUES ... "
            "ON CONFLICT DO NOTHING",
            (
                (one, entry.id, int(entry.decision is not None), _encoder.encode(registers))
                for entry in act
                for one, registers in _by_entry(cited[entry.id]).items()
            ),
        )

    def replacements(self, replaced: Collection[str]) -> Iterable[tuple[str, str, str, str]]:
        return many.ask(
            self.connection,
            f'SELECT replaced, register, "by", entry.subject FROM {self.prefix}replacement '
            'JOIN entry ON entry.id = "by" WHERE replaced IN (...)',
            replaced,
        )

    def decisions_on(self, written: Collection[Cite]) -> Iterable[tuple[str, str, str]]:
        rows = many.ask(
            self.connection,
            f"SELECT cited, entry, registers FROM {self.prefix}rest WHERE decides = 1 AND cited IN (...)",
            {entry for entry, _ in written},
        )
        return [
            (cited, register, decision)
            for cited, decision, registers in rows
            for register in _registers_decoder.decode(registers)
            if (cited, register) in written
        ]

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
