"""Down: what one terminal sent comes to another, against a bare insert of the same rows into such a store.

Ours is everything until a desk can work with it: asked for over TLS by a signed request, read from
PostgreSQL, packed, unpacked, each row checked against its commitment and its chain, stored with its views
and the cursor in one transaction of SQLCipher. A third terminal takes the same and folds no views: the
difference is what views cost.

The bare thing is one `executemany` and its COMMIT, into the same table with the same indexes in a store with
the same settings on the same disk. It binds `bytes`, as anybody would; beside it stands what the driver does
with bytearrays, which it binds sooner.
"""

from __future__ import annotations

import gc
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, ExitStack
from pathlib import Path
from threading import Lock

from msgspec.structs import astuple

from kiosk.actions.exchange import Exchange
from kiosk.model.chain import Row
from kiosk.model.entries import ACCESS
from kiosk.store import journal, receiving
from kiosk.store.database import Store
from kiosk.sync.protocol import Pull, Pulled
from tests.bench.centre import copy_of, new_terminal, running
from tests.bench.figures import Figure, Run, Span, Target, in_turns, standing_in
from tests.bench.filled import Said, open_filled
from tests.bench.pushing import CASES, rates
from tests.bench.written import insert_bare
from tests.office import Office

TARGET = Target("ratio", 0.35, at_least=True)
Stored = dict[tuple[str, int], Row]


def measure(folder: Path, cases: int, said: Said) -> list[Figure]:
    filled = open_filled(folder, min(cases, CASES), said)
    filled.office.close()
    with ExitStack() as stack:
        centre = stack.enter_context(running())
        author, reader, unfolded, bare, better = (
            stack.enter_context(opened)
            for opened in (
                copy_of(filled, folder / "up"),
                *(new_terminal(folder / name) for name in ("down", "unfolded", "bare", "better")),
            )
        )
        sending, taking, storing = (
            centre.joined(office, name)
            for office, name in ((author, "up"), (reader, "down"), (unfolded, "unfolded"))
        )
        sending.send()
        with centre.centre() as beside:
            beside.projector.catch_up()  # or it would fold its own views meanwhile
        return _measured(taking, storing, bare.store, better.store, _stored(author))


def _measured(
    taking: Exchange, storing: Exchange, bare: Store, better: Store, stored: Stored
) -> list[Figure]:
    """Batch by batch: with views, without, bare, and bare with bytearrays."""
    gc.freeze()  # no terminal holds all rows as objects, which Python would search for cycles again and again
    batches: list[list[Row]] = []

    def note(rows: Sequence[Row]) -> None:
        places = ((row.stream, row.sequence) for row in rows)
        batches.append([stored[place] for place in places if place in stored])

    def take_unfolded() -> None:
        with standing_in(receiving, "_fold", lambda _connection, _entries: set()):
            unfolded_line.take()

    taking_line, unfolded_line = Line(taking, note), Line(storing)

    def inserting(into: Store, of: Callable[[bytes], bytes | bytearray] = bytes) -> Run:
        batch = batches[len(found[-1])]
        rows = [[of(value) if isinstance(value, bytes) else value for value in astuple(row)] for row in batch]

        def insert() -> None:
            with into.write() as connection:
                insert_bare(connection, rows)

        return insert

    found: tuple[list[Span], ...] = [], [], [], []
    with taking_line.noting(), unfolded_line.noting():
        while taking_line.more:
            turn = in_turns(
                1,
                lambda _: taking_line.take,
                lambda _: take_unfolded,
                lambda _: inserting(bare),
                lambda _: inserting(better, bytearray),
            )
            for spans, (span,) in zip(found, turn, strict=True):
                spans.append(span)
    counts = [len(batch) for batch in batches]
    folded, unfolded, bare_rates, better_rates = (rates(spans, counts) for spans in found)
    what = "the same rows by a bare executemany"
    return [
        Figure("taken from the centre, with views", folded, "entries/s", what, bare_rates, TARGET),
        Figure("taken from the centre, without views", unfolded, "entries/s", what, bare_rates),
        Figure("the same rows as bytearrays, bare", better_rates, "entries/s", what, bare_rates),
    ]


class Line:
    """Batch after batch; what an exchange asks for ahead of its time has to be here before a batch counts."""

    def __init__(self, exchange: Exchange, note: Callable[[Sequence[Row]], None] = lambda rows: None) -> None:
        self.exchange, self.note, self.more = exchange, note, True
        self._under_way = Lock()
        self._pull = exchange.client.pull

    def noting(self) -> AbstractContextManager[None]:
        return standing_in(self.exchange.client, "pull", self._noted)

    def _noted(self, asked: Pull) -> tuple[Pulled, list[Row]]:
        with self._under_way:
            pulled, rows = self._pull(asked)
        self.note(rows)
        return pulled, rows

    def take(self) -> None:
        self.more = self.exchange.fetch().more
        with self._under_way:
            pass


def _stored(office: Office) -> Stored:
    with office.store.read() as connection:
        rows = (row for _, row in journal.rows(connection) if row.stream != ACCESS)
        return {(row.stream, row.sequence): row for row in rows}
