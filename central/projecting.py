"""Views at the centre: the feeds folded in their order, after the pushes, never within one.

The cursor stands in the transaction of the views, so that a kill between two chunks leaves neither behind.
"""

from __future__ import annotations

import threading
from collections.abc import Sequence
from itertools import groupby

import psycopg
from sqlcipher3 import dbapi2 as driver

from central.database import Database
from kiosk.logs import log
from kiosk.model.entries import ADMIN, HEALTH, OFFICE, Entry, decode
from kiosk.model.registers import apply_act
from kiosk.store import search
from kiosk.store.database import Connection
from kiosk.store.memory import SqlMemory
from kiosk.store.rebuild import VERSION
from kiosk.store.views import project

FOLDED = (ADMIN, OFFICE, HEALTH)  # `access` is never replayed
CHUNK = 500  # entries in one transaction
MISTAKES = (  # what an entry may raise that no view was made for; a full disk is not among them
    ArithmeticError, AttributeError, LookupError, TypeError, ValueError,
    driver.DataError, driver.InterfaceError, driver.ProgrammingError,
    psycopg.DataError, psycopg.ProgrammingError,
)  # fmt: skip
VIEWS = (
    "state", "replacement", "rest", "shaken", "case", "waiting", "document", "number", "guarantor", "permit",
)  # fmt: skip


class Projector:
    """Keeps the views of one office up to date."""

    def __init__(self, database: Database, office: str) -> None:
        self.database, self.office = database, office
        self._one_at_a_time = threading.Lock()

    def catch_up(self) -> None:
        """Folds everything that was acknowledged."""
        with self._one_at_a_time:
            while self.database.transact(self.fold):
                pass

    def rebuild(self) -> None:
        """Makes the views anew from the journal. While it works, lists show what is folded already."""
        with self._one_at_a_time:
            self.database.transact(self._empty)
        self.catch_up()

    def lock(self, connection: Connection) -> None:
        """Until this transaction ends nobody else writes views: two would each miss what the other wrote."""
        connection.execute(
            "INSERT INTO projected (office, stream, number) VALUES (?, '', 0) "
            "ON CONFLICT (office, stream) DO UPDATE SET number = projected.number",
            (self.office,),
        )

    def fold(self, connection: Connection) -> int:
        """Folds the next chunk of each feed; returns how many ranges it went on, 0 when all is folded.

        Views that another version of the program wrote are made anew.
        """
        self.lock(connection)
        row = connection.execute("SELECT value FROM view_meta WHERE key = 'version'").fetchone()
        if row is None or row[0] != VERSION:
            self._empty(connection)
        return sum(self._fold_stream(connection, stream) for stream in FOLDED)

    def _fold_stream(self, connection: Connection, stream: str) -> int:
        acts: list[list[Entry]] = []
        entries = ranges = reached = 0
        for number, terminal, first, last in self._next(connection, stream):
            found = _acts(connection, (self.office, terminal, stream), first, last)
            acts += found
            entries += sum(map(len, found))
            ranges, reached = ranges + 1, number
            if entries >= CHUNK:
                break
        if ranges:
            fold_safely(connection, acts)
            self._stands_at(connection, stream, reached)
        return ranges

    def _next(self, connection: Connection, stream: str) -> list[tuple[int, str, int, int]]:
        rows: list[tuple[int, str, int, int]] = connection.execute(
            "SELECT number, terminal, first, last FROM feed WHERE office = ? AND stream = ? AND number > "
            "coalesce((SELECT number FROM projected WHERE office = ? AND stream = ?), 0) "
            "ORDER BY number LIMIT ?",
            (self.office, stream, self.office, stream, CHUNK),
        ).fetchall()
        return rows

    def _stands_at(self, connection: Connection, stream: str, number: int) -> None:
        connection.execute(
            "INSERT INTO projected (office, stream, number) VALUES (?, ?, ?) "
            "ON CONFLICT (office, stream) DO UPDATE SET number = excluded.number",
            (self.office, stream, number),
        )

    def _empty(self, connection: Connection) -> None:
        self.lock(connection)
        for name in VIEWS:
            connection.execute(f"DELETE FROM view_{name}")
        search.clear(connection)
        connection.execute("DELETE FROM projected WHERE office = ? AND stream <> ''", (self.office,))
        connection.execute(
            "INSERT INTO view_meta (key, value) VALUES ('version', ?) "
            "ON CONFLICT (key) DO UPDATE SET value = excluded.value",
            (VERSION,),
        )


def _acts(connection: Connection, place: tuple[str, str, str], first: int, last: int) -> list[list[Entry]]:
    """The acts of a range; without what was erased or is held back."""
    rows = connection.execute(
        "SELECT act, body FROM entry WHERE office = ? AND terminal = ? AND stream = ? "
        "AND sequence BETWEEN ? AND ? AND body IS NOT NULL ORDER BY sequence",
        (*place, first, last),
    )
    return [[decode(body) for _, body in act] for _, act in groupby(rows, lambda row: str(row[0]))]


def fold_safely(connection: Connection, acts: Sequence[Sequence[Entry]]) -> None:
    """Folds acts as one. Should one of them stop the views, they are folded one by one, without that one."""
    if not _folded(connection, [entry for act in acts for entry in act]):
        for act in acts:
            if not _folded(connection, act):
                log.error("not_folded", act=act[0].act, kind=act[0].kind)


def _folded(connection: Connection, entries: Sequence[Entry]) -> bool:
    if not entries:
        return True
    connection.execute("SAVEPOINT fold")
    try:
        memory = SqlMemory(connection)
        subjects = apply_act(memory, entries)
        memory.save()
        project(memory, subjects | memory.shaken_subjects)
    except MISTAKES as error:
        connection.execute("ROLLBACK TO SAVEPOINT fold")
        log.warning("fold", exc_info=error)
        return False
    connection.execute("RELEASE SAVEPOINT fold")
    return True
