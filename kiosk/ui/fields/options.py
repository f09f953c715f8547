"""What may be chosen: code lists of the office, countries, yes and no."""

from __future__ import annotations

from collections.abc import Mapping

from kiosk.model.documents.countries import countries, country_name
from kiosk.model.office import Code
from kiosk.model.text import Text, say
from kiosk.ui.fields.choice import Option
from kiosk.ui.translations import Translations


def options_of(kind: str, codes: Mapping[str, Code], words: Translations) -> list[Option]:
    """The options of a field type, labelled in the language of the screen, found by the words of all."""
    if kind == "country":
        names = [(code, country_name(code, words.translator)) for code in countries()]
        other = [words.of(language) for language in words.languages if language != words.language]
        return [
            Option(code, name, tuple(country_name(code, each) for each in other), mark=code)
            for code, name in sorted(names, key=lambda pair: pair[1])
        ]
    if kind == "boolean":
        return [Option("1", words(say("Yes"))), Option("0", words(say("No")))]
    return [
        Option(
            code.key,
            words(Text(code.label)),
            tuple(words.of(language)(Text(code.label)) for language in words.languages),
            mark=str(number),
        )
        for number, code in enumerate(codes.values(), start=1)
    ]
