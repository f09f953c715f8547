"""Who belongs to the office: its terminals and operators, as the centre's own stream `admin` tells.

Each is a subject like any other (`terminal:7K3F`, `operator:R001`) whose registers are folded by the same
rules, in memory, whenever the stream has grown: those of which something new was announced.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from datetime import datetime, timedelta

import msgspec
from msgspec.structs import replace

from kiosk.actions.packs import BUNDLE
from kiosk.model.entries import ADMIN, Entry, Json, decode
from kiosk.model.office import OfficePack
from kiosk.model.order import after_causes, replaced
from kiosk.model.registers import Memories, SubjectState, receive
from kiosk.store.database import Connection
from kiosk.sync.answers import OfferedPack

APPLICANT = "applicant"  # may act at any terminal: the person himself
AT_COUNTERS = ("supervisor",)
LEASE_DAYS = 14  # how long an operator works without the centre, unless said otherwise
RELEASED = "released."  # how the registers begin that name the released acts of a terminal


class Release(msgspec.Struct, frozen=True):
    """An act that was held back and taken in after all: where it begins, and who said so (`at` ISO 8601)."""

    stream: str
    first: int
    by: str
    at: str

    @property
    def moment(self) -> datetime:
        return datetime.fromisoformat(self.at)


class Member(msgspec.Struct, frozen=True):
    """A terminal of the office. `key` verifies what it signs, `seal` the permits it seals (raw Ed25519)."""

    code: str
    name: str
    face: str
    departments: tuple[str, ...]
    key: bytes
    seal: bytes
    enrolled: str  # ISO 8601
    revoked: str = ""  # ISO 8601, empty while it is trusted
    heads: Mapping[str, int] = msgspec.field(
        default_factory=dict
    )  # what of it had arrived when it was revoked
    line: tuple[str, ...] = ()  # what was known of its line then
    predecessor: str = ""  # whose key asked for this terminal
    released: Mapping[str, Release] = msgspec.field(
        default_factory=dict
    )  # by the name of the act (`name_of`)
    is_centre: bool = False

    def is_late(self, stream: str, sequence: int) -> bool:
        """Whether an entry came after the terminal was revoked."""
        return bool(self.revoked) and sequence > self.heads.get(stream, 0)


class Passphrase(msgspec.Struct, frozen=True):
    """That an operator's passphrase was set: when (ISO 8601), by whom and where, never what.

    `place` is as in `central.passphrases`; one that was `given` he changes himself.
    """

    by: str
    at: str
    place: str
    given: bool
    verifier: str  # its SHA-256


class Operator(msgspec.Struct, frozen=True):
    """A member of staff; what is kept of his passphrase is not here (table `operator`)."""

    number: str
    name: str
    roles: tuple[str, ...]
    lease_days: int
    dismissed: bool
    # role that was taken away -> end of the lease
    ended: Mapping[str, datetime] = msgspec.field(default_factory=dict)
    passphrase: Passphrase | None = None  # None where it was set before that was told

    def acts(self, now: datetime, role: str = "") -> bool:
        """Whether what arrives now may be this operator's, in that role, or in any.

        One who lost a role works on in it where the centre is not heard of, until the lease runs out.
        """
        held = () if self.dismissed else self.roles
        roles = {*held, *(lost for lost, end in self.ended.items() if now <= end)}
        return role in roles if role else bool(roles)


class Registry(msgspec.Struct, frozen=True):
    """The office as of number `number` of the feed `admin`."""

    number: int = -1
    members: Mapping[str, Member] = msgspec.field(default_factory=dict)
    operators: Mapping[str, Operator] = msgspec.field(default_factory=dict)
    first: Entry | None = None  # appointment of all; before it terminals keep their own accounts
    packs: tuple[OfferedPack, ...] = ()  # that were given out, the greatest version first
    definitions: frozenset[str] = frozenset()  # digests of all that entries may go by
    states: Mapping[str, SubjectState] = msgspec.field(default_factory=dict)
    joined: Mapping[str, Member] = msgspec.field(default_factory=dict)  # as each was written of

    def line(self, code: str) -> tuple[str, ...]:
        """A terminal with those that it followed and all that followed one of them, in the order of joining.

        Whoever has the disk of one has its predecessors' keys, too, and may have asked with them for others.
        """
        found: set[str] = set()
        more = {code}
        while more:
            found |= more
            near = {one.predecessor for one in self.members.values() if one.code in found}
            near |= {one.code for one in self.members.values() if one.predecessor in found}
            more = near - found - {""}
        return tuple(one for one in self.members if one in found)

    def knows_everybody(self, now: datetime) -> bool:
        """Whether who is not among the operators is nobody: the first of them ended all other accounts."""
        if self.first is None:
            return False
        return now > datetime.fromisoformat(self.first.wall) + timedelta(days=LEASE_DAYS)

    def releases(self) -> dict[tuple[str, str, int], Release]:
        """What was held back and taken in after all, by terminal, stream and where the act begins."""
        return {
            (one.code, release.stream, release.first): release
            for one in self.members.values()
            for release in one.released.values()
        }

    def state(self, subject: str) -> SubjectState:
        return self.states.get(subject) or SubjectState()


def read(
    connection: Connection, office: str, own: Iterable[Member], number: int, known: Registry
) -> Registry:
    """Folds the stream `admin` up to `number` of its feed: those subjects of which something was announced
    since `known`. `own` are the centre as it is and as it was before it was restored."""
    selves = {member.code: member for member in own}
    memory, staffing = Memories(), list[Entry]()
    for entry in _announced(connection, office, selves, known.number):
        receive(memory, entry)
        if entry.subject_kind == "operator":
            staffing.append(entry)
    staffing = _in_order(staffing)
    joined, operators, packs = dict(known.joined), dict(known.operators), list(known.packs)
    ended = _ended(staffing)
    for subject, state in memory.states.items():
        kind, _, name = subject.partition(":")
        if kind == "terminal":
            joined[name] = _member(name, state)
        elif kind == "operator":
            operators[name] = _operator(name, state, ended.get(subject, {}))
        elif kind == "pack":
            version, since, tracks = (state.value(key) for key in ("version", "since", "tracks"))
            offer = OfferedPack(name, version, since, tracks, bool(state.value("withdrawn")))
            packs = [*(one for one in packs if one.digest != name), offer]
    packs.sort(key=lambda one: -one.version)
    kept = connection.execute("SELECT digest FROM definition").fetchall()
    definitions = {digest for (digest,) in kept if not digest.startswith(BUNDLE)}
    for pack in packs:  # a centre that was restored may have lost what it pinned
        definitions.update(pack.tracks.values())
    firsts = [one for one in (known.first, *staffing[:1]) if one is not None]
    return Registry(
        number,
        _without_what_followed(selves | joined),
        operators,
        min(firsts, key=lambda entry: (entry.time, entry.id), default=None),
        tuple(packs),
        frozenset(definitions),
        {**known.states, **memory.states},
        joined,
    )


def _announced(connection: Connection, office: str, selves: Collection[str], after: int) -> Iterator[Entry]:
    """All entries of each subject of the stream `admin` of which any was announced after a number."""
    subjects = connection.execute(
        "SELECT DISTINCT subject FROM feed JOIN entry USING (office, terminal, stream) "
        "WHERE office = ? AND stream = ? AND number > ? AND sequence BETWEEN first AND last",
        (office, ADMIN, after),
    ).fetchall()
    for (subject,) in subjects:
        rows = connection.execute(  # the rest is looked at here: no database shall choose another index
            "SELECT office, terminal, stream, body FROM entry WHERE subject = ?", (subject,)
        ).fetchall()
        for of, terminal, stream, body in rows:
            if of == office and terminal in selves and stream == ADMIN and body is not None:
                yield decode(body)


def _without_what_followed(members: dict[str, Member]) -> dict[str, Member]:
    """Of a revoked terminal no successor is taken. One that nobody knew when it was revoked joined at a
    centre that had been restored and had lost the revocation: nothing of it counts."""
    while fallen := {
        member.code: replace(member, revoked=former.revoked)
        for member in members.values()
        if (former := members.get(member.predecessor)) and former.revoked
        if not member.revoked and member.code not in former.line
    }:
        members = members | fallen
    return members


def _in_order(entries: Iterable[Entry]) -> list[Entry]:
    """By time, but none before what it replaces: a centre that was restored writes under another name, and
    its clock may have been set back."""
    return after_causes(sorted(entries, key=lambda entry: (entry.time, entry.id)), replaced)


def _ended(staffing: Iterable[Entry]) -> dict[str, dict[str, datetime]]:
    """Until when what arrives in a role is taken that was taken away, by operator; by the centre's clock."""
    roles: dict[str, frozenset[str]] = {}
    lease: dict[str, int] = {}
    ended: dict[str, dict[str, datetime]] = {}
    for entry in staffing:
        subject, held = entry.subject, roles.get(entry.subject, frozenset())
        if entry.kind == "dismissed":
            roles[subject] = frozenset()
        elif {"roles", "lease_days"} <= entry.writes.keys():
            roles[subject] = frozenset(entry.writes["roles"].value)
        end = datetime.fromisoformat(entry.wall) + timedelta(days=lease.get(subject, 0))
        ended.setdefault(subject, {}).update(dict.fromkeys(held - roles[subject], end))
        if "lease_days" in entry.writes:  # a longer one that was given before may still run
            lease[subject] = max(lease.get(subject, 0), entry.writes["lease_days"].value)
    return ended


