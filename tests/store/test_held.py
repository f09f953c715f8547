"""What a terminal remembers of what the centre holds back. Mending it: `tests/actions/test_held.py`."""

from __future__ import annotations

from kiosk.model.entries import decode
from kiosk.model.text import say
from kiosk.store import exchange, held
from kiosk.store.held import SetAside
from tests.office import MONDAY, Office
from tests.store.test_exchange import own


def test_what_is_held_back_is_said_with_its_subject(office: Office) -> None:
    office.register()
    with office.store.write() as connection:
        reason = say("Not in {department}", department="labour")
        held.keep_set_aside(connection, own(office), [("office", 1, say("x")), ("office", 1, reason)], MONDAY)
        held.keep_set_aside(connection, own(office), [("office", 999, reason)], MONDAY)
        first = next(exchange.rows_after(connection, exchange.heads(connection)[0], 0))
        registers = tuple(decode(first.body or b"").writes)
        assert held.set_aside(connection) == [
            SetAside("office", 1, first.subject, first.act, reason, registers),
            SetAside("office", 999, "", "", reason),
        ]
        held.forget_set_aside(connection, {"office": 998, "health": 999})
        assert [one.sequence for one in held.set_aside(connection)] == [999]
        held.forget_set_aside(connection, {"office": 999})
        assert held.set_aside(connection) == []
