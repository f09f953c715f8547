"""A working office for tests: a real store, the sample pack, staff, and a worker taken through the stages."""

from __future__ import annotations

import io
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import msgspec
from PIL import Image

from kiosk.actions.act import Operator
from kiosk.actions.desk import Desk
from kiosk.actions.terminal import BEIJING, Terminal
from kiosk.definitions import read_pack
from kiosk.model.case import CaseView
from kiosk.model.entries import Json
from kiosk.model.office import OfficePack
from kiosk.settings import sample_pack_folder
from kiosk.store.database import Store

MONDAY = datetime(2026, 3, 2, 9, 0, tzinfo=BEIJING)

PERSON: dict[str, Json] = {
    "person.document_type": "border_pass",
    "person.document_number": "MM1234567",
    "person.document_issuer": "MMR",
    "person.document_expiry": "2027-02-28",
    "person.name": "MA MA SAN",
    "person.name_native": "မမစံ",
    "person.name_zh": "麻麻散",
    "person.sex": "2",
    "person.birth_date": "1994-05-17",
    "person.nationality": "MMR",
    "case.entry_date": "2026-03-01",
    "case.stay_until": "2026-03-30",
    "case.entry_port": "ruili",
    "case.purpose": "work",
    "person.phone": "+8613800138000",
}
EMPLOYER: dict[str, Json] = {
    "guarantor.kind": "unit",
    "guarantor.uscc": "91533102MA0000015C",
    "guarantor.name": "瑞丽样本木业有限公司",
    "guarantor.address": {"division": "533102001", "text": "样本路1号"},
    "guarantor.licence_state": "in_force",
    "guarantor.representative_name": "张样本",
    "guarantor.representative_id": "533102199001010020",
    "guarantor.representative_phone": "+8613800138001",
    "guarantee.job_title": "wood",
    "guarantee.workplace": {"division": "533102001", "text": "样本路1号车间"},
    "guarantee.contract_from": "2026-03-02",
    "guarantee.contract_to": "2027-03-01",
    "guarantee.wage": "2800.00",
    "guarantee.valid_from": "2026-03-02",
    "guarantee.valid_to": "2027-03-01",
    "guarantee.sign_kind": "hand",
    "guarantee.signed_by": "张样本",
}
LODGING: dict[str, Json] = {
    "lodging.kind": "dormitory",
    "lodging.address": {"division": "533102001", "text": "样本路1号宿舍203"},
    "lodging.police_station": "mengmao",
    "lodging.arrive_at": "2026-03-01T20:00+08:00",
    "lodging.leave_plan": "2026-03-30",
    "lodging.host_kind": "unit",
    "lodging.host_name": "瑞丽样本木业有限公司",
    "lodging.host_id": "91533102MA0000015C",
    "lodging.host_phone": "+8613800138001",
}
CHECK: dict[str, Json] = {
    "health.info_given": True,
    "health.pregnancy": "no",
    "health.modules": ["basic", "blood"],
    "health.conclusion": "FIT",
    "health.told_person": True,
}
DECISION: dict[str, Json] = {
    "permit.kind": "work",
    "permit.valid_from": "2026-03-02",
    "permit.valid_to": "2026-08-28",
    "permit.area": "533102",
    "permit.biometrics": "not_needed",
}
STAGES = ("registered", "cleared", "confirmed", "work_registered", "accepted", "approved", "handed_over")


@cache
def sample_pack() -> OfficePack:
    return read_pack(sample_pack_folder())


@cache
def new_store() -> tuple[bytes, bytes]:
    """The file of a new store and its key: hundreds of desks begin with it, and one made the tables."""
    key = secrets.token_bytes(32)
    with TemporaryDirectory() as folder:
        path = Path(folder) / "store.db"
        Store.open(path, key).close()
        return path.read_bytes(), key


def portrait() -> bytes:
    """An invented face: a grey oval."""
    picture = Image.new("RGB", (330, 440), "#dde4e2")
    picture.paste("#8899a0", (95, 90, 235, 290))
    out = io.BytesIO()
    picture.save(out, "JPEG")
    return out.getvalue()


@dataclass
class Clock:
    """A clock that tests move."""

    now: datetime = MONDAY

    def __call__(self) -> datetime:
        return self.now

    def forward(self, **by: float) -> None:
        self.now += timedelta(**by)


