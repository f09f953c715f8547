"""What an entry does: who writes what where, whatever the values are. The door asks of this alone who may.

Most entries of a push do the same, so what was found of one deed is remembered for the others of the push.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import NamedTuple

import msgspec

from central.values import shape
from kiosk.model.disputes import SAME
from kiosk.model.entries import HEALTH, Decision, Entry, Json, Write, is_known

OWN_SUBJECTS = ("terminal", "operator", "pack")  # only the centre writes about these
OWN_KINDS = frozenset(
    {
        "enrolled", "revoked", "appointed", "changed_passphrase", "dismissed", "released", "published",
        "withdrawn",
    }
)  # fmt: skip
MOST_OUTLINED = 40  # registers of an entry whose outline is kept in mind: 500 of them fill some megabytes
BY_THE_PERSON = ("person", "case", "lodging", "guarantee")  # of what the person himself says something
SIGNED = {"permit": ("decided_by",), "case": ("accepted_by",)}  # registers that name their author
SIGNED_NAMES = frozenset(name for names in SIGNED.values() for name in names)


class Outline(msgspec.Struct, frozen=True, eq=False):
    """What is asked of an entry's names alone: thousands have the same ones."""

    kind: str
    subject: str  # its kind
    registers: frozenset[str]
    is_centres: bool  # about terminals, operators or packs
    begins: bool  # says by which definitions a case goes
    links_persons: bool
    is_by_the_person: bool  # may be
    is_decided: bool  # says what follows from decisions alone
    moved: tuple[str, ...]  # registers that say how a case stands
    signed: tuple[str, ...]  # registers that name their author
    tests: tuple[tuple[str, Callable[[Json], bool]], ...]  # of the values that views rely on


def outline(entry: Entry) -> Outline:
    names = entry.kind, entry.subject_kind, tuple(entry.writes)
    if len(entry.writes) > MOST_OUTLINED:  # would fill our memory
        return outline_of.__wrapped__(*names)
    return outline_of(*names)


@lru_cache(maxsize=500)
def outline_of(kind: str, subject: str, registers: tuple[str, ...]) -> Outline:
    tests = [(register, shape(subject, register)) for register in registers]
    return Outline(
        kind,
        subject,
        frozenset(registers),
        is_centres=kind in OWN_KINDS or subject in OWN_SUBJECTS,
        begins=subject == "case" and "definitions" in registers,
        links_persons=any(register.startswith(SAME) for register in registers),
        is_by_the_person=subject in BY_THE_PERSON and SIGNED_NAMES.isdisjoint(registers),
        is_decided=any(map(_is_decided, registers)),
        moved=tuple(filter(_is_decided, registers)) if subject == "case" else (),
        signed=tuple(register for register in SIGNED.get(subject, ()) if register in registers),
        tests=tuple((register, fits) for register, fits in tests if fits is not None),
    )


def _is_decided(register: str) -> bool:
    return register.startswith("stage.") or register == "status"


class Move(NamedTuple):
    """What an entry says of how a case stands: the state of a stage, or the case's status."""

    register: str
    state: str
    replaces: bool  # something


class Deed(msgspec.Struct, frozen=True):
    """Who did what where. Equal deeds are let in or held back together."""

    outline: Outline
    is_known: bool  # to this program
    role: str
    actor: str
    second: str
    for_another: bool  # a register that names its author names somebody else
    decision: Decision | None
    replaces: bool  # something that is the doctor's alone to read
    action: str  # what was done to the whole case, where no stage was decided
    packs: tuple[str, ...]  # digests of the definitions that it goes by, or says its case goes by
    moves: tuple[Move, ...]

    @property
    def kind(self) -> str:
        return self.outline.kind


def deed_of(entry: Entry, seen: Outline) -> Deed:
    packs: tuple[str, ...] = (entry.definitions,) if entry.definitions else ()
    if seen.begins and (began := entry.writes["definitions"].value):
        packs += (str(began),)
    return Deed(
        seen,
        is_known(entry),
        entry.role,
        entry.actor,
        entry.second,
        seen.signed != () and any(entry.writes[one].value not in (None, entry.actor) for one in seen.signed),
        entry.decision,
        seen.subject == HEALTH and any(write.replaces for write in entry.writes.values()),
        str(entry.note.get("action")) if entry.kind == "decided" and entry.decision is None else "",
        packs,
        tuple([_move(one, entry.writes[one]) for one in seen.moved]),
    )


def _move(register: str, write: Write) -> Move:
    said = write.value.get("state") if isinstance(write.value, dict) else write.value
    return Move(register, said if isinstance(said, str) else "", bool(write.replaces))
