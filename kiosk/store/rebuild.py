"""Rebuilds the views from the journal, beside the old ones while work goes on, then swaps them.

The fold does not depend on order, so the journal is folded first and each subject projected once.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from hashlib import sha256

from kiosk.model.entries import ACCESS, KINDS, Entry, Kind, decode
from kiosk.model.registers import apply_act
from kiosk.store import acts, search
from kiosk.store.database import Connection, Store
from kiosk.store.memory import LIVE, NEXT, SqlMemory
from kiosk.store.views import project, project_cases, project_subjects, row_of

RULES = "8"  # what the views mean: another number when that changes
CHUNK = 2_000  # entries or subjects in one transaction: the writer waits no longer than that


def version_of(kinds: Mapping[str, Kind]) -> str:
    """Names what the views mean to a program of these kinds; another one in the store asks for a rebuild.

    What a program does not know may only be looked at: the next one, which does, makes the views anew.
    """
    known = sorted((name, kind.version) for name, kind in kinds.items())
    return f"{RULES}/{sha256(repr(known).encode()).hexdigest()[:8]}"


VERSION = version_of(KINDS)


def is_due(store: Store) -> bool:
    """Whether the views in the store were written by other rules."""
    with store.read() as connection:
        row = connection.execute("SELECT value FROM view_meta WHERE key = 'version'").fetchone()
    return row is None or row[0] != VERSION


def rebuild(store: Store, said: Callable[[str, int], None] = lambda step, count: None) -> int:
    """Makes all views anew; returns the number of entries folded. `said` hears of progress."""
    with store.write() as connection:
        _make_tables(connection)
    after = 0
    while True:
        with store.write() as connection:
            last = _fold(connection, after)
        said("folded", last)
        if last == after:
            break
        after = last
    _project_all(store, said)
    with store.write() as connection:
        _catch_up(connection, after)
        _swap(connection)
    _make_findable(store, said)
    return after


def _make_tables(connection: Connection) -> None:
    """Empty tables under the next prefix, like the live ones; only the indexes a projection needs."""
    for (name,) in connection.execute(
        "SELECT name FROM sqlite_master WHERE type = 'table' AND name LIKE 'next\\_%' ESCAPE '\\'"
    ).fetchall():
        connection.execute(f'DROP TABLE "{name}"')
    for name, sql in _live(connection, "table"):
        connection.execute(sql.replace(name, NEXT + name.removeprefix(LIVE), 1))
    connection.execute("CREATE INDEX next_case_person ON next_case (person)")
    connection.execute("CREATE INDEX next_document_document ON next_document (document, issuer)")


def _live(connection: Connection, kind: str) -> list[tuple[str, str]]:
    return [
        (name, sql)
        for name, sql in connection.execute("SELECT name, sql FROM sqlite_master WHERE type = ?", (kind,))
        if name.startswith(LIVE) and sql
    ]


def _fold(connection: Connection, after: int) -> int:
    """Folds the whole acts among the next entries."""
    memory = SqlMemory(connection, NEXT)
    after, _ = fold_next(memory, after, CHUNK)
    return after


def fold_next(memory: SqlMemory, after: int, limit: int) -> tuple[int, set[str]]:
    """Folds whole acts as one: the fold asks for no order. Returns the last arrival, and what changed.

    An act that is cut by the limit is folded with each of its parts: to fold it again changes nothing.
    """
    entries: list[Entry] = []
    rows = memory.connection.execute(
        "SELECT rowid, stream, body FROM entry WHERE rowid > ? ORDER BY rowid LIMIT ?", (after, limit)
    )
    for arrival, stream, body in rows:
        after = arrival
        if stream != ACCESS and body is not None:
            entries.append(decode(body))
    subjects = apply_act(memory, acts.whole(memory, entries))
    memory.save()
    return after, subjects


def _project_all(store: Store, said: Callable[[str, int], None]) -> None:
    """Every subject, then every case once."""
    with store.read() as connection:
        subjects = [subject for (subject,) in connection.execute("SELECT subject FROM next_state")]
    cases = [subject for subject in subjects if subject.startswith("case:")]
    others = [subject for subject in subjects if not subject.startswith("case:")]
    for part, write in ((others, project_subjects), (cases, project_cases)):
        for start in range(0, len(part), CHUNK):
            with store.write() as connection:
                write(SqlMemory(connection, NEXT), part[start : start + CHUNK])
            said("projected", start + CHUNK)


def _catch_up(connection: Connection, after: int) -> None:
    """What arrived while the rest was built."""
    memory = SqlMemory(connection, NEXT)
    _, subjects = fold_next(memory, after, -1)
    project(memory, subjects | memory.shaken_subjects)


def _swap(connection: Connection) -> None:
    connection.execute("DROP INDEX next_case_person")
    connection.execute("DROP INDEX next_document_document")
    indexes = _live(connection, "index")
    for name, _ in _live(connection, "table"):
        connection.execute(f"DROP TABLE {name}")
        connection.execute(f"ALTER TABLE {NEXT}{name.removeprefix(LIVE)} RENAME TO {name}")
    for _, sql in indexes:
        connection.execute(sql)
    connection.execute("INSERT INTO view_meta (key, value) VALUES ('version', ?)", (VERSION,))


def _make_findable(store: Store, said: Callable[[str, int], None]) -> None:
    with store.read() as connection:
        texts = [
            (case, row_of(body).texts())
            for case, body in connection.execute("SELECT case_id, body FROM view_case")
        ]
        texts += [
            (guarantor, (name, code))
            for code, guarantor, name in connection.execute(
                "SELECT code, guarantor, name FROM view_guarantor"
            )
        ]
    for start in range(0, len(texts), CHUNK):
        with store.write() as connection:
            search.index(connection, dict(texts[start : start + CHUNK]))
        said("findable", start + CHUNK)
