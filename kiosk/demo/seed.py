"""A morning's cases for the counter of the demo, so that its lists are not empty."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime, timedelta

from kiosk.actions.act import Operator
from kiosk.actions.desk import Desk
from kiosk.demo.people import Employer, Invent, Worker, portrait
from kiosk.model.case import Mark
from kiosk.model.entries import Json

STAGES = ("notice", "registered", "lodged", "ordered", "cleared", "signed", "confirmed", "work", "accepted")


class Morning:
    """Takes invented workers to different stages through the desk, as clerks would."""

    def __init__(self, desk: Desk, staff: Mapping[str, Operator], seed: int) -> None:
        self.desk = desk
        self.reception, self.doctor = staff["R001"], staff["D001"]
        self.labour, self.police = staff["L001"], staff["P001"]
        self.invent = Invent(seed, desk.today())
        self.employers = [self.invent.employer() for _ in range(3)]

    def fill(self) -> None:
        """Some cases at every stage, one not yet clear at the doctor's, one returned, one parked."""
        for number, until in enumerate(STAGES + STAGES[1:]):
            case = self.worker(until, self.employers[number % 3])
            if number == 2:
                self.desk.park(self.reception, case)
        returned = self.worker("accepted", self.employers[0])
        marks = [Mark("person.document_expiry", "unclear"), Mark("paper.guarantee.work_contract", "missing")]
        self.desk.perform(self.police, returned, "permit", "return_permit", items=marks)
        not_yet = self.worker("ordered", self.employers[1])
        answers = checked("NOT_YET")
        self.desk.perform(self.doctor, not_yet, "health", "not_yet", answers=answers)

    def worker(self, until: str, employer: Employer) -> str:
        """One invented worker's case, taken to a stage of STAGES."""
        desk, someone = self.desk, self.invent.worker(passport=self.invent.has_passport())
        case = desk.open_case(self.reception, "worker", someone.language).case
        steps: dict[str, Callable[[], object]] = {
            "notice": lambda: desk.acknowledge_notice(self.reception, case, heard=True),
            "registered": lambda: self._register(case, someone),
            "lodged": lambda: self._lodge(case, employer),
            "ordered": lambda: desk.perform(
                self.reception, case, "health", "order", answers={"case.health_reason": "first"}
            ),
            "cleared": lambda: desk.perform(self.doctor, case, "health", "clear", answers=checked("FIT")),
            "signed": lambda: desk.perform(
                self.labour, case, "guarantee", "sign", answers=guarantee(employer, desk.today())
            ),
            "confirmed": lambda: desk.perform(self.labour, case, "guarantee", "confirm"),
            "work": lambda: self._register_work(case),
            "accepted": lambda: self._accept(case, someone),
        }
        for stage in STAGES[: STAGES.index(until) + 1]:
            steps[stage]()
        return case

    def _register(self, case: str, worker: Worker) -> None:
        self.desk.sight_paper(self.reception, case, "registration", "identity_document")
        self.desk.perform(
            self.reception, case, "registration", "register", answers=person(worker, self.desk.today())
        )

    def _lodge(self, case: str, employer: Employer) -> None:
        answers = lodging(employer, self.desk.now())
        self.desk.perform(self.reception, case, "registration", "register_lodging", answers=answers)

    def _register_work(self, case: str) -> None:
        for paper in ("business_licence", "representative_identity", "guarantee_form"):
            self.desk.sight_paper(self.labour, case, "guarantee", paper)
        self.desk.attach_paper(
            self.labour, case, "guarantee", "business_licence", b"%PDF-1.4 sample", "application/pdf"
        )
        self.desk.perform(self.labour, case, "guarantee", "register_work")

    def _accept(self, case: str, worker: Worker) -> None:
        self.desk.attach_portrait(self.reception, case, portrait(worker))
        self.desk.sight_paper(self.reception, case, "permit", "application_form")
        self.desk.perform(self.reception, case, "permit", "accept")


def person(worker: Worker, today: date) -> dict[str, Json]:
    return {
        "person.document_type": "passport" if worker.mrz else "border_pass",
        "person.document_number": worker.document_number,
        "person.document_issuer": "MMR",
        "person.document_expiry": worker.expiry.isoformat(),
        "person.name": worker.name,
        "person.name_native": worker.name_native,
        "person.name_zh": worker.name_zh,
        "person.sex": worker.sex,
        "person.birth_date": worker.birth.isoformat(),
        "person.nationality": "MMR",
        "case.entry_date": (today - timedelta(days=1)).isoformat(),
        "case.stay_until": (today + timedelta(days=28)).isoformat(),
        "case.entry_port": "ruili",
        "case.purpose": "work",
        "person.phone": f"+86{worker.phone}",
    }


def lodging(employer: Employer, now: datetime) -> dict[str, Json]:
    return {
        "lodging.kind": "dormitory",
        "lodging.address": {"division": "533102001", "text": "样本路1号宿舍203"},
        "lodging.police_station": "mengmao",
        "lodging.arrive_at": (now - timedelta(hours=12)).isoformat(timespec="minutes"),
        "lodging.leave_plan": (now.date() + timedelta(days=28)).isoformat(),
        "lodging.host_kind": "unit",
        "lodging.host_name": employer.name,
        "lodging.host_id": employer.uscc,
        "lodging.host_phone": f"+86{employer.phone}",
    }


def guarantee(employer: Employer, today: date) -> dict[str, Json]:
    until = (today + timedelta(days=364)).isoformat()
    return {
        "guarantor.kind": "unit",
        "guarantor.uscc": employer.uscc,
        "guarantor.name": employer.name,
        "guarantor.address": {"division": "533102001", "text": "样本路1号"},
        "guarantor.licence_state": "in_force",
        "guarantor.representative_name": employer.representative,
        "guarantor.representative_id": employer.representative_id,
        "guarantor.representative_phone": f"+86{employer.phone}",
        "guarantee.job_title": employer.job,
        "guarantee.workplace": {"division": "533102001", "text": "样本路1号车间"},
        "guarantee.contract_from": today.isoformat(),
        "guarantee.contract_to": until,
        "guarantee.wage": "2800.00",
        "guarantee.valid_from": today.isoformat(),
        "guarantee.valid_to": until,
        "guarantee.sign_kind": "hand",
        "guarantee.signed_by": employer.representative,
    }


def checked(conclusion: str) -> dict[str, Json]:
    return {
        "health.info_given": True,
        "health.pregnancy": "no_answer",
        "health.modules": ["basic", "blood"],
        "health.conclusion": conclusion,
        "health.told_person": True,
    }
