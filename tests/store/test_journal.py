"""Appending, chains over commitments, and the views that follow: on a real SQLCipher store."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest
from sqlcipher3 import dbapi2 as driver

from kiosk.errors import Refused
from kiosk.model.entries import HEALTH, LONGEST_NAME, OFFICE, Entry, Write, decode
from kiosk.store import journal, views
from kiosk.store.database import Store
from kiosk.store.memory import SqlMemory
from tests.store.compared import erase


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store.open(tmp_path / "store.db", secrets.token_bytes(32)) as opened:
        yield opened


def entry(number: int, *, stream: str = OFFICE, act: str = "", **writes: str) -> Entry:
    return Entry(
        id=f"entry-{number}",
        act=act or f"act-{number}",
        act_size=0,
        subject="person:1",
        kind="recorded",
        version=1,
        writes={register: Write(value) for register, value in writes.items()},
        actor="R001",
        role="reception",
        office="RL01",
        terminal="TEST",
        stream=stream,
        sequence=0,
        time=number,
        wall="2026-03-05T09:00:00+08:00",
    )


def write(store: Store, *act: Entry) -> tuple[Entry, ...]:
    with store.write() as connection:
        written = journal.append(connection, act)
        views.apply(SqlMemory(connection), written)
    return written


def findings(store: Store) -> list[str]:
    with store.read() as connection:
        return [str(finding) for finding in journal.verify(connection)]


def test_entries_are_numbered_without_gaps_in_each_stream(store: Store) -> None:
    written = write(
        store, entry(1, name="A"), entry(2, stream=HEALTH, note="x"), entry(3, act="act-1", name="B")
    )
    assert {(e.stream, e.sequence, e.act_size) for e in written} == {
        (OFFICE, 1, 2),
        (HEALTH, 1, 1),
        (OFFICE, 2, 2),
    }
    assert [e.sequence for e in write(store, entry(4, name="C"))] == [3]
    assert findings(store) == []


def test_what_could_not_be_read_again_is_not_written(store: Store) -> None:
    """A name is no longer than an index takes it."""
    with pytest.raises(msgspec.ValidationError):
        write(store, entry(1, name="A"), entry(2, act="act-1", **{"x" * (LONGEST_NAME + 1): "B"}))
    write(store, entry(3, **{"x" * LONGEST_NAME: "A"}))
    with store.read() as connection:
        assert [row.sequence for _, row in journal.rows(connection)] == [1]


def test_bytes_are_kept_as_written(store: Store) -> None:
    (written,) = write(store, entry(1, name="မမစံ 麻麻散"))
    with store.read() as connection:
        ((_, row),) = journal.rows(connection)
    assert row.body is not None
    assert decode(row.body) == written
    assert journal.commit_to(row.salt or b"", row.body) == row.commitment


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE entry SET body = x'00'",
        "UPDATE entry SET sequence = 9",
        "DELETE FROM entry",
        "INSERT OR REPLACE INTO entry SELECT * FROM entry",
    ],
)
def test_the_database_refuses_to_change_the_journal(store: Store, sql: str) -> None:
    write(store, entry(1, name="A"))
    with pytest.raises(driver.IntegrityError), store.write() as connection:
        connection.execute(sql)
    assert findings(store) == []


def tamper(store: Store, sql: str) -> None:
    """What one who holds the key could do: drop the triggers first."""
    with store.write() as connection:
        for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
            connection.execute(f"DROP TRIGGER {name}")
        connection.execute(sql)


@pytest.mark.parametrize(
    ("sql", "found"),
    [
        ("UPDATE entry SET body = CAST(replace(body, 'A', 'B') AS BLOB) WHERE sequence = 1", "was changed"),
        ("UPDATE entry SET body = 'text' WHERE sequence = 1", "was changed"),
        ("UPDATE entry SET subject = 'person:2' WHERE sequence = 1", "was changed"),
        ("UPDATE entry SET commitment = zeroblob(32) WHERE sequence = 2", "chain breaks"),
        ("DELETE FROM entry WHERE sequence = 2", "does not follow"),
        ("DELETE FROM entry WHERE sequence = 3", "head does not match"),
        ("DELETE FROM head", "has no head"),
    ],
)
def test_verify_finds_what_was_tampered_with(store: Store, sql: str, found: str) -> None:
    for number in (1, 2, 3):
        write(store, entry(number, name="A"))
    tamper(store, sql)
    assert any(found in finding for finding in findings(store))


def test_erasing_a_subject_leaves_a_chain_that_verifies(store: Store) -> None:
    write(store, entry(1, name="MA MA SAN"))
    write(store, entry(2, name="MA MA SAN MYINT"))
    with store.write() as connection:
        connection.execute(
            "INSERT INTO erasure (subject, at, reason) VALUES ('person:1', '2030-01-01', 'retention')"
        )
        connection.execute("UPDATE entry SET body = NULL, salt = NULL WHERE subject = 'person:1'")
    assert findings(store) == []
    with store.read() as connection:
        assert journal.of_subjects(connection, ["person:1"]) == []


def test_of_an_erased_subject_nothing_more_is_written(store: Store) -> None:
    write(store, entry(1, name="MA MA SAN"))
    with store.write() as connection:
        erase(connection, "person:1")
    with pytest.raises(Refused, match="was erased"):
        write(store, entry(2, name="MA MA SAN MYINT"))
    assert findings(store) == []


def test_the_last_entry_of_each_stream_is_found_without_walking_the_journal(store: Store) -> None:
    write(store, entry(1, name="A"), entry(2, stream=HEALTH, conclusion="FIT"))
    write(store, entry(3, name="B"))
    asked: list[str] = []

    class Asked:
        def execute(self, sql: str, *values: object) -> object:
            asked.append(sql)
            return connection.execute(sql, *values)

    with store.read() as connection:
        last = journal.last_entries(Asked())  # type: ignore[arg-type]
        plans = [
            str(connection.execute(f"EXPLAIN QUERY PLAN {sql}", ["x"] * sql.count("?")).fetchall())
            for sql in asked
        ]
    assert sorted(one.id for one in last) == ["entry-2", "entry-3"]
    assert not [plan for plan in plans if "SCAN entry" in plan]
