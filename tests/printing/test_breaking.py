"""Lines break between Burmese syllables, never inside one; around Chinese; after spaces."""

from __future__ import annotations

import unicodedata
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.printing.breaking import pieces

CONSONANTS = "ကခဂဃငစဆဇဈဉညဋဌဍဎဏတထဒဓနပဖဗဘမယရလဝသဟဠအ"
ASAT, VIRAMA = "\u103a", "\u1039"


@st.composite
def syllables(draw: st.DrawFn) -> str:
    """An orthographic syllable: consonant, perhaps stacked, medials, vowels, perhaps a final and a tone."""
    text = draw(st.sampled_from(CONSONANTS))
    if draw(st.booleans()):
        text += VIRAMA + draw(st.sampled_from(CONSONANTS))
    text += "".join(sorted(draw(st.sets(st.sampled_from("ျြွှ"), max_size=2))))
    text += draw(st.sampled_from(["", "ေ", "ိ", "ု", "ို", "ာ", "ေါ", "ံ"]))
    if draw(st.booleans()):
        text += draw(st.sampled_from("ကငစညတနပမယ")) + draw(st.sampled_from(["", "့"])) + ASAT
    return unicodedata.normalize("NFC", text + draw(st.sampled_from(["", "း"])))


@given(st.text())
def test_nothing_is_lost(text: str) -> None:
    assert "".join(pieces(text)) == text


@given(st.lists(syllables(), min_size=1, max_size=12))
def test_a_line_never_breaks_inside_a_syllable(words: list[str]) -> None:
    """A cut lies only where a syllable of the text ends."""
    ends, end = {0}, 0
    for word in words:
        end += len(word)
        ends.add(end)
    place = 0
    for piece in pieces("".join(words)):
        place += len(piece)
        # an asat right after a cut would have made this consonant the end of the syllable before
        assert place in ends


@given(st.text(st.characters(min_codepoint=0x1000, max_codepoint=0x109F), min_size=1))
def test_no_sign_is_cut_from_what_it_stands_on(text: str) -> None:
    for before, piece in pairwise(pieces(text)):
        if unicodedata.category(piece[0]) in ("Mn", "Mc"):
            assert unicodedata.category(before[-1]) not in ("Lo", "Mn", "Mc")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("နေထိုင်ခွင့်ရှိသည့်ဒေသ", "နေ|ထိုင်|ခွင့်|ရှိ|သည့်|ဒေ|သ"),
        ("မန္တလေး တက္ကသိုလ်", "မန္တ|လေး |တက္က|သိုလ်"),
        ("အင်္ဂလိပ် ယောက်ျား", "အင်္ဂ|လိပ် |ယောက်ျား"),
        ("ကြောင်း။ အမည်", "ကြောင်း။ |အ|မည်"),
        ("临时居留证，有效。", "临|时|居|留|证，|有|效。"),
        ("（一）申请人", "（一）|申|请|人"),
        ("2026年3月5日", "2026|年|3|月|5|日"),
        ("MA MA SAN-AUNG", "MA |MA |SAN-AUNG"),
        ("12/OUKAMA 2800.00 RL01-7K-000012", "12/OUKAMA |2800.00 |RL01-7K-000012"),
        ("Say “yes”, please", "Say |“yes”, |please"),
        ("姓名 MA MA", "姓|名 |MA |MA"),
        ("", ""),
    ],
)
def test_pieces_of_what_slips_say(text: str, expected: str) -> None:
    assert "|".join(pieces(text)) == expected
