"""Histories read sensibly whatever a clock did, and alike at every desk."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from random import Random

from hypothesis import given
from hypothesis import strategies as st

from kiosk.model.entries import Entry, Write
from kiosk.model.order import in_order

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)
FUTURE, PAST = timedelta(days=27_000), timedelta(days=-26_000)


class Desk:
    """Writes entries of a case; its times go on as a terminal's do."""

    def __init__(self, name: str) -> None:
        self.name, self.sequence, self.time = name, 0, 0

    def write(
        self,
        wall: datetime,
        *replaces: str,
        kind: str = "recorded",
        subject: str = "case:1",
        back: bool = False,
    ) -> Entry:
        self.sequence += 1
        self.time = max(int(wall.timestamp() * 1000) << 16, 0 if back else self.time + 1)
        name = f"{self.name}{self.sequence}"
        return Entry(
            id=name, act=name, act_size=1, subject=subject, kind=kind, version=1,
            writes={"x": Write(name, replaces)}, actor="R", role="r", office="O", terminal=self.name,
            stream="office", sequence=self.sequence, time=self.time, wall=wall.isoformat(),
        )  # fmt: skip


def hours(number: float) -> timedelta:
    return timedelta(hours=number)


def test_without_a_wrong_clock_times_order() -> None:
    a, b = Desk("A"), Desk("B")
    written = [(a if n % 3 else b).write(NOW - hours(20 - n)) for n in range(12)]
    Random(1).shuffle(mixed := [*written])
    found = in_order(mixed, NOW)
    assert list(found.entries) == written
    assert not found.wrong


def test_what_was_written_in_2100_stands_where_its_author_wrote_it() -> None:
    a, b = Desk("A"), Desk("B")
    opened = a.write(NOW - hours(4), kind="opened")
    ahead = a.write(NOW + FUTURE)
    later = a.write(NOW - hours(2), back=True)
    other = b.write(NOW - hours(1))
    found = in_order([other, ahead, later, opened], NOW)
    assert [entry.id for entry in found.entries] == ["A1", "A2", "A3", "B1"]
    assert found.wrong == {"A2"}


def test_what_nobody_came_back_from_yet_is_told_by_the_reader_s_clock() -> None:
    """The desk is away: its times go on from 2100, but its clock was set right."""
    a, b = Desk("A"), Desk("B")
    opened, ahead, right = (
        a.write(NOW - hours(4), kind="opened"),
        a.write(NOW + FUTURE),
        a.write(NOW - hours(2)),
    )
    other = b.write(NOW - hours(3))
    last = b.write(NOW - hours(1))
    found = in_order([last, right, ahead, other, opened], NOW)
    assert [entry.id for entry in found.entries] == ["A1", "A2", "B1", "A3", "B2"]
    assert found.wrong == {"A2"}


def test_a_clock_of_months_ago_is_told_from_one_that_was_ahead() -> None:
    a = Desk("A")
    opened, ahead = a.write(NOW - hours(24 * 90), kind="opened"), a.write(NOW - hours(24))
    right = a.write(NOW - hours(24 * 80), back=True)
    found = in_order([right, ahead, opened], NOW)
    assert [entry.id for entry in found.entries] == ["A1", "A2", "A3"]
    assert found.wrong == {"A2"}


def test_a_clock_that_lost_its_time_spoils_no_order() -> None:
    a, b = Desk("A"), Desk("B")
    opened = a.write(NOW - hours(4), kind="opened")
    behind = a.write(NOW + PAST)
    stranger = b.write(NOW + PAST, "A2")  # never heard a time that it would follow
    found = in_order([stranger, behind, opened], NOW)
    assert [entry.id for entry in found.entries] == ["A1", "A2", "B1"]
    assert found.wrong == {"A2", "B1"}


def test_a_case_that_was_opened_with_a_wrong_clock_keeps_its_lines() -> None:
    a, b = Desk("A"), Desk("B")
    before = b.write(NOW - hours(48), subject="person:1")
    person = a.write(NOW + FUTURE, subject="person:1")
    opened = a.write(NOW + FUTURE, kind="opened")
    decided = b.write(NOW - hours(2), "A2")
    found = in_order([opened, decided, before, person], NOW)
    assert [entry.id for entry in found.entries] == ["B1", "A1", "A2", "B2"]
    assert found.others == {"B1"}  # of another case of the person


@given(
    st.lists(st.tuples(st.sampled_from("ABC"), st.sampled_from([0, 0, 0, 27_000, -26_000, 90])), max_size=20)
)
def test_any_clocks_leave_one_order_in_which_nothing_stands_before_what_it_follows(
    steps: list[tuple[str, int]],
) -> None:
    desks = {name: Desk(name) for name in "ABC"}
    written: list[Entry] = []
    for number, (name, days) in enumerate(steps):
        cited = [written[-1].id] if written and number % 2 else []
        written.append(desks[name].write(NOW - hours(30 - number) + timedelta(days=days), *cited))
    order = [entry.id for entry in in_order(written, NOW).entries]
    for seed in range(3):
        Random(seed).shuffle(mixed := [*written])
        assert [entry.id for entry in in_order(mixed, NOW).entries] == order
    assert sorted(order) == sorted(entry.id for entry in written)
    for entry in written:
        for cited_id in entry.writes["x"].replaces:
            assert order.index(cited_id) < order.index(entry.id)
    for name in desks:
        own = [int(one[1:]) for one in order if one[0] == name]
        assert own == sorted(own)
