"""The fold over registers: any order of arrival gives the same state; moving clocks changes nothing."""

from __future__ import annotations

import random
from dataclasses import dataclass, field

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from kiosk.model.entries import Decision, Entry, Write
from kiosk.model.registers import Memories, SubjectState, apply_act, cite, receive

SUBJECTS = ("case:1", "guarantee:1", "person:1")
REGISTERS = ("a", "b", "stage.permit")


@dataclass
class Desk:
    """A terminal of the test: it sees what reached it, and writes like the real one."""

    name: str
    memory: Memories = field(default_factory=Memories)
    seen: set[str] = field(default_factory=set)


@dataclass
class History:
    """Entries of several terminals that meet now and then."""

    desks: list[Desk] = field(default_factory=lambda: [Desk("A"), Desk("B"), Desk("C")])
    acts: list[tuple[Entry, ...]] = field(default_factory=list)

    def act(
        self, desk: Desk, writes: list[tuple[str, str, str]], clock: int, *, decides: bool, reads: bool
    ) -> None:
        act_id, entries = f"act{len(self.acts):03}", []
        for number, (subject, register, value) in enumerate(writes):
            state = desk.memory.state(subject)
            replaced = tuple(sorted(state.survivors(register)))
            cites = {
                cite(entry, name)
                for other in SUBJECTS
                for name in REGISTERS
                for entry in desk.memory.state(other).survivors(name)
                if reads and (other, name) != (subject, register)
            }
            cites |= {d for _, _, d in desk.memory.decisions_on([(entry, register) for entry in replaced])}
            entries.append(
                Entry(
                    id=f"{act_id}.{number}",
                    act=act_id,
                    act_size=len(writes),
                    subject=subject,
                    kind="recorded",
                    version=1,
                    writes={register: Write(value, replaced)},
                    actor=desk.name,
                    role="r",
                    office="O",
                    terminal=desk.name,
                    stream="office",
                    sequence=0,
                    time=clock,
                    wall=str(clock),
                    rests_on=tuple(sorted(cites)),
                    decision=Decision("d", "permit", "", "") if decides else None,
                )
            )
        self.acts.append(tuple(entries))
        self.meet(desk, self.acts[-1])

    def meet(self, desk: Desk, act: tuple[Entry, ...]) -> None:
        if act[0].act not in desk.seen:
            desk.seen.add(act[0].act)
            for entry in act:
                receive(desk.memory, entry)

    def exchange(self, one: Desk, other: Desk) -> None:
        for act in self.acts:
            if act[0].act in one.seen | other.seen:
                self.meet(one, act)
                self.meet(other, act)

    def entries(self) -> list[Entry]:
        return [entry for act in self.acts for entry in act]


write = st.tuples(st.sampled_from(SUBJECTS), st.sampled_from(REGISTERS), st.sampled_from("xyz"))
step = st.one_of(
    st.tuples(
        st.just("act"),
        st.integers(0, 2),
        st.lists(write, min_size=1, max_size=3, unique_by=lambda w: w[:2]),
        st.integers(0, 10**6),
        st.booleans(),
        st.booleans(),
    ),
    st.tuples(st.just("meet"), st.integers(0, 2), st.integers(0, 2)),
)


@st.composite
def histories(draw: st.DrawFn) -> History:
    history = History()
    for kind, *values in draw(st.lists(step, max_size=14)):
        if kind == "act":
            desk, writes, clock, decides, reads = values
            history.act(history.desks[desk], writes, clock, decides=decides, reads=reads)
        else:
            history.exchange(history.desks[values[0]], history.desks[values[1]])
    return history


def fold(entries: list[Entry]) -> tuple[dict[str, SubjectState], set[tuple[str, str, str]]]:
    memory = Memories()
    for entry in entries:
        receive(memory, entry)
    return memory.states, memory.shaken


def meaning(entries: list[Entry]) -> tuple[object, object]:
    """State without the wall clock of display."""
    states, shaken = fold(entries)
    return (
        {
            (subject, register): {entry: held.value for entry, held in survivors.items()}
            for subject, state in states.items()
            for register, survivors in state.registers.items()
            if survivors
        },
        shaken,
    )


@given(histories(), st.randoms(use_true_random=False))
def test_any_order_of_arrival_gives_the_same_state(history: History, chance: random.Random) -> None:
    entries = history.entries()
    shuffled = list(entries)
    chance.shuffle(shuffled)
    assert meaning(shuffled) == meaning(entries)


