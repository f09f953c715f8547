"""The binding to Qt that is installed must be one that this program can run on for a day."""

from __future__ import annotations

import sys

from PySide6.QtGui import QFont


def test_calls_that_give_nothing_leave_none_alone() -> None:
    """PySide6 6.12.0 on Python 3.11 drops a reference to None with each: the interpreter then dies."""
    font = QFont()
    before = sys.getrefcount(None)
    for _ in range(1000):
        font.setPixelSize(15)
    assert sys.getrefcount(None) > before - 500
