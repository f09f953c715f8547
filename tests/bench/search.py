"""Search as one types, against a bare indexed SELECT of as many rows."""

from __future__ import annotations

import random
from collections.abc import Callable

from kiosk.model.listing import ListRow
from kiosk.store.views import row_of
from tests.bench.figures import Figure, Run, Spread, Target, in_turns
from tests.bench.filled import Filled

ROUNDS = 100
LIMIT = 20
TARGET = Target("p95", 50)

TYPED: dict[str, Callable[[ListRow], str]] = {
    "one Latin letter": lambda row: row.name[:1],
    "three Latin letters": lambda row: row.name[:3],
    "two Latin words, the second begun": lambda row: " ".join(row.name.split()[:2])[:-1],
    "two Chinese characters": lambda row: row.name_zh[:2],
    "two Chinese characters from the middle": lambda row: row.name_zh[1:3],
    "a Burmese syllable": lambda row: row.name_native[:4],
    "the last five characters of a document": lambda row: row.document[-5:],
    "a document number": lambda row: row.document,
    "a slip number, begun": lambda row: row.numbers[0][10:16],
    "a slip number": lambda row: row.numbers[-1],
    "nobody's name": lambda row: row.name[::-1],
}


def measure(filled: Filled) -> list[Figure]:
    rows = _some_rows(filled)
    return [_typed(filled, f"find: {name}", [text(row) for row in rows]) for name, text in TYPED.items()]


def _some_rows(filled: Filled) -> list[ListRow]:
    """Cases from all over the store, always the same."""
    with filled.office.store.read() as connection:
        (last,) = connection.execute("SELECT max(rowid) FROM view_case").fetchone()
        chosen = random.Random(1).choices(range(1, last + 1), k=filled.rounds(ROUNDS))
        return [
            row_of(connection.execute("SELECT body FROM view_case WHERE rowid = ?", (row,)).fetchone()[0])
            for row in chosen
        ]


def _typed(filled: Filled, name: str, texts: list[str]) -> Figure:
    office = filled.office

    def find(number: int) -> Run:
        return lambda: office.desk.find(office.reception, texts[number], LIMIT)

    def bare(number: int) -> Run:
        def select() -> None:
            with office.store.read() as connection:
                connection.execute(
                    "SELECT person FROM view_document WHERE document >= ? ORDER BY document LIMIT ?",
                    (f"MM{2_000_000 + number}", LIMIT),
                ).fetchall()

        return select

    spans, bare_spans = in_turns(len(texts), find, bare)
    what = f"{LIMIT} rows of an index"
    return Figure(name, Spread.ms(spans), "ms", what, Spread.ms(bare_spans), TARGET)
