"""Office packs by way of the central system: what it gives out is fetched, kept, and worked by in its time.

The lists that the centre signs name each pack by its SHA-256, with its version and its day; what arrives is
taken for that pack only if it has that SHA-256. Of the packs whose day has come the one with the greatest
version counts. One that this program cannot read is kept, too: it is for the next program.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from typing import TYPE_CHECKING

import msgspec
from msgspec.structs import replace

from kiosk.definitions.bundle import digest_of, read_bundle
from kiosk.errors import PackError
from kiosk.logs import log
from kiosk.model.office import OfficePack
from kiosk.model.text import Text, say
from kiosk.store import exchange as store
from kiosk.store.database import Connection, Store
from kiosk.sync.answers import OfferedPack

if TYPE_CHECKING:
    from kiosk.actions.exchange import Exchange

OFFERED, CITED = "centre/packs", "centre/definitions"  # in the identity: as the centre's lists say it
BUNDLE = "pack/"  # begins the key of a bundle in the table `definition`; pinned definitions have none


class Known(msgspec.Struct, frozen=True):
    """A pack that was given out, as far as it is here. `pack` is None where this program cannot read it."""

    offer: OfferedPack
    arrived: bool
    pack: OfficePack | None

    @property
    def is_too_new(self) -> bool:
        return self.arrived and self.pack is None

    def counts(self, today: date) -> bool:
        """Whether one may work by it."""
        return self.pack is not None and not self.offer.withdrawn and self.offer.since <= today.isoformat()


class Packs:
    """The packs that the centre gave out to this terminal. Each is read once: that takes a moment."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.followed = ""  # the digest of the pack that is worked by; empty: the terminal's own
        self._read: dict[str, OfficePack | None] = {}

    def known(self, today: date) -> list[Known]:
        """The packs that are newer than the one in force, the newest first, and that one last."""
        with self.store.read() as connection:
            offers = offered(connection)
        found = []
        for offer in (one for one in offers if not one.withdrawn):
            found.append(self.looked_up(offer))
            if found[-1].counts(today):
                break
        return found

    def in_force(self, today: date) -> Known | None:
        """The pack to work by; None where none was given out that this program can read."""
        return next((one for one in self.known(today) if one.counts(today)), None)

    def pins_too_new(self, digest: str) -> bool:
        """Whether these definitions are pinned of a pack that this program could not read."""
        with self.store.read() as connection:
            offers = [one for one in offered(connection) if digest in one.tracks.values()]
        return any(one.digest in self._read and self._read[one.digest] is None for one in offers)

    def looked_up(self, offer: OfferedPack) -> Known:
        """A pack as far as it is here, read."""
        with self.store.read() as connection:
            if not is_here(connection, offer):
                return Known(offer, False, None)
            sources = {digest: body(connection, digest) or b"" for digest in offer.tracks.values()}
            content = None if offer.digest in self._read else body(connection, BUNDLE + offer.digest)
        if content is not None:
            self._read[offer.digest] = _readable(content)
        pack = self._read[offer.digest]
        if pack is not None:  # all terminals cite what the centre pinned, whatever their program
            pack = replace(pack, digests=offer.tracks, sources=sources)
        return Known(offer, True, pack)


def note(connection: Connection, offers: Sequence[OfferedPack], cited: Sequence[str]) -> None:
    """Keeps what the centre's lists say of packs; of what they say no more, the packs that are here."""
    named = {offer.digest for offer in offers}
    earlier = [one for one in offered(connection) if one.digest not in named and is_here(connection, one)]
    kept = sorted([*offers, *earlier], key=lambda one: -one.version)
    store.remember(connection, {OFFERED: msgspec.json.encode(kept), CITED: msgspec.json.encode(cited)})


def offered(connection: Connection) -> list[OfferedPack]:
    """The packs that the centre gave out, the greatest version first."""
    return msgspec.json.decode(store.known(connection, OFFERED) or b"[]", type=list[OfferedPack])


def is_here(connection: Connection, offer: OfferedPack) -> bool:
    """The whole of it: a pack and the definitions pinned of it."""
    return not absent(connection, [BUNDLE + offer.digest, *offer.tracks.values()])


def absent(connection: Connection, keys: Iterable[str]) -> list[str]:
    sought = "SELECT 1 FROM definition WHERE digest = ?"
    return [key for key in keys if connection.execute(sought, (key,)).fetchone() is None]


def body(connection: Connection, key: str) -> bytes | None:
    row = connection.execute("SELECT body FROM definition WHERE digest = ?", (key,)).fetchone()
    return bytes(row[0]) if row else None


def keep(connection: Connection, key: str, content: bytes) -> None:
    connection.execute(
        "INSERT INTO definition (digest, body) VALUES (?, ?) ON CONFLICT DO NOTHING", (key, content)
    )


def fetch(exchange: Exchange) -> None:
    """Fetches of the packs the newest, down to one that counts, and the definitions that entries may cite.

    What is not what the lists name is thrown away: `told` says that it has not arrived, the next lists ask
    for it again, and nothing waits for it.
    """
    terminal = exchange.terminal
    with terminal.store.read() as connection:
        offers = offered(connection)
        cited = msgspec.json.decode(store.known(connection, CITED) or b"[]", type=list[str])
    for offer in (one for one in offers if not one.withdrawn):
        _fetch(exchange, [BUNDLE + offer.digest, *offer.tracks.values()])
        if terminal.packs.looked_up(offer).counts(terminal.clock().date()):
            break
    _fetch(exchange, cited)


def _fetch(exchange: Exchange, keys: Iterable[str]) -> None:
    with exchange.terminal.store.read() as connection:
        missing = absent(connection, keys)
    for key in missing:
        digest = key.removeprefix(BUNDLE)
        is_there = exchange.client.pack(digest, exchange.parts.setdefault(digest, bytearray()))
        content = bytes(exchange.parts.pop(digest))
        if not is_there or digest_of(content) != digest:
            log.warning("pack", kind="other_content" if is_there else "not_there")
            continue
        with exchange.terminal.store.write() as connection:
            keep(connection, key, content)


def told(packs: Packs, own: OfficePack, today: date) -> dict[int, Text]:
    """Which packs this terminal, working by `own`, does not work by, and why: version -> what to say."""
    said = {one.offer.version: _told(one, packs, own, today) for one in packs.known(today)}
    return {version: text for version, text in said.items() if text is not None}


def _told(one: Known, packs: Packs, own: OfficePack, today: date) -> Text | None:
    version = one.offer.version
    if not one.arrived:
        return say("The office pack, version {version}, has not arrived here yet.", version=version)
    if one.is_too_new:
        return say(
            "The office pack, version {version}, needs a newer program. This terminal goes on with version "
            "{own}; cases of the new one can only be looked at here. Update the program.",
            version=version,
            own=own.office.version,
        )
    if not one.counts(today):
        day = date.fromisoformat(one.offer.since)
        return say("The office pack, version {version}, is for {day} and later.", version=version, day=day)
    if one.offer.digest == packs.followed:
        return None
    return say(
        "This terminal works by the office pack, version {version}, from the next sign-in.", version=version
    )


def _readable(content: bytes) -> OfficePack | None:
    try:
        return read_bundle(content)
    except PackError as error:
        log.warning("pack", exc_info=error)
        return None
