"""Reads the translations of a pack (`.po`), with the line of each entry and whether it is a draft.

A reader of our own for the part of the format that is used (no plurals, no contexts): it takes 4 ms
where Babel takes 35 ms to import and more to read, and start-up has to stay short. Babel writes the files.
"""

from __future__ import annotations

import ast
import string
from collections.abc import Iterator
from pathlib import Path

import msgspec

DRAFT = "draft"  # a flag of our own: tools drop entries that are flagged fuzzy


class Message(msgspec.Struct, frozen=True, gc=False):
    """One entry of a catalogue. `draft` = nobody who reads the language as his own has checked it."""

    msgid: str
    msgstr: str
    line: int
    draft: bool


class BadCatalogue(Exception):
    """A line of a .po file that cannot be read."""

    def __init__(self, line: int) -> None:
        super().__init__(f"line {line}")
        self.line = line


def read_catalogue(path: Path) -> tuple[Message, ...]:
    """Every entry of a .po file but the header; raises BadCatalogue."""
    return tuple(message for message in _entries(path.read_text(encoding="utf-8")) if message.msgid)


def slots(template: str) -> frozenset[str]:
    """The slots of a sentence; raises ValueError where its braces do not match."""
    return frozenset(name for _, name, _, _ in string.Formatter().parse(template) if name is not None)


def _entries(text: str) -> Iterator[Message]:
    parts: dict[str, str] = {}
    line, part, draft = 0, "", False
    for number, raw in enumerate([*text.splitlines(), ""], start=1):
        row = raw.strip()
        if row[:1] in "#":  # a comment, or nothing
            if "msgstr" in parts:
                yield Message(parts["msgid"], parts["msgstr"], line, draft)
                parts, draft = {}, False
            if row[:2] == "#,":
                draft = DRAFT in [flag.strip() for flag in row[2:].split(",")]
        elif row[0] == '"':
            parts[part] = parts.get(part, "") + _unquote(row, number)
        else:
            part, _, quoted = row.partition(" ")
            if part == "msgid":
                if "msgstr" in parts:
                    yield Message(parts["msgid"], parts["msgstr"], line, draft)
                    parts, draft = {}, False
                line = number
            elif part != "msgstr" or "msgid" not in parts:
                raise BadCatalogue(number)
            parts[part] = _unquote(quoted.lstrip(), number)


def _unquote(row: str, number: int) -> str:
    if len(row) < 2 or row[0] != '"' or row[-1] != '"':
        raise BadCatalogue(number)
    if "\\" not in row:
        return row[1:-1]
    try:
        return str(ast.literal_eval(row))
    except (SyntaxError, ValueError) as error:
        raise BadCatalogue(number) from error
