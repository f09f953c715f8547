"""Whatever the centre holds back, or releases later: its author's corrections are contested nowhere."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from itertools import pairwise
from random import Random

from hypothesis import given
from hypothesis import strategies as st

from kiosk.model.entries import Entry, Write
from kiosk.model.registers import Memories, receive
from kiosk.model.unheard import beneath, last_seen

PERSON = "person:1"
HELD, RELEASED, ACCEPTED = range(3)


def corrections(fates: list[int]) -> Iterator[Entry]:
    """Values that one desk wrote over one another; it knows what is held back, released or not."""
    memory, written = Memories(), dict[str, Entry]()

    def unheard(ids: Collection[str]) -> list[Entry]:
        return [written[one] for one in ids if fates[int(one)] != ACCEPTED]

    for number in range(len(fates)):
        seen = {(entry, "phone") for entry in memory.state(PERSON).survivors("phone")}
        replaced = sorted(entry for entry, _ in beneath(seen, unheard))
        name = str(number)
        made = Entry(
            id=name, act=name, act_size=1, subject=PERSON, kind="recorded", version=1,
            writes={"phone": Write(name, tuple(replaced))}, actor="A", role="r", office="O", terminal="A",
            stream="office", sequence=number + 1, time=number, wall=name,
        )  # fmt: skip
        written[name] = made
        receive(memory, made)
        assert list(memory.state(PERSON).survivors("phone")) == [name]  # at its own desk
        yield made


@given(st.lists(st.sampled_from([HELD, RELEASED, ACCEPTED]), min_size=1, max_size=8), st.randoms())
def test_the_others_see_the_last_of_what_reaches_them_and_no_contest(
    fates: list[int], chance: Random
) -> None:
    entries = list(corrections(fates))
    accepted = [entry for entry in entries if fates[int(entry.id)] == ACCEPTED]
    released = [entry for entry in entries if fates[int(entry.id)] == RELEASED]
    chance.shuffle(accepted)
    chance.shuffle(released)
    others, arrived = Memories(), list[int]()
    for entry in (*accepted, *released):
        receive(others, entry)
        arrived.append(int(entry.id))
        if len(arrived) >= len(accepted):
            assert list(others.state(PERSON).survivors("phone")) == [str(max(arrived))]


@given(st.lists(st.sampled_from([HELD, ACCEPTED]), min_size=2, max_size=8))
def test_what_its_author_saw_is_told_from_what_that_had_replaced(fates: list[int]) -> None:
    entries = list(corrections(fates))
    for before, entry in pairwise(entries):
        replaced = [entries[int(one)] for one in entry.writes["phone"].replaces]
        assert last_seen(replaced, "phone") == [before]
