"""Text, names in three scripts, and numbers of documents without a rule of their own."""

from __future__ import annotations

import re
import unicodedata

from kiosk.model.burmese import LETTERS_OF_DIGITS
from kiosk.model.characters import ascii_digits, capitals, clean, half_width, scripts, visible
from kiosk.model.fields.base import LastFour, Plain
from kiosk.model.parsed import Context, Parsed, Wrong, explained
from kiosk.model.text import say

_APOSTROPHES = dict.fromkeys(map(ord, "’‘ʼʻ`´＇′"), "'")
_DOTS = dict.fromkeys(map(ord, "•‧・･∙⋅"), "·")


class TextField(Plain):
    """One line, or several; taken as it is typed, HTML and SQL included: it is only text."""

    options = ("max",)

    def __init__(self, name: str, *, lines: bool = False) -> None:
        self.name = name
        self._lines = lines

    @explained
    def parse(self, raw: str, context: Context) -> Parsed:
        text = clean(raw, context.number("max", 200), lines=self._lines)
        return Parsed(text or None)


class NameField(Plain):
    """A whole name in one script: letters, spaces and the marks that names have. Nothing is required of it.

    Burmese names have no surname, and may be one letter; so there is one field for the whole.
    `script` is the script asked for: another one gets a warning, for the document decides.
    """

    options = ("max",)

    def __init__(self, name: str, script: str = "") -> None:
        self.name = name
        self._script = script

    @explained
    def parse(self, raw: str, context: Context) -> Parsed:
        text = clean(raw, context.number("max", 200))
        if not text:
            return Parsed()
        # Burmese digits zero and seven stand for the letters they look like: a name has no digits
        text = text.translate(_APOSTROPHES).translate(_DOTS).translate(LETTERS_OF_DIGITS)
        text = " ".join(half_width(unicodedata.normalize("NFKC", text)).split())
        for character in text:
            _refuse_in_name(character)
        found = scripts(text)
        if not found:
            raise Wrong(say("A name has letters."))
        if len(found) > 1:
            raise Wrong(say("Letters of two scripts are mixed in one name; type it in one script."))
        script = found.pop()
        return Parsed(
            text,
            warning=None
            if self._script in ("", script)
            else say("This name is not in Latin letters. Is it printed so?"),
            parts={"script": script},
        )


def _refuse_in_name(character: str) -> None:
    if character in " '-.·〇\u200c\u200d" or unicodedata.category(character)[0] in "LM":
        return
    if unicodedata.category(character) == "Nd":
        raise Wrong(say("The name has the digit {digit}; a name has letters only.", digit=character))
    raise Wrong(
        say(
            "“{character}” cannot be in a name: it has letters, spaces, ' - and .",
            character=visible(character),
        )
    )


class HanName(Plain):
    """A name in Chinese characters; · stands between the parts of a foreign one."""

    name = "name_han"
    options = ("max",)

    @explained
    def parse(self, raw: str, context: Context) -> Parsed:
        text = re.sub(r"\s", "", clean(raw, context.number("max", 200))).translate(_DOTS)
        for character in text:
            if character not in "·〇" and scripts(character) != {"han"}:
                raise Wrong(
                    say(
                        "“{character}” cannot be in a Chinese name: it has Chinese characters and · only.",
                        character=visible(character),
                    )
                )
        if text and not text.strip("·"):
            raise Wrong(say("A name has letters."))
        return Parsed(text or None, parts={"script": "han"} if text else {})


class DocumentNumber(LastFour):
    """A number as printed on a document, in the form in which two of them are compared.

    Capitals, ASCII digits, no spaces and hyphens. Border passes have Burmese or Chinese letters in it.
    """

    name = "document_number"
    options = ("max",)

    @explained
    def parse(self, raw: str, context: Context) -> Parsed:
        text = clean(raw, context.number("max", 200))
        text = re.sub(r"[\s-]", "", capitals(half_width(ascii_digits(text)))).rstrip("<")
        text = unicodedata.normalize("NFC", text)
        if not text:
            return Parsed()
        for character in text:
            if character not in "/()." and unicodedata.category(character)[0] not in "LMN":
                raise Wrong(
                    say(
                        "“{character}” cannot be in a document number; type letters and digits.",
                        character=visible(character),
                    )
                )
        if not re.search(r"\w", text):
            raise Wrong(say("A document number has letters or digits."))
        return Parsed(text)


class StaffNumber(Plain):
    """The number of a member of staff; shown by name where the context knows it."""

    name = "staff"
    options = ("max",)

    @explained
    def parse(self, raw: str, context: Context) -> Parsed:
        text = half_width(ascii_digits(clean(raw, context.number("max", 32))))
        if text and not re.fullmatch("[A-Za-z0-9._-]+", text):
            raise Wrong(say("A staff number has letters and digits only."))
        return Parsed(text or None)
