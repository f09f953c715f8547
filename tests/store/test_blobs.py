"""Pictures are stored encrypted, under the name of what is stored."""

from __future__ import annotations

import hashlib

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kiosk.errors import BrokenJournal
from kiosk.store import blobs
from kiosk.store.database import Store


@given(data=st.binary(max_size=2000))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_what_was_put_in_comes_out(store: Store, data: bytes) -> None:
    with store.write() as connection:
        reference = blobs.put(connection, data)
        twice = blobs.put(connection, data)
    assert twice["blob"] != reference["blob"], "two people with one picture are not seen to have the same"
    with store.read() as connection:
        assert blobs.get(connection, reference) == data
        (stored,) = connection.execute(
            "SELECT data FROM blob WHERE name = ?", (reference["blob"],)
        ).fetchone()
    assert hashlib.sha256(stored).hexdigest() == reference["blob"]
    assert len(data) < 4 or data not in stored


def test_a_blob_on_its_way_is_none_and_an_altered_one_is_refused(store: Store) -> None:
    with store.write() as connection:
        reference = blobs.put(connection, b"picture")
        other = blobs.put(connection, b"another")
        assert blobs.get(connection, {"blob": "0" * 64, "key": reference["key"]}) is None
        for wrong in ({**reference, "key": other["key"]}, {**reference, "blob": other["blob"]}):
            with pytest.raises(BrokenJournal):
                blobs.get(connection, wrong)
        connection.execute("UPDATE blob SET data = CAST(x'00' || substr(data, 2) AS BLOB)")
        with pytest.raises(BrokenJournal):
            blobs.get(connection, reference)
