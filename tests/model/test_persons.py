"""Links of records, written and undone at desks that are apart."""

from __future__ import annotations

import random

from hypothesis import given
from hypothesis import strategies as st

from kiosk.model.disputes import SAME
from kiosk.model.persons import APART, DISPUTED, LINKED, link, same_person
from kiosk.model.registers import Memories
from tests.model.test_registers import History, fold

PERSONS = ("person:1", "person:2", "person:3", "person:4")
pair = st.lists(st.sampled_from(PERSONS), min_size=2, max_size=2, unique=True)
step = st.one_of(
    st.tuples(st.just("say"), st.integers(0, 2), pair, st.booleans()),
    st.tuples(st.just("meet"), st.integers(0, 2), st.integers(0, 2)),
)


def say(history: History, desk: int, one: str, other: str, *, same: bool) -> None:
    writes = [(one, f"{SAME}{other}", same), (other, f"{SAME}{one}", same)]
    history.act(history.desks[desk], writes, 1, decides=False, reads=False)  # type: ignore[arg-type]


@st.composite
def said(draw: st.DrawFn) -> History:
    history = History()
    for kind, desk, *rest in draw(st.lists(step, max_size=12)):
        if kind == "say":
            (one, other), same = rest
            say(history, desk, one, other, same=same)
        else:
            history.exchange(history.desks[desk], history.desks[rest[0]])
    return history


@given(said(), st.randoms(use_true_random=False))
def test_whoever_is_asked_the_same_records_are_one_person(history: History, chance: random.Random) -> None:
    entries = history.entries()
    shuffled = list(entries)
    chance.shuffle(shuffled)
    memories = Memories(), Memories()
    for memory, sent in zip(memories, (entries, shuffled), strict=True):
        memory.states, memory.shaken = fold(sent)
    state = memories[0].state
    for one in PERSONS:
        group = same_person(one, state)
        assert one in group
        assert group == same_person(one, memories[1].state)
        assert all(same_person(other, state) == group for other in group)
        assert all(link(one, other, state) == link(other, one, state) for other in PERSONS if other != one)


def test_a_link_is_followed_through_others_and_undone_for_these_two_alone() -> None:
    history = History()
    say(history, 0, "person:1", "person:2", same=True)
    say(history, 0, "person:3", "person:2", same=True)
    state = history.desks[0].memory.state
    assert same_person("person:3", state) == ("person:1", "person:2", "person:3")
    say(history, 0, "person:2", "person:1", same=False)
    assert same_person("person:3", state) == ("person:2", "person:3")
    assert link("person:1", "person:2", state) == APART


def test_while_desks_are_at_odds_there_is_no_link() -> None:
    history = History()
    a, b, _ = history.desks
    say(history, 0, "person:1", "person:2", same=True)
    say(history, 1, "person:1", "person:2", same=True)
    history.exchange(a, b)
    assert link("person:1", "person:2", a.memory.state) == LINKED  # alike
    say(history, 0, "person:1", "person:2", same=False)
    say(history, 1, "person:1", "person:2", same=True)
    history.exchange(a, b)
    assert link("person:1", "person:2", a.memory.state) == DISPUTED
    assert same_person("person:2", b.memory.state) == ("person:2",)
