"""What the centre holds back: said at the desk in the reader's words, and mended there without a contest."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from central import admin, quarantine
from kiosk.actions.act import Operator
from kiosk.actions.exchange import Exchange
from kiosk.model.entries import Json, Write
from kiosk.model.text import say
from kiosk.store import held, journal, views
from kiosk.store.memory import SqlMemory
from kiosk.sync.answers import Lists
from tests.actions.conftest import Pair
from tests.actions.exchanged import Make, release_all, unaware, whole
from tests.central.machine import entry
from tests.office import Office
from tests.running import Running, meet

STAFF = ("R001 reception", "D001 doctor", "L001 labour", "P001 police", "P002 police", "S001 supervisor")
STRANGER = Operator("R009", "somebody", ("reception",))  # whom nobody has appointed
FIRST, WRONG, WORSE, RIGHT = (f"+861380013801{digit}" for digit in "1234")


@pytest.mark.parametrize(
    ("language", "role", "said"),
    [
        ("en", "police", "At this terminal nobody acts as “Police officer”."),
        ("zh", "police", "该终端上没有人以“民警”身份办理。"),
        ("en", "king", "At this terminal nobody acts as “king”."),
    ],
)
def test_a_role_is_told_by_its_name(
    desks: Pair, exchanges: list[Exchange], language: str, role: str, said: str
) -> None:
    exchange, desk = exchanges[0], desks[0].desk
    reason = say("At this terminal nobody acts as “{role}”.", role=role)
    with desks[0].store.write() as connection:
        held.keep_set_aside(connection, exchange.own, [("office", 1, reason)], desk.now())
    (one,) = exchange.status().set_aside
    assert desk.pack.translators[language](one.reason) == said


def test_what_was_taken_out_of_its_case_leads_to_none(desks: Pair, exchanges: list[Exchange]) -> None:
    exchange, desk = exchanges[0], desks[0].desk
    office, code = exchange.own
    with desks[0].store.write() as connection:
        free = entry(subject="guarantee:1", office=office, terminal=code, writes={"case": Write(None)})
        (written,) = journal.append(connection, [free])
        views.apply(SqlMemory(connection), [written])
        aside = [("office", written.sequence, say("It is so."))]
        held.keep_set_aside(connection, exchange.own, aside, desk.now())
    assert exchange.status().where["guarantee:1"].case == ""


# --- mending ---------------------------------------------------------------------------------------


@pytest.fixture
def case(centre: Running, desks: Pair, join: Callable[[], None]) -> str:
    """A case that both desks know; whoever is not appointed is long held back."""
    for appointed in STAFF:
        number, role = appointed.split()
        admin.appoint(centre.centre, number, number, [role], "correct horse battery", "admin")
    centre.clock.forward(days=15)
    made = desks[0].register(desks[0].person() | {"person.phone": FIRST})
    join()
    return made


def phones(office: Office, case: str) -> list[Json]:
    """The phone as a desk sees it; more than one where it is contested."""
    view = office.view(case)
    return list(view.contested.get("person.phone", ())) or [view.facts["person.phone"]]


def aside(exchange: Exchange) -> list[tuple[str, ...]]:
    """What still needs somebody, after an exchange of the lists."""
    exchange.lists()
    return [one.registers for one in exchange.status().set_aside]


def mended(centre: Running) -> list[bool]:
    """Of each act that the centre holds back, as its administrator sees it."""
    centre.centre.projector.catch_up()
    with centre.database.read() as connection:
        found = quarantine.listed(connection, centre.centre.office)
        return [quarantine.is_mended(connection, one) for one in found]


def note(office: Office, by: Operator, case: str, phone: str) -> None:
    record(office, by, case, {"person.phone": phone})


def record(office: Office, by: Operator, case: str, answers: dict[str, Json]) -> None:
    if by is STRANGER:
        unaware(office)
    office.desk.record(by, case, answers)


@pytest.mark.parametrize("line", ["up", "down"])
@pytest.mark.parametrize("written", [(WRONG,), (WRONG, WORSE)], ids=["one", "two in a row"])
def test_a_correction_of_what_is_held_back_is_contested_nowhere(
    centre: Running,
    desks: Pair,
    exchanges: list[Exchange],
    join: Callable[[], None],
    case: str,
    written: tuple[str, ...],
    line: str,
) -> None:
    here, there = desks
    for phone in written:
        note(here, STRANGER, case, phone)
        if line == "up":
            join()
    if line == "up":
        assert aside(exchanges[0]) == [("phone",)] * len(written)
        assert phones(there, case) == [FIRST]
    note(here, here.reception, case, RIGHT)
    assert mended(centre) == [False] * len(written if line == "up" else ())
    join()
    assert phones(here, case) == phones(there, case) == [RIGHT]
    assert aside(exchanges[0]) == []
    assert mended(centre) == [True] * len(written)
    release_all(centre)
    join()
    assert phones(here, case) == phones(there, case) == [RIGHT]
    assert [one.value for one in there.view(case).changes["person.phone"]] == [FIRST, *written]
    assert here.view(case).changes == there.view(case).changes
    for office in desks:
        whole(office.store)


def test_a_list_under_way_forgets_nothing_that_was_held_back_meanwhile(
    desks: Pair,
    exchanges: list[Exchange],
    join: Callable[[], None],
    case: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """One thread asks for the lists while another sends: the answer was made before that arrived."""
    here, there = desks
    up = exchanges[0]
    note(here, STRANGER, case, WRONG)
    ask = up.client.lists

    def slowly(epoch: str) -> Lists:
        answer = ask(epoch)
        up.send()
        return answer

    with monkeypatch.context() as line:
        line.setattr(up.client, "lists", slowly)
        assert aside(up) == [("phone",)]
    note(here, here.reception, case, RIGHT)
    join()
    assert phones(here, case) == phones(there, case) == [RIGHT]
    assert aside(up) == []


def test_what_others_wrote_meanwhile_is_contested_with_the_correction_alone(
    desks: Pair, join: Callable[[], None], case: str
) -> None:
    here, there = desks
    note(here, STRANGER, case, WRONG)
    join()
    note(here, here.reception, case, RIGHT)
    note(there, there.reception, case, WORSE)
    join()
    assert sorted(map(str, phones(here, case))) == sorted(map(str, phones(there, case))) == [WORSE, RIGHT]
    dispute = here.desk.dispute(here.supervisor, case, "person.phone")
    assert dispute is not None
    assert [side.saw for side in dispute.sides if side.wrote.value == RIGHT] == [(WRONG,)]


def test_it_is_mended_only_when_all_of_it_was_corrected_and_that_was_accepted(
    desks: Pair, exchanges: list[Exchange], join: Callable[[], None], case: str
) -> None:
    here = desks[0]
    record(here, STRANGER, case, {"person.phone": WRONG, "person.name_zh": "麻麻山"})
    join()
    note(here, STRANGER, case, WORSE)  # held back itself; after the lists he would not be let do it
    join()
    assert [sorted(one) for one in aside(exchanges[0])] == [["name_zh", "phone"], ["phone"]]
    note(here, here.reception, case, RIGHT)
    assert len(aside(exchanges[0])) == 2  # it is not sent yet
    join()
    assert aside(exchanges[0]) == [("name_zh",)]
    here.desk.record(here.reception, case, {"person.name_zh": "麻山"})
    join()
    assert aside(exchanges[0]) == []


def test_a_decision_on_held_ground_is_shaken_by_who_changes_what_the_others_see(
    desks: Pair, join: Callable[[], None], case: str
) -> None:
    here, there = desks
    case = here.begin()
    here.desk.sight_paper(here.reception, case, "registration", "identity_document")
    here.desk.record(here.reception, case, here.person())
    join()
    record(here, STRANGER, case, {"person.document_expiry": "2027-03-01"})
    join()
    here.desk.perform(here.reception, case, "registration", "register")
    assert not here.view(case).stages[0].shaken  # its author knew of both
    there.desk.record(there.reception, case, {"person.document_expiry": "2026-04-01"})
    join()
    assert here.view(case).stages[0].shaken
    assert there.view(case).stages[0].shaken
    assert "person.document_expiry" not in there.view(case).contested
    for office in desks:
        whole(office.store)


def test_without_a_centre_an_entry_replaces_what_its_author_saw_and_no_more(office: Office) -> None:
    case = office.register()
    for phone in (FIRST, RIGHT):
        note(office, office.reception, case, phone)
    with office.store.read() as connection:
        entries = journal.of_subjects(connection, [str(office.facts(case)["case.person"])])
    cited = [entry.writes["phone"].replaces for entry in entries if "phone" in entry.writes]
    assert [len(one) for one in cited] == [0, 1, 1]


def test_what_was_sent_is_replaced_alone(desks: Pair, join: Callable[[], None], case: str) -> None:
    for phone in (WRONG, RIGHT):
        note(desks[0], desks[0].reception, case, phone)
        join()
    with desks[1].store.read() as connection:
        entries = journal.of_subjects(connection, [str(desks[1].facts(case)["case.person"])])
    cited = [entry.writes["phone"].replaces for entry in entries if "phone" in entry.writes]
    assert [len(one) for one in cited] == [0, 1, 1]


def test_what_the_right_desk_does_once_more_is_settled_at_the_first_and_then_released(
    centre: Running, desk: Make
) -> None:
    """The known gap of docs/central.md, and the way out of it."""
    (here, up), (there, down) = desk("reception"), desk()
    case = here.register()
    here.lodge(case)
    meet(up, down)
    here.sign(case)  # labour's work, at a desk of reception alone
    meet(up, down)
    there.sign(case)
    meet(down, up)
    assert not there.view(case).contested
    assert set(here.view(case).contested) == {"case.guarantee", "case.stage.guarantee"}
    for key in here.view(case).contested:
        here.desk.settle(here.supervisor, case, key, there.facts(case)[key], "it was signed there")
    meet(up, down)
    left = {registers for registers in aside(up) if {"guarantee", "stage.guarantee"} & {*registers}}
    assert not left
    assert aside(up)  # what the held act began anew
    release_all(centre)
    meet(up, down)
    assert aside(up) == []
    for office in (here, there):
        assert not office.view(case).contested
        assert not any(stage.shaken for stage in office.view(case).stages)
        assert office.facts(case)["guarantee.status"] == there.facts(case)["guarantee.status"]
        whole(office.store)
