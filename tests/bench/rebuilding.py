"""All views made anew from the journal, against merely reading every entry; and the rate."""

from __future__ import annotations

from kiosk.model.entries import decode
from kiosk.store import journal
from kiosk.store.rebuild import rebuild
from tests.bench.figures import Figure, Spread, timed
from tests.bench.filled import Filled


def measure(filled: Filled) -> list[Figure]:
    store, entries, cases = filled.office.store, 0, filled.recipe.cases

    def read() -> None:
        nonlocal entries
        with store.read() as connection:
            bodies = (row.body for _, row in journal.rows(connection) if row.body is not None)
            entries = sum(1 for _ in map(decode, bodies))

    bare, own = timed(read).ms / 1000, timed(lambda: rebuild(store)).ms / 1000
    return [
        Figure("all views rebuilt", Spread.of([own]), "s", "every entry read", Spread.of([bare])),
        Figure("all views rebuilt: entries", Spread.of([entries / own]), "entries/s"),
        Figure("all views rebuilt: cases", Spread.of([cases / own]), "cases/s"),
    ]
