"""Speed and size, measured: `python -m tests.bench --out out/bench.md [--only NAME] [--cases N]`.

Where there is a bare thing to compare with, or a peer, it is measured in turns in the same run and stands
beside the figure. Nothing here passes or fails; the file says which targets were met. The store of so many
cases is kept beside the file and used again; so is the peer, which needs Node and npm: without them one row
says so.
"""

from __future__ import annotations

import sys
from argparse import ArgumentParser
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

from tests.bench import (
    commit,
    live,
    machine,
    many,
    newcomer,
    pulling,
    pushing,
    reading,
    rebuilding,
    replicating,
    screen,
    search,
    slip,
)
from tests.bench.figures import Figure, as_json, table
from tests.bench.filled import Filled, Said, open_filled

IN_STORE: dict[str, Callable[[Filled], list[Figure]]] = {
    "commit": commit.measure,
    "search": search.measure,
    "reading": reading.measure,
    "rebuild": rebuilding.measure,
}
IN_WINDOWS = {"screen": screen.measure}  # other processes open the store
ALONE: dict[str, Callable[[], list[Figure]]] = {"slip": slip.measure}
EXCHANGED: dict[str, Callable[[Path, int, Said], list[Figure]]] = {  # with a centre of their own
    "push": pushing.measure,
    "pull": pulling.measure,
    "live": live.measure,
    "newcomer": newcomer.measure,
    "many": many.measure,
    "peer": replicating.measure,
}
NAMES = (*IN_STORE, *IN_WINDOWS, *ALONE, *EXCHANGED)


def main(arguments: Sequence[str] | None = None) -> int:
    parser = ArgumentParser(prog="python -m tests.bench", description="Measure speed and size.")
    parser.add_argument("--out", type=Path, default=Path("out/bench.md"), help="the table; .json beside it")
    parser.add_argument("--only", choices=NAMES, action="append", help="only this measurement")
    parser.add_argument("--cases", type=int, default=100_000, help="how many cases stand in the store")
    options = parser.parse_args(arguments)
    chosen = options.only or NAMES
    options.out.parent.mkdir(parents=True, exist_ok=True)
    figures: dict[str, list[Figure]] = {}

    def take(name: str, run: Callable[[], list[Figure]]) -> None:
        if name in chosen:
            _said(name)
            figures[name] = run()

    if {*chosen} & {*IN_STORE, *IN_WINDOWS}:
        filled = open_filled(options.out.with_suffix(""), options.cases, _said)
        for name, measure in IN_STORE.items():
            take(name, partial(measure, filled))
        filled.office.close()
        for name, measure in IN_WINDOWS.items():
            take(name, partial(measure, filled))
    for name, run in ALONE.items():
        take(name, run)
    for name, exchanged in EXCHANGED.items():
        take(name, partial(exchanged, options.out.with_suffix(""), options.cases, _said))
    about = {"cases": f"{options.cases:,}", **machine.describe(options.out.parent)}
    lines = "".join(f"- {name}: {text}\n" for name, text in about.items())
    rows = table([figure for found in figures.values() for figure in found])
    options.out.write_text(f"# Speed and size\n\n{lines}\n{rows}", "utf-8")
    options.out.with_suffix(".json").write_bytes(as_json(about, figures))
    _said(f"written: {options.out}")
    return 0


def _said(text: str) -> None:
    sys.stderr.write(f"{text}\n")


if __name__ == "__main__":
    sys.exit(main())
