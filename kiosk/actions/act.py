"""One act: the entries of one action, gathered, then written whole with their views in one transaction."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime

import msgspec
from msgspec.structs import replace

from kiosk.actions.terminal import Mint, Terminal, uuid7
from kiosk.errors import Refused
from kiosk.model.entries import ACCESS, HEALTH, KINDS, OFFICE, Decision, Entry, Json, Write
from kiosk.model.file import LINKED, CaseFile
from kiosk.model.registers import SubjectState, cite, split_cite
from kiosk.model.text import say
from kiosk.model.unheard import beneath
from kiosk.store import held, journal, views
from kiosk.store.database import Connection
from kiosk.store.memory import SqlMemory


class Operator(msgspec.Struct, frozen=True):
    """Who is signed in at this terminal."""

    number: str
    name: str
    roles: tuple[str, ...]
    window: str = "1"


class Act:
    """Gathers entries over one case file, which follows every write, so that guards see it done."""

    def __init__(
        self,
        terminal: Terminal,
        connection: Connection,
        operator: Operator,
        *,
        role: str = "",
        second: Operator | None = None,
        now: datetime,
    ) -> None:
        self.terminal = terminal
        self.connection = connection
        self.operator = operator
        self.role = role or operator.roles[0]
        self.second = second.number if second else ""
        self.now = now
        self.on_behalf_of = ""
        self.mint = Mint(terminal, connection)
        self.memory = SqlMemory(connection)
        self.entries: list[Entry] = []
        self.id = self.new_id()
        self._file: CaseFile | None = None

    def new_id(self) -> str:
        return uuid7(self.terminal.tick(self.now))

    @property
    def file(self) -> CaseFile:
        assert self._file is not None
        return self._file

    def load(self, case: str) -> CaseFile:
        self._file = self.memory.file(case)
        if not self._file.states["case"].registers:
            raise Refused(say("There is no such case."))
        return self._file

    def begin_case(self) -> CaseFile:
        """A new case's empty file."""
        self._file = self.memory.file(f"case:{self.new_id()}")
        return self._file

    def subject(self, kind: str, *, fresh: bool = False) -> str:
        """The case's subject of a kind; made and linked when there is none, or when it must be fresh."""
        file = self.file
        if kind in file.subjects and not fresh:
            return file.subjects[kind]
        subject = f"{kind}:{self.new_id()}"
        self.attach(kind, subject, SubjectState())
        if kind in ("health", "clearance", "guarantee", "lodging", "permit"):
            self.write(kind, "recorded", {"case": file.case, "person": file.subjects.get("person", "")})
        return subject

    def attach(self, kind: str, subject: str, state: SubjectState | None = None) -> None:
        """Links the case (or its guarantee, for a guarantor) to a subject."""
        if kind == "guarantor":
            self.subject("guarantee")
        self.file.subjects[kind] = subject
        self.file.states[kind] = self.memory.state(subject) if state is None else state
        if kind == "guarantor":
            self.write("guarantee", "recorded", {"guarantor": subject})
        elif kind in LINKED:
            self.write("case", "recorded", {kind: subject})

    def write(
        self,
        subject_kind: str,
        kind: str,
        values: Mapping[str, Json],
        *,
        decision: Decision | None = None,
        rests_on: Collection[str] = (),
        note: Mapping[str, Json] | None = None,
        stream: str = "",
    ) -> Entry:
        """Adds an entry; what it replaces is what the file shows now."""
        subject = self.file.subjects[subject_kind]
        state = self.file.states[subject_kind]
        return self._add(subject, state, kind, values, decision, rests_on, note, stream)

    def write_to(
        self,
        subject: str,
        kind: str,
        values: Mapping[str, Json],
        *,
        note: Mapping[str, Json] | None = None,
        stream: str = "",
    ) -> Entry:
        """Adds an entry about a subject that the case does not (or no longer) link to."""
        return self._add(subject, self.memory.state(subject), kind, values, None, (), note, stream)

    def _add(
        self,
        subject: str,
        state: SubjectState,
        kind: str,
        values: Mapping[str, Json],
        decision: Decision | None,
        rests_on: Collection[str],
        note: Mapping[str, Json] | None,
        stream: str,
    ) -> Entry:
        stream = stream or (HEALTH if subject.startswith("health:") else OFFICE)
        note = dict(note or {})
        replaced = self._replaced(state, values)
        cites = set(rests_on) | self._held_grounds(rests_on) | self._decisions_changed(replaced, stream)
        writes = {register: Write(value, replaced[register]) for register, value in values.items()}
        entry = self._joined(subject, kind, writes, cites, note)
        if entry is None:
            entry = Entry(
                id=self.new_id(),
                act=self.id,
                act_size=0,
                subject=subject,
                kind=kind,
                version=KINDS[kind].version,
                writes=writes,
                actor=self.operator.number,
                role=self.role,
                office=self.terminal.office,
                terminal=self.terminal.code,
                stream=stream,
                sequence=0,
                time=self.terminal.tick(self.now),
                wall=self.now.isoformat(timespec="milliseconds"),
                definitions=str(self.file.peek("case.definitions", "")),
                rests_on=tuple(sorted(cites)),
                on_behalf_of=self.on_behalf_of,
                second=self.second,
                decision=decision,
                note=note,
            )
            self.entries.append(entry)
        state.write(entry)
        return entry

    def _replaced(self, state: SubjectState, registers: Collection[str]) -> dict[str, tuple[str, ...]]:
        """By register what the file shows, and what the others see in place of it: see `model.unheard`."""
        seen = {(entry, register) for register in registers for entry in state.survivors(register)}
        found = beneath(seen, lambda ids: held.unheard(self.connection, ids, unsent=True))
        return {
            register: tuple(sorted(entry for entry, at in found if at == register)) for register in registers
        }

    def _held_grounds(self, rests_on: Collection[str]) -> set[str]:
        """Where a ground is held back, what stands there for the others is one, too: changed, it shakes."""
        grounds = {one for one in map(split_cite, rests_on) if one[1]}
        return {cite(*one) for one in beneath(grounds, lambda ids: held.unheard(self.connection, ids))}

    def _joined(
        self,
        subject: str,
        kind: str,
        writes: Mapping[str, Write],
        cites: Collection[str],
        note: Mapping[str, Json],
    ) -> Entry | None:
        """Plain facts of one subject stand in one entry of the act: the earlier one, with these added."""
        for at, entry in enumerate(self.entries):
            known = (entry.subject, entry.kind, entry.role, entry.note)
            if kind == "recorded" and known == (subject, kind, self.role, note):
                if writes.keys() & entry.writes.keys():
                    return None
                grounds = tuple(sorted({*entry.rests_on, *cites}))
                self.entries[at] = replace(entry, writes={**entry.writes, **writes}, rests_on=grounds)
                return self.entries[at]
        return None

    def _decisions_changed(self, replaced: Mapping[str, tuple[str, ...]], stream: str) -> set[str]:
        """The decisions that rest on what is replaced: cited, for their ground is changed knowingly.

        A health entry cites office entries, never the other way round: an office entry must not tell
        that a doctor wrote something.
        """
        written = [(entry, register) for register, entries in replaced.items() for entry in entries]
        found = {decision for _, _, decision in self.memory.decisions_on(written)}
        cites = {cite(*one) for one in written}
        return found | {
            mine.id
            for mine in self.entries
            if mine.decision and mine.stream == stream and not cites.isdisjoint(mine.rests_on)
        }

    def changed(self, values: Mapping[str, Json]) -> dict[str, dict[str, Json]]:
        """Of values by "subject.register" those that differ from the file, by subject kind."""
        by_subject: dict[str, dict[str, Json]] = {}
        for key, value in values.items():
            kind, _, register = key.partition(".")
            state = self.file.states.get(kind)
            if state is None or state.contested(register) or state.value(register) != value:
                by_subject.setdefault(kind, {})[register] = value
        return by_subject

    def note_reading(self, what: tuple[str, ...]) -> None:
        """One entry for the opening of personal data; it writes nothing and is never replayed."""
        kind = "person" if "person" in self.file.subjects else "case"
        self.write(kind, "read", {}, note={"fields": list(what)}, stream=ACCESS)

    def commit(self) -> None:
        """Journal and views, in the transaction that is open."""
        if self.entries:
            views.apply(self.memory, journal.append(self.connection, self.entries))