class Clerks:
    """A desk, and one operator of each role at it."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self.pack = desk.pack
        self.reception = Operator("R001", "李晓梅", ("reception",))
        self.doctor = Operator("D001", "周文清", ("doctor",))
        self.labour = Operator("L001", "杨立新", ("labour",))
        self.police = Operator("P001", "陈志远", ("police",))
        self.other_police = Operator("P002", "段玉兰", ("police",))
        self.supervisor = Operator("S001", "王海宁", ("supervisor",))
        self.counter = 0

    def everybody(self) -> tuple[Operator, ...]:
        return (
            self.reception, self.doctor, self.labour, self.police, self.other_police, self.supervisor,
        )  # fmt: skip

    # --- a worker's way ------------------------------------------------------------------------

    def begin(self, track: str = "worker") -> str:
        """A case whose notice is acknowledged."""
        case = self.desk.open_case(self.reception, track, "my").case
        self.desk.acknowledge_notice(self.reception, case, heard=True)
        return case

    def person(self, **changes: Json) -> dict[str, Json]:
        """The sample person with another document number each time."""
        self.counter += 1
        return PERSON | {"person.document_number": f"MM{1000000 + self.counter}"} | changes

    def register(self, answers: Mapping[str, Json] | None = None, track: str = "worker") -> str:
        case = self.begin(track)
        self.desk.sight_paper(self.reception, case, "registration", "identity_document")
        self.desk.perform(self.reception, case, "registration", "register", answers=answers or self.person())
        return case

    def lodge(self, case: str) -> None:
        self.desk.perform(self.reception, case, "registration", "register_lodging", answers=LODGING)

    def order_health(self, case: str) -> None:
        self.desk.perform(self.reception, case, "health", "order", answers={"case.health_reason": "first"})

    def clear(self, case: str) -> None:
        self.order_health(case)
        self.desk.perform(self.doctor, case, "health", "clear", answers=CHECK)

    def sign(self, case: str, **changes: Json) -> None:
        self.desk.perform(self.labour, case, "guarantee", "sign", answers=EMPLOYER | changes)

    def confirm(self, case: str) -> None:
        self.desk.perform(self.labour, case, "guarantee", "confirm")

    def register_work(self, case: str) -> None:
        for paper in ("business_licence", "representative_identity", "guarantee_form"):
            self.desk.sight_paper(self.labour, case, "guarantee", paper)
        self.desk.attach_paper(
            self.labour, case, "guarantee", "business_licence", b"%PDF-1.4", "application/pdf"
        )
        self.desk.perform(self.labour, case, "guarantee", "register_work")

    def accept(self, case: str, by: Operator | None = None) -> None:
        self.desk.attach_portrait(self.reception, case, portrait())
        self.desk.sight_paper(self.reception, case, "permit", "application_form")
        self.desk.perform(by or self.reception, case, "permit", "accept")

    def approve(self, case: str) -> None:
        self.desk.perform(self.police, case, "permit", "approve", answers=DECISION)

    def hand_over(self, case: str) -> None:
        self.desk.printed(self.reception, case, "permit")
        self.desk.perform(self.reception, case, "permit", "hand_over")

    def worker(self, until: str = "handed_over", **changes: Json) -> str:
        """A worker's case taken to one of STAGES; `changes` are other facts of the person."""
        case = self.register(self.person(**changes))
        steps = {
            "registered": lambda: self.lodge(case),
            "cleared": lambda: self.clear(case),
            "confirmed": lambda: (self.sign(case), self.confirm(case)),
            "work_registered": lambda: self.register_work(case),
            "accepted": lambda: self.accept(case),
            "approved": lambda: self.approve(case),
            "handed_over": lambda: self.hand_over(case),
        }
        for stage in STAGES[: STAGES.index(until) + 1]:
            steps[stage]()
        return case

    # --- looking -------------------------------------------------------------------------------

    def view(self, case: str) -> CaseView:
        """The case as a supervisor sees it, who has not opened it."""
        return self.desk.case(self.supervisor, case, opened=False)

    def facts(self, case: str) -> Mapping[str, Json]:
        return self.view(case).facts

    def state(self, case: str, stage: str) -> str:
        return next(s.state for s in self.view(case).stages if s.key == stage)


class Office(Clerks):
    """One terminal with a store of its own, and its clerks."""

    def __init__(
        self,
        folder: Path,
        *,
        clock: Clock | None = None,
        pack: OfficePack | None = None,
        key: bytes = b"",
    ) -> None:
        self.clock = clock or Clock()
        self.path = folder / "store.db"
        if not key:
            content, key = new_store()
            folder.mkdir(parents=True, exist_ok=True)
            self.path.write_bytes(content)
        self.key = key
        self.store = Store.open(self.path, self.key)
        super().__init__(Desk(Terminal.start(self.store, pack or sample_pack(), self.clock)))

    def __enter__(self) -> Office:
        return self

    def __exit__(self, *raised: object) -> None:
        self.close()

    def close(self) -> None:
        self.store.close()

    def journal(self) -> list[dict[str, Json]]:
        """Every entry, decoded to plain JSON, in the order of arrival."""
        with self.store.read() as connection:
            rows = connection.execute("SELECT body FROM entry ORDER BY rowid").fetchall()
        return [msgspec.json.decode(body) for (body,) in rows]
