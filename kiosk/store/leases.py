"""How late it is for leases, as the store remembers it: see `kiosk.model.lease`."""

from __future__ import annotations

import secrets
import time as machine
from contextlib import suppress
from datetime import datetime
from functools import cache
from pathlib import Path

import msgspec

from kiosk.errors import StoreError
from kiosk.model.lease import Reckoned, Shown, counted_on
from kiosk.store import exchange
from kiosk.store.database import Connection, Store

TIME = "centre/time"  # in the identity: a `Reckoned` as JSON
NOTED = 600.0  # seconds after which it is noted once more: what a machine ran since is lost when it stops
THIS_RUN = secrets.token_hex(8)
BOOT = Path("/proc/sys/kernel/random/boot_id")  # Linux names each start of the machine


def shown(clock: datetime) -> Shown:
    """What this machine shows, where the terminal's clock shows `clock`. Where starts have no names, each run
    of the program counts as one."""
    if start := _start_of_machine():
        return Shown(clock, machine.clock_gettime(machine.CLOCK_BOOTTIME), start)
    return Shown(clock, machine.monotonic(), THIS_RUN)


@cache
def _start_of_machine() -> str:
    """Empty where it has no name, or the time since cannot be told: asleep the machine goes on counting."""
    named = hasattr(machine, "CLOCK_BOOTTIME") and BOOT.exists()
    return BOOT.read_text("ascii").strip() if named else ""


def set_time(connection: Connection, at: datetime, clock: datetime) -> None:
    """The centre says that it is `at`; it stands over whatever was counted here."""
    exchange.remember(connection, {TIME: msgspec.json.encode(Reckoned(at, shown(clock)))})


def time(store: Store, clock: datetime) -> datetime:
    """How late it is where this terminal's clock shows `clock`; that clock alone where no centre said a word.

    What was counted is noted now and then, not each time: a screen asks often and must not wait for writers.
    """
    with store.read() as connection:
        known = _known(connection)
    if known is None:
        return clock
    now = shown(clock)
    before = known.shown
    is_due = now.start != before.start or now.ran - before.ran >= NOTED
    if is_due or abs((now.clock - before.clock).total_seconds()) >= NOTED:
        with suppress(StoreError), store.write() as connection:  # a full disk lets nobody write anyway
            known = counted_on(_known(connection) or known, now)
            exchange.remember(connection, {TIME: msgspec.json.encode(known)})
    return counted_on(known, now).time


def _known(connection: Connection) -> Reckoned | None:
    value = exchange.known(connection, TIME)
    return msgspec.json.decode(value, type=Reckoned) if value else None
