"""Views are proved by folding the journal once more, in slices that may stop; what is wrong is found."""

from __future__ import annotations

from pathlib import Path

import pytest

from kiosk.store import proof
from kiosk.store.database import Store
from kiosk.store.exchange import keep_blob
from kiosk.store.proof import prove
from tests.office import Office


@pytest.fixture
def filled(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Store:
    """A store after some work; closed with the process."""
    monkeypatch.setattr(proof, "SLICE", 7)
    monkeypatch.setattr(proof, "COMPARED", 3)
    office = Office(tmp_path)
    office.worker("handed_over")
    office.worker("cleared", **{"person.name": "KO AUNG"})
    return office.store


def left_behind(store: Store) -> list[str]:
    return [path.name for path in store.path.parent.glob(f"*{proof.SUFFIX}*")]


def test_views_that_hold_are_proved_and_nothing_is_left(filled: Store) -> None:
    assert prove(filled)
    assert left_behind(filled) == []
    filled.close()


@pytest.mark.parametrize(
    "wrong",
    [
        "DELETE FROM view_waiting",
        "INSERT INTO view_number (number, subject, case_id) VALUES ('RL01-X', 'case:x', 'case:x')",
        "UPDATE view_permit SET status = 'void'",
        "UPDATE view_case SET status = 'ended'",
        "UPDATE view_state SET body = (SELECT body FROM view_state ORDER BY subject LIMIT 1)",
        "DELETE FROM view_rest WHERE entry = (SELECT max(entry) FROM view_rest)",
        "INSERT INTO view_shaken VALUES ('a', 'b', 'c')",
        "UPDATE search_fresh SET folded = folded || 'x'",
        "DELETE FROM search_fresh",
    ],
)
def test_whatever_is_wrong_in_them_is_found(filled: Store, wrong: str) -> None:
    with filled.write() as connection:
        assert connection.execute(wrong).rowcount > 0
    assert not prove(filled)
    assert left_behind(filled) == []
    filled.close()


class Stopped(Exception):
    """The terminal closes."""


def test_a_proof_that_was_stopped_goes_on_where_it_was(filled: Store) -> None:
    breaths = 0

    def breathe(most: int = 1_000) -> None:
        nonlocal breaths
        breaths += 1
        if breaths == most:
            raise Stopped

    assert prove(filled, breathe)
    whole, breaths = breaths, 0
    with pytest.raises(Stopped):
        prove(filled, lambda: breathe(10))
    assert left_behind(filled)
    breaths = 0
    assert prove(filled, breathe)
    assert breaths <= whole - 9
    filled.close()


def test_what_is_written_meanwhile_is_seen(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(proof, "SLICE", 7)
    office = Office(tmp_path)
    office.worker("cleared")
    written = 0

    def write() -> None:
        nonlocal written
        if written < 5:
            written += 1
            office.worker("registered", **{"person.name": f"KO {'ABCDE'[written - 1]}"})

    assert prove(office.store, write)
    assert written == 5
    office.close()


def test_it_stands_in_nobodys_way_while_it_waits(filled: Store) -> None:
    moved: list[bool] = []

    def look() -> None:
        with filled.write() as connection:
            keep_blob(connection, str(len(moved)), b"")
        moved.append(filled.checkpoint())

    assert prove(filled, look)
    assert len(moved) > 50
    assert all(moved)
    filled.close()


def test_a_file_that_is_no_proof_is_begun_anew(filled: Store) -> None:
    filled.path.with_name(filled.path.name + proof.SUFFIX).write_bytes(b"\0" * 8192)
    assert prove(filled)
    assert left_behind(filled) == []
    filled.close()
