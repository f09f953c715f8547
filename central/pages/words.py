"""What the pages say, in the language of whoever reads: templates say English sentences through `say`."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from kiosk.model.office import OfficePack
from kiosk.model.text import Text, Translator
from kiosk.settings import LANGUAGES, fonts_folder

HERE = Path(__file__).parent
OWN_NAMES = {"zh": "中文", "my": "မြန်မာ", "en": "English"}  # each language in its own script
FILES = {
    "pages.css": "text/css; charset=utf-8",
    "camera.js": "text/javascript; charset=utf-8",
    "icon.svg": "image/svg+xml",
    **{
        f"{family}-{weight}.ttf": "font/ttf"
        for family in ("NotoSans", "NotoSansMyanmar", "NotoSansSC")
        for weight in ("Regular", "SemiBold")
    },
}


class Words:
    """The translators of the office, and the templates."""

    def __init__(self, pack: OfficePack) -> None:
        self._translators = {"en": Translator("en", {}), **pack.translators}
        self.languages = tuple(one for one in LANGUAGES if one in self._translators)
        self._templates = Environment(
            loader=FileSystemLoader(HERE / "templates"),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self._templates.globals["file"] = address
        self._templates.filters["tr"] = lambda sentence, say: say(sentence)

    def of(self, language: str) -> Translator:
        return self._translators[language]

    def chosen(self, asked: str, accepted: str) -> str:
        """The language that was asked for; else the first that a browser accepts; else the office's first."""
        if asked in self.languages:
            return asked
        for part in accepted.split(","):
            language = part.strip()[:2].lower()
            if language in self.languages:
                return language
        return self.languages[0]

    def render(self, template: str, language: str, values: Mapping[str, Any]) -> str:
        languages = [(one, OWN_NAMES[one]) for one in self.languages]
        translator = self.of(language)

        def say(sentence: Text | str, /, **slots: object) -> str:
            return translator(Text(sentence, slots) if isinstance(sentence, str) else sentence)

        given = {"language": language, "languages": languages, "say": say}
        return self._templates.get_template(template).render(given | dict(values))


def path_of(name: str) -> Path:
    """A file that pages refer to; fonts are those of the screens and slips."""
    return (fonts_folder() if name.endswith(".ttf") else HERE / "static") / name


@cache
def address(name: str) -> str:
    """Where a file is served. It changes with the file, so that browsers may keep it for a year."""
    return f"/static/{hashlib.sha256(path_of(name).read_bytes()).hexdigest()[:12]}/{name}"
