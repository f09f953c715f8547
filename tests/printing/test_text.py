"""Set lines keep to their width, lose nothing, and stand as far apart as their script needs."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.printing.fonts import HAN, LATIN, MYANMAR, load_fonts, missing, runs
from kiosk.printing.text import Style, fitting, height, set_lines
from kiosk.settings import fonts_folder

load_fonts(fonts_folder())
WORDS = [
    "နေထိုင်ခွင့်",
    "တက္ကသိုလ်",
    "居留证",
    "，",
    "。",
    "MA ",
    "RL01-7K",
    " ",
    "abcdefghijklmnopqrstuvwxyz",
    "၁၂",
    "\n",
]
STYLE = Style(12)


def faces(text: str) -> list[tuple[str, str]]:
    return [(run.font.partition("-")[0], run.source or str(run.text)) for run in runs(text, False)]


def source(text: str, room: float) -> str:
    """What the lines say, without spaces."""
    lines = set_lines(text, STYLE, room)
    return "".join("".join(run.source or run.text for run in line.runs) for line in lines).replace(" ", "")


@given(st.lists(st.sampled_from(WORDS), max_size=30).map("".join), st.integers(20, 500))
def test_no_line_is_wider_than_its_room_and_nothing_is_lost(text: str, room: int) -> None:
    for line in set_lines(text, STYLE, room):
        assert line.width * STYLE.size <= room + 0.1
    assert source(text, room) == text.replace(" ", "").replace("\n", "")


def test_each_script_has_its_face() -> None:
    assert faces("Name 姓名 အမည်") == [(LATIN, "Name "), (HAN, "姓名 "), (MYANMAR, "အမည်")]
    assert faces("他说“好”") == [(HAN, "他说“好”")]
    assert faces("“ok” ✓") == [(LATIN, "“ok” "), (HAN, "✓")]


def test_burmese_is_shaped_and_keeps_its_source() -> None:
    (run,) = runs("ကြောင်း", False)
    assert run.source == "ကြောင်း"
    assert str(run.text) != run.source  # the vowel e stands before its consonant


def test_a_character_nobody_has_is_shown_as_a_box_and_named() -> None:
    assert missing("MA \U0001f600") == "\U0001f600"
    assert faces("\U0001f600") == [(HAN, "□")]


@pytest.mark.parametrize(("tall", "low"), [("အမည်", "姓名"), ("姓名", "Name")])
def test_a_script_that_stacks_signs_gets_more_room(tall: str, low: str) -> None:
    assert height(set_lines(tall, STYLE, 500), STYLE) > height(set_lines(low, STYLE, 500), STYLE)


def test_a_text_too_large_for_its_box_is_set_smaller_but_not_smaller_than_allowed() -> None:
    text = "MAUNG MAUNG " * 10
    small = fitting(text, Style(14), 150, 56, 6)
    assert 6 <= small.size < 14
    assert height(set_lines(text, small, 150), small) <= 56
    assert fitting(text * 10, Style(14), 150, 56, 6).size == 6
