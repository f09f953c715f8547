"""The contract of every store: SQLCipher at a terminal, SQLite and PostgreSQL at the centre, one journal."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager
from pathlib import Path
from random import Random
from typing import Protocol

import psycopg
import pytest
from msgspec.structs import replace

from central.database import POSTGRES, Database, Interrupted, open_database
from central.postgres import Postgres
from kiosk.errors import BrokenJournal, StoreBusy, StoreError
from kiosk.model.chain import stub_id
from kiosk.store import journal
from kiosk.store.database import Connection, Store
from kiosk.store.receiving import Fork, Gap
from kiosk.store.search import search
from tests.central.cluster import Cluster
from tests.central.machine import act, entry
from tests.office import Office
from tests.store.compared import batches, rows, take, views

COPIED = "office, terminal, stream, {}, act, subject, commitment, previous, hash"
AGAIN = f"INSERT INTO entry (id, {COPIED}) SELECT id, {COPIED} FROM entry"  # noqa: S608
AGAIN = AGAIN.format("sequence", "sequence + 9")


class Kept(Protocol):
    """What the three have in common."""

    def write(self) -> AbstractContextManager[Connection]: ...
    def read(self) -> AbstractContextManager[Connection]: ...
    def close(self) -> None: ...


@pytest.fixture(params=("sqlcipher", "sqlite", "postgresql"))
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Kept]:
    made: Kept
    if request.param == "sqlcipher":
        made = Store.open(tmp_path / "store.db", bytes(32))
    elif request.param == "sqlite":
        made = open_database(f"sqlite:///{tmp_path / 'centre.db'}")
    else:
        cluster: Cluster = request.getfixturevalue("cluster")
        made = open_database(cluster.database(template=request.getfixturevalue("prepared")))
    yield made
    made.close()


def count(store: Kept) -> int:
    with store.read() as connection:
        return int(connection.execute("SELECT count(*) FROM entry").fetchone()[0])


def test_acts_are_appended_chained_and_verified(store: Kept) -> None:
    with store.write() as connection:
        written = journal.append(connection, act(entry(terminal="AAAA"), entry(terminal="AAAA")))
        journal.append(connection, [entry(terminal="AAAA")])
    assert [(one.sequence, one.act_size) for one in written] == [(1, 2), (2, 2)]
    with store.read() as connection:
        assert journal.verify(connection) == []
        assert journal.head(connection, "RL01", "AAAA", "office")[0] == 3
        assert [one.id for one in journal.of_ids(connection, [written[0].id])] == [written[0].id]
        assert [one.id for one in journal.of_subjects(connection, [written[1].subject])] == [written[1].id]


def test_a_transaction_that_fails_leaves_nothing(store: Kept) -> None:
    with pytest.raises(ZeroDivisionError), store.write() as connection:
        journal.append(connection, [entry(terminal="AAAA"), entry(terminal="AAAA", wall=1 // count(store))])
    assert count(store) == 0


@pytest.mark.parametrize("seed", range(3))
def test_any_cut_and_any_mixture_of_streams_gives_the_authors_views(
    store: Kept, author: Office, seed: int
) -> None:
    for batch in batches(rows(author.store), Random(seed)):
        take(store, batch)
    assert views(store) == views(author.store)
    with store.read() as connection:
        assert journal.verify(connection) == []
        (case,) = author.desk.find(author.reception, "ko ko")
        assert search(connection, "ko ko", 5, "case:") == [case.case]
        with author.store.read() as theirs:
            for text in ("1000", "san", "မ", "m10000"):
                assert sorted(search(connection, text, 9)) == sorted(search(theirs, text, 9))


def test_what_came_before_is_passed_over_and_a_gap_and_a_fork_are_told(store: Kept, author: Office) -> None:
    sent = [row for row in rows(author.store) if row.stream == "office"]
    take(store, sent[:5])
    assert take(store, sent[:8]) == 3
    with pytest.raises(Gap) as gap:
        take(store, sent[9:])
    assert gap.value.expected == 9
    with pytest.raises(Fork):
        take(store, [replace(sent[2], body=None, salt=None, commitment=bytes(32))])
    assert count(store) == 8


def test_a_row_that_was_changed_is_refused_with_its_batch(store: Kept, author: Office) -> None:
    sent = rows(author.store)
    assert sent[5].body is not None
    sent[5] = replace(sent[5], body=sent[5].body.replace(b"R001", b"R002"))
    with pytest.raises(BrokenJournal):
        take(store, sent)
    assert count(store) == 0


@pytest.mark.parametrize(
    "statement",
    [
        "DELETE FROM entry",
        "UPDATE entry SET body = NULL, salt = NULL",
        "UPDATE entry SET subject = 'person:other'",
        "UPDATE entry SET hash = previous",
        "INSERT INTO entry SELECT * FROM entry",
        AGAIN,
    ],
)
def test_the_journal_only_grows(store: Kept, author: Office, statement: str) -> None:
    take(store, rows(author.store)[:3])
    before = dump(store)
    with pytest.raises(Exception, match=r"only grows|duplicate key|busy"), store.write() as connection:
        connection.execute(statement)
    assert dump(store) == before


def dump(store: Kept) -> list[tuple[object, ...]]:
    with store.read() as connection:
        return connection.execute("SELECT * FROM entry ORDER BY sequence, stream").fetchall()


def test_an_erased_payload_goes_and_the_chain_still_holds(store: Kept, author: Office) -> None:
    take(store, rows(author.store))
    with store.write() as connection:
        person = connection.execute("SELECT person FROM view_document").fetchone()[0]
        connection.execute("INSERT INTO erasure (subject, at, reason) VALUES (?, '', '')", (person,))
        connection.execute("UPDATE entry SET body = NULL, salt = NULL WHERE subject = ?", (person,))
    with store.read() as connection:
        assert journal.verify(connection) == []


def test_a_stub_is_filled_by_its_own_payload_alone(store: Kept, author: Office) -> None:
    first = rows(author.store)[0]
    assert first.body is not None
    stub = replace(
        first, id=stub_id(first.terminal, first.stream, 1), act="", subject="", body=None, salt=None
    )
    take(store, [stub])
    with pytest.raises(BrokenJournal):
        take(store, [replace(first, body=first.body.replace(b"R001", b"R002"))])
    assert take(store, [first]) == 1
    assert take(store, [first]) == 0


def test_a_snapshot_sees_what_was_committed_when_it_began(store: Kept) -> None:
    with store.read() as connection:
        connection.execute("SELECT count(*) FROM entry").fetchone()
        with store.write() as writing:
            journal.append(writing, [entry(terminal="AAAA")])
        assert connection.execute("SELECT count(*) FROM entry").fetchone()[0] == 0
    assert count(store) == 1


def test_reading_writes_nothing(store: Kept) -> None:
    with pytest.raises(Exception, match=r"read-?only|disk"), store.read() as connection:
        connection.execute("DELETE FROM identity")


# --- what only the centre's databases do ---------------------------------------------------------------


def test_a_transaction_that_was_interrupted_is_done_again(database_url: str) -> None:
    with open_database(database_url) as database:
        tries = []

        def work(connection: Connection) -> int:
            tries.append(connection)
            connection.execute("INSERT INTO identity (key, value) VALUES ('a', ?)", (b"1",))
            if len(tries) < 3:
                raise Interrupted(StoreError.__doc__)  # type: ignore[arg-type]
            return len(tries)

        assert database.transact(work) == 3
        with database.read() as connection:
            assert connection.execute("SELECT count(*) FROM identity").fetchone()[0] == 1


def test_a_database_is_opened_again_as_it_was(database_url: str) -> None:
    with open_database(database_url) as database, database.write() as connection:
        connection.execute("INSERT INTO identity (key, value) VALUES ('a%', ?)", (b"\0x",))
    with open_database(database_url) as database, database.read() as connection:
        found = connection.execute("SELECT value FROM identity WHERE key LIKE 'a%' AND key <> ?", ("?",))
        assert found.fetchall() == [(b"\0x",)]


@pytest.mark.parametrize(
    ("found", "says"), [("nowhere", "no schema has been selected"), ("closed", "permission denied")]
)
def test_where_the_account_may_make_no_tables_is_said(
    cluster: Cluster, postgres_url: str, found: str, says: str
) -> None:
    with psycopg.connect(postgres_url.replace(POSTGRES, "postgresql://")) as owner:
        owner.execute("CREATE SCHEMA closed")
        owner.execute(f"CREATE ROLE {found}_to LOGIN")
        owner.execute(f"GRANT USAGE ON SCHEMA closed TO {found}_to")
    limited = postgres_url.replace("postgres@", f"{found}_to@")
    with pytest.raises(StoreError) as error:
        open_database(f"{limited}&options=-csearch_path%3D{found}")
    assert says in str(error.value)
    assert "docs/central.md" in str(error.value)


def test_a_newer_database_is_refused(database_url: str) -> None:
    with open_database(database_url) as database, database.write() as connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
    with pytest.raises(StoreError, match="newer version"):
        open_database(database_url)


def test_a_server_whose_connections_are_all_in_use_is_busy(
    postgres_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("central.postgres.CONNECTIONS", 1)
    monkeypatch.setattr("central.postgres.REACHED_SECONDS", 2.0)
    database = Postgres(postgres_url)
    with database.read(), pytest.raises(StoreBusy), database.read():
        pass
    database.close()


@pytest.mark.parametrize(
    "url", ["mysql://x", "postgresql+psycopg://nobody@127.0.0.1:1/none", "sqlite:////dev/null/x/centre.db"]
)
def test_what_cannot_be_reached_is_said(url: str) -> None:
    with pytest.raises(StoreError):
        open_database(url)


def test_a_server_that_is_killed_is_found_again(cluster: Cluster, prepared: str) -> None:
    database: Database = open_database(cluster.database(template=prepared))
    with database.write() as connection:
        journal.append(connection, [entry(terminal="AAAA")])
    cluster.kill()
    with pytest.raises(StoreError, match="cannot be reached"), database.write() as connection:
        journal.append(connection, [entry(terminal="AAAA")])
    cluster.start()
    with database.write() as connection:
        journal.append(connection, [entry(terminal="AAAA")])
    assert count(database) == 2
    database.close()
