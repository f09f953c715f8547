"""A new terminal proves, while it works, what it started from; and makes anew what was wrong."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from kiosk.actions import newcomer
from kiosk.actions.exchanging import Exchanging
from kiosk.actions.status import Status
from kiosk.store import proof
from kiosk.ui.exchange_status import in_full
from tests.actions.exchanged import Made, opened
from tests.office import Office
from tests.running import Running, meet, until
from tests.store.compared import views


@pytest.fixture
def newly(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[Office, Made]]:
    """A desk of the office, and a new one that started from what the centre packed."""
    monkeypatch.setattr("central.snapshots.LOOK", 0.02)
    monkeypatch.setattr("central.newcomers.AGAIN", "0")
    monkeypatch.setattr(proof, "SLICE", 5)
    centre = Running(tmp_path / "centre", packing=True)
    centre.invitation()
    for name in ("old", "new"):
        (tmp_path / name).mkdir()
    old, new = (Office(tmp_path / name, clock=centre.clock) for name in ("old", "new"))
    up = centre.joined(old)
    old.worker("cleared")
    meet(up)
    exchange = centre.joined(new)
    while not newcomer.start(exchange):
        time.sleep(0.01)
    exchange.client.close()
    new, down = opened(new)
    meet(down, up)
    yield old, (new, down)
    for client in (up.client, down.client):
        client.close()
    old.close()
    new.close()
    centre.end()


def test_it_is_proved_in_the_background_and_not_said_to_be_wrong(newly: tuple[Office, Made]) -> None:
    old, (new, exchange) = newly
    assert "still being compared" in str(in_full(exchange.status()))
    told: list[Status] = []
    exchanging = Exchanging(exchange, on_status=told.append)
    exchanging.start()
    until(lambda: not exchange.status().unproven)
    until(lambda: bool(told) and told[-1].connected and not told[-1].unproven)
    exchanging.stop()
    assert told[-1].reason is None
    assert not exchange.mended
    assert views(new.store) == views(old.store)


def test_what_was_wrong_is_said_and_made_anew(newly: tuple[Office, Made]) -> None:
    old, (new, exchange) = newly
    with new.store.write() as connection:
        connection.execute("DELETE FROM view_waiting")
    told: list[Status] = []
    exchanging = Exchanging(exchange, on_status=told.append)
    exchanging.start()
    until(lambda: exchange.mended)
    until(lambda: told[-1].connected and told[-1].reason is not None)
    exchanging.stop()
    assert "made anew here" in str(told[-1].reason)
    assert views(new.store) == views(old.store)


def test_a_terminal_that_closes_goes_on_proving_at_its_next_start(newly: tuple[Office, Made]) -> None:
    _, (_, exchange) = newly

    class Closing(Exception):
        pass

    def close() -> None:
        raise Closing

    with pytest.raises(Closing):
        newcomer.prove(exchange, close)
    assert exchange.status().unproven
    newcomer.prove(exchange, lambda: None)
    assert not exchange.status().unproven
    assert not exchange.mended
