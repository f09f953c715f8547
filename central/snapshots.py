"""What new terminals start from: for each set of feeds a store like theirs, kept up to date and packed.

It is made as a terminal of that set would make it: from the rows that it may receive and from nothing else.
So no view can tell what its streams do not, as the centre's own views would. All of it is encrypted, and lies
beside the centre's data while there are invitations.
"""

from __future__ import annotations

import base64
import hashlib
import secrets
import threading
import time
from datetime import datetime
from pathlib import Path

import msgspec

from central import feed
from central.centre import Centre
from central.registry import Member
from kiosk.errors import ForeignStore, WrongKey
from kiosk.logs import log
from kiosk.store import exchange, receiving, search, snapshots
from kiosk.store.database import Connection, Store
from kiosk.store.files import remove
from kiosk.store.rebuild import VERSION, is_due, rebuild
from kiosk.sync.answers import Offer, Piece, Snapshot

KEY = "snapshot"  # of the files, in the centre's identity
# in the identity of a store: what is offered, its pieces, and where it stands in each stream's feed
OFFER, NAMES, NUMBERS = "snapshot/offer", "snapshot/names", "snapshot/numbers"
LEAST = 5_000  # entries; fewer are pulled as quickly
BEHIND = 20_000  # entries that the packed pieces may lack before they are packed anew
LOOK = 2.0  # seconds between two looks for invitations
PAUSE = 60.0  # seconds after something went wrong

Streams = tuple[str, ...]
SETS: tuple[Streams, ...] = tuple(
    feed.streams_for(feed.COUNTER, departments) for departments in ((), (feed.HEALTH_POST,))
)


