"""Text set into lines: mixed scripts, a width to keep, and what to do when it does not fit."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache

import msgspec
from msgspec.structs import replace

from kiosk.printing.breaking import pieces
from kiosk.printing.fonts import HAN, MYANMAR, Run, runs, width

# For a size of 1: the height of a line and where its baseline lies under its top, by the tallest script.
# Burmese stacks signs above and below, so its lines stand further apart.
_LEADING = {MYANMAR: (1.7, 1.12), HAN: (1.42, 1.09), "": (1.34, 1.02)}


class Style(msgspec.Struct, frozen=True):
    """How text is set: size in points, weight and colour (a hex string)."""

    size: float = 12
    bold: bool = False
    color: str = "#1B2326"

    def at(self, size: float) -> Style:
        return replace(self, size=size)


class Line(msgspec.Struct, frozen=True):
    """One line, in units of its size."""

    runs: tuple[Run, ...]
    width: float
    height: float
    baseline: float


def set_lines(text: str, style: Style, room: float) -> tuple[Line, ...]:
    """The text broken into lines no wider than `room` points."""
    return _set(text, style.bold, round(room / style.size, 3))


def height(lines: tuple[Line, ...], style: Style) -> float:
    """The height of set lines in points."""
    return sum(line.height for line in lines) * style.size


def fitting(text: str, style: Style, room: float, tall: float, smallest: float) -> Style:
    """The style, smaller by half points until the text fits a box; at `smallest` it may still not fit."""
    while style.size > smallest and height(set_lines(text, style, room), style) > tall:
        style = style.at(style.size - 0.5)
    return style


@lru_cache(maxsize=2048)
def _set(text: str, bold: bool, room: float) -> tuple[Line, ...]:
    return tuple(
        _line(part, bold) for paragraph in text.split("\n") for part in _broken(paragraph, bold, room)
    )


def _broken(paragraph: str, bold: bool, room: float) -> list[str]:
    """The strings of the lines; as many pieces on each as fit."""
    if width(paragraph, bold) <= room:
        return [paragraph]
    lines, line, used = [], "", 0.0
    for piece in _fitting_pieces(paragraph, bold, room):
        if line and used + width(piece.rstrip(), bold) > room:
            lines.append(line.rstrip())
            line, used = "", 0.0
        line, used = line + piece, used + width(piece, bold)
    return [*lines, line.rstrip()]


def _fitting_pieces(paragraph: str, bold: bool, room: float) -> Iterator[str]:
    """The pieces; one wider than the line (a long name in one word) is cut where it must."""
    for piece in pieces(paragraph):
        while width(piece.rstrip(), bold) > room:
            head = _longest(piece, bold, room)
            yield piece[:head]
            piece = piece[head:]
        yield piece


def _longest(text: str, bold: bool, room: float) -> int:
    """How many characters of a piece fit, at least one."""
    count = 1
    while count < len(text) and width(text[: count + 1], bold) <= room:
        count += 1
    return count


def _line(text: str, bold: bool) -> Line:
    set_runs = runs(text, bold)
    faces = {run.font.partition("-")[0] for run in set_runs}
    tall, baseline = _LEADING[MYANMAR if MYANMAR in faces else HAN if HAN in faces else ""]
    return Line(set_runs, sum(run.width for run in set_runs), tall, baseline)
