"""What may stand in a text at all, and the look-alikes that keyboards and input methods put there."""

from __future__ import annotations

import re
import unicodedata

from kiosk.model import burmese
from kiosk.model.parsed import Wrong
from kiosk.model.text import say

# Stripped from both ends: white space of any script and the invisible joiners.
_ENDS = (
    "\t\n\x0b\x0c\r\x1c\x1d\x1e\x1f \x85\xa0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008"
    "\u2009\u200a\u2028\u2029\u202f\u205f\u3000\u200c\u200d"
)
# Word-break hints, byte-order mark and soft hyphen: nothing anybody types on purpose.
_INVISIBLE = dict.fromkeys((0x00AD, 0x200B, 0x2060, 0xFEFF))
# Marks that turn the direction of writing can make a text read as another.
_TURNING = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
_PICTURE = re.compile(
    "[\u20e3\u231a\u231b\u23e9-\u23ff\u2600-\u27bf\u2b00-\u2bff\ufe0e\ufe0f"
    "\U0001f000-\U0001faff\U000e0000-\U000e007f]"
)
_FULL_WIDTH = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)} | {0x3000: 0x20}
_CAPITALS = {code: code - 32 for code in range(ord("a"), ord("z") + 1)}
_DASHES = dict.fromkeys(map(ord, "‐‑‒–—―−﹣"), "-")
_GAPS = re.compile(r"[\s-]+")


def visible(character: str) -> str:
    """A character as it can be shown in a sentence: itself, or its code such as U+0007."""
    return character if character.isprintable() and character != " " else f"U+{ord(character):04X}"


def clean(raw: str, longest: int = 200, *, lines: bool = False) -> str:
    """NFC, stripped; white space is one kind of space. `lines` allows line breaks.

    Raises Wrong for too many characters, control characters, pictures and Zawgyi.
    """
    text = unicodedata.normalize("NFC", raw.translate(_INVISIBLE)).strip(_ENDS)
    if len(text) > longest:
        raise Wrong(
            say("This has {count} characters; at most {most} are allowed.", count=len(text), most=longest)
        )
    if lines:
        text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\t", " ")
    for character in text:
        _refuse_unwritable(character, lines)
    text = "".join(" " if unicodedata.category(character) == "Zs" else character for character in text)
    if burmese.is_zawgyi(text):
        raise Wrong(
            say(
                "This was typed in Zawgyi, an old font code. Type it in Unicode; it probably reads: {text}",
                text=burmese.to_unicode(text),
            )
        )
    return text


def _refuse_unwritable(character: str, lines: bool) -> None:
    if lines and character == "\n":
        return
    if _PICTURE.match(character):
        raise Wrong(say("The picture “{character}” cannot be kept; write it in words.", character=character))
    category = unicodedata.category(character)
    if category in ("Cc", "Cs", "Co", "Cn", "Zl", "Zp") or character in _TURNING:
        raise Wrong(
            say(
                "There is an invisible control character ({code}) in the text; type it again without it.",
                code=visible(character),
            )
        )


def half_width(text: str) -> str:
    """Full-width letters, digits and punctuation of a Chinese keyboard as ASCII; every dash as a hyphen."""
    return text.translate(_FULL_WIDTH).translate(_DASHES)


def capitals(text: str) -> str:
    """a–z as A–Z, and nothing else (str.upper makes two letters of some)."""
    return text.translate(_CAPITALS)


def compact(text: str) -> str:
    """A number as it is compared: ASCII digits, capitals, no spaces, no hyphens."""
    return _GAPS.sub("", capitals(half_width(ascii_digits(text))))


def ascii_digits(text: str) -> str:
    """Digits of any one script as 0–9; raises Wrong when two scripts are mixed."""
    zeros = {
        ord(character) - unicodedata.digit(character)
        for character in text
        if unicodedata.category(character) == "Nd"
    }
    if len(zeros) > 1:
        raise Wrong(say("Digits of two scripts are mixed in one number; type all of them in one script."))
    return "".join(
        str(unicodedata.digit(character)) if unicodedata.category(character) == "Nd" else character
        for character in text
    )


def scripts(text: str) -> set[str]:
    """The scripts of the letters: "latin", "myanmar", "han", "cyrillic" …; kana and hangul count as han."""
    found = set()
    for character in text:
        if unicodedata.category(character).startswith("L"):
            name = unicodedata.name(character, "unknown").split()[0].lower()
            found.add(
                "han"
                if name in ("cjk", "ideographic", "hiragana", "katakana", "hangul", "bopomofo")
                else name
            )
    return found
