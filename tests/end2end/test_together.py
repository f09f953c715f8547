"""`kiosk demo --together` in a process of its own: a centre, two terminals, one case."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path


def test_a_case_walks_from_one_desk_to_the_other_and_is_seen_at_the_first(tmp_path: Path) -> None:
    environ = os.environ | {"KIOSK_SETTINGS": str(tmp_path / "none.toml"), "QT_QPA_PLATFORM": "offscreen"}
    folder = tmp_path / "out"
    ended = subprocess.run(
        [sys.executable, "-m", "kiosk", "demo", "--together", "--out", str(folder)],
        check=True,
        env=environ,
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert ended.stderr == ""
    assert re.search(r"the case stood in the other desk's list after \d+\.\d\d s", ended.stdout)
    assert len(list(folder.glob("*.png"))) == 3
