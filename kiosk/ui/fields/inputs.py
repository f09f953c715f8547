"""Which widget takes the values of which field type."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from PySide6.QtWidgets import QWidget

from kiosk.model.fields import Context
from kiosk.model.forms import FieldDefinition
from kiosk.ui import theme
from kiosk.ui.fields.choice import ChoiceInput
from kiosk.ui.fields.compound import AddressInput, ContactInput
from kiosk.ui.fields.field import FieldWidget
from kiosk.ui.fields.line import LineInput
from kiosk.ui.fields.paragraph import Paragraph
from kiosk.ui.fields.picture import PictureInput
from kiosk.ui.fields.toggles import SeveralInput, Toggles, YesNoInput
from kiosk.ui.translations import Translations

MakeInput = Callable[[theme.Density, Translations], QWidget]


EIGHT_DIGITS = r"\d{8}"  # year, month and day: a date that nothing can follow


def _line(script: str, whole: str = "") -> MakeInput:
    """A line for one script: its font comes first, and the Chinese input method is on for Chinese alone."""
    return lambda density, words: LineInput(density, script, whole=whole)


def _choice(density: theme.Density, _words: Translations) -> QWidget:
    return ChoiceInput(density) if density is theme.COUNTER else Toggles(density, columns=2)


INPUTS: Mapping[str, MakeInput] = {
    "text": _line("zh"),
    "long_text": lambda density, words: Paragraph(density),
    "name": _line("en"),
    "name_native": _line("my"),
    "name_han": _line("zh"),
    "date": _line("en", EIGHT_DIGITS),
    "datetime": _line("en"),
    "document_number": _line("my"),  # border passes have Burmese letters
    "choice": _choice,
    "choices": lambda density, words: SeveralInput(density),
    "country": lambda density, words: ChoiceInput(density),
    "boolean": lambda density, words: YesNoInput(density),
    "phone": _line("en"),
    "nrc": _line("my"),
    "uscc": _line("en"),
    "resident_id": _line("en"),
    "permanent_id": _line("en"),
    "id_or_uscc": _line("en"),
    "money": _line("en"),
    "integer": _line("en"),
    "address": lambda density, words: AddressInput(density),
    "contact": lambda density, words: ContactInput(density),
    "image": PictureInput,
    "staff": _line("en"),
}


def make_field(
    definition: FieldDefinition,
    context: Context,
    words: Translations,
    density: theme.Density = theme.COUNTER,
) -> FieldWidget:
    """The widget of one field of a form."""
    return FieldWidget(definition, INPUTS[definition.type](density, words), context, words, density)
