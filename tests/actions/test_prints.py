"""The ledger of prints, which every desk reads: what a doctor says of a slip stays in the health stream."""

from __future__ import annotations

import pytest

from kiosk.errors import Refused
from kiosk.model.entries import HEALTH, OFFICE
from tests.office import Office

WORDS = "smeared by the patient's cough"


def bodies(office: Office, stream: str) -> str:
    with office.store.read() as connection:
        rows = connection.execute("SELECT body FROM entry WHERE stream = ?", (stream,)).fetchall()
    return "\n".join(body.decode() for (body,) in rows)


def printed(office: Office) -> str:
    """A case whose health certificate was printed twice."""
    case = office.worker("cleared")
    office.desk.printed(office.doctor, case, "health_certificate")
    office.desk.printed(office.doctor, case, "health_certificate", reprint_reason=WORDS)
    return case


def test_why_a_doctor_prints_again_stands_in_the_health_stream_alone(office: Office) -> None:
    case = printed(office)
    assert WORDS not in bodies(office, OFFICE)
    assert WORDS in bodies(office, HEALTH)
    prints = office.desk.case(office.doctor, case).prints
    assert [(one.reprint, one.reason) for one in prints] == [(0, ""), (1, WORDS)]


def test_what_went_wrong_with_it_is_chosen_not_typed(office: Office) -> None:
    case = printed(office)
    first = office.desk.case(office.doctor, case).prints[0].print
    with pytest.raises(Refused, match="Choose a reason"):
        office.desk.spoiled(office.doctor, case, first, WORDS)
    office.desk.spoiled(office.doctor, case, first, "jam")
    assert office.desk.case(office.doctor, case).prints[0].spoiled == "jam"
    assert WORDS not in bodies(office, OFFICE)


def test_why_a_clerk_prints_again_stands_in_the_ledger(office: Office) -> None:
    case = office.worker("cleared")
    for reason in ("", "slip_lost"):
        office.desk.printed(office.reception, case, "progress", reprint_reason=reason)
        office.desk.printed(office.reception, case, "application_form", reprint_reason=reason)
    assert "slip_lost" in bodies(office, OFFICE)
