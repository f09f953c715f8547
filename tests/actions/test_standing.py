"""What an entry replaces is what its author was shown: what he was not, he is told first."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from kiosk.errors import NotAllowed, Overtaken
from kiosk.model.case import Standing
from kiosk.model.entries import Json
from tests.elsewhere import arrives
from tests.office import DECISION, Office

PHONE = "person.phone"
MINE, THEIRS = "+8613800139999", "+8613800138099"


@pytest.fixture
def case(office: Office) -> str:
    return office.register()


def looked(office: Office, case: str) -> dict[str, tuple[str, ...]]:
    """The entries that a clerk who looks now is shown."""
    return {key: one.entries for key, one in office.view(case).standing.items()}


def written(office: Office, register: str) -> list[Mapping[str, Json]]:
    """Every write of a register, in the order of arrival."""
    return [entry["writes"][register] for entry in office.journal() if register in entry.get("writes", {})]


def arrive(office: Office, case: str, values: Mapping[str, Json], *, seen: bool = True) -> None:
    arrives(office.store, str(office.facts(case)["case.person"]), values, seen=seen)


def overtaken(office: Office, case: str, answers: Mapping[str, Json], seen: object) -> Mapping[str, Standing]:
    before = office.journal()
    with pytest.raises(Overtaken) as told:
        office.desk.record(office.reception, case, answers, seen=seen)
    assert office.journal() == before
    return told.value.standing


def test_an_entry_replaces_what_its_author_saw(office: Office, case: str) -> None:
    seen = looked(office, case)
    office.desk.record(office.reception, case, {PHONE: MINE}, seen=seen)
    assert tuple(written(office, "phone")[-1]["replaces"]) == seen[PHONE]
    assert len(seen[PHONE]) == 1


def test_what_came_meanwhile_is_told_once_and_then_replaced(office: Office, case: str) -> None:
    seen = looked(office, case)
    arrive(office, case, {"phone": THEIRS})
    told = overtaken(office, case, {PHONE: MINE, "person.name_zh": "麻麻山"}, seen)
    assert told.keys() == {PHONE}
    assert (told[PHONE].values, told[PHONE].name) == ((THEIRS,), "L009")
    assert told[PHONE].entries == ("ffffffff-far-phone",)
    again = seen | {key: one.entries for key, one in told.items()}
    office.desk.record(office.reception, case, {PHONE: MINE}, seen=again)
    assert written(office, "phone")[-1]["replaces"] == ["ffffffff-far-phone"]
    assert office.facts(case)[PHONE] == MINE


def test_of_unlike_values_the_one_that_was_not_seen_is_told(office: Office, case: str) -> None:
    seen = looked(office, case)
    arrive(office, case, {"phone": THEIRS}, seen=False)
    told = overtaken(office, case, {PHONE: MINE}, seen)
    assert {*told[PHONE].values} == {THEIRS, "+8613800138000"}
    office.desk.record(office.reception, case, {PHONE: MINE}, seen={PHONE: told[PHONE].entries})
    assert not office.view(case).contested


def test_what_came_into_another_field_stops_nobody(office: Office, case: str) -> None:
    seen = looked(office, case)
    arrive(office, case, {"name_zh": "麻麻山"})
    office.desk.record(office.reception, case, {PHONE: MINE}, seen=seen)
    assert (office.facts(case)[PHONE], office.facts(case)["person.name_zh"]) == (MINE, "麻麻山")


def test_who_wrote_the_same_has_nothing_to_be_told(office: Office, case: str) -> None:
    seen = looked(office, case)
    arrive(office, case, {"phone": MINE})
    before = office.journal()
    office.desk.record(office.reception, case, {PHONE: MINE}, seen=seen)
    assert office.journal() == before


def test_who_saw_nothing_replaces_nothing_and_fills_in_what_is_empty(office: Office) -> None:
    case = office.begin()
    answers = office.person()
    office.desk.record(office.reception, case, answers, seen={})
    assert overtaken(office, case, {PHONE: MINE}, {})[PHONE].values == (answers[PHONE],)


def test_a_person_known_from_before_is_told_before_he_is_changed(office: Office) -> None:
    """His document finds him; nobody was shown what stands of him."""
    known = office.person()
    office.register(known)
    case = office.begin()
    told = overtaken(office, case, known | {PHONE: MINE}, looked(office, case))
    assert told.keys() == {PHONE}
    entries = {key: one.entries for key, one in told.items()}
    office.desk.record(office.reception, case, known | {PHONE: MINE}, seen=entries)
    assert office.facts(case)[PHONE] == MINE


def test_who_may_not_correct_is_not_told(office: Office) -> None:
    case = office.worker("approved")
    with pytest.raises(NotAllowed):
        office.desk.record(office.reception, case, {PHONE: MINE}, seen={})


def test_an_action_with_answers_stops_as_well(office: Office) -> None:
    case, desk, clerk = office.begin(), office.desk, office.reception
    desk.record(clerk, case, office.person())
    desk.sight_paper(clerk, case, "registration", "identity_document")
    seen = looked(office, case)
    arrive(office, case, {"phone": THEIRS})
    with pytest.raises(Overtaken) as told:
        desk.perform(clerk, case, "registration", "register", answers={PHONE: MINE}, seen=seen)
    assert office.state(case, "registration") == "draft"
    again = seen | {PHONE: told.value.standing[PHONE].entries}
    desk.perform(clerk, case, "registration", "register", answers={PHONE: MINE}, seen=again)
    assert (office.state(case, "registration"), office.facts(case)[PHONE]) == ("done", MINE)


def test_a_new_permit_does_not_replace_the_one_before(office: Office) -> None:
    case = office.worker("approved")
    office.desk.perform(office.police, case, "permit", "take_back")
    seen = looked(office, case)
    assert seen["permit.valid_to"]
    office.desk.perform(office.police, case, "permit", "approve", answers=DECISION, seen=seen)
    assert office.state(case, "permit") == "approved"
