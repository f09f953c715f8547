"""Field types: one object per kind of answer. It reads what was typed, shows it and masks it."""

from __future__ import annotations

from collections.abc import Mapping

from kiosk.model.documents.identity import id_or_uscc, permanent_id, resident_id, uscc
from kiosk.model.documents.nrc import nrc
from kiosk.model.documents.phones import phone
from kiosk.model.fields.base import FieldType
from kiosk.model.fields.choices import ChoiceField, ChoicesField, CountryField
from kiosk.model.fields.composed import AddressField, ContactField, ImageField
from kiosk.model.fields.dates import DateField, DatetimeField
from kiosk.model.fields.identity import NumberField, PhoneField
from kiosk.model.fields.numbers import BooleanField, IntegerField, MoneyField
from kiosk.model.fields.texts import DocumentNumber, HanName, NameField, StaffNumber, TextField
from kiosk.model.parsed import Context, Parsed

__all__ = ["FIELD_TYPES", "OPTIONS", "Context", "FieldType", "Parsed"]

_ALL: tuple[FieldType, ...] = (
    TextField("text"),
    TextField("long_text", lines=True),
    NameField("name", "latin"),
    NameField("name_native"),
    HanName(),
    DateField(),
    DatetimeField(),
    DocumentNumber(),
    ChoiceField(),
    ChoicesField(),
    CountryField(),
    BooleanField(),
    PhoneField("phone", lambda raw, today: phone(raw)),
    NumberField("nrc", lambda raw, today: nrc(raw)),
    NumberField("uscc", lambda raw, today: uscc(raw)),
    NumberField("resident_id", resident_id),
    NumberField("permanent_id", permanent_id),
    NumberField("id_or_uscc", id_or_uscc),
    MoneyField(),
    IntegerField(),
    AddressField(),
    ContactField(),
    ImageField(),
    StaffNumber(),
)
# What a form may set for a field of some type (its `options`), and what is written there.
OPTIONS: Mapping[str, type] = {"max": int, "min": int, "partial": bool, "relative": bool}
FIELD_TYPES: Mapping[str, FieldType] = {kind.name: kind for kind in _ALL}
