"""Another office's pack, with another order and a stage of its own, run by the same program."""

from __future__ import annotations

from pathlib import Path

import pytest

from kiosk.actions.act import Operator
from kiosk.definitions import read_pack
from kiosk.errors import Refused
from tests.office import Office

PACK = Path(__file__).parents[1] / "packs" / "other_office"


@pytest.fixture
def office(tmp_path: Path) -> Office:
    return Office(tmp_path, pack=read_pack(PACK))


def test_a_seasonal_worker_gets_a_card(office: Office) -> None:
    desk, clerk, labour, police = office.desk, office.reception, office.labour, office.police
    trainer = Operator("T001", "赵样本", ("trainer",))
    case = office.begin()
    desk.sight_paper(clerk, case, "arrival", "travel_document")
    desk.perform(clerk, case, "arrival", "enter", answers={
        "person.document_type": "border_pass", "person.document_number": "MM1234567",
        "person.document_issuer": "MMR", "person.document_expiry": "2027-02-28", "person.name": "KO MIN",
        "person.sex": "1", "person.birth_date": "1994", "person.nationality": "MMR",
        "case.entry_date": "2026-03-01", "case.stay_until": "2026-03-20", "case.purpose": "season",
        "lodging.address": {"division": "533103", "text": "样本村"},
        "lodging.arrive_at": "2026-03-01T20:00+08:00",
    })  # fmt: skip
    with pytest.raises(Refused):
        desk.perform(labour, case, "employer", "take")
    assert [row.case for row in desk.work_list(trainer)] == [case]
    desk.perform(
        trainer, case, "training", "attend", answers={"case.course": "heat", "case.course_day": "2026-03-02"}
    )
    desk.perform(labour, case, "employer", "take", answers={
        "guarantor.kind": "unit", "guarantor.uscc": "91533102MA0000015C", "guarantor.name": "样本农场",
        "guarantor.licence_state": "in_force", "guarantee.job_title": "cane",
        "guarantee.workplace": {"division": "533103", "text": "样本村"},
        "guarantee.contract_from": "2026-03-02", "guarantee.contract_to": "2026-05-30",
        "guarantee.valid_to": "2026-05-30",
    })  # fmt: skip
    desk.perform(labour, case, "employer", "agree")
    desk.perform(labour, case, "employer", "put_on_list")
    desk.perform(clerk, case, "check_up", "send")
    desk.perform(office.doctor, case, "check_up", "clear", answers={
        "health.modules": ["basic"], "health.conclusion": "FIT", "health.told_person": True,
    })  # fmt: skip
    desk.perform(clerk, case, "card", "ask")
    view = desk.case(police, case, opened=False)
    assert view.facts["case.decide_by"] == "2026-03-09", "five working days in this office"
    card = {"permit.kind": "work", "permit.valid_from": "2026-03-02", "permit.area": "533103"}
    with pytest.raises(Refused, match="until 30 May 2026 at most"):
        desk.perform(police, case, "card", "grant", answers=card | {"permit.valid_to": "2026-05-31"})
    desk.perform(police, case, "card", "grant", answers=card | {"permit.valid_to": "2026-05-30"})
    desk.printed(clerk, case, "permit")
    desk.perform(clerk, case, "card", "give")
    view = desk.case(clerk, case, opened=False)
    assert [stage.state for stage in view.stages] == ["entered", "attended", "on_the_list", "fit", "given"]
    assert view.status == "ended"
    office.close()
