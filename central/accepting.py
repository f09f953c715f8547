"""Which acts the centre accepts. What it may not accept it keeps whole and passes to nobody: quarantine."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence, Set
from datetime import datetime
from itertools import groupby

import msgspec

from central import rights
from central.deeds import Deed, Outline, deed_of, outline
from central.registry import APPLICANT, Member, Registry
from central.rights import Workflow
from kiosk.model.chain import Row
from kiosk.model.days import FIRST_YEAR, LAST_YEAR
from kiosk.model.entries import ACCESS, ADMIN, HEALTH, LONGEST_NAME, OFFICE, Entry, Json
from kiosk.model.text import Text, say
from kiosk.store.journal import LARGEST

STREAMS = (OFFICE, HEALTH, ACCESS, ADMIN)
MOST_CITED = 20_000  # entries that one entry replaces or rests on; a dormitory of 5,000 fits
ORDERED = {"case", "person", "order_number", "laboratory_number", "note"}  # told to the doctor by who orders
DEEPEST = 100  # lists and dictionaries within one another; Python reads some 900, fewer within a long call
LONGEST_SAID = 40  # characters of a staff number, a role or a register in a reason
NUL = b"\\u0000"  # no text of a database may hold it
UNKNOWN_PACK = say(
    "This goes by an office pack that the central system does not have. Give it there: central packs add"
)
UNREADABLE = say("This entry cannot be read.")
TOO_LARGE = say("This entry is too large, or holds characters that no text may hold.")
NOT_OURS = say("The names in this entry are not those of this program.")


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
        workflows: Mapping[str, Workflow],
    ) -> None:
        self.author, self.roles, self.stream, self.registry, self.now = author, roles, stream, registry, now
        self.workflows = workflows
        self._fine: set[Deed] = set()  # as was found

    def problem(self, act: Sequence[Arrived]) -> Text | None:
        """Why a whole act may not be accepted."""
        if self.author.released and self._is_released(act):
            return None
        found = None
        for one in act:
            if problem := self._of_one(one, len(act)):
                if problem is not UNKNOWN_PACK:
                    return problem
                found = problem  # said where nothing else speaks against the act
        return found

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
        return malformed(row.body, entry, seen) or self._of_deed(deed_of(entry, seen))

    def _of_deed(self, deed: Deed) -> Text | None:
        """Why nobody may do this here: what was found of one deed goes for all that equal it."""
        if deed in self._fine:
            return None
        problem = (
            self._not_allowed(deed)
            or self._not_by_whom(deed)
            # the last question: what is held back for it alone may be taken in when the pack is there
            or (UNKNOWN_PACK if self._lacks_its_pack(deed) else self._not_its_role(deed))
        )
        if problem is None:
            self._fine.add(deed)
        return problem

    def _lacks_its_pack(self, deed: Deed) -> bool:
        return not self.registry.definitions.issuperset(deed.packs)

    def _not_its_role(self, deed: Deed) -> Text | None:
        """Whether the workflow that it goes by lets its role do this. At self-service nobody decides anyway
        (see `_not_allowed`)."""
        if self.author.face != "counter":
            return None
        return rights.refused(deed, self.workflows)

    def _not_allowed(self, deed: Deed) -> Text | None:
        seen = deed.outline
        if seen.is_centres or self.stream == ADMIN:
            return say("Only the central system writes about terminals and operators.")
        if deed.role not in self.roles:
            return say("At this terminal nobody acts as “{role}”.", role=deed.role[:LONGEST_SAID])
        if deed.role != "supervisor" and seen.links_persons:
            return say("Only a supervisor says whether two records are of one person.")
        if self.author.face != "counter":
            if deed.decision or not seen.is_by_the_person or seen.is_decided:
                return say("At a self-service terminal nobody decides or issues anything.")
            if deed.actor not in ("", self.author.code):
                number = deed.actor[:LONGEST_SAID]
                return say("{number} does not act as “{role}”.", number=number, role=deed.role)
        if deed.role == APPLICANT and not seen.is_by_the_person:
            return say("“{role}” does not write this.", role=deed.role)
        if self.stream == HEALTH and "doctor" not in self.roles and not _is_order(deed):
            return say("Only the health post writes what a doctor found.")
        if self.stream != ACCESS and (seen.subject == HEALTH) != (self.stream == HEALTH):
            return say("What a doctor found belongs into a stream of its own.")
        return None

    def _not_by_whom(self, deed: Deed) -> Text | None:
        """Whether those who act are operators of the office, in their roles. What the person says for himself
        at a window, an operator of that terminal writes down; at a self-service terminal there is none."""
        if self.author.face != "counter":
            return None
        roles = self.roles - {APPLICANT} if deed.role == APPLICANT else {deed.role}
        if deed.second and deed.second == deed.actor:
            return say("A second person must sign in for this.")
        # who settles takes another's word
        if deed.for_another and (deed.outline.kind, deed.role) != ("settled", "supervisor"):
            return say("This entry says that somebody else decided than who wrote it.")
        return self._not_an_operator(deed.actor, deed.role, roles) or (
            self._not_an_operator(deed.second, "", {""}) if deed.second else None
        )

    def _not_an_operator(self, number: str, role: str, roles: Set[str]) -> Text | None:
        """Whether it is no operator who acts in one of the `roles`, who then acts as `role`."""
        operator = self.registry.operators.get(number)
        if operator is not None and any(operator.acts(self.now, one) for one in roles):
            return None
        number = number[:LONGEST_SAID]
        if operator is None:
            if not self.registry.knows_everybody(self.now):
                return None
            return say("“{number}” is no operator of this office.", number=number)
        if operator.dismissed:
            return say("{number} was dismissed longer ago than work may be on its way.", number=number)
        return say("{number} does not act as “{role}”.", number=number, role=role)


def _is_order(deed: Deed) -> bool:
    """Whether this only tells the doctor what was ordered, and takes the place of nothing that he reads."""
    seen = deed.outline
    return seen.kind in ("issued", "recorded") and seen.registers <= ORDERED and not deed.replaces


def unfit(row: Row, entry: Entry | None) -> Text | None:
    """Why nobody's program could read an entry, whoever says that it may be taken in."""
    if entry is None or not is_shallow(row.body or b""):
        return UNREADABLE
    body = row.body or b""
    return TOO_LARGE if _is_too_large(body) else malformed(body, entry, outline(entry))


