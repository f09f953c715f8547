"""Whatever a hostile terminal writes: what arrived means the same as what is rebuilt, and the proof holds."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from kiosk.model.chain import Row
from kiosk.model.entries import Write
from kiosk.store.proof import prove
from kiosk.store.rebuild import rebuild
from tests.central.machine import Stream, act, entry
from tests.office import Office
from tests.store.compared import take, views

Check = Callable[..., None]
IDS = [f"01989180-4fc7-7000-8000-00000000000{number}" for number in range(9)]


@pytest.fixture
def check(tmp_path_factory: pytest.TempPathFactory) -> Check:
    def check(*batches: list[Row]) -> None:
        """Rows that arrive in these batches."""
        here = Office(tmp_path_factory.mktemp("here"))
        for rows in batches:
            take(here.store, rows)
        live = views(here.store)
        assert prove(here.store)
        rebuild(here.store)
        assert views(here.store) == live
        here.close()

    return check


def stream() -> Stream:
    return Stream("ZZZZ", Ed25519PrivateKey.generate())


def test_an_entry_that_replaces_itself_leaves_nothing(check: Check) -> None:
    one = entry(subject="case:1")
    check(stream().write([replace(one, writes={"number": Write("X", (one.id,))})]))


def test_nobody_replaces_what_another_subject_says(check: Check) -> None:
    one = entry(subject="person:1", writes={"name": Write("MA MA SAN")})
    other = entry(subject="person:2", writes={"name": Write("X", (one.id,))})
    written = stream().write([one, other])
    check(written[:1], written[1:])


def test_an_act_that_bears_the_name_of_one_before_it_that_was_erased(check: Check) -> None:
    two = [entry(subject="person:2", writes={name: Write(1)}) for name in ("x", "y")]
    named = [replace(one, act="a") for one in (entry(), *act(*two))]
    written = stream().write(named)
    check([replace(written[0], body=None, salt=None)], written[1:])


@st.composite
def histories(draw: st.DrawFn) -> list[list[Row]]:
    """Batches that cut no act. The acts replace what they like, and may bear one name; some is erased."""
    author, numbers = stream(), iter(IDS)
    batches: list[list[Row]] = [[]]
    for size in draw(st.lists(st.integers(1, 3), min_size=1, max_size=3)):
        made, name = [], draw(st.sampled_from("ab"))
        for _ in range(size):
            cited = tuple(draw(st.lists(st.sampled_from(IDS), max_size=2)))
            writes = {draw(st.sampled_from(("name", "number"))): Write(draw(st.integers(0, 2)), cited)}
            subject = draw(st.sampled_from(("case:1", "case:2", "person:1")))
            made.append(entry(id=next(numbers), act=name, act_size=size, subject=subject, writes=writes))
        if draw(st.booleans()):
            batches.append([])
        batches[-1] += [
            replace(row, body=None, salt=None) if draw(st.integers(0, 4)) == 0 else row
            for row in author.write(made)
        ]
    return batches


@settings(max_examples=60, deadline=None)
@given(histories())
def test_whatever_is_written(tmp_path_factory: pytest.TempPathFactory, batches: list[list[Row]]) -> None:
    here = Office(tmp_path_factory.mktemp("here"))
    for rows in batches:
        take(here.store, rows)
    live = views(here.store)
    rebuild(here.store)
    assert views(here.store) == live
    here.close()
