"""What lists, search and counts need of a case, computed from its file alone: no clock, no pack."""

from __future__ import annotations

import msgspec

from kiosk.model.disputes import needs_supervisor
from kiosk.model.file import CaseFile

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
    peek = file.peek
    twofold, parked = bool(file.contested_links()), file.held("case.parked_by")
    stages = tuple(_stage_line(file, key, twofold) for key in file.stages())
    approved = peek("permit.status") == "approved"
    decided = peek("permit.status") in ("approved", "active")
    done = {"case.decide_by"} if decided else set()
    if not approved:
        done.add("permit.deliver_by")
    dates = sorted(
        (str(peek(key)), key) for key in RUNS_OUT if key not in done and len(str(peek(key) or "")) == 10
    )
    return ListRow(
        number=peek("case.number", ""),
        track=peek("case.track", ""),
        digest=peek("case.definitions", ""),
        status=peek("case.status", OPEN),
        person=file.subjects.get("person", ""),
        name=peek("person.name", "") or "",
        name_native=peek("person.name_native", "") or "",
        name_zh=peek("person.name_zh", "") or "",
        document=peek("person.document_number", "") or "",
        issuer=peek("person.document_issuer", "") or "",
        stages=stages,
        dates=tuple(dates),
        numbers=(*(str(peek(key)) for key in NUMBERS if peek(key)), *_notices(file)),
        parked_by=peek("case.parked_by", "") or "",
        parked_role=parked.role if parked is not None else "",
        laboratory_number=peek("health.laboratory_number", "") or "",
        exception=peek("health.conclusion") in ("NOT_YET", "FIT_WITH_FOLLOW_UP"),
        health_until=peek("clearance.valid_to", "") or "",
        permit=peek("permit.status", "") or "",
        ready=approved,
        unsettled=needs_supervisor(file),
    )


def _notices(file: CaseFile) -> list[str]:
    """The numbers of every notice of what is missing and of every refusal that was given."""
    said = [file.peek(f"case.{what}.{stage}") for stage in file.stages() for what in ("returned", "refused")]
    return [str(number) for value in said if value for number in value.get("numbers", ())]


def _stage_line(file: CaseFile, key: str, twofold: bool) -> StageLine:
    value, held = file.peek_stage(key), file.held(f"case.stage.{key}")
    returned = file.peek(f"case.returned.{key}") or {}
    return StageLine(
        key,
        value.get("state", ""),
        value.get("light", "not_open"),
        value.get("holder", ""),
        len(returned.get("items", ())) if value.get("light") == "returned" else 0,
        twofold or file.states["case"].contested(f"stage.{key}") or file.is_shaken(key),
        held.wall if held is not None else "",
    )


def waiting(row: ListRow) -> set[tuple[str, str, str]]:
    """(role, list, sort key) of every list the case stands in, sorted by what runs out first.

    The doctor's list is sorted by exception and laboratory number, and tells nothing of dates; what doctors
    park is theirs alone.
    """
    contested = row.unsettled or any(stage.contested for stage in row.stages)
    lists = {("supervisor", "waiting", row.runs_out)} if contested else set()
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
