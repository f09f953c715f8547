"""What a self-service terminal is told of one case: little, to who has a slip, and it is noted."""

from __future__ import annotations

from datetime import date

import httpx
import msgspec
import pytest

from central import admin, feed
from central.asking import AT_ONE, OF_ONE
from central.centre import Centre
from kiosk.model.ask import Mark
from kiosk.model.case import OwnCase
from kiosk.model.entries import ACCESS, ADMIN, HEALTH, OFFICE, Entry, decode
from tests.central.machine import Machine, Town
from tests.office import CHECK, PERSON, Clerks, Clock, sample_pack

BORN = str(PERSON["person.birth_date"])
NOBODYS = "RL01-ZZZZ-C000001-X"
TRIES, TRIES_HERE = int(OF_ONE[1]), int(AT_ONE[1])


@pytest.fixture
def clock() -> Clock:
    """The day of the sample dates."""
    return Clock()


@pytest.fixture
def hall(town: Town) -> Machine:
    """A self-service terminal."""
    return town.machine("HA11", (), "selfservice")


@pytest.fixture
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """A no takes no longer than it takes, as here many are said."""
    monkeypatch.setattr("central.asking.NO_TAKES", 0.0)


def ask(machine: Machine, town: Town, number: str, born: str = BORN) -> httpx.Response:
    return post(machine, town, msgspec.json.encode({"number": number, "birth_date": born}))


def post(machine: Machine, town: Town, body: bytes) -> httpx.Response:
    created = int(town.centre.clock().timestamp())
    proof = machine.proof("POST", "/v1/case", body, created=created)
    return machine.http.post("/v1/case", content=body, headers=proof)


def told(answer: httpx.Response) -> OwnCase:
    assert answer.status_code == 200, answer.text
    return msgspec.json.decode(answer.content, type=OwnCase)


def kind(answer: httpx.Response) -> tuple[int, str]:
    return answer.status_code, answer.json()["kind"]


def number(clerks: Clerks, case: str, key: str = "case.number") -> str:
    return str(clerks.desk.case(clerks.supervisor, case, opened=False).facts[key])


# --- what is told --------------------------------------------------------------------------------------


def test_it_says_how_the_case_stands_and_where_to_go(town: Town, clerks: Clerks, hall: Machine) -> None:
    case = clerks.worker("cleared")
    own = told(ask(hall, town, number(clerks, case)))
    assert (own.number, own.language, own.status) == (number(clerks, case), "my", "Open")
    assert [(stage.label, stage.word) for stage in own.stages][:2] == [
        ("Registration", "Registered"),
        ("Health check", "Valid"),
    ]
    assert own.stages[1].until == date.fromisoformat(number(clerks, case, "clearance.valid_to"))
    assert (own.picture, own.missing, own.permit) == ("guarantee", (), "")
    assert own.next_step == sample_pack().tracks["worker"].stage("guarantee").states["open"].next_step
    assert own.come_back is not None


def test_it_says_nothing_that_is_not_on_his_own_slips(town: Town, clerks: Clerks, hall: Machine) -> None:
    case = clerks.worker("handed_over")
    text = ask(hall, town, number(clerks, case)).text
    view = clerks.desk.case(clerks.supervisor, case, opened=False)
    known = [
        str(view.facts[key]) for key in view.facts if key.split(".")[0] in ("person", "guarantor", "lodging")
    ]
    known += [
        str(view.facts[key]) for key in view.facts if key.startswith("guarantee.") and not key.endswith("_to")
    ]
    words = [word for word in known if len(word) > 3 and word not in ("worker", "hand", "work", "wood")]
    assert len(words) > 20
    assert [word for word in words if word in text] == []
    for word in (
        "MA MA SAN",
        "样本木业",
        "FIT",
        "pregnancy",
        "李晓梅",
        "R001",
        "P001",
        "D001",
        "case:",
        "person:",
    ):
        assert word not in text


