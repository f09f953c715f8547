"""Columns come to PostgreSQL as they are."""

from __future__ import annotations

import psycopg
from hypothesis import given
from hypothesis import strategies as st

from central.columns import Blobs, Texts
from central.database import POSTGRES
from tests.central.cluster import Cluster

ROWS = st.lists(
    st.tuples(st.text(st.characters(codec="utf-8", exclude_characters="\0")), st.none() | st.binary())
)


@given(rows=ROWS)
def test_columns_of_any_texts_and_bytes_come_as_they_are(
    cluster: Cluster, rows: list[tuple[str, bytes | None]]
) -> None:
    texts, blobs = Texts([text for text, _ in rows]), Blobs([blob for _, blob in rows])
    with psycopg.connect(cluster.url().replace(POSTGRES, "postgresql://")) as connection:
        came = connection.execute("SELECT * FROM unnest(%b::text[], %b::bytea[])", (texts, blobs)).fetchall()
    assert came == rows
