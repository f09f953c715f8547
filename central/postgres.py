"""PostgreSQL as a database of the centre: psycopg connections in the shape that journal and views know."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from functools import lru_cache
from typing import Any

import psycopg
from psycopg import errors
from psycopg_pool import ConnectionPool, PoolTimeout

from central.database import POSTGRES, Database, Interrupted
from kiosk.errors import StoreBusy, StoreError, StoreUnwritable
from kiosk.model.text import say
from kiosk.store.database import Connection, Cursor, Parameters

CONNECTIONS = 12  # kept open at most
REACHED_SECONDS = 10.0  # the longest a connection is waited for


class PostgresConnection:
    """A psycopg connection that takes `?` parameters."""

    def __init__(self, raw: psycopg.Connection[Any]) -> None:
        self.raw = raw

    @property
    def in_transaction(self) -> bool:
        return self.raw.info.transaction_status is not psycopg.pq.TransactionStatus.IDLE

    def execute(self, sql: str, parameters: Parameters = (), /) -> Cursor:
        return self.raw.execute(as_psycopg(sql), parameters, binary=True)

    def executemany(self, sql: str, parameters: Iterable[Parameters], /) -> Cursor:
        cursor = self.raw.cursor()
        cursor.executemany(as_psycopg(sql), parameters)
        return cursor

    def close(self) -> None:
        self.raw.close()

    # --- search (see kiosk.store.search.Finder) ------------------------------------------------------

    def make_findable(self, subject: str, folded: str, grams: Sequence[str]) -> None:
        self.execute(
            "INSERT INTO search_text (subject, folded, grams) VALUES (?, ?, ?::text[]) "
            "ON CONFLICT (subject) DO UPDATE SET folded = excluded.folded, grams = excluded.grams",
            (subject, folded, list(grams)),
        )

    def candidates(self, grams: Sequence[str]) -> list[tuple[str, str]]:
        """(subject, folded texts) of what has all the grams; the newest first, as its id says."""
        rows: list[tuple[str, str]] = self.execute(
            "SELECT subject, folded FROM search_text WHERE grams @> ?::text[] ORDER BY subject DESC",
            (list(grams),),
        ).fetchall()
        return rows

    def forget(self, subject: str) -> None:
        self.execute("DELETE FROM search_text WHERE subject = ?", (subject,))

    def forget_all(self) -> None:
        self.execute("DELETE FROM search_text")


class PostgresSnapshot(PostgresConnection):
    """One in which nothing can be written."""


@lru_cache(maxsize=1000)
def as_psycopg(sql: str) -> str:
    """`?` becomes `%s`; what psycopg would take for its own is doubled."""
    return sql.replace("%", "%%").replace("?", "%s")


class Postgres(Database):
    """A PostgreSQL server, by a pool of connections."""

    def __init__(self, url: str) -> None:
        self.url = url
        self._address = url.replace(POSTGRES, "postgresql://", 1)
        self._pool = ConnectionPool(
            self._address,
            min_size=1,
            max_size=CONNECTIONS,
            timeout=REACHED_SECONDS,
            open=False,
            check=ConnectionPool.check_connection,  # the server may have been started anew
            kwargs={"connect_timeout": int(REACHED_SECONDS)},
        )
        with told():  # at once, with its reason; the pool would try until its time is over
            self._reach()
        self._pool.open()

    @contextmanager
    def write(self) -> Iterator[Connection]:
        with told(), self._connected() as raw:
            raw.isolation_level = raw.read_only = None
            yield PostgresConnection(raw)

    @contextmanager
    def read(self) -> Iterator[Connection]:
        with told(), self._connected() as raw:
            raw.isolation_level, raw.read_only = psycopg.IsolationLevel.REPEATABLE_READ, True
            yield PostgresSnapshot(raw)

    def close(self) -> None:
        self._pool.close()

    @contextmanager
    def _connected(self) -> Iterator[psycopg.Connection[Any]]:
        try:
            with self._pool.connection() as raw:
                yield raw
        except PoolTimeout as error:
            self._reach()  # all are in use, or the server is down: the pool says the same of both
            raise StoreBusy(say("The store is busy. Try again in a moment.")) from error

    def _reach(self) -> None:
        """Raises psycopg.OperationalError where no server answers, which `told` makes our own."""
        psycopg.connect(self._address, connect_timeout=int(REACHED_SECONDS)).close()


@contextmanager
def told() -> Iterator[None]:
    """Errors of PostgreSQL become this program's own; a mistake in SQL stays what it is."""
    try:
        yield
    except (errors.SerializationFailure, errors.DeadlockDetected, errors.UniqueViolation) as error:
        raise Interrupted(say("The store is busy. Try again in a moment.")) from error
    except errors.DiskFull as error:
        raise StoreUnwritable(
            say("The disk is full. Nothing was lost; free some space, then try again.")
        ) from error
    except psycopg.OperationalError as error:
        raise unreachable(error) from error


def unreachable(error: Exception) -> StoreError:
    reason = " ".join(str(error).split()) or type(error).__name__
    return StoreError(say("The database cannot be reached: {reason}", reason=reason))
