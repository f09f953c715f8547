"""What screens and lists are given of a case: plain frozen data, already limited to what a role may see."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from kiosk.model.ask import Mark
from kiosk.model.disputes import Change
from kiosk.model.entries import Json
from kiosk.model.text import Text
from kiosk.model.workflow import ActionDefinition, Paper, TrackDefinition

__all__ = ["Mark"]


@dataclass(frozen=True)
class Light:
    """A stage at a glance: a shape of `screens.md` and its word (a msgid); `count` of returned items."""

    stage: str
    shape: str
    label: str
    count: int = 0


@dataclass(frozen=True)
class CaseRow:
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


@dataclass(frozen=True)
class PersonRow:
    """A person found by a document."""

    person: str
    name: str
    birth_date: str
    document_tail: str
    cases: tuple[CaseRow, ...]


@dataclass(frozen=True)
class GuarantorRow:
    guarantor: str
    name: str
    code: str  # USCC or identity number
    address: str


@dataclass(frozen=True)
class StageView:
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


@dataclass(frozen=True)
class ActionView:
    """An action of my role; `closed` says why not, empty when it may be done."""

    stage: str  # "" for an action on the whole case
    key: str
    label: str
    closed: tuple[Text, ...]
    definition: ActionDefinition


@dataclass(frozen=True)
class PaperView:
    stage: str
    key: str
    label: str
    definition: Paper
    sighted: bool
    copy: Mapping[str, Json] | None
    reusable_from: str = ""  # number of an earlier case that holds a copy


@dataclass(frozen=True)
class OldValue:
    value: Json
    until: datetime
    by: str
    reason: str


@dataclass(frozen=True)
class HistoryLine:
    at: datetime
    actor: str
    actor_name: str
    role: str
    sentence: Text
    entry: str
    terminal: str


@dataclass(frozen=True)
class PrintView:
    print: str
    slip: str
    number: str
    at: datetime
    by: str
    reprint: int
    reason: str
    spoiled: str  # why it was spoiled, or ""


@dataclass(frozen=True)
class Twin:
    """Another record with the same document, or one that is linked; `link` is apart, linked or disputed."""

    person: str
    link: str


@dataclass(frozen=True)
class Record:
    """A record of a person to be compared; `registered` says by whom, when and where, `link` is of a Twin."""

    person: str
    link: str
    registered: Change | None
    facts: Mapping[str, Json]
    cases: tuple[CaseRow, ...]


@dataclass(frozen=True)
class CaseView:
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
    items: tuple[Mark, ...]
    slips: tuple[str, ...]  # kinds that may be printed now
    prints: tuple[PrintView, ...]
    row: CaseRow
    parked_by: str = ""
    read_only: bool = False
    twins: tuple[Twin, ...] = ()  # other records of who may be the same person


@dataclass(frozen=True)
class OwnStage:
    """A stage as the person himself may read it; `label` and `word` are msgids."""

    label: str
    shape: str
    word: str
    until: date | None = None


@dataclass(frozen=True)
class OwnMark:
    """What he is to bring: `item` is named in the slot of `sentence`; both are msgids."""

    item: str
    sentence: str


@dataclass(frozen=True)
class OwnCase:
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


@dataclass(frozen=True)
class SlipRequest:
    """A slip that an action asks to be printed."""

    case: str
    kind: str


@dataclass(frozen=True)
class Changed:
    """What a writing call changed; screens that show it read their views again."""

    case: str
    person: str = ""
    slips: tuple[SlipRequest, ...] = ()
