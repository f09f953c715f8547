"""Burmese letters: Zawgyi told from Unicode, and the look-alikes of digits and letters.

Zawgyi is an old font code that uses the same code points for other letters. Google's `myanmartools`
gives a likelihood, which is too little for a single name: it takes the Unicode word ဘာသာစကား for Zawgyi.
So the spelling decides first: text is Zawgyi when only its conversion is spelled as Burmese can be.
"""

from __future__ import annotations

import re
import unicodedata
import warnings
from functools import cache
from typing import Protocol

# Letters that are typed for digits, and digits for letters: wa and zero, ra and seven.
LETTERS_OF_DIGITS = {0x1040: "\u101d", 0x1047: "\u101b"}
DIGITS_OF_LETTERS = {0x101D: "\u1040", 0x101B: "\u1047"}

_BURMESE = re.compile("[\u1000-\u109f]+")
# One syllable in the order of Unicode Technical Note 11: kinzi, letter, stacked letters, asat, medials,
# vowels, tones.
_SPELLED = re.compile(
    "(?:(?:[\u1004\u101b\u105a]\u103a\u1039)?[\u1000-\u102a\u103f-\u1049\u104c-\u104f](?:\u1039[\u1000-\u1021])*"
    "\u103a?\u103b?\u103c?\u103d?\u103e?\u1031?[\u102d\u102e]?[\u102f\u1030]?\u1032?[\u102b\u102c]?"
    "\u1036?\u1037?\u103a?\u1038?|[\u104a\u104b])*"
)


class _Detector(Protocol):
    def get_zawgyi_probability(self, text: str) -> float: ...


@cache
def _detector() -> _Detector:
    with warnings.catch_warnings():
        warnings.simplefilter(
            "ignore", DeprecationWarning
        )  # it opens its model in a way Python 3.11 disliked
        from myanmartools import ZawgyiDetector  # 30 ms, so only when Burmese is typed

        detector: _Detector = ZawgyiDetector()
    return detector


def is_zawgyi(text: str) -> bool:
    """True when Burmese letters in the text are almost certainly in Zawgyi."""
    if not _BURMESE.search(text):
        return False
    converted = to_unicode(text)
    if converted == unicodedata.normalize("NFC", text):
        return False  # the two codes agree on these letters
    spelled, spelled_if_zawgyi = _is_spelled(text), _is_spelled(converted)
    if spelled and not spelled_if_zawgyi:
        return False
    # Karen, Mon and Shan letters share their code points with Zawgyi; the model knows them apart.
    needed = 0.3 if spelled_if_zawgyi and not spelled else 0.95
    return _detector().get_zawgyi_probability(text) > needed


def to_unicode(zawgyi: str) -> str:
    """Zawgyi text in Unicode: a proposal, to be confirmed by whoever reads Burmese."""
    from para import zg_to_unicode

    return unicodedata.normalize("NFC", zg_to_unicode(zawgyi, force=True))


def _is_spelled(text: str) -> bool:
    return all(_SPELLED.fullmatch(unicodedata.normalize("NFC", word)) for word in _BURMESE.findall(text))
