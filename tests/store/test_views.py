"""Views can be made of whatever entries hold, and are those of a rebuild whatever way it came."""

from __future__ import annotations

from collections.abc import Iterator
from random import Random

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from central.values import TEXTS
from kiosk.model.chain import Row
from kiosk.model.entries import HEALTH, OFFICE, SUBJECTS, Decision, Entry, Write, decode
from kiosk.model.file import LINKED
from kiosk.model.listing import NUMBERS, RUNS_OUT
from kiosk.model.registers import Memories, cite
from kiosk.model.registers import receive as receive_entry
from kiosk.store.database import Store
from kiosk.store.memory import SqlMemory
from kiosk.store.proof import prove
from kiosk.store.rebuild import rebuild
from kiosk.store.receiving import receive
from tests.central.machine import Stream, entry
from tests.store.compared import take, undone, views

OWN = ("stage.permit", "returned.permit", "refused.permit", "stages", "parked_by", "person", *LINKED)
READ = sorted(  # what views read, and one register that they do not
    {(kind, register) for kind, registers in TEXTS.items() for register in registers}
    | {tuple(key.split(".", 1)) for key in (*NUMBERS, *RUNS_OUT)}
    | {("case", register) for register in OWN}
    | {(kind, "other") for kind in SUBJECTS}
    | {("guarantee", "guarantor"), ("person", "same_as.person:0"), ("person", "same_as.person:1")}
)
subjects = [f"{kind}:{number}" for kind in SUBJECTS for number in range(2)]

anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=4)
    | st.floats(allow_nan=False, allow_infinity=False),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=3), inner, max_size=2),
    max_leaves=4,
)  # fmt: skip
likely = st.sampled_from(
    ["open", "void", "approved", "2026-03-05", "A1", "", "person", True, ["permit"], ["permit", 1],
     {"state": "open", "light": "returned", "holder": "police"}, {"state": ["x"], "light": 1, "holder": None},
     {"items": [1], "numbers": ["N1", 2]}, {"items": 1, "numbers": {"a": 1}}, *subjects]
)  # fmt: skip
Written = tuple[tuple[str, ...], str, object, int]
written = st.tuples(st.sampled_from(READ), st.sampled_from("01"), likely | anything, st.integers(0, 2**16))


def entries(wanted: list[Written]) -> Iterator[Entry]:
    """Entries that replace, or rest on, some of those before them."""
    known: list[tuple[str, str, str]] = []
    for (kind, register), number, value, chance in wanted:
        subject = f"{kind}:{number}"
        same = [old for old, *of in known if of == [subject, register]]
        replaces = tuple(old for old in same if chance % 3)
        rests = tuple(cite(old, of) for old, _, of in known[-2:] if chance % 5 == 0)
        new = entry(
            subject=subject,
            writes={register: Write(value, replaces)},
            rests_on=rests,
            decision=Decision("do", "permit", "", "") if rests else None,
            wall=f"2026-03-05T09:30:{chance % 60:02}.000+08:00",
        )
        known.append((new.id, subject, register))
        yield new


def streams(made: list[Entry], chance: Random) -> list[list[Row]]:
    """The entries of two terminals, a doctor's in a stream of their own."""
    key = Ed25519PrivateKey.generate()
    by = {(code, name): Stream(code, key, name) for code in ("AAAA", "BBBB") for name in (OFFICE, HEALTH)}
    for one in made:
        name = HEALTH if one.subject.startswith("health:") else OFFICE
        by[chance.choice(("AAAA", "BBBB")), name].write([one])
    return [stream.rows for stream in by.values() if stream.rows]


def batches(sent: list[list[Row]], chance: Random) -> Iterator[list[Row]]:
    """All rows in any mixture and any cut, each stream in its order."""
    waiting, batch = [list(stream) for stream in sent], []
    while any(waiting):
        batch.append(chance.choice([stream for stream in waiting if stream]).pop(0))
        if chance.random() < 0.3:
            yield batch
            batch = []
    yield batch