@given(histories(), st.randoms(use_true_random=False))
def test_an_entry_that_arrives_twice_changes_nothing(history: History, chance: random.Random) -> None:
    entries = history.entries()
    assert meaning(entries + chance.sample(entries, len(entries) // 2)) == meaning(entries)


@given(histories(), st.lists(st.integers(-(10**9), 10**9), min_size=50, max_size=50))
def test_moving_clocks_changes_nothing_but_the_display(history: History, moves: list[int]) -> None:
    entries = history.entries()
    moved = [
        replace(entry, time=entry.time + move, wall=str(move))
        for entry, move in zip(entries, moves * (len(entries) // 50 + 1), strict=False)
    ]
    assert meaning(moved) == meaning(entries)


@given(histories())
def test_terminals_that_have_met_agree(history: History) -> None:
    a, b, c = history.desks
    for one, other in ((a, b), (b, c), (a, b), (a, c)):
        history.exchange(one, other)
    assert a.memory.states == b.memory.states == c.memory.states
    assert a.memory.shaken == b.memory.shaken == c.memory.shaken


@given(histories())
def test_what_is_written_survives_until_something_replaces_it(history: History) -> None:
    """The rule itself, computed the slow way."""
    entries = history.entries()
    replaced = {
        (old, register)
        for entry in entries
        for register, write in entry.writes.items()
        for old in write.replaces
    }
    expected = {
        (entry.subject, register, entry.id, write.value)
        for entry in entries
        for register, write in entry.writes.items()
        if (entry.id, register) not in replaced
    }
    states, _ = fold(entries)
    assert expected == {
        (subject, register, entry, held.value)
        for subject, state in states.items()
        for register, survivors in state.registers.items()
        for entry, held in survivors.items()
    }


@given(histories(), st.data())
def test_an_act_that_is_not_whole_is_not_applied(history: History, data: st.DataObject) -> None:
    acts = [act for act in history.acts if len(act) > 1]
    if not acts:
        return
    cut = data.draw(st.sampled_from(acts))
    without = [entry for entry in history.entries() if entry.act != cut[0].act]
    assert meaning(without + list(cut[1:])) == meaning(without)


@pytest.fixture
def history() -> History:
    made = History()
    made.act(made.desks[0], [("guarantee:1", "a", "in force")], 1, decides=False, reads=False)
    made.exchange(made.desks[0], made.desks[1])
    return made


def test_a_guarantee_withdrawn_unseen_shakes_the_permit_that_rests_on_it(history: History) -> None:
    a, b, _ = history.desks
    history.act(a, [("case:1", "stage.permit", "approved")], 2, decides=True, reads=True)
    history.act(b, [("guarantee:1", "a", "withdrawn")], 1, decides=False, reads=False)
    history.exchange(a, b)
    assert {(decision, by) for decision, by, _ in a.memory.shaken} == {("act001.0", "act002.0")}


def test_a_guarantee_withdrawn_knowingly_is_the_next_event(history: History) -> None:
    a, b, _ = history.desks
    history.act(a, [("case:1", "stage.permit", "approved")], 2, decides=True, reads=True)
    history.exchange(a, b)
    history.act(b, [("guarantee:1", "a", "withdrawn")], 3, decides=False, reads=False)
    history.exchange(a, b)
    assert a.memory.shaken == b.memory.shaken == set()


def test_another_register_of_the_same_entry_shakes_nothing(history: History) -> None:
    """A corrected phone does not shake a permit that rests on the document's last day."""
    memory = Memories()
    first = replace(
        history.acts[0][0],
        id="first",
        act="first",
        writes={"phone": Write("1"), "expiry": Write("2030-01-01")},
    )
    decision = replace(
        first,
        id="decision",
        act="decision",
        subject="case:1",
        writes={"stage.permit": Write("approved")},
        rests_on=(cite("first", "expiry"),),
        decision=Decision("approve", "permit", "accepted", "approved"),
    )
    phone = replace(first, id="phone", act="phone", writes={"phone": Write("2", ("first",))})
    expiry = replace(first, id="expiry", act="expiry", writes={"expiry": Write("2026-01-01", ("first",))})
    for entry in (first, decision, phone):
        apply_act(memory, [entry])
    assert memory.shaken == set()
    apply_act(memory, [expiry])
    assert memory.shaken == {("decision", "expiry", "first")}


def test_equal_values_written_apart_are_not_contested() -> None:
    history = History()
    history.act(history.desks[0], [("case:1", "a", "x")], 1, decides=False, reads=False)
    history.act(history.desks[1], [("case:1", "a", "x")], 2, decides=False, reads=False)
    history.act(history.desks[2], [("case:1", "b", "x")], 2, decides=False, reads=False)
    history.act(history.desks[1], [("case:1", "b", "y")], 2, decides=False, reads=False)
    states, _ = fold(history.entries())
    assert not states["case:1"].contested("a")
    assert states["case:1"].value("a") == "x"
    assert states["case:1"].contested("b")


def test_settling_replaces_all_survivors_and_a_third_side_opens_it_again() -> None:
    history = History()
    a, b, c = history.desks
    history.act(a, [("case:1", "a", "x")], 1, decides=False, reads=False)
    history.act(b, [("case:1", "a", "y")], 2, decides=False, reads=False)
    history.act(c, [("case:1", "a", "z")], 3, decides=False, reads=False)
    history.exchange(a, b)
    history.act(a, [("case:1", "a", "x")], 4, decides=False, reads=False)
    assert not a.memory.state("case:1").contested("a")
    history.exchange(a, c)
    assert a.memory.state("case:1").contested("a")


def test_an_entry_of_a_newer_kind_makes_its_subject_read_only() -> None:
    memory = Memories()
    history = History()
    history.act(history.desks[0], [("case:1", "a", "x")], 1, decides=False, reads=False)
    apply_act(memory, [replace(history.entries()[0], kind="from_the_future")])
    assert memory.state("case:1").read_only
