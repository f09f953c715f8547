"""Proposals: answers offered to the clerk, who takes or changes them; nothing is entered by itself."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import timedelta

from kiosk.model.ask import Ask
from kiosk.model.days import day_of
from kiosk.model.entries import Json
from kiosk.model.file import CaseFile, texts
from kiosk.model.guards import latest_end

Proposal = Callable[[CaseFile, Mapping[str, Json], Ask], Json]


def stay_until(file: CaseFile, facts: Mapping[str, Json], ask: Ask) -> Json:
    """The entry date and the days that this kind of document allows (`stay_days` in the code list)."""
    entered, kind = day_of(facts.get("case.entry_date")), facts.get("person.document_type")
    code = ask.definitions.codes.get("document_types", {}).get(str(kind))
    days = code.more.get("stay_days") if code else None
    if entered is None or not isinstance(days, int):
        return None
    until = entered + timedelta(days=days - 1)
    expiry = day_of(facts.get("person.document_expiry"))
    return min(until, expiry or until).isoformat()


def purpose_of_track(file: CaseFile, facts: Mapping[str, Json], ask: Ask) -> Json:
    for key, code in ask.definitions.codes.get("purposes", {}).items():
        if code.more.get("track") == ask.definitions.track.key:
            return key
    return None


def today(file: CaseFile, facts: Mapping[str, Json], ask: Ask) -> Json:
    return ask.today.isoformat()


def now(file: CaseFile, facts: Mapping[str, Json], ask: Ask) -> Json:
    return ask.now.isoformat(timespec="minutes")


def permit_end(file: CaseFile, facts: Mapping[str, Json], ask: Ask) -> Json:
    start = day_of(facts.get("permit.valid_from")) or ask.today
    return latest_end(file, ask, start)[0].isoformat()


def only_area(file: CaseFile, facts: Mapping[str, Json], ask: Ask) -> Json:
    return ask.profile.areas[0] if ask.profile.areas else None


def only_kind(file: CaseFile, facts: Mapping[str, Json], ask: Ask) -> Json:
    return ask.profile.kinds[0] if ask.profile.kinds else None


def stay_end(file: CaseFile, facts: Mapping[str, Json], ask: Ask) -> Json:
    return facts.get("case.stay_until")


def employer_dormitory(key: str) -> Proposal:
    """Host of a lodging, filled in from the employer where it is his dormitory."""

    def propose(file: CaseFile, facts: Mapping[str, Json], ask: Ask) -> Json:
        return facts.get(key) if facts.get("lodging.kind") == "dormitory" else None

    return propose


def contract(key: str) -> Proposal:
    """A date of the contract, offered for the guarantee."""

    def propose(file: CaseFile, facts: Mapping[str, Json], ask: Ask) -> Json:
        return facts.get(key)

    return propose


def of_document(register: str) -> Proposal:
    """What a kind of document says by itself (`issuer`, `nationality` in its code list)."""

    def propose(file: CaseFile, facts: Mapping[str, Json], ask: Ask) -> Json:
        code = ask.definitions.codes.get("document_types", {}).get(str(facts.get("person.document_type")))
        return code.more.get(register) if code else None

    return propose


def police_station(file: CaseFile, facts: Mapping[str, Json], ask: Ask) -> Json:
    """The station whose divisions (`divisions` in its code list) hold the lodging's address."""
    division = texts(facts.get("lodging.address")).get("division")
    for key, code in ask.definitions.codes.get("police_stations", {}).items():
        divisions = code.more.get("divisions")
        if division and isinstance(divisions, list) and division in divisions:
            return key
    return None


PROPOSALS: Mapping[str, Proposal] = {
    "stay_until": stay_until,
    "purpose_of_track": purpose_of_track,
    "today": today,
    "now": now,
    "permit_end": permit_end,
    "only_area": only_area,
    "only_kind": only_kind,
    "stay_end": stay_end,
    "host_name": employer_dormitory("guarantor.name"),
    "host_id": employer_dormitory("guarantor.uscc"),
    "host_phone": employer_dormitory("guarantor.representative_phone"),
    "document_issuer": of_document("issuer"),
    "issuer_nationality": of_document("nationality"),
    "police_station": police_station,
    "contract_from": contract("guarantee.contract_from"),
    "contract_to": contract("guarantee.contract_to"),
}
