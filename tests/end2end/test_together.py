"""`kiosk demo --together` in a process of its own: a centre, two terminals, one case."""

from __future__ import annotations

import re
from pathlib import Path

from tests.end2end.playing import demo


def test_a_case_walks_from_one_desk_to_the_other_and_is_seen_at_the_first(tmp_path: Path) -> None:
    folder = tmp_path / "out"
    said = demo(folder, "--together")
    assert re.search(r"the case stood in the other desk's list after \d+\.\d\d s", said)
    assert len(list(folder.glob("*.png"))) == 3
