"""Whatever number of rows is written and asked for, each is written and found once."""

from __future__ import annotations

import pytest

from kiosk.store import many
from kiosk.store.database import Store
from tests.store.compared import undone

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
    with undone(store) as connection:
        connection.execute("INSERT INTO acknowledged VALUES ('stream 7', 7, ''), ('stream 39999', 39999, '')")
        found = many.ask(
            connection,
            "SELECT stream FROM acknowledged "
            "WHERE (stream, CAST(sequence AS TEXT)) IN (VALUES ...) ORDER BY sequence",
            pairs,
        )
    assert found == [("stream 7",), ("stream 39999",)]
