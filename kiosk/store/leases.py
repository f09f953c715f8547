"""How late it is for leases, as the store remembers it: see `kiosk.model.lease`."""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime, timedelta

import msgspec

from kiosk.errors import StoreError
from kiosk.model.lease import Reckoned, counted_on
from kiosk.store import exchange
from kiosk.store.database import Connection, Store

TIME = "centre/time"  # in the identity: a `Reckoned` as JSON
NOTED = timedelta(minutes=10)  # the terminal's clock may be set back by so much before that is noted


def set_time(connection: Connection, at: datetime, clock: datetime) -> None:
    """The centre says that it is `at`; it stands over whatever was counted here."""
    exchange.remember(connection, {TIME: msgspec.json.encode(Reckoned(at, clock))})


def time(store: Store, clock: datetime) -> datetime:
    """How late it is where this terminal's clock shows `clock`; that clock alone where no centre said a word.

    What was counted is noted now and then, not each time: a screen asks often and must not wait for writers.
    """
    with store.read() as connection:
        known = _known(connection)
    if known is None:
        return clock
    if abs(clock - known.clock) >= NOTED:
        with suppress(StoreError), store.write() as connection:  # a full disk lets nobody write anyway
            known = counted_on(_known(connection) or known, clock)
            exchange.remember(connection, {TIME: msgspec.json.encode(known)})
    return counted_on(known, clock).time


def _known(connection: Connection) -> Reckoned | None:
    value = exchange.known(connection, TIME)
    return msgspec.json.decode(value, type=Reckoned) if value else None
