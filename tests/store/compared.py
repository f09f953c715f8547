"""What a journal holds and means, to be compared between stores; and rows as another terminal takes them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager
from random import Random
from typing import Protocol

import msgspec
from msgspec.structs import replace

from kiosk.model.chain import Row
from kiosk.store import journal
from kiosk.store.database import Connection, Cursor, Parameters, Store
from kiosk.store.receiving import receive

TABLES = (
    "state", "replacement", "rest", "shaken", "case", "waiting", "document", "number", "guarantor", "permit",
)  # fmt: skip


class Read(Protocol):
    """A terminal's store or a centre's database."""

    def read(self) -> AbstractContextManager[Connection]: ...


class Written(Read, Protocol):
    def write(self) -> AbstractContextManager[Connection]: ...


def views(store: Read) -> dict[str, list[tuple[object, ...]]]:
    """What the journal means here, by table."""
    with store.read() as connection:
        return {
            name: sorted(map(meant, connection.execute(f"SELECT * FROM view_{name}")), key=str)  # noqa: S608
            for name in TABLES
        }


def meant(row: tuple[object, ...]) -> tuple[object, ...]:
    """A row of a view; the order in which a state's survivors were met means nothing."""
    return tuple(
        msgspec.json.encode(msgspec.json.decode(cell), order="sorted") if isinstance(cell, bytes) else cell
        for cell in row
    )


def rows(store: Read) -> list[Row]:
    with store.read() as connection:
        return [row for _, row in journal.rows(connection)]


def erase(connection: Connection, subject: str) -> list[str]:
    """By the journal's one door, and for good; ids of the entries. The views are the caller's business."""
    ids = connection.execute("SELECT id FROM entry WHERE subject = ?", (subject,)).fetchall()
    connection.execute(
        "INSERT INTO erasure (subject, at, reason) VALUES (?, '', '') ON CONFLICT DO NOTHING", (subject,)
    )
    connection.execute("UPDATE entry SET body = NULL, salt = NULL WHERE subject = ?", (subject,))
    return [id_ for (id_,) in ids]


def batches(sent: list[Row], chance: Random) -> Iterator[list[Row]]:
    """The rows in any cut and any mixture of their streams, each stream in its order."""
    streams: dict[str, list[Row]] = {}
    for row in sent:
        streams.setdefault(row.stream, []).append(row)
    while any(streams.values()):
        batch: list[Row] = []
        for waiting in streams.values():
            count = chance.randint(0, 40)
            batch += waiting[:count]
            del waiting[:count]
        yield batch


def take(store: Written, sent: list[Row]) -> int:
    with store.write() as connection:
        return receive(connection, [replace(row, previous=b"", hash=b"") for row in sent]).rows


@contextmanager
def undone(store: Store) -> Iterator[Connection]:
    """A transaction that is thrown away: examples do not see one another."""
    store.raw.execute("BEGIN IMMEDIATE")
    try:
        yield store.raw
    finally:
        store.raw.execute("ROLLBACK")


class Counted:
    """A connection that notes what it is asked to do; many rows of one statement are one."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection
        self.statements: list[str] = []

    @property
    def in_transaction(self) -> bool:
        return self.connection.in_transaction

    def execute(self, sql: str, parameters: Parameters = (), /) -> Cursor:
        self.statements.append(sql)
        return self.connection.execute(sql, parameters)

    def executemany(self, sql: str, parameters: Iterable[Parameters], /) -> Cursor:
        self.statements.append(sql)
        return self.connection.executemany(sql, parameters)

    def close(self) -> None:
        self.connection.close()
