"""Which acts the centre accepts. What it may not accept it keeps whole and passes to nobody: quarantine."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence, Set
from datetime import datetime
from functools import lru_cache, partial
from itertools import groupby

import msgspec

from central import rights
from central.registry import APPLICANT, Member, Registry
from central.rights import Workflow
from kiosk.model.chain import Row
from kiosk.model.disputes import SAME
from kiosk.model.entries import ACCESS, ADMIN, HEALTH, OFFICE, Entry, Json, is_known
from kiosk.model.file import LINKED
from kiosk.model.text import Text, say
from kiosk.store.journal import LARGEST

STREAMS = (OFFICE, HEALTH, ACCESS, ADMIN)
OWN_SUBJECTS = ("terminal:", "operator:", "pack:")  # only the centre writes about these
OWN_KINDS = frozenset({"enrolled", "revoked", "appointed", "dismissed", "released", "published", "withdrawn"})
LONGEST_NAME = 200  # characters of an id, a subject, a register: they stand in indexes
MOST_OUTLINED = 50  # names in an entry whose outline is kept in mind
LONGEST_OUTLINED = 1_000  # characters of all of them
LONGEST_TEXT = 600  # characters of a value that stands in an index
MOST_CITED = 20_000  # entries that one entry replaces or rests on; a dormitory of 5,000 fits
BY_THE_PERSON = ("person", "case", "lodging", "guarantee")  # of what the person himself says something
SIGNED = {"permit": ("decided_by",), "case": ("accepted_by",)}  # registers that name their author
SIGNED_NAMES = frozenset(name for names in SIGNED.values() for name in names)
DEEPEST = 100  # lists and dictionaries within one another; Python reads some 900, fewer within a long call
LONGEST_SAID = 40  # characters of a staff number, a role or a register in a reason
NUL = b"\\u0000"  # no text of a database may hold it
UNKNOWN_PACK = say(
    "This goes by an office pack that the central system does not have. Give it there: central packs add"
)
UNREADABLE = say("This entry cannot be read.")
TOO_LARGE = say("This entry is too large, or holds characters that no text may hold.")
NOT_OURS = say("The names in this entry are not those of this program.")

# Registers that views read as texts: anything else in them would be kept and read by nobody.
TEXTS: Mapping[str, Set[str]] = {
    "case": {"number", "track", "definitions", "status", "parked_by", "receipt_number"},
    "person": {"name", "name_native", "name_zh", "document_number", "document_issuer"},
    "guarantor": {"kind", "name", "uscc", "resident_id"},
    "guarantee": {"number", "work_registration_number", "case", "person"},
    "permit": {"number", "status", "valid_to", "case", "person"},
    "health": {"laboratory_number", "conclusion", "order_number", "case", "person"},
    "clearance": {"valid_to", "certificate_number", "case", "person"},
    "lodging": {"receipt_number", "case", "person"},
}

NEVER_EMPTY: Mapping[str, Set[str]] = {  # once written
    "case": {"number", "track", "definitions", "status"},
    "permit": {"status"},
}


class Outline(msgspec.Struct, frozen=True):
    """What is asked of an entry's names alone: thousands have the same ones."""

    is_centres: bool  # about terminals, operators or packs
    links_persons: bool
    is_by_the_person: bool  # may be
    is_decided: bool  # says how a case stands
    signed: tuple[str, ...]  # registers that name their author
    tests: tuple[tuple[str, Callable[[Json], bool]], ...]  # of the values that views rely on
    longest: int  # characters of a register's name


def outline(entry: Entry) -> Outline:
    names = (entry.kind, entry.subject_kind, *entry.writes)
    if len(names) > MOST_OUTLINED or sum(map(len, names)) > LONGEST_OUTLINED:  # would fill our memory
        return outline_of.__wrapped__(entry.kind, entry.subject_kind, tuple(entry.writes))
    return outline_of(entry.kind, entry.subject_kind, tuple(entry.writes))


@lru_cache(maxsize=2_000)
def outline_of(kind: str, subject: str, registers: tuple[str, ...]) -> Outline:
    tests = [(register, _shape(subject, register)) for register in registers]
    return Outline(
        is_centres=kind in OWN_KINDS or f"{subject}:" in OWN_SUBJECTS,
        links_persons=any(register.startswith(SAME) for register in registers),
        is_by_the_person=subject in BY_THE_PERSON and SIGNED_NAMES.isdisjoint(registers),
        is_decided=any(map(rights.is_decided, registers)),
        signed=tuple(register for register in SIGNED.get(subject, ()) if register in registers),
        tests=tuple((register, fits) for register, fits in tests if fits is not None),
        longest=max(map(len, registers), default=0),
    )


class Arrived(msgspec.Struct, frozen=True, gc=False):
    """A row that arrived, and the entry in it; None where there is none or it cannot be read."""

    row: Row
    entry: Entry | None


