"""What lists, search and counts need of a case, computed from its file alone: no clock, no pack.

Whatever a register holds, this gives a line: another program may have written it, and one entry must not stop
all that come after it. What is not of the kind that is read here counts as not written.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import msgspec

from kiosk.model.days import day_of
from kiosk.model.disputes import needs_supervisor
from kiosk.model.entries import Json
from kiosk.model.file import CaseFile, texts

OPEN = "open"

# What may run out while a case is open: fact -> what it is (a msgid).
RUNS_OUT = {
    "case.stay_until": "Stay",
    "person.document_expiry": "Document",
    "case.decide_by": "Decision",
    "clearance.valid_to": "Health",
    "guarantee.valid_to": "Guarantee",
    "permit.deliver_by": "Hand over",
}
NUMBERS = (
    "case.number", "case.receipt_number", "permit.number", "clearance.certificate_number",
    "guarantee.number", "guarantee.work_registration_number", "lodging.receipt_number",
    "health.order_number",
)  # fmt: skip


Facts = Mapping[str, Json]


class StageLine(msgspec.Struct, frozen=True, array_like=True):
    key: str
    state: str
    light: str
    holder: str
    returned: int = 0
    contested: bool = False  # or shaken, or the case has two unlike subjects of one kind
    since: str = ""  # ISO 8601, when it came to this state


class ListRow(msgspec.Struct, frozen=True):
    """One case as lists keep it (`view_case.body`)."""

    number: str
    track: str
    digest: str
    status: str
    person: str
    name: str
    name_native: str
    name_zh: str
    document: str
    issuer: str
    stages: tuple[StageLine, ...]
    dates: tuple[tuple[str, str], ...]  # (ISO date, key of RUNS_OUT), earliest first
    numbers: tuple[str, ...]
    parked_by: str = ""
    parked_role: str = ""
    laboratory_number: str = ""
    exception: bool = False
    health_until: str = ""
    permit: str = ""  # its status
    ready: bool = False  # the permit is approved and waits to be handed over
    twice: bool = False  # another person has the same document, and they are not linked
    unsettled: bool = False  # a fact is contested that only a supervisor settles

    @property
    def runs_out(self) -> str:
        return self.dates[0][0] if self.dates else "9999-12-31"

    def texts(self) -> tuple[str, ...]:
        """What the case is found by, besides its numbers."""
        return tuple(t for t in (self.name, self.name_native, self.name_zh, self.document) if t)


def list_row(file: CaseFile) -> ListRow:
    """Reads a case's line off its file."""
    facts = file.facts()

    def text(key: str) -> str:
        value = facts.get(key)
        return value if isinstance(value, str) else ""

    twofold, parked = bool(file.contested_links()), file.held("case.parked_by")
    stages = tuple(file.stages())
    permit = text("permit.status")
    done = {"case.decide_by"} if permit in ("approved", "active") else set()
    if permit != "approved":
        done.add("permit.deliver_by")
    days = {key: day_of(facts.get(key)) for key in RUNS_OUT if key not in done}
    dates = sorted((day.isoformat(), key) for key, day in days.items() if day is not None)
    return ListRow(
        number=text("case.number"),
        track=text("case.track"),
        digest=text("case.definitions"),
        status=text("case.status") or OPEN,
        person=file.subjects.get("person", ""),
        name=text("person.name"),
        name_native=text("person.name_native"),
        name_zh=text("person.name_zh"),
        document=text("person.document_number"),
        issuer=text("person.document_issuer"),
        stages=tuple(_stage_line(file, facts, key, twofold) for key in stages),
        dates=tuple(dates),
        numbers=(*filter(None, map(text, NUMBERS)), *_notices(facts, stages)),
        parked_by=text("case.parked_by"),
        parked_role=parked.role if parked is not None else "",
        laboratory_number=text("health.laboratory_number"),
        exception=text("health.conclusion") in ("NOT_YET", "FIT_WITH_FOLLOW_UP"),
        health_until=text("clearance.valid_to"),
        permit=permit,
        ready=permit == "approved",
        unsettled=needs_supervisor(file),
    )


def _notices(facts: Facts, stages: Iterable[str]) -> list[str]:
    """The numbers of every notice of what is missing and of every refusal that was given."""
    keys = (f"case.{what}.{stage}" for stage in stages for what in ("returned", "refused"))
    said = [number for key in keys if key in facts for number in _list(facts[key], "numbers")]
    return [number for number in said if isinstance(number, str)]


def _list(value: Json, part: str) -> list[Json]:
    """A list within a fact that holds several by name."""
    found = value.get(part) if isinstance(value, dict) else None
    return found if isinstance(found, list) else []


def _stage_line(file: CaseFile, facts: Facts, key: str, twofold: bool) -> StageLine:
    case, register = file.states["case"], f"stage.{key}"
    held = case.held(register)
    value = texts(held.value) if held is not None else {}
    light = value.get("light", "not_open")
    return StageLine(
        key,
        value.get("state", ""),
        light,
        value.get("holder", ""),
        len(_list(facts.get(f"case.returned.{key}"), "items")) if light == "returned" else 0,
        twofold or case.contested(register) or file.is_shaken(key),
        held.wall if held is not None else "",
    )


def is_contested(row: ListRow) -> bool:
    """Whether it waits for a supervisor, who settles what was written apart."""
    return row.unsettled or any(stage.contested for stage in row.stages)


def waiting(row: ListRow) -> set[tuple[str, str, str]]:
    """(role, list, sort key) of every list the case stands in, sorted by what runs out first.

    The doctor's list is sorted by exception and laboratory number, and tells nothing of dates; what doctors
    park is theirs alone.
    """
    lists = {("supervisor", "waiting", row.runs_out)} if is_contested(row) else set()
    if row.twice:
        lists.add(("supervisor", "twice", f"{row.document} {row.issuer}"))  # beside one another
    if row.status != OPEN:
        return lists
    doctors_order = f"{0 if row.exception else 1}{row.laboratory_number}"
    for stage in row.stages:
        if stage.holder == "doctor":
            lists.add(("doctor", "waiting", doctors_order))
        elif stage.holder:
            which = "ready" if row.ready and stage.holder == "reception" else "waiting"
            lists.add((stage.holder, which, row.runs_out))
        if stage.light == "returned":
            lists.add(("applicant", "returned", row.runs_out))
    if row.parked_by and row.parked_role == "doctor":
        lists.add(("doctor", "parked", doctors_order))
    elif row.parked_by:
        lists.add(("any", "parked", row.runs_out))
    return lists
