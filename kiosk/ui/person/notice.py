"""F0 on the person's screen: the notice, one idea a page, then the free extras, which default to no."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import msgspec
from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QButtonGroup, QFrame, QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from kiosk.model.forms import FieldDefinition
from kiosk.model.text import Text, say
from kiosk.ui import theme
from kiosk.ui.parts import clear, column, frame, prose, row, scrolled
from kiosk.ui.person.look import big
from kiosk.ui.person.paged import Paged
from kiosk.ui.person.pictures import Picture
from kiosk.ui.translations import Translations

EXTRAS = "notice_extras"  # the text that stands over the choices
HEARD = "heard"


class Idea(msgspec.Struct, frozen=True):
    """One page: a text of the office and its key, which names the picture."""

    key: str
    text: Text


class Choice(QWidget):
    """A question with two large answers; the answer is no until the person says yes."""

    def __init__(self, words: Translations, key: str, question: Text) -> None:
        super().__init__()
        self.key = key
        group = QButtonGroup(self)
        asked = prose(words, question, "second")
        asked.setAlignment(Qt.AlignmentFlag.AlignVCenter)
        theme.mark(asked, role="strong")
        self.no = big(words, say("No"), "segment", f"person.choice.{key}.no")
        self.yes = big(words, say("Yes"), "segment", f"person.choice.{key}.yes")
        for one in (self.no, self.yes):
            one.setCheckable(True)
            group.addButton(one)
        self.no.setChecked(True)
        made = row(asked, self.no, self.yes, spacing=theme.GRID)
        made.setStretch(0, 1)
        self.setLayout(made)


class NoticePage(Paged):
    """The notice; `understood` gives whether it was read aloud, and the free consents by field key."""

    understood = Signal(bool, dict)

    def __init__(self, words: Translations) -> None:
        super().__init__(words, say("I understand"), "person.understood")
        self.turned.connect(self._show_place)
        self._ideas: Sequence[Idea] = ()
        self._choices: list[Choice] = []
        self._picture = Picture()
        self._text = prose(words, "", "idea")
        self._text.setAlignment(Qt.AlignmentFlag.AlignVCenter)
        self._lead = prose(words, "", "second")
        self._rows = QVBoxLayout()
        self._rows.setSpacing(theme.GRID)
        self._stack = QStackedWidget()
        self._stack.addWidget(self._idea_view())
        self._stack.addWidget(self._choice_view())
        self.content.addWidget(self._stack)
        self.last.clicked.connect(self._understood)

    def _idea_view(self) -> QWidget:
        box = _card()
        made = QHBoxLayout(box)
        made.setContentsMargins(48, 40, 48, 40)
        made.setSpacing(56)
        made.addWidget(self._picture, 2)
        made.addWidget(self._text, 3)
        return box

    def _choice_view(self) -> QWidget:
        inside = QWidget()
        inside.setLayout(column(self._lead, self._rows, None, margins=(40, 24, 40, 16), spacing=24))
        box = _card()
        box.setLayout(column(scrolled(inside, theme.SURFACE)))
        return box

    def show_notice(self, texts: Mapping[str, str], choices: Sequence[FieldDefinition]) -> None:
        """`texts` are the office's (key -> msgid); `choices` the yes-or-no questions of the notice's form."""
        keys = [key for key in texts if key.startswith("notice_") and key != EXTRAS]
        self._ideas = [Idea(key, Text(texts[key])) for key in keys]
        lead = Text(texts[EXTRAS]) if EXTRAS in texts and choices else Text("")
        self.words.put(self._lead.setText, lead)
        self._lead.setVisible(lead != Text(""))
        clear(self._rows)
        asked = [(field.key, Text(field.label)) for field in choices]
        asked.append((HEARD, say("Somebody read this notice to me")))
        self._choices = [Choice(self.words, key, question) for key, question in asked]
        for choice in self._choices:
            self._rows.addWidget(choice)
        self.begin(len(self._ideas) + 1)

    def _show_place(self) -> None:
        if self.place < len(self._ideas):
            idea = self._ideas[self.place]
            self._picture.show_picture(idea.key)
            self.words.put(self._text.setText, idea.text)
            self._stack.setCurrentIndex(0)
        else:
            self._stack.setCurrentIndex(1)

    def _understood(self) -> None:
        answers = {choice.key: choice.yes.isChecked() for choice in self._choices}
        heard = answers.pop(HEARD, False)
        self.understood.emit(heard, answers)


def _card() -> QFrame:
    return frame("surface")