def roles_by_department(pack: OfficePack) -> dict[str, frozenset[str]]:
    """Which roles each department has: those of the stages it owns."""
    own: dict[str, set[str]] = {department: set() for department in pack.office.departments}
    for track in pack.tracks.values():
        for stage in track.stages:
            own.setdefault(stage.department, set()).add(stage.role)
    return {department: frozenset(roles) for department, roles in own.items()}


def roles_of(member: Member, by_department: Mapping[str, frozenset[str]]) -> frozenset[str]:
    """The roles in which somebody may write at a terminal."""
    roles = {APPLICANT}
    if member.face == "counter":
        roles.update(AT_COUNTERS)
        for department in member.departments:
            roles |= by_department.get(department, frozenset())
    return frozenset(roles)


def _member(code: str, state: SubjectState) -> Member:
    revoked: Mapping[str, Json] = state.value("revoked") or {}
    return Member(
        code=code,
        name=state.value("name", ""),
        face=state.value("face", ""),
        departments=tuple(state.value("departments", ())),
        key=bytes.fromhex(state.value("key", "")),
        seal=bytes.fromhex(state.value("seal", "")),
        enrolled=state.value("enrolled", ""),
        revoked=revoked.get("at", ""),
        heads=revoked.get("heads", {}),
        line=tuple(revoked.get("line", ())),
        predecessor=state.value("predecessor") or "",
        released={
            register.removeprefix(RELEASED): Release(held.value[0], held.value[1], held.actor, held.wall)
            for register in state.registers
            if register.startswith(RELEASED) and (held := state.held(register))
        },
    )


def _operator(number: str, state: SubjectState, ended: Mapping[str, datetime]) -> Operator:
    return Operator(
        number=number,
        name=state.value("name", ""),
        roles=tuple(state.value("roles", ())),
        lease_days=state.value("lease_days", 0),
        dismissed=state.value("status") == "dismissed",
        ended=ended,
        passphrase=_passphrase(state),
    )


def _passphrase(state: SubjectState) -> Passphrase | None:
    held = state.held("passphrase")
    if held is None:
        return None
    told = held.value
    return Passphrase(held.actor, told["at"], told["place"], told["given"], told.get("verifier", ""))
