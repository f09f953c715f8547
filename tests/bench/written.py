"""What an action really writes: the rows that went into the store, noted by triggers of this connection.

And the bare thing that taking rows is measured against.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from kiosk.store.database import Connection
from kiosk.store.journal import COLUMNS

NOT_SEEN = ("sqlite_", "search_gram")  # SQLite lets no trigger look at these


class Written:
    """The rows inserted or updated since `start`; a row written twice in one transaction counts once."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection
        self.tables = [
            name
            for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
            if not name.startswith(NOT_SEEN)
        ]

    def rows(self) -> list[bytes]:
        """The bytes of each row written since the last time this was asked; forgets them."""
        found = []
        for table in self.tables:
            rows = self.connection.execute(f"SELECT DISTINCT * FROM noted_{table}").fetchall()
            found += [b"".join(map(_bytes, row)) for row in rows]
            self.connection.execute(f"DELETE FROM noted_{table}")
        return found


def _bytes(value: object) -> bytes:
    return value if isinstance(value, bytes) else b"" if value is None else str(value).encode()


@contextmanager
def noting(connection: Connection) -> Iterator[Written]:
    """While this lasts every row that is written is noted beside."""
    written = Written(connection)
    for table in written.tables:
        columns = [name for _, name, *_ in connection.execute(f"PRAGMA table_info({table})").fetchall()]
        new = ", ".join(f'NEW."{name}"' for name in columns)
        connection.execute(f"CREATE TEMP TABLE noted_{table} AS SELECT * FROM {table} LIMIT 0")
        for event in ("INSERT", "UPDATE"):
            connection.execute(
                f"CREATE TEMP TRIGGER note_{event}_{table} AFTER {event} ON main.{table} "
                f"BEGIN INSERT INTO noted_{table} VALUES ({new}); END"
            )
    try:
        yield written
    finally:
        for table in written.tables:
            for event in ("INSERT", "UPDATE"):
                connection.execute(f"DROP TRIGGER note_{event}_{table}")
            connection.execute(f"DROP TABLE noted_{table}")


def insert_bare(connection: Connection, rows: Sequence[Sequence[object]]) -> None:
    """One `executemany`, row by row."""
    marks = ", ".join("?" * len(COLUMNS.split(", ")))
    connection.executemany(f"INSERT INTO entry ({COLUMNS}) VALUES ({marks})", rows)
