"""The start, and work at the window: in fresh processes, without a screen, against Qt alone."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
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

    def start(what: str) -> Run:
        return lambda: resident[what].append(_window(filled.folder, what)["resident"])

    rounds = filled.rounds(STARTS)
    start("counter")()  # compiles what is not compiled yet, and reads it from the disk
    resident["counter"].clear()
    spans, bare = in_turns(rounds, lambda _: start("counter"), lambda _: start("plain"))
    started = Figure(
        "start to the sign-in page", Spread.ms(spans), "ms", "a bare PySide6 window", Spread.ms(bare),
        Target("ratio", 2.5),
    )  # fmt: skip
    worked = _window(filled.folder, "work", filled.rounds(ROUNDS))
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


def _window(data: Path, *what: object) -> dict[str, Any]:
    """What a window of its own process says of itself."""
    environ = {
        **{name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"},
        "PYTHONPYCACHEPREFIX": str(data / "pycache"),  # as installed: compiled once
        "QT_QPA_PLATFORM": "offscreen",
        "KIOSK_SETTINGS": str(data / "settings.toml"),
        "KIOSK_DATA": str(data),
        "KIOSK_LOGS": str(data / "logs"),
        "KIOSK_SLIPS": str(data / "slips"),
    }
    command = [sys.executable, "-m", "tests.bench.window", *map(str, what)]
    done = subprocess.run(command, env=environ, cwd=ROOT, capture_output=True, text=True, check=True)
    return msgspec.json.decode(done.stdout.splitlines()[-1], type=dict[str, Any])
