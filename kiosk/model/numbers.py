"""Numbers on slips: office, terminal, letter and count, and a check character that finds a typing error."""

from __future__ import annotations

from kiosk.errors import InvalidInput
from kiosk.model.characters import ascii_digits
from kiosk.model.text import say

CODE = 4  # characters of a terminal's code in every number
MISTYPED = say("This is no number on a slip of this office, or it was mistyped. Type it as printed.")


def check_character(text: str) -> str:
    """ISO 7064 MOD 37-2 over digits and capital letters: finds every single error and transposition."""
    alphabet = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ*"
    remainder = 0
    for character in text:
        remainder = (remainder + alphabet.index(character)) * 2 % 37
    return alphabet[(1 - remainder) % 37]


def number_is_whole(number: str) -> bool:
    """Whether a number's check character is right: a typing error is told from an unknown number."""
    bare = number.upper().replace("-", "").replace(" ", "")
    return (
        len(bare) > 8
        and bare.isascii()
        and all(c.isalnum() or c == "*" for c in bare)
        and (check_character(bare[:-1]) == bare[-1])
    )


def whole_number(typed: str, office: str) -> str:
    """A number of this office as slips have it, typed with or without its dashes. Raises InvalidInput."""
    bare = "".join(ascii_digits(typed).upper().split()).replace("-", "")
    if not number_is_whole(bare) or not bare.startswith(office):
        raise InvalidInput(MISTYPED)
    rest = bare.removeprefix(office)
    return f"{office}-{rest[:CODE]}-{rest[CODE:-1]}-{rest[-1]}"


def is_mistyped(typed: str, office: str) -> bool:
    """Whether this begins as the numbers of this office do, and is none."""
    try:
        whole_number(typed, office)
    except InvalidInput:
        return typed.strip().upper().startswith(office)
    return False
