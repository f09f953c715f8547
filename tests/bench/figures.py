"""What is timed against what, in turns, and how it is written down: a table for people, JSON for programs."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from math import isnan, nan
from statistics import median, quantiles
from time import perf_counter
from typing import Literal, NamedTuple

import msgspec

Run = Callable[[], object]


class Span(NamedTuple):
    """From when until when, in seconds of `perf_counter`."""

    start: float
    end: float

    @property
    def ms(self) -> float:
        return (self.end - self.start) * 1000


def timed(run: Run) -> Span:
    start = perf_counter()
    run()
    return Span(start, perf_counter())


def in_turns(rounds: int, *prepares: Callable[[int], Run]) -> list[list[Span]]:
    """A B A B …: each `prepare(round)`, untimed, gives what is timed next. One list of spans for each."""
    spans: list[list[Span]] = [[] for _ in prepares]
    for number in range(rounds):
        for found, prepare in zip(spans, prepares, strict=True):
            found.append(timed(prepare(number)))
    return spans


@contextmanager
def standing_in(owner: object, name: str, stand_in: object) -> Iterator[None]:
    """For a while `owner.name` is something that also notes what is asked of it."""
    own = getattr(owner, name)
    setattr(owner, name, stand_in)
    try:
        yield
    finally:
        setattr(owner, name, own)


@dataclass(frozen=True)
class Spread:
    """Median and 95th percentile of several values; of a single one, no percentile."""

    median: float
    p95: float | None

    @classmethod
    def of(cls, values: Iterable[float]) -> Spread:
        found = list(values)
        return cls(median(found), quantiles(found, n=20)[-1] if len(found) > 1 else None)

    @classmethod
    def ms(cls, spans: Iterable[Span]) -> Spread:
        return cls.of(span.ms for span in spans)

    @classmethod
    def of_rates(cls, values: Iterable[float]) -> Spread:
        """The median alone: the highest of several rates says nothing."""
        return cls(median(values), None)


NOTHING = Spread(nan, None)  # of a row that says why nothing was measured


@dataclass(frozen=True)
class Target:
    """What a figure should be at most, in the row's unit or as a ratio to the bare thing's median.

    A rate should rather be `at_least` that much.
    """

    of: Literal["ratio", "median", "p95"]
    limit: float
    at_least: bool = False

    def __str__(self) -> str:
        return f"{self.of} {'≥' if self.at_least else '≤'} {self.limit:g}"

    def is_met(self, found: float) -> bool:
        return found >= self.limit if self.at_least else found <= self.limit


@dataclass(frozen=True)
class Figure:
    """One row of the table. `bare` names the bare thing that was measured in turns with it."""

    what: str
    own: Spread
    unit: str = "ms"
    bare: str = ""
    bare_spread: Spread | None = None
    target: Target | None = None

    @property
    def ratio(self) -> float | None:
        return self.own.median / self.bare_spread.median if self.bare_spread else None

    @property
    def met(self) -> bool | None:
        if self.target is None:
            return None
        found = {"ratio": self.ratio, "median": self.own.median, "p95": self.own.p95}[self.target.of]
        return found is not None and self.target.is_met(found)


HEADER = (
    "what",
    "unit",
    "median",
    "p95",
    "against the bare thing",
    "median",
    "p95",
    "ratio",
    "target",
    "met",
)


def table(figures: Sequence[Figure]) -> str:
    """The figures in Markdown."""
    lines = [HEADER, ["---"] * len(HEADER), *map(_cells, figures)]
    return "".join(f"| {' | '.join(cells)} |\n" for cells in lines)


def _cells(figure: Figure) -> tuple[str, ...]:
    bare, ratio = figure.bare_spread, figure.ratio
    return (
        figure.what,
        figure.unit,
        _digits(figure.own.median),
        _digits(figure.own.p95),
        figure.bare,
        _digits(bare.median) if bare else "",
        _digits(bare.p95) if bare else "",
        f"{ratio:.2f}×" if ratio is not None else "",
        str(figure.target or ""),
        {True: "yes", False: "no", None: ""}[figure.met],
    )


def _digits(value: float | None) -> str:
    if value is None or isnan(value):
        return ""
    return f"{value:,.0f}" if value >= 100 else f"{value:.3g}"


def as_json(machine: dict[str, str], figures: dict[str, list[Figure]]) -> bytes:
    """Everything the table says, for a program that compares runs."""
    plain = {
        name: [{**msgspec.to_builtins(figure), "ratio": figure.ratio, "met": figure.met} for figure in found]
        for name, found in figures.items()
    }
    return msgspec.json.format(msgspec.json.encode({"machine": machine, "figures": plain}))
