"""Nothing in replay reads a clock, an office pack or a guard."""

from __future__ import annotations

import subprocess
import sys

FORBIDDEN = (
    "guards",
    "effects",
    "steps",
    "calendar",
    "office",
    "definitions",
    "actions",
    "settings",
    "workflow",
)
LOOK = "import sys, kiosk.store.rebuild; print(*[name for name in sys.modules if name.startswith('kiosk.')])"


def test_replay_imports_no_pack_no_guard_and_no_action() -> None:
    """In a fresh interpreter, so that nothing else has imported them."""
    loaded = subprocess.run(
        [sys.executable, "-c", LOOK], capture_output=True, text=True, check=True
    ).stdout.split()
    assert "kiosk.model.registers" in loaded
    assert [
        name for name in loaded if name.split(".")[-1] in FORBIDDEN or name.split(".")[1] in FORBIDDEN
    ] == []
