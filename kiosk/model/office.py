"""An office pack, read and checked: everything that makes the program one office's own."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

import msgspec

from kiosk.model.forms import FormDefinition
from kiosk.model.text import Text, Translator
from kiosk.model.workflow import TrackDefinition


class Code(msgspec.Struct, frozen=True):
    """One entry of a code list; `label` is a msgid. `more` holds what rules need (days, subject...)."""

    key: str
    label: str
    more: Mapping[str, object] = msgspec.field(default_factory=dict)


CodeList = Mapping[str, Code]


class Calendar(msgspec.Struct, frozen=True):
    """Days that differ from Monday-to-Friday: holidays, and make-up days that are worked."""

    holidays: frozenset[date]
    workdays: frozenset[date]
    years: frozenset[int]  # the years this table knows


class PermitProfile(msgspec.Struct, frozen=True):
    """The rules of one kind of permit. Numbers here are the office's, never the program's."""

    key: str
    title: str  # msgid
    max_days: int
    bounds: tuple[str, ...]  # "subject.register" of the dates that limit valid_to
    document_types: tuple[str, ...]
    areas: tuple[str, ...]
    kinds: tuple[str, ...]
    decide_working_days: int
    deliver_days: int
    fee: str
    final_decision: bool  # a refusal is final (EEAL 36) or may be reconsidered


class Office(msgspec.Struct, frozen=True):
    """Who this office is. Names are msgids; `limits` are the numbers of procedure 5.9 by key."""

    code: str  # four characters in every number, e.g. "RL01"
    name: str
    address: str
    help_phone: str
    division: str
    languages: tuple[str, ...]
    limits: Mapping[str, int]
    texts: Mapping[str, str]  # notice, guarantee scope, remedies, slip texts: key -> msgid
    departments: Mapping[str, str]  # key -> msgid
    roles: Mapping[str, str]  # key -> msgid
    sample: bool = False
    version: int = 1  # grows with every pack that the office's central system gives out
    program: str = ""  # the oldest version of this program that may work by this pack

    def in_words(self, text: Text) -> Text:
        """A sentence that was kept with the key of a role in its slot, with the role's name instead."""
        role = str(text.slots.get("role", ""))
        return (
            Text(text.template, {**text.slots, "role": Text(self.roles[role])})
            if role in self.roles
            else text
        )


class OfficePack(msgspec.Struct, frozen=True):
    """All of it. `digests` pins a track with its forms and reasons: track key -> sha256 hex."""

    office: Office
    tracks: Mapping[str, TrackDefinition]
    forms: Mapping[str, FormDefinition]
    codes: Mapping[str, CodeList]
    profiles: Mapping[str, PermitProfile]
    calendar: Calendar
    translators: Mapping[str, Translator]  # en, zh, my
    digests: Mapping[str, str]
    sources: Mapping[str, bytes] = msgspec.field(
        default_factory=dict
    )  # digest -> canonical JSON of the pinned part
