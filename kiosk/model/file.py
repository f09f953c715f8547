"""A case file: a case and the subjects it links to, read as one flat set of facts.

A fact is keyed "subject.register" ("person.document_expiry"). Reading through `get` notes what was
read, so that a decision's `rests_on` is what its guards looked at, with no second list to keep.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from kiosk.model.entries import Json
from kiosk.model.registers import Held, SubjectState, cite

LINKED = ("person", "health", "clearance", "guarantee", "lodging", "permit")  # registers of the case
SHARED = ("person", "guarantor")  # may belong to several cases


class CaseFile:
    """The case's subjects by kind, each folded; the guarantor hangs on the guarantee."""

    def __init__(
        self,
        case: str,
        load: Callable[[str], SubjectState],
        is_shaken: Callable[[str], bool] = lambda _entry: False,
    ) -> None:
        self.case = case
        self._is_shaken = is_shaken
        self.subjects: dict[str, str] = {"case": case}
        self.states: dict[str, SubjectState] = {"case": load(case)}
        self.read: dict[str, str] = {}  # cite -> subject kind
        self.contested_read: set[str] = set()
        for kind in LINKED:
            self._follow(kind, self.states["case"].text(kind), load)
        if "guarantee" in self.states:
            self._follow("guarantor", self.states["guarantee"].text("guarantor"), load)

    def _follow(self, kind: str, subject: str, load: Callable[[str], SubjectState]) -> None:
        """Takes in a subject of the kind that the link is for, unless it says that it is another case's: then
        nobody would look here when it changes."""
        if not subject.startswith(f"{kind}:"):
            return
        state = load(subject)
        if kind in SHARED or not state.registers or state.text("case") == self.case:
            self.subjects[kind] = subject
            self.states[kind] = state

    def get(self, key: str, default: Json = None) -> Any:
        """The value of a fact, noted as read."""
        kind, _, register = key.partition(".")
        state = self.states.get(kind)
        if state is None:
            return default
        self.read.update({cite(entry, register): kind for entry in state.survivors(register)})
        if state.contested(register):
            self.contested_read.add(key)
        return state.value(register, default)

    def peek(self, key: str, default: Json = None) -> Any:
        """The value of a fact, for display: not noted."""
        held = self.held(key)
        return default if held is None else held.value

    def text(self, key: str) -> str:
        """A fact that is a text, for display; "" where there is none, or something else."""
        value = self.peek(key)
        return value if isinstance(value, str) else ""

    def held(self, key: str) -> Held | None:
        kind, _, register = key.partition(".")
        state = self.states.get(kind)
        return None if state is None else state.held(register)

    def state_of(self, stage: str) -> str:
        """The state a stage is in; "" before it was ever written."""
        return texts(self.get(f"case.stage.{stage}")).get("state", "")

    def peek_stage(self, stage: str) -> dict[str, str]:
        """{"state", "light", "holder"} of a stage, as its last action wrote it."""
        return texts(self.peek(f"case.stage.{stage}"))

    def is_shaken(self, stage: str) -> bool:
        """Whether the decision a stage stands on rests on what was replaced unseen."""
        return any(map(self._is_shaken, self.states["case"].survivors(f"stage.{stage}")))

    def contested_links(self) -> tuple[str, ...]:
        """Subjects for which the case has two unlike ones, e.g. two permits."""
        return tuple(kind for kind in LINKED if self.states["case"].contested(kind))

    def stages(self) -> Iterator[str]:
        """The keys of the stages this case has, in the order of its track."""
        stages = self.peek("case.stages")
        yield from (key for key in stages if isinstance(key, str)) if isinstance(stages, list) else ()

    def facts(self) -> dict[str, Json]:
        """Every fact by key."""
        return {
            f"{kind}.{register}": survivors[max(survivors)].value
            for kind, state in self.states.items()
            for register, survivors in state.registers.items()
            if survivors
        }

    def contested(self) -> tuple[str, ...]:
        """The facts for which unlike values survive."""
        return tuple(
            f"{kind}.{register}"
            for kind, state in self.states.items()
            for register, survivors in state.registers.items()
            if len(survivors) > 1 and state.contested(register)
        )

    @property
    def read_only(self) -> bool:
        return any(state.read_only for state in self.states.values())


def texts(value: Json) -> dict[str, str]:
    """The texts of a register that holds several by name; whatever else a program wrote is passed over."""
    said = value.items() if isinstance(value, dict) else ()
    return {name: text for name, text in said if isinstance(text, str)}
