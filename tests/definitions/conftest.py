"""A copy of the sample pack that a test may spoil."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from kiosk.settings import sample_pack_folder


@pytest.fixture
def pack(tmp_path: Path) -> Path:
    """The sample pack in a folder of its own, without the fonts."""
    for part in ("workflows", "forms", "assets"):
        shutil.copytree(
            sample_pack_folder() / part, tmp_path / part, ignore=shutil.ignore_patterns("fonts", "*.ttf")
        )
    return tmp_path


@pytest.fixture
def spoil(pack: Path) -> Callable[[str, str, str], int]:
    """`spoil(file, old, new)` writes a fault into a file of the pack and returns its line."""

    def replace(file: str, old: str, new: str) -> int:
        path = pack / file
        text = path.read_text(encoding="utf-8")
        before, found, after = text.partition(old)
        assert found, f"{old!r} does not stand in {file}"
        path.write_text(before + new + after, encoding="utf-8")
        return before.count("\n") + 1

    return replace
