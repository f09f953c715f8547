"""Three desks decide one case while apart: in whichever order they come back, all three are heard."""

from __future__ import annotations

from itertools import permutations

import pytest

from kiosk.actions.exchange import Exchange
from kiosk.model.case import Mark
from tests.actions.exchanged import Made, Make, whole
from tests.office import Office
from tests.running import meet
from tests.store.compared import views

STAGE = "case.stage.permit"
Three = tuple[Made, Made, Made]


@pytest.fixture
def three(desk: Make) -> Three:
    return desk(), desk(), desk()


def decided_apart(three: Three) -> str:
    """A case that one desk approved, one refused and one gave back to the applicant."""
    offices = [office for office, _ in three]
    exchanges = [exchange for _, exchange in three]
    case = offices[0].worker("accepted")
    meet(*exchanges)
    offices[0].approve(case)
    offices[1].desk.perform(offices[1].police, case, "permit", "refuse", reason="papers_not_full")
    offices[2].desk.perform(
        offices[2].police, case, "permit", "return_permit", items=[Mark("person.name", "differs")]
    )
    return case


def states(office: Office, case: str) -> list[str]:
    """What the desks say of the stage, where they are not of one mind."""
    found = office.desk.dispute(office.supervisor, case, STAGE)
    return sorted(str(side.wrote.value["state"]) for side in found.sides) if found else []  # type: ignore[index,call-overload]


def settle(office: Office, case: str, state: str) -> None:
    found = office.desk.dispute(office.supervisor, case, STAGE)
    assert found is not None
    value = next(one for one in found.choices if one["state"] == state)
    office.desk.settle(office.supervisor, case, STAGE, value, "looked at all")


@pytest.mark.parametrize("order", list(permutations(range(3))))
def test_in_whichever_order_they_come_back_all_are_heard_and_one_word_ends_it(
    three: Three, order: tuple[int, ...]
) -> None:
    case = decided_apart(three)
    back: list[Exchange] = [three[number][1] for number in order]
    for exchange in back:
        meet(exchange)
    meet(*back)
    for office, _ in three:
        assert states(office, case) == ["approved", "refused", "returned"]
    settle(three[order[0]][0], case, "approved")
    meet(*back)
    for office, _ in three:
        assert states(office, case) == []
        assert office.state(case, "permit") == "approved"
        assert views(office.store) == views(three[0][0].store)
        whole(office.store)


def test_what_a_third_desk_decided_unseen_opens_anew_what_was_settled_without_it(three: Three) -> None:
    case = decided_apart(three)
    (first, one), (_, two), (late, last) = three
    meet(one, two)
    assert states(first, case) == ["approved", "refused"]
    settle(first, case, "refused")
    meet(one, two)
    assert states(first, case) == []
    meet(last, one, two)
    for office, _ in three:
        assert states(office, case) == ["refused", "returned"]
        assert views(office.store) == views(late.store)
