"""Which language a person speaks: asked by digit, never guessed from a nationality."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QWidget

from kiosk.model.text import Text
from kiosk.ui import theme
from kiosk.ui.counter.sheet import Sheet
from kiosk.ui.parts import Button
from kiosk.ui.translations import OWN_NAMES, Translations


class LanguageSheet(Sheet):
    """One large button for each language, in its own script."""

    chosen = Signal(str)

    def __init__(self, host: QWidget, words: Translations, title: Text, languages: Sequence[str]) -> None:
        super().__init__(host, words, title, width=400)
        self._languages = tuple(languages)
        self.accept.hide()
        buttons = []
        for digit, language in enumerate(languages, start=1):
            one = Button()
            one.setText(f"{digit}   {OWN_NAMES.get(language, language)}")
            one.setProperty("kind", "option")
            one.setFont(theme.font(language, theme.LEAD))
            one.setProperty("measure", "tall")
            one.setProperty("script", language)
            one.setObjectName(f"sheet.language.{language}")
            one.clicked.connect(lambda _checked=False, language=language: self._choose(language))
            self.body.addWidget(one)
            buttons.append(one)
        self.first = buttons[0]

    def _choose(self, language: str) -> None:
        self.close_sheet()
        self.chosen.emit(language)

    def gives_way(self) -> bool:
        self.close_sheet()
        return True

    def keyPressEvent(self, event: QKeyEvent) -> None:
        typed = event.text()
        if typed.isdecimal() and typed.isascii() and 0 < int(typed) <= len(self._languages):
            self._choose(self._languages[int(typed) - 1])
        else:
            super().keyPressEvent(event)
