"""What two desks did apart: a supervisor settles it, and until then nothing rests on it."""

from __future__ import annotations

import pytest

from kiosk.errors import NotAllowed, Refused
from kiosk.model.entries import Write
from kiosk.store import journal
from kiosk.store.memory import SqlMemory
from tests.elsewhere import arrives
from tests.office import Office


def survivors(office: Office, subject: str, register: str) -> tuple[str, ...]:
    with office.store.read() as connection:
        return tuple(SqlMemory(connection).state(subject).survivors(register))


def withdrawn_unseen(office: Office, case: str) -> None:
    guarantee = str(office.facts(case)["case.guarantee"])
    arrives(office.store, guarantee, {"status": "withdrawn"}, seen=True)


def test_a_shaken_stage_allows_nothing_until_a_supervisor_settles_it(office: Office) -> None:
    case = office.worker("approved")
    withdrawn_unseen(office, case)
    office.desk.printed(office.reception, case, "permit")
    with pytest.raises(Refused, match="changed unseen at another desk"):
        office.desk.perform(office.reception, case, "permit", "hand_over")
    (row,) = office.desk.work_list(office.supervisor)
    assert (row.case, str(row.next_step)) == (case, "To be settled")
    (row,) = office.desk.find(office.reception, row.number)
    assert str(row.next_step) == "Temporary residence permit: To be settled"
    assert [light.label for light in row.lights][-1] == "To be settled"
    view = office.view(case)
    assert view.stages[3].light.shape == "contested"
    approved, accepted = view.contested["case.stage.permit"]
    assert (approved["state"], accepted["state"]) == ("approved", "accepted")
    number = str(office.facts(case)["permit.number"])
    office.desk.settle(office.supervisor, case, "case.stage.permit", accepted, "guarantee was withdrawn")
    assert office.state(case, "permit") == "accepted"
    assert number in office.desk.terminal.trust().void
    with office.store.read() as connection:
        assert journal.verify(connection) == []


def test_a_shaken_stage_may_be_upheld(office: Office) -> None:
    case = office.worker("approved")
    withdrawn_unseen(office, case)
    view = office.view(case)
    approved = view.contested["case.stage.permit"][0]
    office.desk.settle(office.supervisor, case, "case.stage.permit", approved, "a new guarantee lies here")
    assert not office.view(case).stages[3].shaken


def test_of_two_permits_decided_apart_one_stays_and_the_other_is_void(office: Office) -> None:
    case = office.worker("approved")
    ours = str(office.facts(case)["case.permit"])
    theirs = {"number": "RL01-ZZZZ-P000001-X", "status": "approved", "case": case}
    arrives(office.store, "permit:theirs", theirs)
    arrives(office.store, case, {"permit": "permit:theirs"})
    with pytest.raises(Refused, match="supervisor settles"):
        office.desk.perform(office.reception, case, "permit", "hand_over")
    with pytest.raises(NotAllowed):
        office.desk.settle(office.reception, case, "case.permit", ours, "ours")
    office.desk.settle(office.supervisor, case, "case.permit", ours, "ours was first")
    assert "RL01-ZZZZ-P000001-X" in office.desk.terminal.trust().void
    office.hand_over(case)


def test_a_permit_voided_at_one_desk_is_void_whatever_another_did_unseen(office: Office) -> None:
    case = office.worker("approved")
    before = survivors(office, str(office.facts(case)["case.permit"]), "status")
    office.hand_over(case)
    permit, number = str(office.facts(case)["case.permit"]), str(office.facts(case)["permit.number"])
    arrives(office.store, permit, {"status": Write("void", before)})
    assert number in office.desk.terminal.trust().void


def test_contested_facts_on_a_permit_are_a_supervisors(office: Office) -> None:
    case = office.worker("registered")
    arrives(office.store, str(office.facts(case)["case.person"]), {"name": "SOMEBODY"})
    with pytest.raises(NotAllowed, match="supervisor"):
        office.desk.settle(office.reception, case, "person.name", "SOMEBODY", "so it stands")
    office.desk.settle(office.supervisor, case, "person.name", "SOMEBODY", "so it stands")
    assert office.facts(case)["person.name"] == "SOMEBODY"


def test_nobody_learns_a_doctors_words_by_settling(office: Office) -> None:
    case = office.worker("registered")
    office.order_health(case)
    for value in ("NOT_YET", "FIT"):
        with pytest.raises(Refused, match="nothing to settle"):
            office.desk.settle(office.supervisor, case, "health.conclusion", value, "curious")
