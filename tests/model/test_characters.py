"""What may stand in a text, and the look-alikes of keyboards and input methods."""

from __future__ import annotations

import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.model.characters import ascii_digits, capitals, clean, compact, half_width, scripts, visible
from kiosk.model.parsed import Wrong


def test_every_white_space_is_stripped() -> None:
    spaces = "".join(chr(code) for code in range(sys.maxunicode + 1) if chr(code).isspace())
    assert clean(f"{spaces}a{spaces}") == "a"


def cleaned(text: str, *, lines: bool) -> str | None:
    try:
        return clean(text, lines=lines)
    except Wrong:
        return None


@given(st.text(), st.booleans())
def test_clean_text_is_clean(text: str, lines: bool) -> None:
    once = cleaned(text, lines=lines)
    assert once is None or cleaned(once, lines=lines) == once


def test_long_text_is_counted_not_shown() -> None:
    with pytest.raises(Wrong) as caught:
        clean("x" * 10_000, 20)
    assert str(caught.value.text) == "This has 10000 characters; at most 20 are allowed."


def test_digits_of_one_script() -> None:
    assert ascii_digits("၁၂၃") == ascii_digits("１２３") == ascii_digits("123") == "123"
    with pytest.raises(Wrong, match="two scripts"):
        ascii_digits("1၂")


def test_look_alikes() -> None:
    assert half_width("Ａ－１／（ｂ）—") == "A-1/(b)-"
    assert capitals("aßı") == "Aßı", "only a to z"
    assert compact(" ab-1 2—3 ") == "AB123"


def test_scripts() -> None:
    assert scripts("Ma 1.") == {"latin"}
    assert scripts("Ma မ 麻 カ Я") == {"latin", "myanmar", "han", "cyrillic"}


@pytest.mark.parametrize(("character", "shown"), [("a", "a"), ("\x07", "U+0007"), (" ", "U+0020")])
def test_characters_in_sentences(character: str, shown: str) -> None:
    assert visible(character) == shown
