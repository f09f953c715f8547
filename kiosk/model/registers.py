"""What is true now: survivors of a set of writes, the same whatever order the entries arrive in.

A register's value is whatever no other entry replaces. One survivor, or several alike: the value.
Unlike survivors: contested. A decision is *shaken* when something it rests on was replaced by an
author who had not seen the decision. No rule here reads a clock, a pack or a guard.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Protocol

import msgspec

from kiosk.model.entries import ACCESS, Entry, Json, is_known


class Held(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """One surviving write: its value, and who wrote it when (for display)."""

    value: Json
    actor: str
    role: str
    wall: str


class SubjectState(msgspec.Struct):
    """One subject folded: survivors by register and entry id.

    `read_only` is set by an entry of a kind this program does not know.
    """

    registers: dict[str, dict[str, Held]] = {}
    read_only: bool = False

    def survivors(self, register: str) -> dict[str, Held]:
        return self.registers.get(register, {})

    def contested(self, register: str) -> bool:
        survivors = self.registers.get(register)
        if survivors is None or len(survivors) < 2:
            return False
        held = list(survivors.values())
        return any(other.value != held[0].value for other in held[1:])

    def held(self, register: str) -> Held | None:
        """The survivor shown where one must be: of several, that of the largest id, the same everywhere."""
        survivors = self.registers.get(register)
        return survivors[max(survivors)] if survivors else None

    def value(self, register: str, default: Json = None) -> Json:
        held = self.held(register)
        return default if held is None else held.value

    def text(self, register: str) -> str:
        """The value where it is a text, else "": views read what any program may have written."""
        value = self.value(register)
        return value if isinstance(value, str) else ""

    def write(self, entry: Entry, replaced_before: Collection[str] = ()) -> None:
        """Folds one entry in; `replaced_before` names its registers that an earlier arrival replaced."""
        self.read_only = self.read_only or not is_known(entry)
        registers = self.registers
        for register, write in entry.writes.items():
            survivors = registers.get(register)
            if survivors is None:
                survivors = registers[register] = {}
            for replaced in write.replaces:
                survivors.pop(replaced, None)
            if register not in replaced_before:
                survivors[entry.id] = Held(write.value, entry.actor, entry.role, entry.wall)
            elif not survivors:  # a state is what survives, whether it was kept meanwhile or not
                del registers[register]


Cite = tuple[str, str]  # what an entry wrote in a register; "" for the entry as a whole
Cited = Mapping[str, Sequence[Cite]]  # entry -> all that it rests on
# entry -> register -> the entries that replace it there, and their subjects
Replaced = Mapping[str, Mapping[str, Sequence[tuple[str, str]]]]


class Memory(Protocol):
    """Where a fold keeps its state: dictionaries here, tables in the store."""

    def arrive(self, entry: Entry) -> Sequence[Entry]:
        """Notes the entry; gives its whole act (of this stream) once all of it is here, else nothing."""

    def look_up(self, subjects: Collection[str]) -> Mapping[str, SubjectState]:
        """What each of these subjects is now, empty where nothing is known; among others, maybe."""

    def keep(self, subject: str, state: SubjectState) -> None: ...
    def note(self, act: Sequence[Entry], cited: Cited) -> None:
        """Notes what the entries of an act replace, and what they rest on ("" for an entry as a whole)."""

    def replacements(self, replaced: Collection[str]) -> Iterable[tuple[str, str, str, str]]:
        """(replaced, register, by, its subject) for every known replacement of what some entries wrote."""

    def decisions_on(self, written: Collection[Cite]) -> Iterable[tuple[str, str, str]]:
        """(entry, register, decision) for every decision that rests on what some entries wrote there."""

    def rests(self, entry: str, on: str) -> bool: ...
    def shake(self, decision: str, by: str, over: str) -> None: ...


def receive(memory: Memory, entry: Entry) -> set[str]:
    """Takes one entry in any order; returns the subjects that changed (none until its act is whole)."""
    if entry.stream == ACCESS:
        return set()
    return apply_act(memory, memory.arrive(entry))


def apply_act(memory: Memory, act: Sequence[Entry]) -> set[str]:
    """Folds a whole act, or several as one; the order of its entries and of acts does not matter."""
    cited = {entry.id: [split_cite(cite) for cite in entry.rests_on] for entry in act}
    memory.note(act, cited)
    replaced = _replaced(memory, act, cited)
    subjects = {entry.subject for entry in act}
    states = memory.look_up(subjects)
    for entry in act:
        states[entry.subject].write(entry, _replaced_before(entry, replaced))
    for subject in subjects:
        memory.keep(subject, states[subject])
    _shake(memory, act, cited, replaced)
    return subjects


def _replaced(memory: Memory, act: Sequence[Entry], cited: Cited) -> Replaced:
    """What is known to replace the entries of an act, and what its decisions rest on."""
    asked = {entry.id for entry in act}
    asked.update(one for entry in act if entry.decision for one, _ in cited[entry.id])
    found: dict[str, dict[str, list[tuple[str, str]]]] = {}
    for replaced, register, by, subject in memory.replacements(asked):
        found.setdefault(replaced, {}).setdefault(register, []).append((by, subject))
    return found


def _replaced_before(entry: Entry, replaced: Replaced) -> Collection[str]:
    """The registers of an entry that were replaced before it arrived: by entries of its own subject alone, as
    those do that arrive after it."""
    if entry.id not in replaced:
        return ()
    return {
        register
        for register, replacing in replaced[entry.id].items()
        if any(subject == entry.subject for _, subject in replacing)
    }


def _shake(memory: Memory, act: Sequence[Entry], cited: Cited, replaced: Replaced) -> None:
    """Finds the decisions that the entries shake, and what shakes those of them that are decisions.

    Who rests on the other had seen it: then one simply follows the other.
    """
    replacing = [
        ((old, register), entry.id)
        for entry in act
        for register, write in entry.writes.items()
        for old in write.replaces
    ]
    resting: dict[Cite, list[str]] = {}
    for old, register, decision in memory.decisions_on({written for written, _ in replacing}):
        resting.setdefault((old, register), []).append(decision)
    found = {(decision, by, one[0]) for one, by in replacing for decision in resting.get(one, ())}
    found.update(
        (entry.id, by, one)
        for entry in act
        if entry.decision is not None
        for one, register in cited[entry.id]
        if one in replaced
        for by, _ in replaced[one].get(register, ())
    )

    def has_seen(one: str, other: str) -> bool:
        return any(seen == other for seen, _ in cited[one]) if one in cited else memory.rests(one, other)

    for decision, by, over in found:
        if decision != by and not has_seen(by, decision) and not has_seen(decision, by):
            memory.shake(decision, by, over)


def cite(entry: str, register: str) -> str:
    """How `rests_on` names what an entry wrote in one register."""
    return f"{entry}/{register}"


def split_cite(cited: str) -> Cite:
    entry, _, register = cited.partition("/")
    return entry, register


class Memories:
    """A `Memory` of dictionaries: the pure reference that every store must equal."""

    def __init__(self) -> None:
        self.states: dict[str, SubjectState] = {}
        self.shaken: set[tuple[str, str, str]] = set()
        self._arrived: dict[tuple[str, str], dict[str, Entry]] = {}
        self._replacements: dict[str, set[tuple[str, str, str]]] = {}
        self._rests: dict[str, set[tuple[str, str, bool]]] = {}

    def arrive(self, entry: Entry) -> Sequence[Entry]:
        act = self._arrived.setdefault((entry.act, entry.stream), {})
        if entry.id in act:
            return ()
        act[entry.id] = entry
        return tuple(act.values()) if len(act) == entry.act_size else ()

    def state(self, subject: str) -> SubjectState:
        return self.states.get(subject) or SubjectState()

    def look_up(self, subjects: Collection[str]) -> Mapping[str, SubjectState]:
        return {subject: self.state(subject) for subject in subjects}

    def keep(self, subject: str, state: SubjectState) -> None:
        self.states[subject] = state

    def note(self, act: Sequence[Entry], cited: Cited) -> None:
        for entry in act:
            for register, write in entry.writes.items():
                for replaced in write.replaces:
                    self._replacements.setdefault(replaced, set()).add((register, entry.id, entry.subject))
            for one, register in cited[entry.id]:
                self._rests.setdefault(one, set()).add((register, entry.id, entry.decision is not None))

    def replacements(self, replaced: Collection[str]) -> Iterable[tuple[str, str, str, str]]:
        return [(old, *found) for old in replaced for found in self._replacements.get(old, ())]

    def decisions_on(self, written: Collection[Cite]) -> Iterable[tuple[str, str, str]]:
        return [
            (entry, register, by)
            for entry, register in written
            for noted, by, decides in self._rests.get(entry, ())
            if decides and noted == register
        ]

    def rests(self, entry: str, on: str) -> bool:
        return any(by == entry for _, by, _ in self._rests.get(on, ()))

    def shake(self, decision: str, by: str, over: str) -> None:
        self.shaken.add((decision, by, over))
