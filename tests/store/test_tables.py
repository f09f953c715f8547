"""The migrations make the tables that `tables.py` describes, and the journal only grows."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from sqlalchemy import create_engine
from sqlcipher3 import dbapi2 as driver

from kiosk.store import tables
from kiosk.store.database import Connection, Store


def described(connection: Connection) -> dict[str, object]:
    """Every table: with or without row numbers, its columns, its indexes; named by SQLite alike for both."""
    listed = connection.execute("PRAGMA table_list").fetchall()
    names = {
        row[1]: row[4]
        for row in listed
        if row[2] == "table" and not row[1].startswith(("sqlite_", "search_gram", "alembic"))
    }
    return {
        name: (
            without_rowid,
            [row[1:6] for row in connection.execute(f"PRAGMA table_info({name})")],
            sorted(indexes(connection, name)),
        )
        for name, without_rowid in names.items()
    }


def indexes(connection: Connection, table: str) -> Iterator[tuple[str, bool, tuple[str, ...]]]:
    for _, name, unique, origin, *_ in connection.execute(f"PRAGMA index_list({table})").fetchall():
        columns = tuple(row[2] for row in connection.execute(f"PRAGMA index_info({name})"))
        yield (name if origin == "c" else origin, bool(unique), columns)


def test_migrations_and_tables_agree(store: Store) -> None:
    engine = create_engine("sqlite://")
    tables.metadata.create_all(engine)
    with engine.connect() as bound, store.read() as connection:
        ours = described(connection)
        assert ours == described(bound.connection.driver_connection)  # type: ignore[arg-type]
    engine.dispose()
    assert set(ours) == set(tables.metadata.tables)


def inserted(sequence: int, entry: str) -> str:
    """INTO … VALUES of one entry."""
    return (
        "INTO entry (office, terminal, stream, sequence, id, act, subject, body, salt, commitment, previous,"
        " hash) "
        f"VALUES ('o', 't', 's', {sequence}, '{entry}', 'a', 'person:{entry}', 'body', 'salt', 'c', 'p', 'h')"
    )


@pytest.fixture
def journal(store: Store) -> Store:
    with store.write() as connection:
        connection.execute("INSERT " + inserted(1, "1"))
        connection.execute("INSERT " + inserted(2, "2"))
    return store


def rows(store: Store) -> list[tuple[object, ...]]:
    with store.read() as connection:
        return list(connection.execute("SELECT * FROM entry ORDER BY sequence").fetchall())


ERASE = "INSERT INTO erasure VALUES ('person:1', '2026-03-05', 'asked for')"
REFUSED = {
    "delete": ["DELETE FROM entry WHERE sequence = 1"],
    "delete of an erased subject": [ERASE, "DELETE FROM entry WHERE subject = 'person:1'"],
    "delete of all": ["DELETE FROM entry"],
    "emptying without an erasure": ["UPDATE entry SET body = NULL, salt = NULL"],
    "emptying another subject": [ERASE, "UPDATE entry SET body = NULL, salt = NULL"],
    "emptying half": [ERASE, "UPDATE entry SET body = NULL WHERE sequence = 1"],
    "another body": [ERASE, "UPDATE entry SET body = x'00', salt = NULL WHERE sequence = 1"],
    "same values": ["UPDATE entry SET hash = hash"],
    "same id": ["INSERT OR REPLACE " + inserted(3, "1")],
    "same place": ["INSERT OR REPLACE " + inserted(1, "3")],
    "upsert": ["INSERT " + inserted(1, "1") + " ON CONFLICT DO UPDATE SET body = x'00'"],
}
OTHERS = (
    "office",
    "terminal",
    "stream",
    "sequence",
    "id",
    "act",
    "subject",
    "commitment",
    "previous",
    "hash",
)
for column in OTHERS:
    changed = f"UPDATE entry SET body = NULL, salt = NULL, {column} = 9 WHERE sequence = 1"  # noqa: S608
    REFUSED[f"{column} while emptying"] = [ERASE, changed]


@pytest.mark.parametrize("attempt", REFUSED)
def test_the_journal_only_grows(journal: Store, attempt: str) -> None:
    before = rows(journal)
    *allowed, refused = REFUSED[attempt]
    with journal.write() as connection:
        for statement in allowed:
            connection.execute(statement)
        with pytest.raises(driver.IntegrityError, match="only grows"):
            connection.execute(refused)
    assert rows(journal) == before


def test_erasure_takes_payload_and_salt_of_its_subject_alone(journal: Store) -> None:
    first, second = rows(journal)
    with journal.write() as connection:
        connection.execute(ERASE)
        connection.execute("UPDATE entry SET body = NULL, salt = NULL WHERE subject = 'person:1'")
    erased = tuple(None if value in ("body", "salt") else value for value in first)
    assert rows(journal) == [erased, second]
    assert erased != first
