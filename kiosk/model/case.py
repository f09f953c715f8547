"""What screens and lists are given of a case: plain frozen data, already limited to what a role may see."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime

import msgspec

from kiosk.model.ask import Mark
from kiosk.model.disputes import Change
from kiosk.model.entries import Json
from kiosk.model.text import Text
from kiosk.model.workflow import ActionDefinition, Paper, TrackDefinition

__all__ = ["Mark"]


class Light(msgspec.Struct, frozen=True):
    """A stage at a glance: a shape of `screens.md` and its word (a msgid); `count` of returned items."""

    stage: str
    shape: str
    label: str
    count: int = 0


class CaseRow(msgspec.Struct, frozen=True):
    """One line of a list."""

    case: str
    number: str
    track: str
    status: str
    name: str
    name_native: str
    name_zh: str
    document_tail: str
    lights: tuple[Light, ...]
    next_step: Text
    runs_out: date | None
    reason: Text | None  # what runs out
    holders: tuple[str, ...]  # roles that must act
    parked_by: str = ""
    laboratory_number: str = ""  # for the doctor alone
    exception: bool = False  # for the doctor: not yet, or a follow-up is due
    since: datetime | None = None  # when the next step came up


class PersonRow(msgspec.Struct, frozen=True):
    """A person found by a document."""

    person: str
    name: str
    birth_date: str
    document_tail: str
    cases: tuple[CaseRow, ...]


class GuarantorRow(msgspec.Struct, frozen=True):
    guarantor: str
    name: str
    code: str  # USCC or identity number
    address: str


class StageView(msgspec.Struct, frozen=True):
    key: str
    label: str
    department: str
    state: str
    state_label: str
    light: Light
    holder: str  # role
    holder_name: str  # who acted last
    since: datetime | None
    until: date | None
    forms: tuple[str, ...]
    shaken: bool
    contested: bool


class ActionView(msgspec.Struct, frozen=True):
    """An action of my role; `closed` says why not, empty when it may be done."""

    stage: str  # "" for an action on the whole case
    key: str
    label: str
    closed: tuple[Text, ...]
    definition: ActionDefinition


class PaperView(msgspec.Struct, frozen=True):
    stage: str
    key: str
    label: str
    definition: Paper
    sighted: bool
    copy: Mapping[str, Json] | None
    reusable_from: str = ""  # number of an earlier case that holds a copy


class OldValue(msgspec.Struct, frozen=True):
    value: Json
    until: datetime
    by: str
    reason: str


class Standing(msgspec.Struct, frozen=True):
    """What stands in a register: the entries that who writes over it has seen, and their unlike values."""

    entries: tuple[str, ...]
    values: tuple[Json, ...]
    name: str  # of who wrote the last
    at: datetime


class HistoryLine(msgspec.Struct, frozen=True):
    at: datetime
    actor: str
    actor_name: str
    role: str
    sentence: Text
    entry: str
    terminal: str


class PrintView(msgspec.Struct, frozen=True):
    print: str
    slip: str
    number: str
    at: datetime
    by: str
    reprint: int
    reason: str
    spoiled: str  # why it was spoiled, or ""


class Twin(msgspec.Struct, frozen=True):
    """Another record with the same document, or one that is linked; `link` is apart, linked or disputed."""

    person: str
    link: str


class Record(msgspec.Struct, frozen=True):
    """A record of a person to be compared; `registered` says by whom, when and where, `link` is of a Twin."""

    person: str
    link: str
    registered: Change | None
    facts: Mapping[str, Json]
    cases: tuple[CaseRow, ...]


class CaseView(msgspec.Struct, frozen=True):
    """A case as one page."""

    case: str
    number: str
    track: TrackDefinition
    status: str
    language: str
    facts: Mapping[str, Json]
    stages: tuple[StageView, ...]
    actions: tuple[ActionView, ...]
    papers: tuple[PaperView, ...]
    history: tuple[HistoryLine, ...]
    changes: Mapping[str, tuple[OldValue, ...]]
    contested: Mapping[str, tuple[Json, ...]]
    standing: Mapping[str, Standing]  # of each of the facts
    items: tuple[Mark, ...]
    slips: tuple[str, ...]  # kinds that may be printed now
    prints: tuple[PrintView, ...]
    row: CaseRow
    parked_by: str = ""
    read_only: bool = False
    twins: tuple[Twin, ...] = ()  # other records of who may be the same person
    doubled: tuple[str, ...] = ()  # its numbers that another case has, too


class OwnStage(msgspec.Struct, frozen=True):
    """A stage as the person himself may read it; `label` and `word` are msgids."""

    label: str
    shape: str
    word: str
    until: date | None = None


class OwnMark(msgspec.Struct, frozen=True):
    """What he is to bring: `item` is named in the slot of `sentence`; both are msgids."""

    item: str
    sentence: str


class OwnCase(msgspec.Struct, frozen=True):
    """What a person may read of his own case. It travels as JSON; every sentence is a msgid."""

    number: str
    language: str  # his
    status: str
    stages: tuple[OwnStage, ...]
    missing: tuple[OwnMark, ...]
    picture: str  # a key of `slip.NEXT_STEPS`
    next_step: str
    come_back: datetime | None = None
    permit: str = ""  # "" while there is none
    permit_until: date | None = None


class SlipRequest(msgspec.Struct, frozen=True):
    """A slip that an action asks to be printed."""

    case: str
    kind: str


class Changed(msgspec.Struct, frozen=True):
    """What a writing call changed; screens that show it read their views again."""

    case: str
    person: str = ""
    slips: tuple[SlipRequest, ...] = ()
