"""What a machine-readable zone answers on the form, with years of four digits.

A zone has years of two digits, and ICAO leaves the century open.
"""

from __future__ import annotations

import re
from datetime import date

from kiosk.model.documents.countries import zone_code
from kiosk.model.documents.mrz import Mrz
from kiosk.model.entries import Json

VISAS = ("MRV-A", "MRV-B")


def full_birth_date(yymmdd: str, today: date) -> str:
    """ISO 8601 with unknown parts left out ("1990", "1990-05"), "" when the year is unknown.

    20YY where that is not after today, 19YY otherwise.
    """
    known = yymmdd.partition("<")[0]
    parts = re.findall("..", known)
    if not parts:
        return ""
    year = 2000 + int(parts[0])
    if (f"{year}", *parts[1:]) > (f"{today:%Y}", f"{today:%m}", f"{today:%d}")[: len(parts)]:
        year -= 100
    return "-".join((str(year), *parts[1:]))


def full_expiry_date(yymmdd: str, today: date) -> str:
    """ISO 8601: 20YY, or 19YY where that would be more than fifty years ahead."""
    year = 2000 + int(yymmdd[:2])
    if (year - 50, yymmdd[2:]) > (today.year, f"{today:%m%d}"):
        year -= 100
    return f"{year}-{yymmdd[2:4]}-{yymmdd[4:]}"


def mrz_answers(mrz: Mrz, today: date) -> dict[str, Json]:
    """What the zone gives for the form, by "subject.register"; nothing while it has problems.

    A visa tells of the person only: its issuer, number and expiry are not those of the travel document.
    """
    if mrz.problems:
        return {}
    person = {
        "person.name": mrz.name,
        "person.sex": mrz.sex,
        "person.birth_date": full_birth_date(mrz.birth, today),
        "person.nationality": zone_code(mrz.nationality),
    }
    document = {
        "person.document_type": "passport" if mrz.kind == "TD3" else None,
        "person.document_number": mrz.number,
        "person.document_issuer": zone_code(mrz.issuer),
        "person.document_expiry": full_expiry_date(mrz.expiry, today),
    }
    known = person if mrz.kind in VISAS else document | person
    return {key: value for key, value in known.items() if value}
