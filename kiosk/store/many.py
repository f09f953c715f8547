"""Statements about many values or rows: "..." in their text stands for as many marks as there are.

Each statement costs more than a row does, and while one runs the other threads of the program may go on.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from functools import lru_cache
from itertools import chain, islice
from typing import Any

from kiosk.store.database import Connection

MOST_ASKED = 2**13  # values, or pairs of them, in one question: SQLite takes nearly twice as many pairs
AT_ONCE = 100  # rows in one INSERT


def ask(connection: Connection, sql: str, values: Collection[str] | Collection[Sequence[str]]) -> list[Any]:
    """The rows of a question about any number of values, or of pairs of them; none where there are none."""
    asked, rows = list(values), []
    for start in range(0, len(asked), MOST_ASKED):
        part = asked[start : start + MOST_ASKED]
        # up to a power of two, so that a connection keeps a handful of questions, not one for each number
        part += part[-1:] * ((1 << (len(part) - 1).bit_length()) - len(part))
        if isinstance(part[0], str):
            rows += connection.execute(_filled(sql, len(part)), part).fetchall()
        else:
            text = _filled(sql, len(part), len(part[0]))
            rows += connection.execute(text, tuple(chain.from_iterable(part))).fetchall()
    return rows


def insert(connection: Connection, sql: str, rows: Iterable[Sequence[object]]) -> None:
    """Writes rows, a hundred in one statement, and those that are left over one by one."""
    coming = iter(rows)
    while part := list(islice(coming, AT_ONCE)):
        if len(part) == AT_ONCE:
            text = _filled(sql, AT_ONCE, len(part[0]))
            connection.execute(text, _bindable(chain.from_iterable(part)))
        else:
            connection.executemany(_filled(sql, 1, len(part[0])), map(_bindable, part))


def change(connection: Connection, sql: str, rows: Sequence[Sequence[object]]) -> None:
    """One UPDATE or DELETE for each row; none where there are none."""
    if rows:
        connection.executemany(sql, map(_bindable, rows))


def _bindable(values: Iterable[object]) -> list[object]:
    """The driver looks for an adapter of each `bytes`, long and in vain; a bytearray it takes as it is."""
    return [bytearray(value) if type(value) is bytes else value for value in values]


@lru_cache(maxsize=500)
def _filled(sql: str, count: int, columns: int = 0) -> str:
    """With a mark for each value, or for each row a list of them."""
    mark = f"({', '.join('?' * columns)})" if columns else "?"
    return sql.replace("...", ", ".join([mark] * count))