def _is_too_large(body: bytes) -> bool:
    return len(body) > LARGEST or body.find(NUL) >= 0  # `in` would make an exception first, and drop it


def malformed(body: bytes, entry: Entry, seen: Outline) -> Text | None:
    """Whether an id cannot be one, or values are not of the kind that views read."""
    for register, fits in seen.tests:
        if not fits(entry.writes[register].value):
            return say("The value of “{register}” is not of its kind.", register=register[:LONGEST_SAID])
    if not _is_time(entry.wall) or (len(body) > MOST_CITED and _cited(entry) > MOST_CITED):
        return say("This entry cites too much, or does not say when it was written.")
    return NOT_OURS if "/" in entry.id else None


def _cited(entry: Entry) -> int:
    """How many entries it replaces or rests on."""
    return len(entry.rests_on) + sum(len(write.replaces) for write in entry.writes.values())


def is_shallow(body: bytes) -> bool:
    """Whether an entry can be read everywhere: where it is nested too deep, whoever decodes it would stop."""
    # all pieces of a split but the first begin with a bracket; `count` takes longer, as it looks at each byte
    begun = len(body.split(b"[", DEEPEST + 1)) + len(body.split(b"{", DEEPEST + 1)) - 2
    return begun <= DEEPEST or _is_flat(msgspec.json.decode(body), DEEPEST)


def _is_flat(value: Json, levels: int) -> bool:
    if not isinstance(value, list | dict):
        return True
    inner = value.values() if isinstance(value, dict) else value
    return levels > 0 and all(_is_flat(one, levels - 1) for one in inner)


def _is_name(*texts: str) -> bool:
    return all(len(text) <= LONGEST_NAME and "\0" not in text for text in texts)


def _is_time(wall: str) -> bool:
    """Whether it can be told in any zone: a year at the end of all years has no place in another one."""
    try:
        moment = datetime.fromisoformat(wall)
    except ValueError:
        return False
    known = moment.tzinfo is not None and FIRST_YEAR <= moment.year <= LAST_YEAR
    return known and len(wall) <= LONGEST_NAME
