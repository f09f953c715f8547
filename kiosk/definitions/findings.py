"""What is wrong with an office pack, where, and how to mend it."""

from __future__ import annotations

from collections.abc import Collection
from typing import TypeVar

import msgspec

from kiosk.definitions.lines import Place, Tree, Unreadable, place_in
from kiosk.model.text import Text, say

Thing = TypeVar("Thing")
ERROR, WARNING = "error", "warning"


class Finding(msgspec.Struct, frozen=True):
    """One thing to mend. `file` is relative to the pack's folder; `line` from 1; 0 is the whole file."""

    file: str
    line: int
    text: Text
    mend: Text
    severity: str = ERROR


class Report:
    """Collects findings, and remembers from which lines each object of the pack was made."""

    def __init__(self) -> None:
        self.findings: list[Finding] = []
        self.unread = False  # a file could not be read: what it would hold is missing everywhere else
        self._origins: dict[int, tuple[object, Tree]] = {}

    def keep(self, thing: Thing, node: Tree) -> Thing:
        """Remembers that `thing` was made from `node`; holds on to both, so that ids stay unique."""
        self._origins[id(thing)] = (thing, node)
        return thing

    def place(self, thing: object, *path: str | int) -> Place:
        """File and line of an object, or of what stands under `path` within it."""
        origin = self._origins.get(id(thing))
        return place_in(origin[1], path) if origin else Place("", 0)

    def add(self, place: Place, text: Text, mend: Text, severity: str = ERROR) -> None:
        self.findings.append(Finding(place.file, place.line, text, mend, severity))

    def unknown(self, place: Place, what: Text, name: object, known: Collection[str]) -> None:
        """A name that the program or the pack does not know, with the nearest ones that it does."""
        self.add(place, say("Unknown {what} “{name}”.", what=what, name=name), nearest(str(name), known))


def nearest(name: str, known: Collection[str]) -> Text:
    """“Did you mean …”, or all known names where none is near."""
    from difflib import get_close_matches

    close = get_close_matches(name, sorted(known), n=3, cutoff=0.6)
    if close:
        return say("Did you mean {names}?", names=", ".join(close))
    return say("Known are: {names}.", names=", ".join(sorted(known)) or "–")


def unreadable(error: Unreadable) -> tuple[Text, Text]:
    """Sentence and mend of a file that is not YAML as we take it."""
    if error.kind == "encoding":
        return say("This file is not UTF-8 text."), say("Save it as UTF-8.")
    if error.kind == "twice":
        return (
            say("The key “{key}” stands here twice.", key=error.detail),
            say("Remove one of the two; the second would hide the first."),
        )
    if error.kind == "loop":
        return say("This entry refers to itself."), say("Write it out instead of an alias.")
    return (
        say("This is not YAML: {detail}.", detail=error.detail),
        say("Look at colons, quotation marks and indentation here and in the line above."),
    )
