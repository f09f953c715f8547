"""Where a line may break: between Burmese syllables, around Chinese characters, after spaces.

Burmese is written without spaces between words, so the only safe places are syllable boundaries.
A syllable begins at a consonant or an independent vowel that is not the end of the one before
(a final carries the asat U+103A) and is not stacked under it (after the virama U+1039).
"""

from __future__ import annotations

import re
from functools import lru_cache

_LETTER = (
    "[\u1000-\u102a\u1050-\u1055\u105a-\u105d\u1061\u1065\u1066\u106e-\u1070\u1075-\u1081\u108e"
    "\uaa60-\uaa76\uaa7a\uaa7e\uaa7f]"
)
_SIGN = (
    "[\u102b-\u103e\u1056-\u1059\u105e-\u1060\u1062-\u1064\u1067-\u106d\u1071-\u1074\u1082-\u108d"
    "\u108f\u109a-\u109d\uaa7b-\uaa7d\u200c\u200d]"
)
_STACKED = f"(?:\u1039{_LETTER}|{_SIGN})*"
_FINAL = f"(?:{_LETTER}(?:\u1037?\u103a|(?=\u1039)){_STACKED}|\u103f{_STACKED})"
_SYLLABLE = f"(?:{_LETTER}|\u103f){_STACKED}{_FINAL}*"
_HAN = "\u2e80-\u2fdf\u3005-\u3007\u3021-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
_OPENING = "(\\[{«‘“〈《「『【〔（［｛"
_CLOSING = ")\\]}»’”〉》」』】〕）］｝,.:;!?%…、。，．：；！？·၊။၏၍၌"

# One piece: openings, then a syllable, a Chinese character or a word, then closings and spaces.
_PIECE = re.compile(
    f"[{_OPENING}]*"
    f"(?:{_SYLLABLE}|{_SIGN}+|[{_HAN}]|[^\\s{_HAN}\u1000-\u109f\uaa60-\uaa7f{_OPENING}{_CLOSING}/-]+|[\u1040-\u1049\u1090-\u1099]+|.)"
    f"(?:(?<=[0-9A-Za-z])[.,:'/-][0-9A-Za-z]+)*"  # 2800.00, 12/OUKAMA, RL01-7K stay whole
    f"[{_CLOSING}/-]*\\s*",
    re.DOTALL,
)


@lru_cache(maxsize=4096)
def pieces(text: str) -> tuple[str, ...]:
    """The text cut into parts that must stay whole; joined they are the text again."""
    return tuple(_PIECE.findall(text))