def test_what_is_missing_is_the_list_of_the_notice(town: Town, clerks: Clerks, hall: Machine) -> None:
    case = clerks.worker("accepted")
    marks = [Mark("person.phone", "unclear"), Mark("paper.permit.application_form", "missing")]
    clerks.desk.perform(clerks.police, case, "permit", "return_permit", items=marks)
    own = told(ask(hall, town, number(clerks, case)))
    assert {mark.item for mark in own.missing} == {"Phone", "Application form, read back and signed"}
    assert {mark.sentence for mark in own.missing} == {
        "{item}: cannot be read. Please bring a clear one.",
        "{item}: missing. Please bring it.",
    }
    assert own.picture == "bring"
    notice = clerks.desk.slip(clerks.reception, case, "missing")
    assert told(ask(hall, town, notice.number)) == own


def test_the_permit_is_ready_valid_expired_or_void(town: Town, clerks: Clerks, hall: Machine) -> None:
    case = clerks.worker("approved")
    permit = number(clerks, case, "permit.number")
    until = date(2026, 8, 28)

    def stands() -> tuple[str, date | None]:
        own = told(ask(hall, town, permit))
        return own.permit, own.permit_until

    assert stands() == ("Ready to hand over", until)
    clerks.hand_over(case)
    assert stands() == ("Valid", until)
    own = told(ask(hall, town, permit))
    assert (own.status, own.picture) == ("Ended", "carry")
    clock = town.centre.clock
    assert isinstance(clock, Clock)
    clock.forward(days=190)
    hall.http.get("/v1/time")  # another session began
    assert stands() == ("Expired", until)
    clerks.desk.perform(clerks.police, case, "permit", "void", reason="permit_lost")
    assert stands() == ("Void", None)


def test_not_yet_cannot_be_told_from_in_progress(town: Town, clerks: Clerks, hall: Machine) -> None:
    case = clerks.worker("registered")
    clerks.order_health(case)
    before = told(ask(hall, town, number(clerks, case)))
    found = CHECK | {"health.conclusion": "NOT_YET", "health.symptoms": ["fever"]}
    clerks.desk.perform(clerks.doctor, case, "health", "not_yet", answers=found)
    assert told(ask(hall, town, number(clerks, case))) == before
    assert (before.stages[1].shape, before.stages[1].word) == ("elsewhere", "In progress")


@pytest.mark.usefixtures("at_once")
def test_all_his_slips_find_the_case_and_no_paper_of_others(
    town: Town, clerks: Clerks, hall: Machine
) -> None:
    case = clerks.worker("handed_over")
    for key in ("case.number", "case.receipt_number", "permit.number", "clearance.certificate_number"):
        assert told(ask(hall, town, number(clerks, case, key).lower())).number == number(clerks, case)
    for key in ("guarantee.number", "guarantee.work_registration_number", "lodging.receipt_number"):
        assert kind(ask(hall, town, number(clerks, case, key))) == (404, "no_case")


# --- who is told ---------------------------------------------------------------------------------------


def test_a_wrong_number_and_a_wrong_birth_date_are_one_answer(
    town: Town, clerks: Clerks, hall: Machine
) -> None:
    mine, other = (
        clerks.worker("accepted"),
        clerks.register(clerks.person(**{"person.birth_date": "1980-01-02"})),
    )
    answers = [
        ask(hall, town, NOBODYS),
        ask(hall, town, number(clerks, mine), "1994-05-18"),
        ask(hall, town, number(clerks, other)),
        ask(hall, town, number(clerks, mine, "guarantee.number")),
    ]
    assert len({(one.status_code, one.content, tuple(one.headers)) for one in answers}) == 1
    assert kind(answers[0]) == (404, "no_case")


def test_who_has_no_whole_birth_date_asks_at_the_window(town: Town, clerks: Clerks, hall: Machine) -> None:
    case = clerks.register(clerks.person(**{"person.birth_date": "1994"}))
    assert kind(ask(hall, town, number(clerks, case), "1994")) == (400, "wrong")
    assert kind(ask(hall, town, number(clerks, case), "1994-01-01")) == (404, "no_case")


