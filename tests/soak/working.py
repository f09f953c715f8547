"""What clerks do at a desk of the soak: a case goes a step on, or anything at all is tried."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import date
from random import Random

from kiosk.model.entries import Json
from tests.office import CHECK, DECISION, EMPLOYER, LODGING, MONDAY, PERSON, Office

NOT_YET: dict[str, Json] = CHECK | {"health.conclusion": "NOT_YET", "health.symptoms": ["fever"]}
DOCTORS = {"clear", "not_yet"}  # steps that are held back where the health post is not
SHARED = 5  # numbers of documents that are registered at several desks
ONWARD = {  # (stage, its state) -> the step that comes next
    ("health", "not_open"): "order", ("health", "ordered"): "clear",
    ("guarantee", "open"): "sign", ("guarantee", "signed"): "confirm",
    ("guarantee", "confirmed"): "register_work",
    ("permit", "open"): "accept", ("permit", "accepted"): "approve", ("permit", "approved"): "hand_over",
}  # fmt: skip


def document(number: int) -> str:
    return f"MM{number:07d}"


def one_act(office: Office, chance: Random, *, doctor: bool) -> None:
    """On a case that is known here, or on a new one. Raises KioskError for what a guard refuses."""
    with office.store.read() as connection:
        cases = [case for (case,) in connection.execute("SELECT case_id FROM view_case ORDER BY case_id")]
    if len(cases) < 3 or chance.random() < 0.07:
        few = chance.random() < 0.3  # the same documents at several desks
        number = document(chance.randrange(SHARED) if few else chance.randrange(SHARED, 10**7))
        track = chance.choice(sorted(office.desk.pack.tracks))
        case = office.register(_as_of_today(office, PERSON | {"person.document_number": number}), track)
        _lodge(office, case)
        return
    case = chance.choice(cases[-40:])
    steps = _steps(office, case, chance)
    open_to = [name for name in steps if doctor or name not in DOCTORS]
    if chance.random() < 0.75:
        states = {(stage.key, stage.state) for stage in office.view(case).stages}
        next_ones = [name for at, name in ONWARD.items() if at in states and name in open_to]
        open_to = next_ones or open_to
    steps[chance.choice(open_to)]()


def _steps(office: Office, case: str, chance: Random) -> dict[str, Callable[[], object]]:
    desk, reception, doctor, police = office.desk, office.reception, office.doctor, office.police
    phone = f"+86138{chance.randrange(10**8):08d}"
    parked, shoes = chance.random() < 0.5, chance.randrange(35, 46)
    return {
        "lodge": lambda: _lodge(office, case),
        "order": lambda: office.order_health(case),
        "clear": lambda: desk.perform(doctor, case, "health", "clear", answers=CHECK),
        "not_yet": lambda: desk.perform(doctor, case, "health", "not_yet", answers=NOT_YET),
        "sign": lambda: office.sign(case, **_as_of_today(office, EMPLOYER)),
        "confirm": lambda: office.confirm(case),
        "register_work": lambda: office.register_work(case),
        "accept": lambda: office.accept(case),
        "approve": lambda: desk.perform(
            police, case, "permit", "approve", answers=_as_of_today(office, DECISION)
        ),
        "hand_over": lambda: office.hand_over(case),
        "void": lambda: desk.perform(police, case, "permit", "void", reason="permit_lost"),
        "phone": lambda: desk.record(reception, case, {"person.phone": phone}),
        "shoes": lambda: desk.record(reception, case, {"person.shoe_size": shoes}),  # some packs ask that
        "stay": lambda: desk.record(reception, case, {"case.stay_until": "2026-06-01"}),
        "park": lambda: desk.park(reception, case, parked),
        "settle": lambda: _settle(office, case, chance),
        "link": lambda: _link(office, case, chance),
    }


def _lodge(office: Office, case: str) -> None:
    answers = _as_of_today(office, LODGING)
    office.desk.perform(office.reception, case, "registration", "register_lodging", answers=answers)


def _as_of_today(office: Office, answers: Mapping[str, Json]) -> dict[str, Json]:
    """The sample's answers with its dates as they lie to this desk's day: its clock may be weeks off."""
    off = office.desk.today() - MONDAY.date()

    def moved(key: str, value: Json) -> Json:
        if key == "person.birth_date" or not re.match(r"\d{4}-\d\d-\d\d", str(value)):
            return value
        return (date.fromisoformat(value[:10]) + off).isoformat() + value[10:]

    return {key: moved(key, value) for key, value in answers.items()}


def _settle(office: Office, case: str, chance: Random) -> None:
    for key, choices in sorted(office.view(case).contested.items()):
        office.desk.settle(office.supervisor, case, key, chance.choice(choices), "so it stands")


def _link(office: Office, case: str, chance: Random) -> None:
    """Says of a record with the same document that it is the same person, or another after all."""
    for twin in office.view(case).twins:
        same = chance.random() < 0.6
        office.desk.link_person(office.supervisor, case, twin.person, "the same face", same=same)