def acts(arrived: Sequence[Arrived]) -> Iterator[list[Arrived]]:
    """Rows by act, in their order; what cannot be read stands for itself.

    The next act may bear the same name: each says itself how many entries it has.
    """
    for _, run in groupby(arrived, lambda one: one.row.act or one.row.sequence):
        left = list(run)
        while left:
            size = left[0].entry.act_size if left[0].entry else 0
            act, left = (left[:size], left[size:]) if 0 < size < len(left) else (left, [])
            yield act


def name_of(act: Sequence[Row]) -> str:
    """What names an act for good: nothing else commits to the same."""
    return hashlib.sha256(b"".join(row.commitment for row in act)).hexdigest()[:32]


class Judge:
    """Judges the acts of one terminal in one stream, as they arrive `now` by the centre's clock."""

    def __init__(
        self,
        author: Member,
        roles: frozenset[str],
        stream: str,
        registry: Registry,
        now: datetime,
        workflow_of: Callable[[str], Workflow | None],
    ) -> None:
        self.author, self.roles, self.stream, self.registry, self.now = author, roles, stream, registry, now
        self.workflow_of = workflow_of
        self._acting: set[tuple[str, str]] = set()  # operators that act in a role, as was found

    def problem(self, act: Sequence[Arrived]) -> Text | None:
        """Why a whole act may not be accepted."""
        if self.author.released and self._is_released(act):
            return None
        return next(filter(None, (self._of_one(one, len(act)) for one in act)), None)

    def _is_released(self, act: Sequence[Arrived]) -> bool:
        """Whether an administrator took this act in before; the centre may have been restored since."""
        fit = all(unfit(one.row, one.entry) is None for one in act)
        return fit and name_of([one.row for one in act]) in self.author.released

    def _of_one(self, one: Arrived, size: int) -> Text | None:
        row, entry = one.row, one.entry
        if row.body is None:  # was erased, or is held back elsewhere too
            return None if _is_name(row.id, row.act, row.subject) else NOT_OURS
        if entry is None or not is_shallow(row.body):
            return UNREADABLE
        if self.author.is_late(self.stream, row.sequence):
            return say(
                "The terminal {terminal} was revoked before this entry arrived.", terminal=self.author.code
            )
        if _is_too_large(row.body):
            return TOO_LARGE
        if entry.act_size != size:
            return say("A part of this act is missing.")
        if self.author.is_centre:
            return None
        seen = outline(entry)
        return (
            self._not_allowed(entry, seen)
            or self._not_by_whom(entry, seen)
            or malformed(entry, seen)
            # the last question: what is held back for it alone may be taken in when the pack is there
            or (UNKNOWN_PACK if cited_packs(entry) - self.registry.definitions else self._not_its_role(entry))
        )

    def _not_its_role(self, entry: Entry) -> Text | None:
        """Whether the workflow that the entry names lets its role write this. What the person enters at a
        self-service terminal is no decision anyway (see `_not_allowed`)."""
        if self.author.face != "counter":
            return None
        return not_its_role(entry, self.workflow_of)

    def _not_allowed(self, entry: Entry, seen: Outline) -> Text | None:
        if seen.is_centres or self.stream == ADMIN:
            return say("Only the central system writes about terminals and operators.")
        if entry.role not in self.roles:
            return say("At this terminal nobody acts as “{role}”.", role=entry.role[:LONGEST_SAID])
        if entry.role != "supervisor" and seen.links_persons:
            return say("Only a supervisor says whether two records are of one person.")
        if self.author.face != "counter":
            if entry.decision or not seen.is_by_the_person or seen.is_decided:
                return say("At a self-service terminal nobody decides or issues anything.")
            if entry.actor not in ("", self.author.code):
                number = entry.actor[:LONGEST_SAID]
                return say("{number} does not act as “{role}”.", number=number, role=entry.role)
        if entry.role == APPLICANT and not seen.is_by_the_person:
            return say("“{role}” does not write this.", role=entry.role)
        if self.stream == HEALTH and "doctor" not in self.roles:
            return say("Only the health post writes what a doctor found.")
        if self.stream != ACCESS and entry.subject.startswith("health:") != (self.stream == HEALTH):
            return say("What a doctor found belongs into a stream of its own.")
        return None

    def _not_by_whom(self, entry: Entry, seen: Outline) -> Text | None:
        """Whether those who act are operators of the office, in their roles. What the person says for himself
        at a window, an operator of that terminal writes down; at a self-service terminal there is none."""
        if self.author.face != "counter":
            return None
        roles = self.roles - {APPLICANT} if entry.role == APPLICANT else {entry.role}
        if entry.second and entry.second == entry.actor:
            return say("A second person must sign in for this.")
        if (entry.kind, entry.role) != ("settled", "supervisor"):  # who settles takes another's word
            for register in seen.signed:
                if entry.writes[register].value not in (None, entry.actor):
                    return say("This entry says that somebody else decided than who wrote it.")
        return self._not_an_operator(entry.actor, entry.role, roles) or (
            self._not_an_operator(entry.second, "", {""}) if entry.second else None
        )

    def _not_an_operator(self, number: str, role: str, roles: Set[str]) -> Text | None:
        """Whether it is no operator who acts in one of the `roles`, who then acts as `role`."""
        if (number, role) in self._acting:
            return None
        operator = self.registry.operators.get(number)
        if operator is not None and any(operator.acts(self.now, one) for one in roles):
            self._acting.add((number, role))
            return None
        number = number[:LONGEST_SAID]
        if operator is None:
            if not self.registry.knows_everybody(self.now):
                return None
            return say("“{number}” is no operator of this office.", number=number)
        if operator.dismissed:
            return say("{number} was dismissed longer ago than work may be on its way.", number=number)
        return say("{number} does not act as “{role}”.", number=number, role=role)


