"""Texts in a row."""

from __future__ import annotations

import pytest

from kiosk.model.ask import joined
from kiosk.model.text import Text


@pytest.mark.parametrize(
    ("texts", "most", "said"),
    [
        ("", 2, ""),
        ("a", 2, "a"),
        ("ab", 2, "a, b"),
        ("abc", 2, "a, b and 1 more"),
        ("abcde", 2, "a, b and 3 more"),
        ("abcde", 0, "a, b, c, d, e"),
    ],
)
def test_what_is_left_out_of_a_row_is_counted(texts: str, most: int, said: str) -> None:
    assert str(joined([Text(text) for text in texts], most)) == said
