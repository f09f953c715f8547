"""Who works at this window, with what: handed to every screen instead of globals."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from kiosk.actions.act import Operator
from kiosk.actions.desk import Desk
from kiosk.model.ask import Definitions
from kiosk.model.case import Standing
from kiosk.model.entries import Json
from kiosk.model.fields import FIELD_TYPES, Context
from kiosk.model.forms import FieldDefinition, FormDefinition
from kiosk.model.telling import all_that_stands
from kiosk.model.text import Text
from kiosk.settings import Settings
from kiosk.ui.background import Background
from kiosk.ui.translations import Translations

if TYPE_CHECKING:
    from kiosk.ui.exchange_status import ExchangeBridge

LAST = "last"  # the key of the draft that keeps this window's last answers


@dataclass
class Seat:
    """One operator at one terminal."""

    desk: Desk
    words: Translations
    background: Background
    settings: Settings
    operator: Operator
    exchange: ExchangeBridge | None = None  # of a terminal that has joined a central system

    def shown(self, field: FieldDefinition, value: Json, definitions: Definitions) -> str:
        """A value as it is read, in the language of the screen."""
        context = Context(self.desk.today(), definitions.codes.get(field.codes, {}), field.options)
        return FIELD_TYPES[field.type].show(value, self.words.translator, context)

    def standing(self, definitions: Definitions, standing: Mapping[str, Standing]) -> Text:
        """What fields hold, a line each, in the language of the screen."""
        return all_that_stands(definitions, standing, self.words.translator, self.desk.today())

    def last_answers(self, form: FormDefinition) -> dict[str, Json]:
        """What was last answered here, for fields that propose it (`propose: last`).

        Never on a form that an action asks: what decides about one person is not taken from another's case.
        """
        kept = self.desk.draft(self.operator, LAST)
        found: dict[str, Json] = {}
        for field in form.fields:
            if field.propose == "last" and field.key in kept:
                codes = self.desk.pack.codes.get(field.codes, {})
                context = Context(self.desk.today(), codes, field.options)
                found[field.key] = FIELD_TYPES[field.type].parse(kept[field.key], context).value
        return found

    def keep_last(self, form: FormDefinition, answers: Mapping[str, Json]) -> None:
        """Remembers the answers of fields that propose this window's last."""
        kept = {
            field.key: FIELD_TYPES[field.type].raw(answers[field.key])
            for field in form.fields
            if field.propose == "last" and answers.get(field.key) is not None
        }
        if kept:
            self.desk.save_draft(self.operator, LAST, {**self.desk.draft(self.operator, LAST), **kept})
