"""What the centre holds back is told at the desk in the reader's words."""

from __future__ import annotations

import pytest

from kiosk.actions.exchange import Exchange
from kiosk.model.text import say
from kiosk.store import exchange as store
from tests.actions.conftest import Pair


@pytest.mark.parametrize(
    ("language", "role", "said"),
    [
        ("en", "police", "At this terminal nobody acts as “Police officer”."),
        ("zh", "police", "该终端上没有人以“民警”身份办理。"),
        ("en", "king", "At this terminal nobody acts as “king”."),
    ],
)
def test_a_role_is_told_by_its_name(
    desks: Pair, exchanges: list[Exchange], language: str, role: str, said: str
) -> None:
    exchange, desk = exchanges[0], desks[0].desk
    reason = say("At this terminal nobody acts as “{role}”.", role=role)
    with desks[0].store.write() as connection:
        store.keep_set_aside(connection, exchange.own, [("office", 1, reason)], desk.now())
    (held,) = exchange.status().set_aside
    assert desk.pack.translators[language](held.reason) == said
