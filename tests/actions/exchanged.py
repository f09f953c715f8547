"""What tests of desks that share one journal look at, and do at the centre."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from central import admin, quarantine
from central.database import Database
from kiosk.actions.exchange import Exchange
from kiosk.store import exchange as remembered
from kiosk.store import journal
from kiosk.store.database import Store
from kiosk.store.rebuild import rebuild
from tests.central.machine import act, entry
from tests.office import Office
from tests.running import Running, exchange_of
from tests.store.compared import views
from tests.sync.proxy import Line

Made = tuple[Office, Exchange]
Make = Callable[..., Made]


def rows(store: object, stream: str = "") -> dict[tuple[str, str, int], bytes]:
    """Every row of a journal, by its place: its commitment."""
    with store.read() as connection:  # type: ignore[attr-defined]
        found = connection.execute("SELECT terminal, stream, sequence, commitment FROM entry").fetchall()
    return {(t, s, n): bytes(c) for t, s, n, c in found if stream in ("", s)}


def whole(store: Store) -> None:
    """Chains hold, and the views are what the journal says."""
    with store.read() as connection:
        assert journal.verify(connection) == []
    before = views(store)
    rebuild(store)
    assert views(store) == before


def pictures(store: Database | Store) -> set[str]:
    """The pictures that entries of a journal speak of; each is there."""
    with store.read() as connection:
        cited = remembered.cited([row for _, row in journal.rows(connection)])
        assert remembered.absent(connection, cited) == []
    return cited


def through(line: Line, office: Office) -> Exchange:
    """The exchange of a desk over a line."""
    with office.store.write() as connection:
        remembered.remember(connection, {"centre/url": f"https://127.0.0.1:{line.port}".encode()})
    return exchange_of(office)


def opened(office: Office, folder: Path | None = None) -> Made:
    """A desk that was closed, as its next start finds it; in `folder` a copy of its disk."""
    office = Office(folder or office.path.parent, clock=office.clock, key=office.key)
    return office, exchange_of(office)


def release_all(centre: Running) -> None:
    with centre.database.read() as connection:
        every = quarantine.listed(connection, centre.centre.office)
    for held in every:
        admin.release(centre.centre, held.place, held.sequences[0], held.sequences[0], "S001")


def unaware(office: Office) -> None:
    """As before the desk heard of any account: it lets anybody write, and the centre holds it back."""
    with office.store.write() as connection:
        connection.execute("DELETE FROM staff")
        remembered.forget_keys(connection, [remembered.ACCOUNTS])


def write_much(office: Office, acts: int, size: int) -> None:
    """Acts that only note something, so that there are many of them in no time."""
    terminal = office.desk.terminal
    for _ in range(acts):
        noted = [entry(subject="person:1", writes={}, terminal=terminal.code) for _ in range(size)]
        with terminal.store.write() as connection:
            journal.append(connection, act(*noted))
