"""What stands in a case, as the person reads it: question and answer, in his language."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date

import msgspec
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QVBoxLayout, QWidget

from kiosk.model.answers import shown
from kiosk.model.ask import Definitions
from kiosk.model.entries import Json
from kiosk.model.fields import FIELD_TYPES, Context
from kiosk.model.forms import FieldDefinition
from kiosk.model.text import Text, Translator
from kiosk.ui import theme
from kiosk.ui.parts import label, prose, short
from kiosk.ui.translations import Translations

MOST_ROWS = 5  # that stand under one another in a block


class Fact(msgspec.Struct, frozen=True):
    """One answered question."""

    field: FieldDefinition
    value: Json
    context: Context

    def shown(self, translator: Translator) -> str:
        return FIELD_TYPES[self.field.type].show(self.value, translator, self.context)


class Block(msgspec.Struct, frozen=True):
    """Facts under one heading, few enough to stand under one another."""

    title: Text
    facts: tuple[Fact, ...]


def fact_of(
    field: FieldDefinition, facts: Mapping[str, Json], definitions: Definitions, today: date
) -> Fact | None:
    """A fact that can be read, None where nothing is answered or the answer is a picture."""
    value = facts.get(field.key)
    if value in (None, "", []) or field.type == "image" or not shown(field, facts):
        return None
    return Fact(field, value, Context(today, definitions.codes.get(field.codes, {}), field.options))


def blocks(
    forms: tuple[str, ...], facts: Mapping[str, Json], definitions: Definitions, today: date
) -> Iterator[Block]:
    """Everything that is answered in some forms, grouped as in the forms; long sections in several blocks."""
    for form in forms:
        for section in definitions.forms[form].sections:
            found = [fact_of(field, facts, definitions, today) for field in section.fields]
            answered = [fact for fact in found if fact is not None]
            parts = -(-len(answered) // MOST_ROWS)
            for part in range(parts):
                share = answered[part * len(answered) // parts : (part + 1) * len(answered) // parts]
                yield Block(Text(section.title), tuple(share))


class FactRow(QWidget):
    """A question, small, and its answer under it."""

    def __init__(self, words: Translations, fact: Fact, role: str = "strong") -> None:
        super().__init__()
        self._words, self._fact = words, fact
        question = short(words, Text(fact.field.label), "small")
        self.answer = prose(words, "", role)
        self.answer.setTextInteractionFlags(Qt.TextInteractionFlag.NoTextInteraction)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(question)
        layout.addWidget(self.answer)
        layout.addStretch(1)
        words.changed.connect(self._say)
        self._say()

    def _say(self) -> None:
        self._words.put(self.answer.setText, self._fact.shown(self._words.translator))


class BlockView(QWidget):
    """A heading and its facts."""

    def __init__(self, words: Translations, block: Block) -> None:
        super().__init__()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(theme.GRID)
        layout.addWidget(label(words, block.title, "lead"))
        for fact in block.facts:
            layout.addWidget(FactRow(words, fact))
        layout.addStretch(1)
