"""New terminals of a centre that packs what they start from."""

from __future__ import annotations

from pathlib import Path

from kiosk.actions import newcomer
from kiosk.actions.exchange import Exchange
from kiosk.store import journal
from kiosk.store.proof import prove
from kiosk.sync.answers import Snapshot
from tests.actions.exchanged import opened, whole
from tests.office import Office
from tests.running import Running, until

COUNTER = ("reception", "labour", "police")


class Desks:
    """Desks that have joined the centre; all are closed at the end."""

    def __init__(self, centre: Running, folder: Path) -> None:
        self.centre, self.folder = centre, folder
        self.made: list[tuple[Office, Exchange]] = []

    def new(self, *departments: str) -> tuple[Office, Exchange]:
        folder = self.folder / f"desk{len(self.made)}"
        folder.mkdir()
        office = Office(folder, clock=self.centre.clock)
        return office, self.joined(office, *departments)

    def again(self, office: Office) -> tuple[Office, Exchange]:
        """A desk as it is after its next start."""
        office.close()
        return self._kept(*opened(office))

    def joined(self, office: Office, *departments: str) -> Exchange:
        return self._kept(office, self.centre.joined(office, *departments))[1]

    def _kept(self, office: Office, exchange: Exchange) -> tuple[Office, Exchange]:
        self.made.append((office, exchange))
        return office, exchange

    def close(self) -> None:
        for office, exchange in self.made:
            exchange.client.close()
            office.close()


def of_others(office: Office) -> list[tuple[object, ...]]:
    """Every row of the journal but those of this terminal and of who opened what."""
    with office.store.read() as connection:
        return connection.execute(
            f"SELECT {journal.COLUMNS} FROM entry WHERE terminal <> ? AND stream <> 'access' "  # noqa: S608
            "ORDER BY terminal, stream, sequence",
            (office.desk.terminal.code,),
        ).fetchall()


def holds(office: Office) -> None:
    """Chains hold, what others wrote is signed, and the views are what the journal says."""
    with office.store.read() as connection:
        unsigned = connection.execute(
            "SELECT * FROM head WHERE signature IS NULL AND terminal <> ?", (office.desk.terminal.code,)
        )
        assert unsigned.fetchall() == []
    assert prove(office.store)
    whole(office.store)


def newest(exchange: Exchange) -> Snapshot:
    """What the centre offers as soon as everything is in it that it has."""
    found: list[Snapshot] = []

    def look() -> bool:
        offer = newcomer.offered(exchange)
        assert offer is not None
        found.append(newcomer.verified(exchange, offer))
        heads = exchange.client.heads()
        return (found[-1].epoch, found[-1].cursor) == (heads.epoch, heads.cursor)

    until(look)
    return found[-1]


def started(exchange: Exchange, said: newcomer.Said = lambda done, of: None) -> int:
    """With how many entries the terminal starts: all that the centre has."""
    newest(exchange)
    return newcomer.start(exchange, said)
