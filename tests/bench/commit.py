"""One action committed durably, against one bare SQLCipher transaction that writes the same bytes.

The same bytes are those that reach the disk: the action's own statements are noted, undone, and played again
without the program, by SQLite alone. For scale each commit stands a second time beside a transaction that
puts the bytes of its rows into a table without any index, in a second store on the same disk: what is found
and proved later costs pages that such a table does not have, and so no target is set there.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from datetime import timedelta
from random import randrange
from time import perf_counter

from kiosk.actions.act import Act
from kiosk.store.database import Connection, Cursor, Parameters, Store
from tests.bench.figures import Figure, Run, Span, Spread, Target, in_turns, standing_in
from tests.bench.filled import Filled
from tests.bench.written import noting
from tests.office import MONDAY

ROUNDS = 300
SAMPLES = 5
TARGET = Target("ratio", 2.0)

Action = Callable[[int], Run]


def measure(filled: Filled) -> list[Figure]:
    """Ordering a health check, and recording two facts."""
    cases = _registered(filled, filled.rounds(ROUNDS) + SAMPLES)
    bare = Store.open(filled.folder / "bare.db", filled.office.key)
    with bare.write() as connection:
        connection.execute("CREATE TABLE IF NOT EXISTS bare (body BLOB NOT NULL)")
    figures = []
    for name, action in (
        ("two facts recorded", _recording(filled, cases)),
        ("health check ordered", _ordering(filled, cases)),
    ):
        figures += _against_bare(filled, bare, name, action, len(cases))
    bare.close()
    return figures


def _registered(filled: Filled, count: int) -> list[str]:
    """Cases whose health check nobody has ordered yet, from all over the store."""
    with filled.office.store.read() as connection:
        found = connection.execute(
            "SELECT case_id FROM view_case WHERE status = 'open' "
            "AND json_extract(CAST(body AS TEXT), '$.stages[1][1]') = 'not_open'"
        ).fetchall()
    step = max(1, len(found) // count)
    return [case for (case,) in found[::step]][:count]


def _recording(filled: Filled, cases: list[str]) -> Action:
    office = filled.office

    def prepare(number: int) -> Run:
        office.clock.forward(seconds=7)
        answers = {  # never what an earlier run left there: that would write nothing
            "person.phone": f"+86138{randrange(10**8):08d}",
            "case.stay_until": (MONDAY.date() + timedelta(days=randrange(5, 3_000))).isoformat(),
        }
        return lambda: office.desk.record(office.reception, cases[number], answers)

    return prepare


def _ordering(filled: Filled, cases: list[str]) -> Action:
    def prepare(number: int) -> Run:
        filled.office.clock.forward(seconds=7)
        return lambda: filled.office.order_health(cases[number])

    return prepare


def _against_bare(filled: Filled, bare: Store, name: str, action: Action, rounds: int) -> list[Figure]:
    samples = []
    with noting(filled.office.store.raw) as written:
        for number in range(SAMPLES):
            action(number)()
            samples.append(written.rows())

    def bare_transaction(number: int) -> Run:
        rows = [(row,) for row in samples[number % SAMPLES]]

        def run() -> None:
            with bare.write() as connection:
                connection.executemany("INSERT INTO bare (body) VALUES (?)", rows)

        return run

    turns = (rounds - SAMPLES) // 2
    with _commits_noted() as began:
        spans, bare_spans, own_spans = in_turns(
            turns,
            lambda number: action(SAMPLES + number),
            bare_transaction,
            lambda number: _statements_of(filled.office.store, action(SAMPLES + turns + number)),
        )
    size = sum(map(len, samples[0]))
    unindexed = f"{len(samples[0])} rows, {size / 1000:.1f} kB into a table without index"
    commits = Spread.ms(Span(start, span.end) for start, span in zip(began[::2], spans, strict=True))
    same = "the same statements alone"
    own = Spread.ms(own_spans)
    return [
        Figure(f"{name}: journal, views and COMMIT", commits, "ms", same, own, TARGET),
        Figure(f"{name}: the whole action, with its rules", Spread.ms(spans), "ms", same, own, TARGET),
        Figure(f"{name}: journal, views and COMMIT", commits, "ms", unindexed, Spread.ms(bare_spans)),
    ]


class _NotCommitted(Exception):
    """Undoes what was only to be noted."""


class _Noting:
    """A connection that notes what is written, and does not commit it."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection
        self.statements: list[tuple[str, list[Parameters]]] = []

    @property
    def in_transaction(self) -> bool:
        return self.connection.in_transaction

    def execute(self, sql: str, parameters: Parameters = (), /) -> Cursor:
        if sql == "COMMIT":
            raise _NotCommitted
        if sql.startswith(("INSERT", "UPDATE", "DELETE")):
            self.statements.append((sql, [parameters]))
        return self.connection.execute(sql, parameters)

    def executemany(self, sql: str, parameters: Iterable[Parameters], /) -> Cursor:
        self.statements.append((sql, list(parameters)))
        return self.connection.executemany(sql, self.statements[-1][1])


def _statements_of(store: Store, action: Run) -> Run:
    """What an action would write, to be written by SQLite alone."""
    noting = _Noting(store.raw)
    with standing_in(store, "_writer", noting), suppress(_NotCommitted):
        action()

    def run() -> None:
        with store.write() as connection:
            for sql, parameters in noting.statements:
                connection.executemany(sql, parameters)

    return run


@contextmanager
def _commits_noted() -> Iterator[list[float]]:
    """When each act began to be written: its rules are done, its transaction is open."""
    began: list[float] = []
    commit = Act.commit

    def noted(self: Act) -> None:
        began.append(perf_counter())
        commit(self)

    with standing_in(Act, "commit", noted):
        yield began
