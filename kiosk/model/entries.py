"""The journal's unit: an entry, one fact that happened, written once and never changed.

An entry says what it writes, what that replaces, and what it rests on. Its bytes are JSON made
once by its author and kept for ever as received; a reader never encodes them again.
"""

from __future__ import annotations

from typing import Annotated, Any

import msgspec

Json = Any  # what msgspec's JSON gives: str, int, float, bool, None, list, dict
LONGEST_NAME = 200  # characters of an id, a subject, a kind, a register: they stand in indexes
Name = Annotated[str, msgspec.Meta(max_length=LONGEST_NAME)]  # what has a longer one is no entry

SUBJECTS = ("person", "case", "health", "clearance", "guarantor", "guarantee", "lodging", "permit")
OFFICE, HEALTH, ACCESS = "office", "health", "access"
ADMIN = "admin"  # the centre's own stream: who belongs to the office


class Write(msgspec.Struct, frozen=True, gc=False):
    """A new value of one register, and the entries whose values its author saw there."""

    value: Json
    replaces: tuple[Name, ...] = ()


class Decision(msgspec.Struct, frozen=True, rename={"from_": "from"}):
    """What a role did to a stage: `action` took it `from_` one state `to` another."""

    action: str
    stage: str
    from_: str
    to: str


class Entry(msgspec.Struct, frozen=True, omit_defaults=True, gc=False):
    """One fact. `subject` is "kind:uuid"; `writes` maps a register of that subject to its value.

    `act_size` counts the entries of the act in this stream; `time` is a hybrid logical time in
    milliseconds * 2**16 + counter; `wall` is the terminal's clock, ISO 8601 UTC, for display only.
    `rests_on` cites "entry/register" for what the action's guards read, and a bare entry for a decision
    whose ground this entry changes knowingly.
    """

    id: Name
    act: Name
    act_size: int
    subject: Name
    kind: Name
    version: int
    writes: dict[Name, Write]
    actor: str
    role: str
    office: str
    terminal: str
    stream: str
    sequence: int
    time: int
    wall: str
    definitions: str = ""
    rests_on: tuple[Name, ...] = ()
    on_behalf_of: str = ""
    second: str = ""
    decision: Decision | None = None
    note: dict[str, Json] = {}

    @property
    def subject_kind(self) -> str:
        return self.subject.partition(":")[0]


class Kind(msgspec.Struct, frozen=True):
    """The newest version of one kind of fact, and its sentence in the history."""

    version: int
    sentence: str


KINDS: dict[str, Kind] = {
    "opened": Kind(1, "Opened the case"),
    "recorded": Kind(1, "Recorded: {fields}"),
    "corrected": Kind(1, "Corrected: {fields}"),
    "decided": Kind(1, "{stage}: {action}"),
    "issued": Kind(1, "Issued {number}"),
    "changed_status": Kind(1, "{stage} is open now"),
    "paper_sighted": Kind(1, "Saw the original of: {paper}"),
    "paper_copied": Kind(1, "Attached a copy of: {paper}"),
    "printed": Kind(1, "Printed {slip}"),
    "spoiled_print": Kind(1, "Spoiled print of {slip}"),
    "settled": Kind(1, "Settled what was contested"),
    "linked": Kind(1, "Linked with another record: one person was registered twice"),
    "unlinked": Kind(1, "Undid the link with another record: they are two persons"),
    "parked": Kind(1, "Parked the case"),
    "read": Kind(1, "Opened personal data"),
    "enrolled": Kind(1, "Enrolled the terminal"),
    "revoked": Kind(1, "Revoked the terminal"),
    "appointed": Kind(1, "Appointed the operator"),
    "changed_passphrase": Kind(1, "Changed the operator's passphrase"),
    "dismissed": Kind(1, "Dismissed the operator"),
    "released": Kind(1, "Released what was held back of the terminal"),
    "published": Kind(1, "Gave out an office pack"),
    "withdrawn": Kind(1, "Withdrew an office pack"),
}


def encode(entry: Entry) -> bytes:
    """The entry's bytes, made once by its author."""
    return msgspec.json.encode(entry)


_decoder = msgspec.json.Decoder(Entry)


def decode(body: bytes) -> Entry:
    """Reads bytes of any version ever written; unknown fields of newer programs are passed over."""
    return _decoder.decode(body)


def read(body: bytes) -> Entry | None:
    """As `decode`; None for bytes that are no entry."""
    try:
        return decode(body)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return None


def is_known(entry: Entry) -> bool:
    """False for a kind or a version newer than this program: its subject is shown read-only."""
    kind = KINDS.get(entry.kind)
    return kind is not None and entry.version <= kind.version
