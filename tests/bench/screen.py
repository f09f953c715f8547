"""The start, and work at the window: in fresh processes, without a screen, against Qt alone."""

from __future__ import annotations

import os
import sys
from contextlib import ExitStack
from pathlib import Path
from subprocess import PIPE, Popen
from typing import Any

import msgspec

from tests.bench.figures import Figure, Run, Spread, Target, in_turns
from tests.bench.filled import Filled

STARTS = 15
ROUNDS = 100
ROOT = Path(__file__).parents[2]


def measure(filled: Filled) -> list[Figure]:
    """Over the filled store, which must be closed by then."""
    resident: dict[str, list[float]] = {"plain": [], "counter": []}

    def starting(what: str) -> Run:
        """Until it stands on the screen; the process has ended before the next one starts."""
        processes.close()

        def start() -> None:
            process = processes.enter_context(_process(filled.folder, what))
            resident[what].append(_said(process)["resident"])

        return start

    rounds = filled.rounds(STARTS)
    with ExitStack() as processes:
        starting("counter")()  # compiles what is not compiled yet, and reads it from the disk
        resident["counter"].clear()
        spans, bare = in_turns(rounds, lambda _: starting("counter"), lambda _: starting("plain"))
    started = Figure(
        "start to the sign-in page", Spread.ms(spans), "ms", "a bare PySide6 window", Spread.ms(bare),
        Target("ratio", 2.5),
    )  # fmt: skip
    with _process(filled.folder, "work", filled.rounds(ROUNDS)) as process:
        worked = _said(process)
    return [
        started,
        _memory("memory at the sign-in page", resident["counter"], resident["plain"]),
        _worked(
            "case opened from the list, painted", worked["spans"]["case"], 100, "as many labels and lines"
        ),
        _worked("key press to painted field", worked["spans"]["key"], 50, "a bare line"),
        _worked("key press to painted list of what is found", worked["spans"]["find"], 50, "a bare line"),
        _memory("memory at rest after this work", [worked["resident"]], resident["plain"]),
    ]


def _worked(name: str, spans: list[list[float]], limit: float, bare: str) -> Figure:
    own, beside = spans
    return Figure(name, Spread.of(own), "ms", bare, Spread.of(beside), Target("p95", limit))


def _memory(name: str, own: list[float], bare: list[float]) -> Figure:
    return Figure(name, Spread.of(own), "MB", "a bare PySide6 window", Spread.of(bare), Target("median", 350))


def _process(data: Path, *what: object) -> Popen[str]:
    """A window in a process of its own, which says a line of itself and ends."""
    environ = {
        **{name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"},
        "PYTHONPYCACHEPREFIX": str(data / "pycache"),  # as installed: compiled once
        "QT_QPA_PLATFORM": "offscreen",
        "KIOSK_SETTINGS": os.devnull,
        "KIOSK_DATA": str(data),
        "KIOSK_LOGS": str(data / "logs"),
        "KIOSK_SLIPS": str(data / "slips"),
    }
    command = [sys.executable, "-m", "tests.bench.window", *map(str, what)]
    return Popen(command, env=environ, cwd=ROOT, stdout=PIPE, text=True)


def _said(process: Popen[str]) -> dict[str, Any]:
    assert process.stdout is not None
    return msgspec.json.decode(process.stdout.readline(), type=dict[str, Any])
