"""One document registered at two desks that were apart: two persons, found, compared, linked and parted."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from kiosk.actions.readers import subjects_of
from kiosk.errors import NotAllowed, Refused
from tests.actions.exchanged import whole
from tests.office import PERSON, Office
from tests.store.compared import views

Pair = tuple[Office, Office]
Join = Callable[[], None]
DOCUMENT = "MM7654321"
BOTH = {"person.document_number": DOCUMENT}


def registered_twice(desks: Pair, join: Join) -> tuple[str, str]:
    """The cases, as the two desks registered them."""
    one, other = desks
    first = one.register(PERSON | BOTH)
    one.clock.forward(minutes=5)
    second = other.register(PERSON | BOTH | {"person.name": "MA SAN", "person.phone": "+8613800138055"})
    join()
    return first, second


def person_of(office: Office, case: str) -> str:
    return str(office.facts(case)["case.person"])


def linked(office: Office, cases: tuple[str, str]) -> tuple[str, str]:
    """The persons of the two, whom a supervisor links at that desk."""
    first, second = (person_of(office, case) for case in cases)
    office.desk.link_person(office.supervisor, cases[0], second, "the same face")
    return first, second


def links(office: Office, case: str) -> list[str]:
    return [twin.link for twin in office.view(case).twins]


def test_the_two_are_found_and_stand_side_by_side(desks: Pair, join: Join) -> None:
    one, other = desks
    cases = registered_twice(desks, join)
    for office in desks:
        for case in cases:
            assert links(office, case) == ["apart"]
            assert len(office.desk.case(office.reception, case, opened=False).twins) == 1
            assert not office.desk.case(office.doctor, case, opened=False).twins
        assert office.desk.counts(office.supervisor)["twice"] == 2
        assert {row.case for row in office.desk.work_list(office.supervisor, "twice")} == {*cases}
        assert office.desk.work_list(office.reception, "twice") == []
        assert office.desk.counts(office.reception)["twice"] == 0
    mine, theirs = one.desk.records(one.reception, cases[0])
    assert (mine.facts["person.name"], theirs.facts["person.name"]) == ("MA MA SAN", "MA SAN")
    assert ([row.case for row in mine.cases], [row.case for row in theirs.cases]) == ([cases[0]], [cases[1]])
    assert mine.registered is not None
    assert theirs.registered is not None
    assert str(mine.registered.desk) == f"this terminal ({one.desk.terminal.code})"
    assert str(theirs.registered.desk) == f"desk ({other.desk.terminal.code})"
    assert (theirs.registered.at - mine.registered.at).total_seconds() == 300
    opened = [
        entry for entry in one.journal() if entry["kind"] == "read" and entry["subject"] == theirs.person
    ]
    assert [entry["actor"] for entry in opened] == ["R001"]
    with pytest.raises(NotAllowed):
        one.desk.records(one.labour, cases[0])


def test_linked_they_are_one_person_to_whoever_looks_him_up_and_the_link_can_be_undone(
    desks: Pair, join: Join
) -> None:
    one, other = desks
    cases = registered_twice(desks, join)
    first, second = linked(one, cases)
    join()
    for office in desks:
        found = office.desk.find_person(DOCUMENT, "MMR")
        assert found is not None
        assert found.person == min(first, second)
        assert {row.case for row in found.cases} == {*cases}
        assert links(office, cases[0]) == links(office, cases[1]) == ["linked"]
        assert office.desk.work_list(office.supervisor, "twice") == []
        for case in cases:
            told = [
                str(line.sentence) for line in office.desk.case(office.labour, case, opened=False).history
            ]
            assert "Linked with another record: one person was registered twice (the same face)" in told
    third = other.begin()
    other.desk.take_person(other.reception, third, max(first, second))
    assert person_of(other, third) == min(first, second)
    with pytest.raises(Refused, match="another open case"):
        other.desk.perform(
            other.reception, third, "registration", "register", answers={"case.purpose": "work"}
        )
    other.desk.link_person(other.supervisor, cases[1], first, "two sisters", same=False)
    join()
    for office in desks:
        assert links(office, cases[0]) == ["apart"]
        (last,) = (line for line in office.desk.case(office.labour, cases[1], opened=False).history[-1:])
        assert str(last.sentence).startswith("Undid the link with another record")
        found = office.desk.find_person(DOCUMENT, "MMR")
        assert found is not None
        assert {row.case for row in found.cases} == {third, cases[0 if first < second else 1]}
    assert views(one.store) == views(other.store)
    whole(one.store)


def test_who_registered_a_record_is_told_apart_from_who_linked_it_whatever_the_clocks_say(
    desks: Pair, join: Join
) -> None:
    one, _ = desks
    cases = registered_twice(desks, join)
    one.clock.forward(days=-1)
    one.desk.link_person(one.supervisor, cases[0], person_of(one, cases[1]), "the same face")
    registered = [record.registered for record in one.desk.records(one.supervisor, cases[0])]
    assert [change.role for change in registered if change] == ["reception", "reception"]


def test_each_record_keeps_its_facts_and_is_corrected_for_itself(desks: Pair, join: Join) -> None:
    one, _ = desks
    cases = registered_twice(desks, join)
    for linked in (False, True):
        if linked:
            one.desk.link_person(one.supervisor, cases[0], person_of(one, cases[1]), "the same face")
        for case in cases:
            before = person_of(one, case)
            one.desk.record(
                one.reception, case, BOTH | {"person.document_issue_date": f"202{linked:d}-01-05"}
            )
            assert person_of(one, case) == before
    names = {one.desk.case(one.reception, case, opened=False).facts["person.name"] for case in cases}
    assert names == {"MA MA SAN", "MA SAN"}


def test_a_paper_of_the_one_record_serves_the_other_once_they_are_linked(desks: Pair, join: Join) -> None:
    one, _ = desks
    first, second = registered_twice(desks, join)
    one.desk.attach_paper(one.reception, first, "permit", "document_copy", b"%PDF-1.4", "application/pdf")
    with pytest.raises(Refused):
        one.desk.reuse_paper(one.reception, second, "permit", "document_copy")
    one.desk.link_person(one.supervisor, first, person_of(one, second), "the same face")
    one.desk.reuse_paper(one.reception, second, "permit", "document_copy")


def test_who_asks_who_has_read_his_data_is_told_of_both_records(desks: Pair, join: Join) -> None:
    one, _ = desks
    cases = registered_twice(desks, join)
    first, second = (person_of(one, case) for case in cases)
    number = one.desk.case(one.reception, cases[1], opened=False).number
    for subjects in ({second, cases[1]}, {first, second, *cases}):
        with one.store.read() as connection:
            assert set(subjects_of(connection, number)) == subjects
        if len(subjects) == 2:
            one.desk.link_person(one.supervisor, cases[0], second, "the same face")


def test_only_a_supervisor_links_with_a_reason_and_only_what_shares_a_document(
    desks: Pair, join: Join
) -> None:
    one, _ = desks
    cases = registered_twice(desks, join)
    stranger = person_of(one, one.register())
    other = person_of(one, cases[1])
    with pytest.raises(NotAllowed, match="Only a supervisor"):
        one.desk.link_person(one.reception, cases[0], other, "the same face")
    with pytest.raises(Refused, match="Give a reason"):
        one.desk.link_person(one.supervisor, cases[0], other, " ")
    for person, same in ((stranger, True), (other, False), (person_of(one, cases[0]), True)):
        with pytest.raises(Refused, match="nothing to link"):
            one.desk.link_person(one.supervisor, cases[0], person, "the same face", same=same)


def test_while_two_desks_are_at_odds_nothing_is_linked_until_a_supervisor_decides(
    desks: Pair, join: Join
) -> None:
    one, other = desks
    cases = registered_twice(desks, join)
    first, second = linked(one, cases)
    other.desk.link_person(other.supervisor, cases[0], second, "the same face")
    other.desk.link_person(other.supervisor, cases[0], second, "two sisters", same=False)
    join()
    for office in desks:
        assert links(office, cases[0]) == links(office, cases[1]) == ["disputed"]
        assert cases[0] in [row.case for row in office.desk.work_list(office.supervisor)]
        assert not office.desk.case(office.supervisor, cases[0], opened=False).contested
    other.desk.link_person(other.supervisor, cases[1], first, "asked both")
    join()
    for office in desks:
        assert links(office, cases[0]) == ["linked"]
        assert cases[0] not in [row.case for row in office.desk.work_list(office.supervisor)]
    assert views(one.store) == views(other.store)


def test_the_list_follows_documents_that_are_corrected(desks: Pair, join: Join) -> None:
    one, other = desks
    cases = registered_twice(desks, join)
    stranger = one.register(PERSON | {"person.document_number": "MM7654329"})

    def twice() -> set[str]:
        return {row.case for row in one.desk.work_list(one.supervisor, "twice")}

    one.desk.record(one.reception, cases[0], {"person.document_number": "MM7654328"})
    assert twice() == set()
    third = other.register(PERSON | {"person.document_number": "MM7654329"})
    other.desk.record(other.reception, cases[1], {"person.document_number": "MM7654328"})
    join()
    assert twice() == {*cases, stranger, third}
    assert views(one.store) == views(other.store)
    whole(one.store)
