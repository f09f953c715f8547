"""What is true now: survivors of a set of writes, the same whatever order the entries arrive in.

A register's value is whatever no other entry replaces. One survivor, or several alike: the value.
Unlike survivors: contested. A decision is *shaken* when something it rests on was replaced by an
author who had not seen the decision. No rule here reads a clock, a pack or a guard.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from typing import Protocol

import msgspec

from kiosk.model.entries import ACCESS, Entry, Json, is_known


class Held(msgspec.Struct, frozen=True, array_like=True):
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
        held = list(self.survivors(register).values())
        return any(other.value != held[0].value for other in held[1:])

    def held(self, register: str) -> Held | None:
        """The survivor shown where one must be: of several, that of the largest id, the same everywhere."""
        survivors = self.survivors(register)
        return survivors[max(survivors)] if survivors else None

    def value(self, register: str, default: Json = None) -> Json:
        held = self.held(register)
        return default if held is None else held.value

    def write(self, entry: Entry, replaced_before: Collection[str] = ()) -> None:
        """Folds one entry in; `replaced_before` names its registers that an earlier arrival replaced."""
        self.read_only = self.read_only or not is_known(entry)
        for register, write in entry.writes.items():
            survivors = self.registers.setdefault(register, {})
            for replaced in write.replaces:
                survivors.pop(replaced, None)
            if register not in replaced_before:
                survivors[entry.id] = Held(write.value, entry.actor, entry.role, entry.wall)


class Memory(Protocol):
    """Where a fold keeps its state: dictionaries here, tables in the store."""

    def arrive(self, entry: Entry) -> Sequence[Entry]:
        """Notes the entry; gives its whole act (of this stream) once all of it is here, else nothing."""

    def state(self, subject: str) -> SubjectState: ...
    def keep(self, subject: str, state: SubjectState) -> None: ...
    def add_replacement(self, replaced: str, register: str, by: str) -> None: ...
    def replacements(self, replaced: str) -> Iterable[tuple[str, str]]:
        """(register, by) for every known replacement of an entry's write."""

    def add_rest(self, entry: Entry, cited: str, register: str) -> None:
        """Notes that `entry` rests on what `cited` wrote in `register` ("" for the entry as a whole)."""

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
    states: dict[str, SubjectState] = {}
    for entry in act:
        state = states.get(entry.subject) or memory.state(entry.subject)
        states[entry.subject] = state
        state.write(entry, {register for register, _ in memory.replacements(entry.id)})
        _note(memory, entry)
    for subject, state in states.items():
        memory.keep(subject, state)
    return set(states)


def _note(memory: Memory, entry: Entry) -> None:
    """Remembers what the entry rests on and replaces, and which decisions that shakes."""
    cites = [split_cite(cite) for cite in entry.rests_on]
    for cited, register in cites:
        memory.add_rest(entry, cited, register)
    for register, write in entry.writes.items():
        for replaced in write.replaces:
            memory.add_replacement(replaced, register, entry.id)
            for decision in memory.decisions_on(replaced, register):
                _shake_unless_seen(memory, decision, entry.id, replaced)
    if entry.decision is not None:
        for cited, register in cites:
            for replaced_register, by in memory.replacements(cited):
                if replaced_register == register:
                    _shake_unless_seen(memory, entry.id, by, cited)


def cite(entry: str, register: str) -> str:
    """How `rests_on` names what an entry wrote in one register."""
    return f"{entry}/{register}"


def split_cite(cited: str) -> tuple[str, str]:
    entry, _, register = cited.partition("/")
    return entry, register


def _shake_unless_seen(memory: Memory, decision: str, by: str, over: str) -> None:
    """A replacer that cites the decision had seen it, and the reverse: then one simply follows the other."""
    if decision != by and not memory.rests(by, decision) and not memory.rests(decision, by):
        memory.shake(decision, by, over)


class Memories:
    """A `Memory` of dictionaries: the pure reference that every store must equal."""

    def __init__(self) -> None:
        self.states: dict[str, SubjectState] = {}
        self.shaken: set[tuple[str, str, str]] = set()
        self._arrived: dict[tuple[str, str], dict[str, Entry]] = {}
        self._replacements: dict[str, set[tuple[str, str]]] = {}
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

    def add_replacement(self, replaced: str, register: str, by: str) -> None:
        self._replacements.setdefault(replaced, set()).add((register, by))

    def replacements(self, replaced: str) -> Iterable[tuple[str, str]]:
        return tuple(self._replacements.get(replaced, ()))

    def add_rest(self, entry: Entry, cited: str, register: str) -> None:
        self._rests.setdefault(cited, set()).add((register, entry.id, entry.decision is not None))

    def decisions_on(self, cited: str, register: str) -> Iterable[str]:
        rests = self._rests.get(cited, ())
        return tuple(by for noted, by, decides in rests if decides and noted == register)

    def rests(self, entry: str, on: str) -> bool:
        return any(by == entry for _, by, _ in self._rests.get(on, ()))

    def shake(self, decision: str, by: str, over: str) -> None:
        self.shaken.add((decision, by, over))
