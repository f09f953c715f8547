"""Proves views that came packed from the centre: the journal is folded once more, and both are compared.

The fold goes into a file of its own beside the store, encrypted under the same key, so that nobody who writes
ever waits for it. It works in small slices, and one that was stopped goes on where it was.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from itertools import zip_longest
from pathlib import Path
from typing import Any, TypeVar

from sqlcipher3 import dbapi2 as driver

from kiosk.errors import StoreError
from kiosk.store import search
from kiosk.store.database import Connection, Store
from kiosk.store.files import remove
from kiosk.store.memory import LIVE, SqlMemory, state_of
from kiosk.store.rebuild import VERSION, fold_next
from kiosk.store.snapshots import VIEWS
from kiosk.store.views import project, project_cases, project_subjects

SUFFIX = ".proof"  # added to the store's name
SLICE = 100  # entries or subjects between two breaths
COMPARED = 1_000  # rows of a view between two breaths
TRIES = 2  # an entry that was released behind the fold is seen by the second one

GoOn = Callable[[], None]
Found = TypeVar("Found")


def prove(store: Store, go_on: GoOn = lambda: None) -> bool:
    """Whether the views are what the journal says.

    `go_on` is called between slices; it may wait, and may raise to stop.
    """
    path = store.path.with_name(store.path.name + SUFFIX)
    for _ in range(TRIES):
        connection = _open(store, path)
        try:
            holds = _Proof(connection, go_on).holds()
        finally:
            connection.close()
        remove(path)
        if holds:
            return True
    return False


def _open(store: Store, path: Path) -> Connection:
    """What an earlier proof left, or a new file with empty views."""
    if path.exists():
        try:
            connection = store.reading_into(path)
            if connection.execute("SELECT version FROM mark").fetchone() == (VERSION,):
                return connection
            connection.close()
        except (driver.DatabaseError, StoreError):
            pass  # a machine that was switched off left half a file
        remove(path)
    connection = store.reading_into(path)
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = NORMAL")
    with _slice(connection):
        rows = connection.execute(
            "SELECT sql FROM live.sqlite_master WHERE sql IS NOT NULL "
            "AND (tbl_name LIKE 'view\\_%' ESCAPE '\\' OR name = 'search_fresh') ORDER BY type DESC"
        ).fetchall()
        for (sql,) in rows:
            connection.execute(sql)
        connection.execute("CREATE TABLE mark (after INTEGER NOT NULL, version TEXT NOT NULL)")
        connection.execute("INSERT INTO mark VALUES (0, ?)", (VERSION,))
    return connection


@contextmanager
def _slice(connection: Connection) -> Iterator[None]:
    """One transaction; what is read of the store is as of its begin."""
    connection.execute("BEGIN")
    try:
        yield
        connection.execute("COMMIT")
    except BaseException:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise


class _Proof:
    """Names without a schema are the proof's own; its journal is the store's, since it has none."""

    def __init__(self, connection: Connection, go_on: GoOn) -> None:
        self.connection, self.go_on = connection, go_on
        (self.after,) = connection.execute("SELECT after FROM mark").fetchone()

    def holds(self) -> bool:
        while self._fold():
            self.go_on()
        self._project_all()
        return self._at_one_moment(self._finds_the_same) and all(
            self._is_equal_in(table) for table in VIEWS if table.startswith(LIVE)
        )

    def _at_one_moment(self, compare: Callable[[], Found]) -> Found:
        """What a comparison gives when nothing came meanwhile.

        It breathes before and afterwards, never within: a reading that stays open lets the store's log grow.
        """
        while True:
            self.go_on()
            with _slice(self.connection):
                if not self._catch_up():
                    return compare()

    def _memory(self) -> SqlMemory:
        return SqlMemory(self.connection, LIVE, make_findable=search.keep)

    def _fold(self) -> bool:
        """Folds the next entries; whether there were any."""
        before = self.after
        with _slice(self.connection):
            self.after, _ = fold_next(self._memory(), before, SLICE)
            self.connection.execute("UPDATE mark SET after = ?", (self.after,))
        return bool(self.after != before)

    def _project_all(self) -> None:
        subjects = [subject for (subject,) in self.connection.execute("SELECT subject FROM view_state")]
        cases = [subject for subject in subjects if subject.startswith("case:")]
        others = [subject for subject in subjects if not subject.startswith("case:")]
        for part, write in ((others, project_subjects), (cases, project_cases)):
            for start in range(0, len(part), SLICE):
                with _slice(self.connection):
                    write(self._memory(), part[start : start + SLICE])
                self.go_on()

    def _catch_up(self) -> bool:
        """Folds and projects what came meanwhile; whether there was any."""
        before, memory = self.after, self._memory()
        self.after, subjects = fold_next(memory, before, SLICE)
        project(memory, subjects | memory.shaken_subjects)
        return bool(self.after != before)

    def _is_equal_in(self, table: str) -> bool:
        """Page by page in the order of the primary key, which is the same in both."""
        rows = self.connection.execute(f"SELECT name FROM pragma_table_info('{table}') WHERE pk ORDER BY pk")
        key = [f'"{name}"' for (name,) in rows.fetchall()]
        last: tuple[Any, ...] = ()
        while True:
            own, live = self._at_one_moment(partial(self._pages, table, key, last))
            for one, other in zip_longest(own, live):
                if one != other and not _mean_the_same(table, one, other, len(key)):
                    return False
            if not own:
                return True
            last = own[-1][: len(key)]

    def _pages(self, table: str, key: Sequence[str], last: tuple[Any, ...]) -> list[list[tuple[Any, ...]]]:
        """The rows behind `last`, each with its key before it: our own, and the store's."""
        names, marks = ", ".join(key), ", ".join("?" * len(key))
        behind = f"WHERE ({names}) > ({marks})" if last else ""
        rest = f"{behind} ORDER BY {names} LIMIT {COMPARED}"
        return [
            self.connection.execute(
                f"SELECT {names}, {VIEWS[table]} FROM {of}.{table} {rest}", last
            ).fetchall()
            for of in ("main", "live")
        ]

    def _finds_the_same(self) -> bool:
        """Every text that the fold gives is found; of subjects that lost theirs an old one may be left."""
        row = self.connection.execute(
            "SELECT 1 FROM main.search_fresh AS own "
            "LEFT JOIN live.search_fresh AS fresh ON fresh.subject = own.subject "
            "LEFT JOIN live.search_text AS known ON known.subject = own.subject "
            "WHERE own.folded IS NOT coalesce(fresh.folded, known.folded) LIMIT 1"
        ).fetchone()
        return row is None


def _mean_the_same(table: str, one: tuple[Any, ...] | None, other: tuple[Any, ...] | None, key: int) -> bool:
    """The order in which a state's survivors were met means nothing."""
    if table != "view_state" or one is None or other is None or one[0] != other[0]:
        return False
    return state_of(one[key + 1]) == state_of(other[key + 1])