class Snapshots(threading.Thread):
    """Makes and keeps what new terminals start from, in files of `folder`."""

    def __init__(self, centre: Centre, folder: Path, least: int = LEAST, behind: int = BEHIND) -> None:
        super().__init__(name="snapshots", daemon=True)
        self.centre, self.folder, self.least, self.behind = centre, folder, least, behind
        self.stores: dict[Streams, Store] = {}
        self._ending = threading.Event()
        self._is_failing = False

    def run(self) -> None:
        pause = 0.0
        while not self._ending.wait(pause):
            pause = LOOK
            try:
                self.look()
                self._is_failing = False
            except _Ended:
                return
            except Exception as error:  # a full disk, a database that is away: terminals come the slow way
                log.warning("snapshots", exc_info=error)
                self._is_failing, pause = True, PAUSE

    def end(self) -> None:
        self._ending.set()
        self.join()
        for store in self.stores.values():
            store.close()

    def look(self) -> None:
        """Brings up to date what is wanted, and removes what is not."""
        with self.centre.database.read() as connection:
            wanted = self._wanted(connection)
        for streams, is_open in wanted.items():
            self._keep(streams, is_open)
        for streams in SETS:
            if streams not in wanted:
                self._remove(streams)

    def offer(self, member: Member) -> tuple[Offer, dict[str, int]] | None:
        """What is packed for a terminal, and up to which number of each feed; None where nothing is (yet)."""
        store = self.stores.get(feed.streams_for(member.face, member.departments))
        if store is None:
            return None
        with store.read() as connection:
            packed, numbers, epoch = (
                exchange.known(connection, key) or b"" for key in (OFFER, NUMBERS, "centre/epoch")
            )
        if not packed or epoch.decode() != self.centre.epoch:
            return None
        return msgspec.json.decode(packed, type=Offer), msgspec.json.decode(numbers, type=dict[str, int])

    def is_to_come(self, member: Member) -> bool:
        """Whether it is worth a terminal's while to ask again; not while making it fails."""
        if self._is_failing:
            return False
        streams = feed.streams_for(member.face, member.departments)
        with self.centre.database.read() as connection:
            return streams in self._wanted(connection)

    def piece(self, member: Member, name: str) -> bytes | None:
        """A piece of what is packed for this terminal, or was before: it may still be on its way."""
        store = self.stores.get(feed.streams_for(member.face, member.departments))
        if store is None:
            return None
        with store.read() as connection:
            return exchange.blob(connection, name)

    # --- what is wanted ------------------------------------------------------------------------

    def _wanted(self, connection: Connection) -> dict[Streams, bool]:
        """The sets of feeds that somebody was invited to, and whether an invitation is still to be used."""
        found: dict[Streams, bool] = {}
        rows = connection.execute(
            "SELECT face, departments, expires, terminal FROM invitation WHERE office = ?",
            (self.centre.office,),
        )
        now = self.centre.clock()
        for face, departments, expires, terminal in rows.fetchall():
            streams = feed.streams_for(face, departments.split())
            if streams and datetime.fromisoformat(expires) > now:
                found[streams] = found.get(streams, False) or terminal is None
        return {
            streams: is_open
            for streams, is_open in found.items()
            if self._entries(connection, streams) >= self.least
        }

    def _entries(self, connection: Connection, streams: Streams) -> int:
        """How many there are, by the heads: adding up the ranges of the feeds at each look takes long."""
        marks = ",".join("?" * len(streams))
        (count,) = connection.execute(
            f"SELECT coalesce(sum(sequence), 0) FROM head WHERE office = ? AND stream IN ({marks})",
            (self.centre.office, *streams),
        ).fetchone()
        return int(count)

    def _entries_after(self, connection: Connection, streams: Streams, cursor: dict[str, int]) -> int:
        return sum(
            connection.execute(
                "SELECT coalesce(sum(last - first + 1), 0) FROM feed "
                "WHERE office = ? AND stream = ? AND number > ?",
                (self.centre.office, stream, cursor.get(self._feed(stream), 0)),
            ).fetchone()[0]
            for stream in streams
        )

    def _feed(self, stream: str) -> str:
        return f"{self.centre.office}/{stream}"

    # --- one store -----------------------------------------------------------------------------

    def _path(self, streams: Streams) -> Path:
        return self.folder / f"snapshot-{'-'.join(streams)}.db"

    def _remove(self, streams: Streams) -> None:
        if (store := self.stores.pop(streams, None)) is not None:
            store.close()
        remove(self._path(streams))

    def _keep(self, streams: Streams, is_open: bool) -> None:
        """Packs what is there, again only when it is far behind and somebody may still come for it."""
        store = self.stores.get(streams) or self._open(streams)
        with store.read() as connection:
            cursor = receiving.cursor(connection)
            is_packed = exchange.known(connection, OFFER) is not None
            is_ours = (exchange.known(connection, "centre/epoch") or b"").decode() == self.centre.epoch
        if not is_ours:
            self._remove(streams)
            store, cursor, is_packed = self._open(streams), {}, False
        self.stores[streams] = store
        with self.centre.database.read() as connection:
            behind = self._entries_after(connection, streams, cursor)
        if not is_packed or is_due(store) or (is_open and behind > self.behind):
            began = time.monotonic()
            self._catch_up(store, streams, cursor)
            self._pack(store)
            log.info("snapshots", kind="-".join(streams), ms=round((time.monotonic() - began) * 1000))

    def _open(self, streams: Streams) -> Store:
        key = self.centre.database.transact(_key)
        try:
            store = Store.open(self._path(streams), key)
        except (ForeignStore, WrongKey):
            self._remove(streams)  # of another centre, or damaged
            store = Store.open(self._path(streams), key)
        with store.write() as connection:
            if exchange.known(connection, "centre/epoch") is None:
                exchange.remember(connection, {"centre/epoch": self.centre.epoch.encode()})
        return store

    def _catch_up(self, store: Store, streams: Streams, cursor: dict[str, int]) -> None:
        """Takes what came since, as a terminal would; the first time all views are made at once."""
        fresh = is_due(store)
        numbers = {stream: cursor.get(self._feed(stream), 0) for stream in streams}
        more = True
        while more:
            self._go_on()
            with self.centre.database.read() as connection:
                batch = feed.pull(connection, self.centre.office, "", streams, numbers, feed.MOST_ROWS)
            with store.write() as connection:
                receiving.receive(connection, batch.rows, batch.heads, fold=not fresh)
                numbers = batch.cursor
                receiving.set_cursor(connection, {self._feed(name): at for name, at in numbers.items()})
                search.absorb(connection)
            more = batch.more
        if fresh:
            rebuild(store, lambda step, count: self._go_on())
            with store.write() as connection:
                search.absorb(connection)

    def _pack(self, store: Store) -> None:
        """The pieces, and the list of them that the centre signs; those of the list before stay."""
        found: list[Piece] = []

        def keep(table: str, source: Connection) -> None:
            for rows, data in snapshots.pieces(source, table):
                self._go_on()
                name = hashlib.sha256(data).hexdigest()
                with store.write() as target:
                    exchange.keep_blob(target, name, data)
                found.append(Piece(table, name, rows, len(data)))

        with store.read() as reading:
            cursor = receiving.cursor(reading)
            before = msgspec.json.decode(exchange.known(reading, NAMES) or b"[]", type=list[str])
            for table in snapshots.TABLES:
                if table != "definition":
                    keep(table, reading)
        with self.centre.database.read() as connection:
            keep("definition", connection)
        at = self.centre.clock().isoformat(timespec="seconds")
        snapshot = Snapshot(
            snapshots.FORMAT, self.centre.office, self.centre.epoch, at, VERSION, cursor, found
        )
        signed = msgspec.json.encode(snapshot)
        offer = Offer(base64.b64encode(signed).decode(), self.centre.key.sign(signed).hex())
        names = [piece.name for piece in found]
        numbers = {name.partition("/")[2]: number for name, number in cursor.items()}
        with store.write() as connection:
            exchange.remember(
                connection,
                {
                    OFFER: msgspec.json.encode(offer),
                    NAMES: msgspec.json.encode(names),
                    NUMBERS: msgspec.json.encode(numbers),
                },
            )
            exchange.keep_blobs(connection, {*names, *before})
        store.checkpoint()

    def _go_on(self) -> None:
        """Between two steps. Raises _Ended."""
        if self._ending.is_set():
            raise _Ended


class _Ended(Exception):
    """The server ends; what was begun goes on at its next start."""


def _key(connection: Connection) -> bytes:
    """What the files are encrypted with: who has them without the database has nothing."""
    exchange.remember_once(connection, {KEY: secrets.token_bytes(32)})
    found = exchange.known(connection, KEY)
    assert found is not None
    return found