def cited_packs(entry: Entry) -> set[str]:
    """The digests of the definitions that an entry goes by, or that it says its case goes by."""
    began = entry.writes.get("definitions") if entry.subject_kind == "case" else None
    return {entry.definitions, str(began.value or "") if began else ""} - {""}


def not_its_role(entry: Entry, workflow_of: Callable[[str], Workflow | None]) -> Text | None:
    """Why the role of an entry does not write this; what goes by a workflow that cannot be read passes."""
    if not rights.asks_workflow(entry):
        return None
    packs = cited_packs(entry)
    workflows = [workflow for digest in packs if (workflow := workflow_of(digest)) is not None]
    if packs and not workflows and is_known(entry):
        return None
    return rights.refused(entry, workflows)


def unfit(row: Row, entry: Entry | None) -> Text | None:
    """Why nobody's program could read an entry, whoever says that it may be taken in."""
    if entry is None or not is_shallow(row.body or b""):
        return UNREADABLE
    return TOO_LARGE if _is_too_large(row.body or b"") else malformed(entry, outline(entry))


def _is_too_large(body: bytes) -> bool:
    return len(body) > LARGEST or NUL in body


def malformed(entry: Entry, seen: Outline) -> Text | None:
    """Whether names are too long to be found again, or values are not of the kind that views read."""
    for register, fits in seen.tests:
        if not fits(entry.writes[register].value):
            return say("The value of “{register}” is not of its kind.", register=register[:LONGEST_SAID])
    cited = list(entry.rests_on)
    for write in entry.writes.values():
        cited += write.replaces
    if len(cited) > MOST_CITED or not _is_time(entry.wall):
        return say("This entry cites too much, or does not say when it was written.")
    names = (entry.id, entry.act, entry.subject, entry.kind, *cited)
    return NOT_OURS if "/" in entry.id or max(seen.longest, *map(len, names)) > LONGEST_NAME else None


def is_shallow(body: bytes) -> bool:
    """Whether an entry can be read everywhere: where it is nested too deep, whoever decodes it would stop."""
    return body.count(b"[") + body.count(b"{") <= DEEPEST or _is_flat(msgspec.json.decode(body), DEEPEST)


def _is_flat(value: Json, levels: int) -> bool:
    if not isinstance(value, list | dict):
        return True
    inner = value.values() if isinstance(value, dict) else value
    return levels > 0 and all(_is_flat(one, levels - 1) for one in inner)


def _is_name(*texts: str) -> bool:
    return all(len(text) <= LONGEST_NAME and "\0" not in text for text in texts)


def _shape(subject: str, register: str) -> Callable[[Json], bool] | None:
    """The test of a register's values, where views rely on what they are."""
    if register in NEVER_EMPTY.get(subject, ()):
        return _is_word
    if (subject == "case" and register in LINKED) or (subject, register) == ("guarantee", "guarantor"):
        return partial(_is_link, register)
    if register == "case" or register in TEXTS.get(subject, ()):  # whatever it is, it may belong to a case
        return _is_text
    if subject == "case" and register.startswith("stage."):
        return _is_stage
    if subject == "case" and register.startswith(("returned.", "refused.")):
        return _is_notice
    if (subject, register) == ("case", "stages"):
        return _are_words
    return None


def _is_word(value: Json) -> bool:
    return isinstance(value, str) and len(value) <= LONGEST_TEXT


def _is_text(value: Json) -> bool:
    return value is None or _is_word(value)


def _is_link(kind: str, value: Json) -> bool:
    """A register that links to a subject names one of its own kind."""
    return not value or (_is_word(value) and value.startswith(f"{kind}:"))


def _are_words(value: Json) -> bool:
    return value is None or (isinstance(value, list) and all(map(_is_word, value)))


def _is_stage(value: Json) -> bool:
    if value is None:
        return True
    return isinstance(value, dict) and all(
        _is_word(value.get(key, "")) for key in ("state", "light", "holder")
    )


def _is_notice(value: Json) -> bool:
    if value is None:
        return True
    return (
        isinstance(value, dict)
        and isinstance(value.get("items", []), list)
        and _are_words(value.get("numbers", []))
    )


def _is_time(wall: str) -> bool:
    try:
        return len(wall) <= LONGEST_NAME and datetime.fromisoformat(wall).tzinfo is not None
    except ValueError:
        return False
