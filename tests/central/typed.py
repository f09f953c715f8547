"""The commands of the centre, as somebody types them."""

from __future__ import annotations

import re

import pytest

from central.__main__ import main


def run(capsys: pytest.CaptureFixture[str], *words: str, status: int = 0) -> str:
    capsys.readouterr()
    assert main(words) == status
    said = capsys.readouterr()
    return said.out + said.err


def keys_in(said: str) -> list[str]:
    """The recovery keys that are shown."""
    return re.findall(r"^(?:[A-Z2-7]{5}-){10}[A-Z2-7]{5}\r?$", said, re.MULTILINE)
