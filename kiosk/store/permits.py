"""Which permits hold no more, whatever their slips say."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from kiosk.model.fields.dates import BEIJING
from kiosk.store.database import Connection

# A residence permit is good for five years at most (law of exit and entry, article 30): whatever was voided
# longer ago has expired by its own seal, and the list stays small however long an office works.
TOLD = timedelta(days=2_000)


def void(connection: Connection, now: datetime) -> dict[str, date]:
    """Numbers of permits that are void or cancelled, and since which day."""
    rows = connection.execute(
        "SELECT number, since FROM view_permit WHERE status IN ('void', 'cancelled')"
    ).fetchall()
    found = {number: datetime.fromisoformat(since).astimezone(BEIJING).date() for number, since in rows}
    told_since = (now - TOLD).date()
    return {number: day for number, day in found.items() if day >= told_since}
