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
        for register, write in entry.writes.items():
            survivors = self.registers.setdefault(register, {})
            for replaced in write.replaces:
                survivors.pop(replaced, None)
            if register not in replaced_before:
                survivors[entry.id] = Held(write.value, entry.actor, entry.role, entry.wall)
            if not survivors:  # a state is what survives, whether it was kept meanwhile or not
                del self.registers[register]


Cited = Mapping[str, Sequence[tuple[str, str]]]  # entry -> (entry, register) of all that it rests on


class Memory(Protocol):
    """Where a fold keeps its state: dictionaries here, tables in the store."""

    def arrive(self, entry: Entry) -> Sequence[Entry]:
        """Notes the entry; gives its whole act (of this stream) once all of it is here, else nothing."""

    def state(self, subject: str) -> SubjectState: ...
    def keep(self, subject: str, state: SubjectState) -> None: ...
    def note(self, act: Sequence[Entry], cited: Cited) -> None:
        """Notes what the entries of an act replace, and what they rest on ("" for an entry as a whole)."""

    def replacements(self, replaced: Collection[str]) -> Iterable[tuple[str, str, str, str]]:
        """(replaced, register, by, its subject) for every known replacement of what some entries wrote."""

    def decisions_on(self, cited: str, register: str) -> Iterable[str]:
        """The decisions that rest on what `cited` wrote in `register`."""

    def rests(self, entry: str, on: str) -> bool: ...
    def shake(self, decision: str, by: str, over: str) -> None: ...


def receive(memory: Memory, entry: Entry) -> set[str]:
    """Takes one entry in any order; returns the subjects that changed (none until its act is whole)."""
    if entry.stream == ACCESS:
        return set()
    return apply_act(memory, memory.arrive(entry))


def apply_act(memory: Memory, act: Sequence[Entry]) -> set[str]:
    """Folds a whole act; the order of its entries and of acts does not matter."""
    cited = {entry.id: [split_cite(cite) for cite in entry.rests_on] for entry in act}
    memory.note(act, cited)
    replaced = _replaced(memory, act, cited)
    states: dict[str, SubjectState] = {}
    for entry in act:
        state = states.get(entry.subject) or memory.state(entry.subject)
        states[entry.subject] = state
        state.write(entry, _replaced_before(entry, replaced))
        _shake(memory, entry, cited[entry.id], replaced)
    for subject, state in states.items():
        memory.keep(subject, state)
    return set(states)


# (entry, register) -> the entries that replace it there, and their subjects
Replaced = Mapping[tuple[str, str], Sequence[tuple[str, str]]]


def _replaced(memory: Memory, act: Sequence[Entry], cited: Cited) -> Replaced:
    """What is known to replace the entries of an act, and what its decisions rest on."""
    asked = {entry.id for entry in act}
    asked.update(one for entry in act if entry.decision for one, _ in cited[entry.id])
    found: dict[tuple[str, str], list[tuple[str, str]]] = {}
    for replaced, register, by, subject in memory.replacements(asked):
        found.setdefault((replaced, register), []).append((by, subject))
    return found


def _replaced_before(entry: Entry, replaced: Replaced) -> list[str]:
    """The registers of an entry that were replaced before it arrived: by entries of its own subject alone, as
    those do that arrive after it."""
    return [
        register
        for register in entry.writes
        if any(subject == entry.subject for _, subject in replaced.get((entry.id, register), ()))
    ]


def _shake(memory: Memory, entry: Entry, cited: Sequence[tuple[str, str]], replaced: Replaced) -> None:
    """Finds the decisions that the entry shakes, and what shakes the entry where it is one itself.

    Who rests on the other had seen it: then one simply follows the other.
    """
    pairs = [
        (decision, entry.id, old)
        for register, write in entry.writes.items()
        for old in write.replaces
        for decision in memory.decisions_on(old, register)
    ]
    if entry.decision is not None and replaced:
        pairs += [(entry.id, by, one[0]) for one in cited if one in replaced for by, _ in replaced[one]]
    if not pairs:
        return
    seen = {entry.id, *(one for one, _ in cited)}
    for decision, by, over in pairs:
        other = by if decision == entry.id else decision
        if other not in seen and not memory.rests(other, entry.id):
            memory.shake(decision, by, over)


def cite(entry: str, register: str) -> str:
    """How `rests_on` names what an entry wrote in one register."""
    return f"{entry}/{register}"


def split_cite(cited: str) -> tuple[str, str]:
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

    def decisions_on(self, cited: str, register: str) -> Iterable[str]:
        rests = self._rests.get(cited, ())
        return tuple(by for noted, by, decides in rests if decides and noted == register)

    def rests(self, entry: str, on: str) -> bool:
        return any(by == entry for _, by, _ in self._rests.get(on, ()))

    def shake(self, decision: str, by: str, over: str) -> None:
        self.shaken.add((decision, by, over))
