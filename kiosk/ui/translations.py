"""What the screen says, in the language that is chosen at this moment.

Widgets do not translate themselves: they hand over a `Text` and the setter that shows it, once. When the
language changes, every setter is called again, so nothing that was typed is touched.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any
from weakref import WeakKeyDictionary

from PySide6.QtCore import QObject, Signal
from shiboken6 import isValid

from kiosk.model.text import Text, Translator, lines, say

OWN_NAMES = {"zh": "中文", "my": "မြန်မာ", "en": "English"}  # each language in its own script
SHORT_NAMES = {"zh": "中", "my": "မြန်", "en": "EN"}


class Translations(QObject):
    """The language of one screen. The counter has one; the person's screen has one of its own."""

    changed = Signal(str)  # the new language

    def __init__(
        self, translators: Mapping[str, Translator], language: str, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._translators = {"en": Translator("en", {}), **translators}
        self._language = language if language in self._translators else "en"
        self._put: WeakKeyDictionary[QObject, dict[str, tuple[Callable[[str], Any], Text]]] = (
            WeakKeyDictionary()
        )

    @property
    def language(self) -> str:
        return self._language

    @property
    def translator(self) -> Translator:
        return self._translators[self._language]

    def of(self, language: str) -> Translator:
        """The translator of another language than the screen's."""
        return self._translators.get(language, self._translators["en"])

    @property
    def languages(self) -> tuple[str, ...]:
        return tuple(self._translators)

    def __call__(self, text: Text) -> str:
        return self.translator(text)

    def use(self, language: str) -> None:
        """Says everything on this screen in another language."""
        if language == self._language or language not in self._translators:
            return
        self._language = language
        self._say_again()

    def take(self, translators: Mapping[str, Translator]) -> None:
        """Says everything by another office pack's words."""
        self._translators = {"en": Translator("en", {}), **translators}
        self._language = self._language if self._language in self._translators else "en"
        self._say_again()

    def _say_again(self) -> None:
        for widget, setters in list(self._put.items()):
            if isValid(widget):
                for setter, text in setters.values():
                    setter(self(text))
        self.changed.emit(self._language)

    def put(self, setter: Callable[[str], Any], text: Text | str) -> None:
        """Shows `text` through a widget's own setter (`label.setText`), now and after each change.

        A str is shown as it is: a name, a number, a msgid that came from the pack must be a Text.
        """
        owner: QObject = setter.__self__  # type: ignore[attr-defined]
        name: str = setter.__name__
        if isinstance(text, str):
            self._put.get(owner, {}).pop(name, None)
            setter(text)
            return
        self._put.setdefault(owner, {})[name] = (setter, text)
        setter(self(text))


__all__ = ["OWN_NAMES", "SHORT_NAMES", "Translations", "lines", "say"]
