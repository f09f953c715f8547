"""The Myanmar registration number (NRC, CSC): state/TOWNSHIP(type)serial, in Latin or Burmese letters.

It has no check digit. There is no table of townships: the public ones differ, have duplicates and
spelling faults, and none is an official source, so a table could only refuse real cards. For the same
reason a number stays in the letters it was typed in; state, type and serial compare across both.
"""

from __future__ import annotations

import re

from kiosk.model.burmese import DIGITS_OF_LETTERS, LETTERS_OF_DIGITS
from kiosk.model.characters import ascii_digits, capitals, clean, half_width
from kiosk.model.parsed import Parsed, Wrong, explained
from kiosk.model.text import say

BURMESE_DIGITS = {ord(str(digit)): chr(0x1040 + digit) for digit in range(10)}
# Letters of the card: citizen, associate, naturalised, religious, temporary, and စ
TYPES = {"N": "နိုင်", "E": "ဧည့်", "P": "ပြု", "T": "သာသနာ", "Y": "ယာယီ", "S": "စ"}
_TYPE_OF = (
    {letter: letter for letter in TYPES}
    | {word: letter for letter, word in TYPES.items()}
    | {"NAING": "N", "TH": "T"}
)
_FORM = re.compile(r"([^/()]*)/([^/()]*)\(([^/()]*)\)([^/()]*)")
_LATIN_TOWNSHIP = re.compile("[A-Z]{6,9}")
_BURMESE_TOWNSHIP = re.compile("[\u1000-\u1021\u1025]{3}")  # က to အ, and ဥ which stands outside the row
_BRACKETS = str.maketrans("[{〔【（]}〕】）\\", "((((()))))/")


@explained
def nrc(raw: str) -> Parsed:
    """Parts: state and serial in 0–9, type as a Latin letter, township as typed, script."""
    state, township, kind, serial = _pieces(raw)
    # wa and ra that were typed for zero and seven become digits
    state, serial = ascii_digits(f"{state}/{serial}".translate(DIGITS_OF_LETTERS)).split("/")
    if not re.fullmatch("1[0-4]|[1-9]", state):
        raise Wrong(say("The state is “{state}”; it should be a number from 1 to 14.", state=state))
    burmese = bool(_BURMESE_TOWNSHIP.fullmatch(township))
    if not burmese and not _LATIN_TOWNSHIP.fullmatch(township):
        raise Wrong(
            say(
                "The township is “{township}”; it should have 6 to 9 Latin letters or 3 Burmese letters.",
                township=township,
            )
        )
    letter = _TYPE_OF.get(kind)
    if letter is None:
        raise Wrong(
            say("The type is “{kind}”; it should be one of {types}.", kind=kind, types=", ".join(TYPES))
        )
    if not re.fullmatch("[0-9]{6}", serial):
        raise Wrong(say("The serial is “{serial}”; it should have six digits.", serial=serial))
    parts = {
        "state": state,
        "township": township,
        "type": letter,
        "serial": serial,
        "script": "burmese" if burmese else "latin",
    }
    if burmese:
        return Parsed(f"{state}/{township}({TYPES[letter]}){serial}".translate(BURMESE_DIGITS), parts=parts)
    return Parsed(f"{state}/{township}({letter}){serial}", parts=parts)


def _pieces(raw: str) -> tuple[str, str, str, str]:
    """State, township, type and serial, still in the digits and letters of the keyboard."""
    text = capitals(half_width(clean(raw))).translate(_BRACKETS)
    # u and i of နိုင် come in either order from old keyboards; ဉ is mistaken for ဥ
    text = re.sub(r"[\s-]", "", text).replace("\u102f\u102d", "\u102d\u102f")
    found = _FORM.fullmatch(text)
    if found is None:
        raise Wrong(say("An NRC number is written like {example}.", example="12/OUKAMA(N)123456"))
    state, township, kind, serial = found.groups()
    township = township.translate(LETTERS_OF_DIGITS).replace("\u1009", "\u1025")
    return state, township, kind, serial
