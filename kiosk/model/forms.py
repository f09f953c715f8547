"""Form definitions: what an office asks, as data. Made by `kiosk.definitions` from `forms/*.yaml`."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property

import msgspec


class FieldDefinition(msgspec.Struct, frozen=True):
    """One question. `key` is "subject.register", e.g. "person.document_number"."""

    key: str
    type: str  # a name in model.fields.FIELD_TYPES
    label: str  # msgid
    required: bool = False
    show_when: Mapping[str, tuple[str, ...]] = msgspec.field(default_factory=dict)  # key -> values
    codes: str = ""  # name of a code list, for choices
    check: str = ""  # a name in model.checks.CHECKS: compares with other fields
    by: str = "reception"  # the role that enters and may correct it; "applicant" on his own screen
    privacy: str = "P1"  # N, P1, P2 (masked), P3 (sensitive)
    main: bool = True  # on the Enter path; others stand under "more"
    propose: str = (
        ""  # a name in model.proposals.PROPOSALS, or "last" for this window's last, on a stage's own form
    )
    options: Mapping[str, object] = msgspec.field(default_factory=dict)  # e.g. {"max": 120, "partial": True}
    help: str = ""  # msgid

    @property
    def subject(self) -> str:
        return self.key.partition(".")[0]

    @property
    def register(self) -> str:
        return self.key.partition(".")[2]


class Section(msgspec.Struct, frozen=True):
    """Fields under one heading."""

    title: str
    fields: tuple[FieldDefinition, ...]


class FormDefinition(msgspec.Struct, frozen=True, dict=True):  # a dict: for what is cached
    """One form; its fields may belong to several subjects."""

    key: str
    title: str
    sections: tuple[Section, ...]

    @cached_property
    def fields(self) -> tuple[FieldDefinition, ...]:
        return tuple(field for section in self.sections for field in section.fields)
