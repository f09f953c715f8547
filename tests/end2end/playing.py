"""`kiosk demo` in a process of its own."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path


def demo(folder: Path, *words: str) -> str:
    """What it prints; its errors are none. The machine's own settings do not reach it."""
    ended = subprocess.run(
        [sys.executable, "-m", "kiosk", "demo", "--out", str(folder), *words],
        check=True,
        env=os.environ | {"KIOSK_SETTINGS": os.devnull, "QT_QPA_PLATFORM": "offscreen"},
        capture_output=True,
        text=True,
        timeout=500,
    )
    assert ended.stderr == ""
    return ended.stdout
