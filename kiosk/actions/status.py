"""What a clerk may know of the exchange."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

import msgspec

from kiosk.actions.held import Where
from kiosk.model.text import Text, say
from kiosk.store.held import SetAside
from kiosk.sync.refusals import REVOKED

SKEW = timedelta(minutes=5)  # from which a wrong clock is said
DAYS = timedelta(days=2)  # from which it is said in days


class Status(msgspec.Struct, frozen=True):
    """How the exchange stands. `reason` says why there is no connection, or what is wrong."""

    connected: bool
    waiting: int  # own entries that the centre has not acknowledged
    last: datetime | None  # of the last exchange
    set_aside: tuple[SetAside, ...] = ()
    reason: Text | None = None
    offset: timedelta = timedelta(0)  # what the centre's clock shows more than this terminal's
    where: Mapping[str, Where] = msgspec.field(
        default_factory=dict
    )  # to mend what is held back, by its subject
    packs: tuple[Text, ...] = ()  # what is to be said of office packs
    doubled: tuple[str, ...] = ()  # numbers that a copy of this terminal gave, too, and nobody has checked
    unproven: bool = False  # lists that the centre gave at the start are still being compared

    @property
    def revoked(self) -> bool:
        return self.reason == REVOKED

    @property
    def clock(self) -> Text | None:
        """That this terminal's clock is wrong, where the centre's tells."""
        if abs(self.offset) <= SKEW:
            return None
        if abs(self.offset) >= DAYS:
            return say("The clock of this terminal is wrong by {days} days.", days=abs(self.offset).days)
        minutes = round(abs(self.offset) / timedelta(minutes=1))
        return say("The clock of this terminal is wrong by {minutes} minutes.", minutes=minutes)
