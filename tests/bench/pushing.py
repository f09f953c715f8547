"""Up: a terminal's journal to the centre, against a bare insert of the same rows over one connection.

Ours is everything an office waits for: rows read from SQLCipher, chained and signed, packed, sent over TLS
by a signed request; at the centre the signatures, the chain, every commitment and every act checked; rows
and feed committed by PostgreSQL; the answer noted in SQLCipher. The views of the centre are folded later.

The bare thing is one `unnest` of binary arrays and its COMMIT, by a connection to the same server, into the
same table with the same indexes. Its arrays stand ready as Python lists: nothing is read, sent or checked.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import Future
from pathlib import Path
from time import perf_counter

from msgspec.structs import astuple

from kiosk.actions.exchange import Exchange
from kiosk.model.chain import Head, Row
from kiosk.store.journal import COLUMNS
from kiosk.sync.protocol import Pushed
from tests.bench.centre import Running, copy_of, running
from tests.bench.figures import Figure, Span, Spread, Target, standing_in, timed
from tests.bench.filled import Said, open_filled

CASES = 3_000  # some 40,000 entries
UNNEST = (
    f"INSERT INTO entry ({COLUMNS}) SELECT %s, %s, %s, * FROM unnest(%b::bigint[], %b::text[], %b::text[], "
    "%b::text[], %b::bytea[], %b::bytea[], %b::bytea[], %b::bytea[], %b::bytea[])"
)
TARGET = Target("ratio", 0.5, at_least=True)


def measure(folder: Path, cases: int, said: Said) -> list[Figure]:
    filled = open_filled(folder, min(cases, CASES), said)
    filled.office.close()
    with running() as centre, copy_of(filled, folder / "up") as office:
        exchange = centre.joined(office, "up")
        spans, bare, counts = in_turns_with_bare(centre, exchange)
    return [
        Figure(
            "sent to the centre and acknowledged", rates(spans, counts), "entries/s",
            "the same rows by a bare unnest", rates(bare, counts), TARGET,
        )
    ]  # fmt: skip


def in_turns_with_bare(centre: Running, exchange: Exchange) -> tuple[list[Span], list[Span], list[int]]:
    """Everything that waits is sent. Of each batch: ours, the bare insert of the same rows, how many.

    The bare insert has its turn before a batch is sent, when nothing else is under way.
    """
    spans: list[Span] = []
    bare_spans: list[Span] = []
    counts: list[int] = []
    batches: list[list[Row]] = []
    ready, submit, bare = exchange._ready, exchange._line.submit, centre.bare()

    def noted(head: Head, after: int, largest: int) -> tuple[list[Row], bytes]:
        made = ready(head, after, largest)
        batches.extend([made[0]] if made[0] else [])
        return made

    def submitted(push: Callable[[bytes, int], Pushed], packed: bytes, count: int) -> Future[Pushed]:
        """From one push to the next passes what one batch takes; the bare insert is not counted in it."""
        nonlocal began
        if counts:
            spans.append(Span(began, perf_counter()))
        rows = batches[len(counts)]
        place = (rows[0].office, rows[0].terminal, rows[0].stream)
        arrays = [list(column) for column in zip(*map(astuple, rows), strict=True)][len(place) :]

        def insert() -> None:
            bare.execute(UNNEST, [*place, *arrays])
            bare.commit()

        bare_spans.append(timed(insert))
        counts.append(len(rows))
        began = perf_counter()
        return submit(push, packed, count)

    began = 0.0
    with standing_in(exchange, "_ready", noted), standing_in(exchange._line, "submit", submitted):
        exchange.send()
    spans.append(Span(began, perf_counter()))
    bare.close()
    return spans, bare_spans, counts


def rates(spans: Sequence[Span], counts: Sequence[int]) -> Spread:
    """Entries a second, of each batch."""
    return Spread.of_rates(count / (span.ms / 1000) for span, count in zip(spans, counts, strict=True))
