"""YAML to plain data that remembers its lines.

libyaml parses; the values are made here, because YAML 1.1 reads `no` as false and `0123` as 83.
Only true/false, whole numbers and null are more than text; dates stay text until their type is known.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

import yaml  # type: ignore[import-untyped]

_Loader = getattr(yaml, "CBaseLoader", yaml.BaseLoader)  # libyaml is in every wheel; without it only slower
_WHOLE_NUMBER = re.compile(r"-?(0|[1-9][0-9]*)")
_PLAIN = {"true": True, "false": False, "null": None, "~": None, "": None}


class Place(NamedTuple):
    """A file of the pack, relative to its folder, and a line from 1."""

    file: str
    line: int


class Mapped(dict[str, Any]):
    """A mapping with the line of each key."""

    def __init__(self, file: str, line: int) -> None:
        super().__init__()
        self.file, self.line = file, line
        self.lines: dict[str | int, int] = {}


class Listed(list[Any]):
    """A sequence with the line of each item."""

    def __init__(self, file: str, line: int) -> None:
        super().__init__()
        self.file, self.line = file, line
        self.lines: dict[str | int, int] = {}


Tree = Mapped | Listed


class Unreadable(Exception):
    """A file that is not YAML as we take it. `kind` tells the sentence, `detail` the particulars."""

    def __init__(self, place: Place, kind: str, detail: str) -> None:
        super().__init__(f"{place.file}:{place.line}: {detail}")
        self.place, self.kind, self.detail = place, kind, detail


def read_yaml(path: Path, name: str) -> Any:
    """The data of one file, mappings and sequences with lines; raises `Unreadable`."""
    try:
        text = path.read_text(encoding="utf-8")
        root = yaml.compose(text, Loader=_Loader)
    except UnicodeDecodeError as error:
        line = path.read_bytes()[: error.start].count(b"\n") + 1
        raise Unreadable(Place(name, line), "encoding", "UTF-8") from error
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
        detail = getattr(error, "problem", None) or str(error).splitlines()[0]
        raise Unreadable(Place(name, mark.line + 1 if mark else 1), "syntax", detail) from error
    return None if root is None else _Maker(name).make(root)


class _Maker:
    """Makes values of YAML nodes; an alias gives the same object again, never a copy."""

    def __init__(self, file: str) -> None:
        self._file = file
        self._made: dict[int, Any] = {}
        self._open: set[int] = set()

    def make(self, node: Any) -> Any:
        if isinstance(node, yaml.ScalarNode):
            return _scalar(node)
        if id(node) in self._made:
            return self._made[id(node)]
        line = node.start_mark.line + 1
        if id(node) in self._open:
            raise Unreadable(Place(self._file, line), "loop", "")
        self._open.add(id(node))
        made = self._mapping(node, line) if isinstance(node, yaml.MappingNode) else self._sequence(node, line)
        self._made[id(node)] = made
        return made

    def _mapping(self, node: Any, line: int) -> Mapped:
        made = Mapped(self._file, line)
        for key_node, value_node in node.value:
            key = key_node.value if isinstance(key_node, yaml.ScalarNode) else ""
            key_line = key_node.start_mark.line + 1
            if key in made:
                raise Unreadable(Place(self._file, key_line), "twice", key)
            made[key] = self.make(value_node)
            made.lines[key] = key_line
        return made

    def _sequence(self, node: Any, line: int) -> Listed:
        made = Listed(self._file, line)
        for item in node.value:
            made.lines[len(made)] = item.start_mark.line + 1
            made.append(self.make(item))
        return made


def _scalar(node: Any) -> str | int | bool | None:
    value = str(node.value)
    if node.style in ("'", '"', "|", ">"):
        return value
    if value.lower() in _PLAIN:
        return _PLAIN[value.lower()]
    return int(value) if _WHOLE_NUMBER.fullmatch(value) else value


def place_in(node: Any, path: Sequence[str | int]) -> Place:
    """The place of what stands under `path`, or of the nearest thing above it that exists."""
    place = Place(node.file, node.line)
    for step in path:
        if not isinstance(node, Mapped | Listed) or step not in node.lines:
            break
        place = Place(node.file, node.lines[step])
        node = node[step]  # type: ignore[index]
    return place
