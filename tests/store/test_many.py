"""Whatever number of rows is written and asked for, each is written and found once."""

from __future__ import annotations

import pytest

from kiosk.store import many
from kiosk.store.database import Store
from tests.store.compared import Counted, undone

COUNTS = [0, 1, 2, many.AT_ONCE - 1, many.AT_ONCE, many.AT_ONCE + 1, 3 * many.AT_ONCE]


@pytest.mark.parametrize("count", COUNTS)
def test_any_number_of_rows_is_written_found_and_changed(store: Store, count: int) -> None:
    rows = [(f"feed {number}", number) for number in range(count)]
    with undone(store) as connection:
        many.insert(connection, "INSERT INTO cursor (feed, number) VALUES ...", rows)
        assert connection.execute("SELECT feed, number FROM cursor ORDER BY number").fetchall() == rows
        asked = [feed for feed, _ in rows]
        found = many.ask(connection, "SELECT feed, number FROM cursor WHERE feed IN (...)", [*asked, "none"])
        assert sorted(found) == sorted(rows)
        many.change(connection, "DELETE FROM cursor WHERE feed = ?", [(feed,) for feed in asked[1:]])
        assert connection.execute("SELECT feed FROM cursor").fetchall() == [(feed,) for feed in asked[:1]]


def test_more_is_asked_than_one_statement_may_ask(store: Store) -> None:
    pairs = [(f"stream {number}", str(number)) for number in range(4 * many.MOST_ASKED)]
    kept = [pairs[7], pairs[-1]]
    with undone(store) as connection:
        connection.executemany("INSERT INTO acknowledged (stream, sequence, at) VALUES (?, ?, '')", kept)
        found = many.ask(
            connection,
            "SELECT stream, CAST(sequence AS TEXT) FROM acknowledged "
            "WHERE (stream, CAST(sequence AS TEXT)) IN (VALUES ...)",
            pairs,
        )
    assert found == kept


def test_a_connection_keeps_few_questions_whatever_numbers_are_asked_for(store: Store) -> None:
    with undone(store) as connection:
        counted = Counted(connection)
        for count in range(1, 65):
            many.ask(counted, "SELECT feed FROM cursor WHERE feed IN (...)", ["a"] * count)
    assert len(counted.statements) == 64
    assert len(set(counted.statements)) == 7