def same_everywhere(
    folders: pytest.TempPathFactory, sent: list[list[Row]], orders: list[list[list[Row]]]
) -> None:
    """Views that were kept up with each order are like one another, proved, and those of a rebuild."""
    with Store.open(folders.mktemp("views") / "store.db", bytes(32)) as store:
        with store.write() as connection:
            receive(connection, [row for stream in sent for row in stream], fold=False)
        rebuild(store)
        rebuilt = views(store)
    for order in orders:
        with Store.open(folders.mktemp("views") / "store.db", bytes(32)) as store:
            for batch in order:
                take(store, batch)
            assert views(store) == rebuilt
            assert prove(store)


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(wanted=st.lists(written, min_size=1, max_size=14), seed=st.integers(0, 2**32))
def test_whatever_entries_hold_the_views_are_those_of_a_rebuild_in_any_order(
    tmp_path_factory: pytest.TempPathFactory, wanted: list[Written], seed: int
) -> None:
    chance = Random(seed)
    sent = streams(list(entries(wanted)), chance)
    same_everywhere(tmp_path_factory, sent, [list(batches(sent, chance)) for _ in range(2)])


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(wanted=st.lists(written, min_size=1, max_size=14), seed=st.integers(0, 2**32))
def test_the_store_folds_batches_as_the_reference_folds_entry_by_entry(
    store: Store, wanted: list[Written], seed: int
) -> None:
    chance = Random(seed)
    sent = streams(list(entries(wanted)), chance)
    reference = Memories()
    for row in chance.sample(arrived := [row for stream in sent for row in stream], len(arrived)):
        receive_entry(reference, decode(row.body or b""))
    with undone(store) as connection:
        for batch in batches(sent, chance):
            receive(connection, batch)
        memory = SqlMemory(connection)
        assert {subject: memory.state(subject) for subject in reference.states} == reference.states
        shaken = connection.execute('SELECT decision, "by", "over" FROM view_shaken').fetchall()
        assert set(shaken) == reference.shaken


NEW, MORE = 1, 3  # replaces what was there; stands beside it
CASE = (("case", "number"), "0", "A1", NEW)
PERMIT = (("permit", "number"), "0", "P1", NEW)


@pytest.mark.parametrize(
    "wanted",
    [
        pytest.param([(("lodging", "case"), "0", "case:0", NEW)], id="a case of which nothing else is known"),
        pytest.param([(("lodging", "case"), "0", "person:0", NEW)], id="a person for a case"),
        pytest.param([CASE, (("case", "permit"), "0", "person:0", NEW)], id="a person for a permit"),
        pytest.param(
            [CASE, (("case", "permit"), "0", "permit:0", NEW), PERMIT], id="a permit that names no case"
        ),
        pytest.param(
            [
                CASE,
                (("case", "permit"), "0", "permit:0", NEW),
                PERMIT,
                (("permit", "case"), "0", "case:0", NEW),
                (("permit", "case"), "0", "case:1", NEW),
            ],
            id="a permit that goes to another case",
        ),
        pytest.param([PERMIT, (("permit", "number"), "0", None, NEW)], id="a permit that loses its number"),
        pytest.param(
            [
                PERMIT,
                (("permit", "status"), "0", "void", MORE),
                (("permit", "status"), "0", "void", MORE + 3),
            ],
            id="a permit that two void",
        ),
        pytest.param(
            [
                CASE,
                (("case", "guarantee"), "0", "guarantee:0", NEW),
                (("guarantee", "case"), "0", "case:0", NEW),
                (("guarantee", "guarantor"), "0", "guarantor:0", NEW),
                (("guarantor", "name"), "0", "A", MORE),
                (("guarantor", "name"), "0", "B", MORE),
            ],
            id="a guarantor with two names",
        ),
    ],
)
def test_what_came_one_by_one_or_the_other_way_round_is_that_of_a_rebuild(
    tmp_path_factory: pytest.TempPathFactory, wanted: list[Written]
) -> None:
    key = Ed25519PrivateKey.generate()
    sent = [Stream(f"{at:04}", key).write([one]) for at, one in enumerate(entries(wanted))]
    same_everywhere(tmp_path_factory, sent, [sent, sent[::-1]])
