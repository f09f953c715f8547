"""Which desk makes a centre begin anew, and what one does that cannot prove that anything was lost."""

from __future__ import annotations

import pytest

from kiosk.actions.exchange import POSITION, Exchange
from kiosk.store import exchange as store
from kiosk.store import receiving
from kiosk.sync.refusals import Refusal
from tests.actions.conftest import Pair
from tests.running import meet


def test_a_desk_ahead_of_its_centre_without_a_proof_compares_and_goes_on(
    desks: Pair, exchanges: list[Exchange]
) -> None:
    (one, other), (up, down) = desks, exchanges
    one.register()
    meet(up, down)
    epoch = up.epoch()
    with other.store.write() as connection:
        ahead = {feed: number + 10 for feed, number in receiving.cursor(connection).items()}
        receiving.set_cursor(connection, ahead)
        store.forget_keys(connection, [POSITION])
    with pytest.raises(Refusal, match="knows less than it told this terminal before"):
        down.fetch()
    down.begin()
    one.counter = 100  # another worker
    one.register()
    meet(up, down)
    assert up.epoch() == down.epoch() == epoch
    with one.store.read() as here, other.store.read() as there:
        assert receiving.cursor(there) == receiving.cursor(here)
        written = "SELECT id FROM entry WHERE stream = 'office' ORDER BY id"
        assert here.execute(written).fetchall() == there.execute(written).fetchall()
