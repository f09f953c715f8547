"""What waits for a person because desks wrote apart: shown side by side, and settled."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime

import msgspec

from kiosk.actions.terminal import Terminal
from kiosk.model.ask import Definitions, stage_value
from kiosk.model.disputes import SAME, Change, Dispute, Ground, Side, cites, unseen
from kiosk.model.entries import SUBJECTS, Entry, Json
from kiosk.model.file import CaseFile
from kiosk.model.registers import Held, split_cite
from kiosk.model.telling import is_named
from kiosk.model.text import Text, say
from kiosk.model.unheard import last_seen
from kiosk.model.workflow import StageDefinition
from kiosk.store import journal
from kiosk.store.memory import SqlMemory

MOST_SAID = 8  # of what one side read or did not know


def to_settle(file: CaseFile, definitions: Definitions, memory: SqlMemory) -> dict[str, tuple[Json, ...]]:
    """What waits for a person: contested facts, and stages whose decision is shaken, with the choices.

    Whether two persons are one is asked elsewhere (`actions/twins.py`).
    """
    found: dict[str, list[Json]] = {}
    for key in file.contested():
        kind, _, register = key.partition(".")
        if not register.startswith(SAME):
            values = [held.value for held in file.states[kind].survivors(register).values()]
            found[key] = [value for place, value in enumerate(values) if value not in values[:place]]
    for stage in definitions.track.stages:
        key = f"case.stage.{stage.key}"
        if key not in found and file.is_shaken(stage.key):
            found[key] = [file.peek(key), *_ways_back(file, stage, memory)]
    return {key: tuple(values) for key, values in found.items()}


def _ways_back(file: CaseFile, stage: StageDefinition, memory: SqlMemory) -> Iterator[Json]:
    """To where the stage stood before its decision, and to where the workflow makes its permit void."""
    states = [
        entry.decision.from_
        for entry in journal.of_ids(memory.connection, file.states["case"].survivors(f"stage.{stage.key}"))
        if entry.decision is not None
    ]
    now = file.peek_stage(stage.key).get("state")
    states += [
        action.to for action in stage.actions if "void_permit" in action.effects and now in action.from_
    ]
    for state in dict.fromkeys(states):
        if state in stage.states and state != now:
            yield stage_value(stage, state)


class Looking(msgspec.Struct, frozen=True):
    """What is needed to say who did something: names of staff and terminals, and what may be seen."""

    terminal: Terminal
    memory: SqlMemory
    definitions: Definitions
    names: Mapping[str, str]
    sees: Callable[[str], bool]  # whether the reader may see a fact

    def dispute(self, file: CaseFile, key: str) -> Dispute | None:
        """Everything that is known of what is to be settled; None when nothing is."""
        choices = to_settle(file, self.definitions, self.memory).get(key)
        kind, _, register = key.partition(".")
        if choices is None or not self.sees(key):
            return None
        survivors = file.states[kind].survivors(register)
        entries = {entry.id: entry for entry in journal.of_ids(self.memory.connection, survivors)}
        sides = [
            self._side(key, held, entries.get(entry), entries.values())
            for entry, held in sorted(survivors.items(), key=lambda one: (one[1].wall, one[0]))
        ]
        contested = file.states[kind].contested(register)
        if not contested:
            grounds = tuple(self._grounds(entries.values()))
            return Dispute(key, _told_apart(sides), choices, shaken=True, grounds=grounds)
        in_order = sorted(choices, key=[side.wrote.value for side in sides].index)
        return Dispute(key, _told_apart(sides), tuple(in_order))

    def _side(self, key: str, held: Held, entry: Entry | None, all_: Iterable[Entry]) -> Side:
        kind, _, register = key.partition(".")
        about = self._about(kind, register, held.value)
        if entry is None:  # erased: what it wrote stands, and no more is known
            at = datetime.fromisoformat(held.wall)
            name = self.names.get(held.actor, held.actor)
            return Side(Change(key, held.value, name, held.role, at, Text("")), about=about)
        return Side(
            self.change(entry, register),
            saw=self._saw(entry, register),
            rests=tuple(self._rests(entry)) if entry.decision is not None else (),
            missed=tuple(self._missed(entry, register, all_))[:MOST_SAID],
            about=about,
        )

    def change(self, entry: Entry, register: str) -> Change:
        return Change(
            key=f"{entry.subject_kind}.{register}",
            value=entry.writes[register].value,
            name=self.names.get(entry.actor, entry.actor),
            role=entry.role,
            at=datetime.fromisoformat(entry.wall),
            desk=self.desk(entry.terminal),
            called=self._called(register, entry.writes[register].value),
        )

    def _called(self, register: str, value: Json) -> str:
        """The number or name of a subject that a link names."""
        if register not in SUBJECTS or not isinstance(value, str) or not self.sees(f"case.{register}"):
            return ""
        state = self.memory.state(value)
        return str(state.value("number") or state.value("name") or "")

    def desk(self, code: str) -> Text:
        """A terminal by the name under which it was invited, else by its code."""
        if code == self.terminal.code:
            return say("this terminal ({code})", code=code)
        name = self.memory.state(f"terminal:{code}").value("name")
        return (
            Text("{name} ({code})", {"name": name, "code": code}) if name else Text("{code}", {"code": code})
        )

    def _saw(self, entry: Entry, register: str) -> tuple[Json, ...]:
        """The values that stood there for the author."""
        replaced = journal.of_ids(self.memory.connection, entry.writes[register].replaces)
        before = last_seen(replaced, register)
        values = [one.writes[register].value for one in before]
        return tuple(value for place, value in enumerate(values) if value not in values[:place])

    def _rests(self, entry: Entry) -> Iterator[tuple[str, Json]]:
        """The facts that a decision rests on, as its author saw them."""
        cited = dict.fromkeys(map(split_cite, entry.rests_on))
        known = {one.id: one for one in journal.of_ids(self.memory.connection, {one for one, _ in cited})}
        for one, register in cited:
            if one in known and register and register not in SUBJECTS:
                key = f"{known[one].subject_kind}.{register}"
                if self._says(key):
                    yield key, known[one].writes[register].value

    def _missed(self, entry: Entry, register: str, sides: Iterable[Entry]) -> Iterator[Change]:
        """The sides that the author had not seen, and what else was changed of all that he had."""
        seen = cites(entry)
        others = [(one, register) for one in sides if one.id not in seen | {entry.id}]
        replacements = [found[:3] for found in self.memory.replacements(seen)]
        others += unseen(entry, register, replacements, self._read)
        for (_, changed), other in {(one.id, changed): one for one, changed in others}.items():
            if self._says(f"{other.subject_kind}.{changed}"):
                yield self.change(other, changed)

    def _read(self, entry: str) -> Entry | None:
        return next(iter(journal.of_ids(self.memory.connection, [entry])), None)

    def _says(self, key: str) -> bool:
        return self.sees(key) and is_named(self.definitions, key)

    def _about(self, kind: str, register: str, value: Json) -> tuple[tuple[str, Json], ...]:
        """Facts of the subject that a link names: two permits, two employers."""
        linked = kind in ("case", "guarantee") and register in SUBJECTS and self.sees(f"case.{register}")
        if not linked or not isinstance(value, str):
            return ()
        state = self.memory.state(value)
        keys = [f"{register}.{name}" for name in state.registers]
        return tuple(
            (key, state.value(key.partition(".")[2]))
            for key in sorted(keys, key=lambda key: self.definitions.field(key) is not None)
            if is_named(self.definitions, key)
        )

    def _grounds(self, decisions: Iterable[Entry]) -> Iterator[Ground]:
        """What the decisions rest on and what was changed unseen, each fact once."""
        said = set()
        for decision in decisions:
            for by, over in self.memory.shaken_by(decision.id):
                found = {entry.id: entry for entry in journal.of_ids(self.memory.connection, (by, over))}
                if len(found) < 2:
                    continue  # one of them was erased
                for register, write in found[by].writes.items():
                    rests = f"{over}/{register}" in decision.rests_on
                    rests = rests and self.sees(f"{found[by].subject_kind}.{register}")
                    if rests and over in write.replaces and (by, register) not in said:
                        said.add((by, register))
                        now = self.memory.state(found[by].subject).value(register)
                        then = found[over].writes[register].value
                        yield Ground(then, now, self.change(found[by], register))


def _told_apart(sides: list[Side]) -> tuple[Side, ...]:
    """Of what the sides rest on, and of the subjects they name, only what is not the same everywhere."""

    def unlike(
        own: tuple[tuple[str, Json], ...], all_: list[dict[str, Json]]
    ) -> tuple[tuple[str, Json], ...]:
        apart = [(key, value) for key, value in own if any(one.get(key, value) != value for one in all_)]
        return tuple(apart[:MOST_SAID])

    rests, about = [dict(side.rests) for side in sides], [dict(side.about) for side in sides]
    return tuple(
        Side(side.wrote, side.saw, unlike(side.rests, rests), side.missed, unlike(side.about, about))
        for side in sides
    )