@pytest.mark.usefixtures("at_once")
def test_wrong_tries_at_a_case_are_counted_over_all_its_numbers(
    town: Town, clerks: Clerks, hall: Machine
) -> None:
    case, other = clerks.worker("accepted"), clerks.register()
    elsewhere = town.machine("D00R", (), "selfservice")
    numbers = [number(clerks, case, key) for key in ("case.number", "case.receipt_number")]
    for at in range(TRIES):
        assert kind(ask(hall, town, numbers[at % 2], f"1990-01-0{at + 1}")) == (404, "no_case")
    for machine in (hall, elsewhere):
        for one in numbers:
            answer = ask(machine, town, one)  # the right birth date, too late
            assert kind(answer) == (429, "tries")
            assert int(answer.headers["Retry-After"]) > 60
    assert told(ask(hall, town, number(clerks, other)))


@pytest.mark.usefixtures("at_once")
def test_a_number_of_nobody_gets_no_more_tries(town: Town, hall: Machine) -> None:
    found = [kind(ask(hall, town, NOBODYS)) for _ in range(TRIES + 1)]
    assert found == [(404, "no_case")] * TRIES + [(429, "tries")]


@pytest.mark.usefixtures("at_once")
def test_a_terminal_has_so_many_wrong_tries(town: Town, clerks: Clerks, hall: Machine) -> None:
    mine = number(clerks, clerks.register())
    for at in range(TRIES_HERE):
        assert kind(ask(hall, town, f"RL01-ZZZZ-C{at:06d}-X")) == (404, "no_case")
    assert kind(ask(hall, town, mine)) == (429, "tries")
    assert told(ask(town.machine("D00R", (), "selfservice"), town, mine))


def test_right_ones_cost_no_try(town: Town, clerks: Clerks, hall: Machine) -> None:
    mine = number(clerks, clerks.register())
    for _ in range(TRIES + 1):
        assert told(ask(hall, town, mine))


def test_only_a_self_service_terminal_asks_so(town: Town, clerks: Clerks) -> None:
    mine = number(clerks, clerks.register())
    assert kind(ask(town.machine("AAAA"), town, mine)) == (403, "not_yours")


def test_a_revoked_one_is_told_nothing(town: Town, clerks: Clerks, hall: Machine) -> None:
    mine = number(clerks, clerks.register())
    admin.revoke(town.centre, "HA11", "S001")
    assert kind(ask(hall, town, mine)) == (403, "revoked")


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"[]",
        b'{"number": "RL01"}',
        b'{"number": "\\u0000", "birth_date": "1994-05-17"}',
        b'{"number": "RL01", "birth_date": "1994-05-17\\n"}',
        b'{"number": 1, "birth_date": 2}',
    ],
)
def test_what_is_no_question_is_refused(town: Town, hall: Machine, body: bytes) -> None:
    assert kind(post(hall, town, body)) == (400, "wrong")


# --- what is kept of it --------------------------------------------------------------------------------


def readings(centre: Centre) -> list[Entry]:
    with centre.database.read() as connection:
        rows = connection.execute(
            "SELECT body FROM entry WHERE terminal = ? AND stream = ? ORDER BY sequence",
            (centre.code, ACCESS),
        ).fetchall()
    return [decode(body) for (body,) in rows]


def test_what_was_told_is_noted_and_what_was_not_told_is_not(
    town: Town, clerks: Clerks, hall: Machine
) -> None:
    case = clerks.register()
    ask(hall, town, number(clerks, case), "1990-01-01")
    assert readings(town.centre) == []
    told(ask(hall, town, number(clerks, case)))
    (one,) = readings(town.centre)
    assert (one.actor, one.role, one.kind, one.writes) == ("HA11", "applicant", "read", {})
    known = clerks.desk.find_person("MM1000001")
    assert known is not None
    assert one.subject == known.person
    assert BORN not in str(one)
    with town.centre.database.read() as connection:
        given = feed.pull(connection, town.centre.office, "X", (ADMIN, OFFICE, HEALTH), {}, 5_000)
    assert one.id not in {row.id for row in given.rows}


def test_it_still_receives_no_stream(town: Town, clerks: Clerks, hall: Machine) -> None:
    told(ask(hall, town, number(clerks, clerks.register())))
    created = int(town.centre.clock().timestamp())
    answer = hall.http.get("/v1/heads", headers=hall.proof("GET", "/v1/heads", created=created))
    assert answer.status_code == 200
    assert b"office" not in answer.content
