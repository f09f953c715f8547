"""What comes of something that was typed: a normal form, or one clear problem."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from functools import wraps
from typing import ParamSpec

import msgspec

from kiosk.model.entries import Json
from kiosk.model.office import Code
from kiosk.model.text import Text

P = ParamSpec("P")


class Parsed(msgspec.Struct, frozen=True):
    """`value` is the normal form, None for nothing entered or when there is a `problem`.

    A `warning` stands beside a value that is taken. `parts` are what the value is made of, for whoever
    asks why; a problem that a supervisor may override has parts["overridable"] True and parts["normal"].
    """

    value: Json = None
    problem: Text | None = None
    warning: Text | None = None
    parts: Mapping[str, object] = msgspec.field(default_factory=dict)


class Context(msgspec.Struct, frozen=True):
    """What reading a value may depend on: the day, the field's code list and the field's options."""

    today: date
    codes: Mapping[str, Code] = msgspec.field(default_factory=dict)
    options: Mapping[str, object] = msgspec.field(default_factory=dict)

    def number(self, option: str, default: int) -> int:
        """An option that is a whole number."""
        value = self.options.get(option, default)
        return value if isinstance(value, int) else default


class Wrong(Exception):
    """Raised inside a reader where it finds the problem; never leaves `model`."""

    def __init__(self, text: Text, parts: Mapping[str, object] | None = None) -> None:
        super().__init__(text.template)
        self.text = text
        self.parts = parts or {}


def explained(read: Callable[P, Parsed]) -> Callable[P, Parsed]:
    """Makes a reader answer with the problem where it raises `Wrong`."""

    @wraps(read)
    def answer(*args: P.args, **kwargs: P.kwargs) -> Parsed:
        try:
            return read(*args, **kwargs)
        except Wrong as wrong:
            return Parsed(problem=wrong.text, parts=wrong.parts)

    return answer
