"""One window in a fresh process: until it stands on the screen, or at work. `screen` starts it and reads
what it prints: one line of JSON.

    python -m tests.bench.window plain | counter | work ROUNDS
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from pathlib import Path


def plain() -> None:
    """As little of Qt as shows anything."""
    from PySide6.QtWidgets import QApplication, QLabel

    from tests.bench.painting import USUAL, until_painted

    app = QApplication(sys.argv[:1])
    window = QLabel("1")
    window.resize(*USUAL)
    window.show()
    until_painted(window)
    say(resident=resident())
    app.quit()


def counter() -> None:
    """`kiosk run`, up to the sign-in page."""
    from kiosk import logs
    from kiosk.__main__ import parser
    from kiosk.commands.run import open_windows
    from kiosk.settings import load_settings

    options = parser("run").parse_args(["run"])
    settings = load_settings()
    logs.configure(settings.logs)
    _app, windows = open_windows(settings, demo=options.demo)

    from PySide6.QtWidgets import QWidget

    from tests.bench.painting import until_painted

    until_painted(*(window for window in windows if isinstance(window, QWidget)))
    say(resident=resident())


def work(rounds: int) -> None:
    """Signed in at the counter: keys, finding, cases opened; each in turns with the bare thing."""
    from tests.bench.working import measure

    say(**measure(rounds))


def resident() -> float:
    """The memory of this process, in MB."""
    fields = dict(line.split(":", 1) for line in Path("/proc/self/status").read_text("ascii").splitlines())
    return int(fields["VmRSS"].split()[0]) / 1000


def say(**found: object) -> None:
    sys.stdout.write(json.dumps(found) + "\n")
    sys.stdout.flush()


COMMANDS: dict[str, Callable[..., None]] = {"plain": plain, "counter": counter, "work": work}

if __name__ == "__main__":
    COMMANDS[sys.argv[1]](*map(int, sys.argv[2:]))
