"""In which role something is written by who has several."""

from __future__ import annotations

import pytest

from kiosk.actions.act import Operator
from kiosk.errors import NotAllowed
from kiosk.store import journal
from tests.office import Office


def test_what_is_decided_stands_in_a_role_that_decides_it_whoever_enters_its_answers(office: Office) -> None:
    case = office.worker("confirmed")
    both = Operator("L002", "杨立新", ("reception", "labour"))
    for paper in ("business_licence", "representative_identity", "guarantee_form"):
        office.desk.sight_paper(both, case, "guarantee", paper)
    office.desk.attach_paper(both, case, "guarantee", "business_licence", b"%PDF-1.4", "application/pdf")
    asked = {"person.phone": "+8613800138002"}
    office.desk.perform(both, case, "guarantee", "register_work", answers=asked)
    with office.store.read() as connection:
        entries = journal.of_subjects(connection, [case])
    (decided,) = [one for one in entries if one.decision and one.decision.action == "register_work"]
    assert decided.role == "labour"


def test_a_case_is_begun_in_a_role_of_its_first_stage(office: Office) -> None:
    both = Operator("P003", "岩样本", ("police", "reception"))
    case = office.desk.open_case(both, "worker", "my").case
    with office.store.read() as connection:
        (opened,) = journal.of_subjects(connection, [case])
    assert (opened.kind, opened.role) == ("opened", "reception")
    with pytest.raises(NotAllowed):
        office.desk.open_case(office.police, "worker", "my")
