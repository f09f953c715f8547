"""Makes the model's objects of YAML nodes: one by one, so that one typo does not hide the next.

The shape of the files is the shape of the model's structs: there is no second description of it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from functools import cache
from typing import Any, TypeVar

import msgspec
from msgspec.structs import FieldInfo

from kiosk.definitions.findings import Report
from kiosk.definitions.lines import Listed, Mapped, Place, place_in
from kiosk.model.forms import FieldDefinition, FormDefinition, Section
from kiosk.model.office import Code
from kiosk.model.text import Text, say
from kiosk.model.workflow import (
    ActionDefinition,
    GuardCall,
    Paper,
    StageDefinition,
    StateDefinition,
    TrackDefinition,
)

Made = TypeVar("Made")
_PATH = re.compile(r" - at `\$(.*)`$")
_STEP = re.compile(r"\.([A-Za-z_]\w*)|\[(\d+)\]")
_EXPECTED = re.compile(r"^Expected `(\w+)")
_WANTED = {  # by msgspec's names
    "bool": say("true or false"),
    "int": say("a whole number"),
    "str": say("a text"),
    "array": say("a list"),
    "object": say("a group of lines “key: value”"),
}


class Builder:
    """Turns nodes into objects of the model; what does not fit becomes a finding."""

    def __init__(self, report: Report) -> None:
        self.report = report

    def make(self, kind: type[Made], node: Any, where: Place, ready: Mapping[str, Any] = {}) -> Made | None:
        """One object from a mapping; `ready` holds the parts that were made already."""
        if not isinstance(node, Mapped):
            self._expected_mapping(where)
            return None
        of: Any = kind
        fields = _shape(of)
        for key in node.keys() - fields.keys():
            self.report.unknown(place_in(node, [key]), say("key"), key, fields.keys())
        values = dict(ready)
        for key, field in fields.items():
            if field.name in ready:
                continue
            if key in node:
                self._convert(node, key, field.type, values, field.name)
            elif field.required:
                self.report.add(
                    Place(node.file, node.line),
                    say("The key “{key}” is missing.", key=key),
                    say("Add a line “{key}: …”.", key=key),
                )
        if any(field.name not in values and field.required for field in fields.values()):
            return None
        return self.report.keep(kind(**values), node)

    def _convert(self, node: Mapped, key: str, hint: Any, values: dict[str, Any], name: str) -> None:
        try:
            values[name] = msgspec.convert(node[key], hint)
        except msgspec.ValidationError as error:
            found = _PATH.search(str(error))
            steps = [word or int(number) for word, number in _STEP.findall(found.group(1))] if found else []
            self.report.add(
                place_in(node, [key, *steps]),
                say(
                    "The value of “{key}” does not fit: {wanted} is expected.", key=key, wanted=_wanted(error)
                ),
                say("Compare with the sample pack; put quotation marks around codes made of digits."),
            )

    def _expected_mapping(self, where: Place) -> None:
        self.report.add(
            where, say("Here a mapping is expected."), say("Write lines of the form “key: value”.")
        )

    def each(self, node: Any, where: Place, make: Callable[[Any, Place], Made | None]) -> tuple[Made, ...]:
        """Every item of a sequence that could be made."""
        if node is None:
            return ()
        if not isinstance(node, Listed):
            self.report.add(where, say("Here a list is expected."), say("Begin each item with “- ”."))
            return ()
        made = (make(item, place_in(node, [number])) for number, item in enumerate(node))
        return tuple(thing for thing in made if thing is not None)

    def track(self, node: Any, where: Place) -> TrackDefinition | None:
        parts = _parts(node)
        stages = self.each(parts.get("stages"), where, self._stage)
        actions = self.each(parts.get("case_actions"), where, self._case_action)
        self.once(say("stage"), stages)
        return self.make(TrackDefinition, node, where, {"stages": stages, "case_actions": actions})

    def _stage(self, node: Any, where: Place) -> StageDefinition | None:
        parts = _parts(node)
        ready = {
            "states": self._states(parts.get("states"), where),
            "actions": self.each(parts.get("actions"), where, self._action),
            "papers": self.each(parts.get("papers"), where, lambda n, p: self.make(Paper, n, p)),
            "open_when": self.each(parts.get("open_when"), where, self._guard),
        }
        self.once(say("action"), ready["actions"])
        self.once(say("paper"), ready["papers"])
        return self.make(StageDefinition, node, where, ready)

    def _states(self, node: Any, where: Place) -> dict[str, StateDefinition]:
        if not isinstance(node, Mapped):
            self._expected_mapping(where)
            return {}
        made = {
            key: self.make(StateDefinition, body, place_in(node, [key]), {"key": key})
            for key, body in node.items()
        }
        return {key: state for key, state in made.items() if state is not None}

    def _action(self, node: Any, where: Place) -> ActionDefinition | None:
        guards = self.each(_parts(node).get("guards"), where, self._guard)
        return self.make(ActionDefinition, node, where, {"guards": guards})

    def _case_action(self, node: Any, where: Place) -> ActionDefinition | None:
        """An action on the whole case has no states to go from and to."""
        guards = self.each(_parts(node).get("guards"), where, self._guard)
        return self.make(ActionDefinition, node, where, {"guards": guards, "from_": (), "to": ""})

    def _guard(self, node: Any, where: Place) -> GuardCall | None:
        """`name`, or `name: {argument: value}`."""
        if isinstance(node, str):
            call = GuardCall(node)
        elif isinstance(node, Mapped) and len(node) == 1 and isinstance(next(iter(node.values())), Mapped):
            name, arguments = next(iter(node.items()))
            call = GuardCall(name, msgspec.convert(arguments, dict[str, Any]))
        else:
            self.report.add(
                where,
                say("This is not a guard."),
                say("Write its name, or its name, a colon and its arguments."),
            )
            return None
        origin = node if isinstance(node, Mapped) else Mapped(where.file, where.line)
        return self.report.keep(call, origin)

    def form(self, node: Any, where: Place) -> FormDefinition | None:
        sections = self.each(_parts(node).get("sections"), where, self._section)
        form = self.make(FormDefinition, node, where, {"sections": sections})
        if form:
            self.once(say("field"), form.fields)
        return form

    def _section(self, node: Any, where: Place) -> Section | None:
        fields = self.each(_parts(node).get("fields"), where, lambda n, p: self.make(FieldDefinition, n, p))
        return self.make(Section, node, where, {"fields": fields})

    def codes(self, node: Any, where: Place) -> dict[str, Code]:
        codes = self.each(node, where, lambda n, p: self.make(Code, n, p))
        self.once(say("code"), codes)
        return {code.key: code for code in codes}

    def once(self, what: Text, things: Iterable[Any]) -> None:
        """Keys of one list must differ."""
        seen: dict[str, Any] = {}
        for thing in things:
            if thing.key in seen:
                self.report.add(
                    self.report.place(thing, "key"),
                    say("The {what} “{key}” stands here twice.", what=what, key=thing.key),
                    say(
                        "The first one is in line {line}. Rename or remove one.",
                        line=self.report.place(seen[thing.key], "key").line,
                    ),
                )
            seen.setdefault(thing.key, thing)


def _wanted(error: msgspec.ValidationError) -> Text:
    """What stands where the error is, in words; all else that can be wrong is a date."""
    found = _EXPECTED.match(str(error))
    return _WANTED.get(found.group(1) if found else "", say("a date like 2026-03-05"))


@cache
def _shape(kind: type[msgspec.Struct]) -> dict[str, FieldInfo]:
    """The fields of a struct by their key in a file (`from_` is `from`)."""
    return {field.name.rstrip("_"): field for field in msgspec.structs.fields(kind)}


def _parts(node: Any) -> Mapping[str, Any]:
    return node if isinstance(node, Mapped) else {}
