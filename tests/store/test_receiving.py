"""Rows of other terminals: checked, kept as they are, folded; the same state whatever way they came."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from random import Random

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from kiosk.errors import BrokenJournal
from kiosk.model.chain import Head, stub_id
from kiosk.model.entries import ACCESS, Write
from kiosk.store import journal
from kiosk.store.memory import SqlMemory
from kiosk.store.rebuild import rebuild
from kiosk.store.receiving import Fork, Gap, cursor, receive, set_cursor
from tests.central.machine import Stream, act, entry
from tests.office import EMPLOYER, Office
from tests.store.compared import Counted, batches, erase, rows, take, views


@pytest.fixture
def other(tmp_path: Path) -> Iterator[Office]:
    office = Office(tmp_path)
    yield office
    office.close()


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(seed=st.integers(0, 2**32))
def test_any_cut_and_any_mixture_of_streams_gives_the_authors_views(
    author: Office, tmp_path_factory: pytest.TempPathFactory, seed: int
) -> None:
    chance = Random(seed)
    other = Office(tmp_path_factory.mktemp("other"))
    for batch in batches(rows(author.store), chance):
        take(other.store, batch)
    assert views(other.store) == views(author.store)
    rebuild(other.store)
    assert views(other.store) == views(author.store)
    with other.store.read() as connection:
        assert journal.verify(connection) == []
    other.close()


@pytest.mark.parametrize("cuts", [(), (1,), (2,), (4,), (1, 4, 6), (3, 5), (7,)], ids=str)
def test_acts_that_bear_one_name_are_all_folded_however_they_arrive(
    other: Office, cuts: tuple[int, ...]
) -> None:
    """Only a hostile terminal names another act like one before: apart from it, or right behind it."""
    person, name = "person:1", "one name"
    pairs = [act(*(entry(act=name, subject=person) for _ in "12")) for _ in "12"]
    written = [
        *pairs[0], *pairs[1], entry(), *(entry(act=name, subject=person) for _ in "12"), entry(),
        entry(act=name, subject=person),
    ]  # fmt: skip
    named = [replace(one, writes={f"said_{at}": Write(at)}) for at, one in enumerate(written)]
    sent = Stream("ZZZZ", Ed25519PrivateKey.generate()).write(named)
    for first, last in zip((0, *cuts), (*cuts, len(sent)), strict=True):
        take(other.store, sent[first:last])
    with other.store.read() as connection:
        state = SqlMemory(connection).state(person)
    assert set(state.registers) == {f"said_{at}" for at in (0, 1, 2, 3, 5, 6, 8)}
    found = views(other.store)
    rebuild(other.store)
    assert views(other.store) == found


def test_a_case_begun_at_one_desk_goes_on_at_the_next(author: Office, other: Office) -> None:
    case = author.register(author.person(**{"person.name": "MYO MIN"}))
    take(other.store, rows(author.store))
    assert [row.case for row in other.desk.find(other.reception, "myo min")] == [case]
    other.clear(case)
    other.sign(case, **EMPLOYER)
    take(author.store, [row for row in rows(other.store) if row.terminal == other.desk.terminal.code])
    assert author.desk.case(author.reception, case).facts["clearance.valid_to"]
    assert views(author.store) == views(other.store)


def test_what_two_desks_wrote_while_apart_is_contested_at_both(author: Office, other: Office) -> None:
    case = author.register()
    take(other.store, rows(author.store))
    author.desk.record(author.reception, case, {"person.phone": "+8613800138011"})
    other.desk.record(other.reception, case, {"person.phone": "+8613800138022"})
    for here, there in ((author, other), (other, author)):
        take(here.store, [row for row in rows(there.store) if row.terminal == there.desk.terminal.code])
    for office in (author, other):
        assert "person.phone" in office.desk.case(office.reception, case).contested
    assert views(author.store) == views(other.store)


def test_what_came_before_is_passed_over(author: Office, other: Office) -> None:
    sent = rows(author.store)
    assert take(other.store, sent[:10]) == 10
    assert take(other.store, sent) == len(sent) - 10
    assert take(other.store, sent) == 0


def test_a_row_that_was_changed_is_refused_and_nothing_of_its_batch_is_kept(
    author: Office, other: Office
) -> None:
    sent = rows(author.store)
    assert sent[5].body is not None
    sent[5] = replace(sent[5], body=sent[5].body.replace(b"R001", b"R002"))
    with pytest.raises(BrokenJournal):
        take(other.store, sent)
    assert rows(other.store) == []


def test_a_missing_row_is_asked_for(author: Office, other: Office) -> None:
    office = [row for row in rows(author.store) if row.stream == "office"]
    with pytest.raises(Gap) as found:
        take(other.store, [office[0], *office[2:]])
    assert (found.value.place[2], found.value.expected) == ("office", 2)


def test_two_histories_under_one_name_are_told(author: Office, other: Office) -> None:
    sent = [row for row in rows(author.store) if row.stream == "office"]
    take(other.store, sent)
    with pytest.raises(Fork) as found:
        take(other.store, [replace(sent[2], body=None, salt=None, commitment=bytes(32))])
    assert found.value.sequence == 3


def test_what_is_held_back_comes_as_a_stub_and_is_filled_when_it_is_released(
    author: Office, other: Office
) -> None:
    sent = [row for row in rows(author.store) if row.stream == "office"]
    act = sent[-1].act
    stubs = [
        replace(
            row, id=stub_id(row.terminal, row.stream, row.sequence), act="", subject="", body=None, salt=None
        )
        if row.act == act
        else row
        for row in sent
    ]
    take(other.store, stubs)
    assert views(other.store) != views(author.store)
    with other.store.read() as connection:
        assert journal.verify(connection) == []
    rebuild(other.store)
    released = [row for row in sent if row.act == act]
    assert take(other.store, released * 2) == len(released)  # where it stood, and where that was announced
    health = [row for row in rows(author.store) if row.stream == "health"]
    take(other.store, health)
    assert views(other.store) == views(author.store)


def test_of_a_subject_that_was_erased_here_no_payload_is_kept_whenever_it_comes(
    author: Office, other: Office
) -> None:
    sent = [row for row in rows(author.store) if row.stream == "office"]
    person = next(row.subject for row in sent if row.subject.startswith("person:"))
    case = next(row.subject for row in sent if row.subject.startswith("case:"))
    at = max(at for at, row in enumerate(sent) if row.subject == person)
    take(other.store, sent[:at])
    with other.store.write() as connection:
        erase(connection, person)
    rebuild(other.store)
    assert take(other.store, sent[at:]) == len(sent) - at
    assert {row.body is None for row in rows(other.store) if row.subject == person} == {True}
    assert {row.body is None for row in rows(other.store) if row.subject != person} == {False}
    assert take(other.store, sent) == 0
    assert other.state(case, "registration") == author.state(case, "registration")
    before = views(other.store)
    rebuild(other.store)
    assert views(other.store) == before
    with other.store.read() as connection:
        assert journal.verify(connection) == []


def test_what_comes_twice_in_a_batch_counts_once(author: Office, other: Office) -> None:
    """What was released comes where it stood, and where that was announced; perhaps as a stub at first."""
    sent = rows(author.store)
    last = sent[-1]
    stub = stub_id(last.terminal, last.stream, last.sequence)
    held = replace(last, id=stub, act="", subject="", body=None, salt=None)
    assert take(other.store, [*sent[:-1], held, last, *sent[-5:]]) == len(sent)
    assert views(other.store) == views(author.store)
    with other.store.read() as connection:
        assert journal.verify(connection) == []


def test_two_rows_at_one_place_of_a_batch_are_two_histories(author: Office, other: Office) -> None:
    sent = [row for row in rows(author.store) if row.stream == "office"]
    with pytest.raises(Fork) as found:
        take(other.store, [*sent, replace(sent[2], body=None, salt=None, commitment=bytes(32))])
    assert found.value.sequence == 3


def test_a_stub_is_not_filled_by_anything_else(author: Office, other: Office) -> None:
    first = rows(author.store)[0]
    stub = replace(
        first, id=stub_id(first.terminal, first.stream, 1), act="", subject="", body=None, salt=None
    )
    take(other.store, [stub])
    assert first.body is not None
    forged = replace(first, body=first.body.replace(b"R001", b"R002"))
    with pytest.raises(BrokenJournal):
        take(other.store, [forged])


def test_the_signature_of_a_head_is_kept_while_it_is_the_head(author: Office, other: Office) -> None:
    sent = [row for row in rows(author.store) if row.stream == "office"]
    head = Head(sent[0].office, sent[0].terminal, "office", 3, sent[2].hash, b"signed")
    with other.store.write() as connection:
        receive(connection, sent[:3], [head])
        kept = connection.execute("SELECT signature FROM head").fetchall()
        receive(connection, sent[:3])
        again = connection.execute("SELECT signature FROM head").fetchall()
        receive(connection, sent[3:4])
        after = connection.execute("SELECT signature FROM head").fetchall()
    assert (kept, again, after) == ([(b"signed",)], [(b"signed",)], [(None,)])


def test_the_cursor_stands_with_the_rows(other: Office) -> None:
    with other.store.write() as connection:
        set_cursor(connection, {"RL01/office": 7})
        set_cursor(connection, {"RL01/office": 9, "RL01/health": 2})
    with other.store.read() as connection:
        assert cursor(connection) == {"RL01/office": 9, "RL01/health": 2}


def statements_for(folder: Path, cases: int) -> list[str]:
    """What a new terminal's store is asked for one batch about some cases."""
    author, reader = Office(folder / "author"), Office(folder / "reader")
    for number in range(cases):
        case = author.register(author.person(**{"person.document_number": f"MM{number:07}"}))
        author.clear(case)
        author.sign(case, **EMPLOYER)
    sent = [row for row in rows(author.store) if row.stream != ACCESS]
    with reader.store.write() as connection:
        counted = Counted(connection)
        receive(counted, sent)
    assert views(reader.store) == views(author.store)
    author.close()
    reader.close()
    return counted.statements


def test_a_batch_asks_no_more_often_when_it_brings_more_cases(tmp_path: Path) -> None:
    one, six = (statements_for(tmp_path / str(cases), cases) for cases in (1, 6))
    assert len(six) < 2 * len(one)  # of some tables a hundred rows in one statement, and those left over


def test_an_act_may_rest_on_more_than_one_statement_may_ask_for(other: Office) -> None:
    with other.store.read() as connection:
        memory = SqlMemory(connection)
        many = [f"entry-{number}" for number in range(40_000)]
        assert memory.replacements(many) == []
        assert memory.decisions_on([(entry, "name") for entry in many]) == []
