"""What the author of a decision did not know is exactly what shakes it."""

from __future__ import annotations

from hypothesis import given

from kiosk.model.disputes import cites, next_to_settle, unseen
from kiosk.model.entries import Entry
from tests.model.test_registers import History, fold, histories


def replacements(entries: list[Entry]) -> list[tuple[str, str, str]]:
    return [
        (old, register, entry.id)
        for entry in entries
        for register, write in entry.writes.items()
        for old in write.replaces
    ]


@given(histories())
def test_what_shakes_a_decision_is_what_its_author_did_not_know(history: History) -> None:
    entries = history.entries()
    by_id = {entry.id: entry for entry in entries}
    _, shaken = fold(entries)
    missed = {
        (entry.id, other.id)
        for entry in entries
        if entry.decision is not None
        for other, register in unseen(entry, next(iter(entry.writes)), replacements(entries), by_id.get)
        if any(f"{old}/{register}" in entry.rests_on for old in other.writes[register].replaces)
    }
    assert missed == {(decision, by) for decision, by, _ in shaken}


@given(histories())
def test_of_two_sides_neither_knew_the_other(history: History) -> None:
    entries = history.entries()
    by_id = {entry.id: entry for entry in entries}
    states, _ = fold(entries)
    for state in states.values():
        for survivors in state.registers.values():
            for one in survivors:
                assert not cites(by_id[one]) & set(survivors)


def test_facts_are_settled_before_the_stages_that_rest_on_them() -> None:
    keys = ("case.stage.permit", "case.stage.guarantee", "person.phone", "person.name")
    assert next_to_settle(keys, "permit", ("supervisor",)) == "person.phone"
    assert next_to_settle(keys[:2], "guarantee", ("supervisor",)) == "case.stage.guarantee"
    assert next_to_settle(keys[:2] + keys[3:], "permit", ("reception",)) == "person.name"
    assert next_to_settle((), "permit", ("supervisor",)) is None
