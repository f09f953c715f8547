"""A new terminal starts from what the centre has packed: minutes of pulling and folding become one.

Everything goes into a store beside the terminal's own, a piece in each transaction, so that a line may be cut
anywhere and work goes on with the next piece. Only when all of it is there and holds does that store take the
own one's place; until then the terminal is as it was, and may always take every entry by itself instead.
"""

from __future__ import annotations

import base64
import hashlib
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress

import msgspec
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from kiosk.actions.exchange import Exchange, author_key, open_exchange
from kiosk.actions.terminal import Terminal
from kiosk.errors import BrokenJournal
from kiosk.logs import log
from kiosk.model.text import Text, say
from kiosk.store import exchange as store
from kiosk.store import proof, rebuild, receiving, snapshots, succession
from kiosk.store.database import Store
from kiosk.store.exchange import UNPROVEN
from kiosk.store.files import remove
from kiosk.store.snapshots import BadSnapshot
from kiosk.sync.answers import Offer, Piece, Snapshot
from kiosk.sync.refusals import Refusal, Unreachable

OFFER, DONE = "snapshot/offer", "snapshot/done"  # in the identity of the store beside
TRIES, PAUSE = 4, 0.2  # of one piece where the line is bad, seconds between them
LONGEST_MAKING = 900.0  # seconds that the centre may take to pack

Said = Callable[[int, int], None]  # bytes that are there, of how many; (0, 0) while the centre prepares


def start(exchange: Exchange, said: Said = lambda done, of: None) -> int:
    """The number of entries that the terminal starts with; 0 where the centre offers nothing.

    Otherwise the terminal's store is another one now, and closed. Raises Unreachable when the line is down,
    BadSnapshot when what came does not hold: then nothing of it is left, and every entry comes by itself.
    """
    if not _is_new(exchange):
        return 0  # every entry comes by itself already
    for _ in range(TRIES):
        with suppress(Outdated):
            return _started(exchange, said)
    return 0


def fill(terminal: Terminal, said: Said) -> int:
    """`start` of a terminal that has joined."""
    exchange = open_exchange(terminal)
    assert exchange is not None
    try:
        return start(exchange, said)
    finally:
        exchange.client.close()


def in_words(done: int, of: int) -> Text:
    """What `Said` heard."""
    if not of:
        return say("The central system prepares what this terminal starts from…")
    return say("Fetching what the office has written: {percent}%", percent=100 * done // of)


def is_begun(old: Store) -> bool:
    """Whether an earlier start was cut."""
    return succession.started(old).exists()


class Outdated(Exception):
    """The centre has packed anew meanwhile, and thrown the old pieces away."""


def _started(exchange: Exchange, said: Said) -> int:
    old = exchange.terminal.store
    offer = offered(exchange, said)
    if offer is None:
        return 0
    exchange.lists()  # so that who works here may sign in at once
    try:
        return _filled(exchange, verified(exchange, offer), _begun(old, offer), said)
    except (BrokenJournal, BadSnapshot) as error:
        remove(succession.started(old))
        log.warning("snapshot", exc_info=error)
        raise BadSnapshot from error


def _filled(exchange: Exchange, snapshot: Snapshot, new: Store, said: Said) -> int:
    old = exchange.terminal.store
    try:
        _take_in(exchange, snapshot, new, said)
        if snapshot.views != rebuild.VERSION:
            rebuild.rebuild(new)
        _become_own(old, new, snapshot)
        succession.take_place(new, old)
    finally:
        new.close()
    return snapshot.entries


def _is_new(exchange: Exchange) -> bool:
    with exchange.terminal.store.read() as connection:
        others = [head for head in store.heads(connection) if (head.office, head.terminal) != exchange.own]
    return not others


def offered(exchange: Exchange, said: Said = lambda done, of: None) -> Offer | None:
    """What the centre offers, waited for while it is being made; None where it offers nothing."""
    until = time.monotonic() + LONGEST_MAKING
    while True:
        try:
            return exchange.client.snapshot()
        except Refusal as refusal:
            if refusal.problem.kind != "busy" or time.monotonic() > until:
                return None
            said(0, 0)
            time.sleep(max(refusal.retry_after, 0.1))


def verified(exchange: Exchange, offer: Offer) -> Snapshot:
    """What the centre offers. Raises BadSnapshot for what it did not sign, or is for somebody else."""
    with exchange.terminal.store.read() as connection:
        key = store.known(connection, "centre/key") or b""
    try:
        content = base64.b64decode(offer.signed, validate=True)
        Ed25519PublicKey.from_public_bytes(key).verify(bytes.fromhex(offer.signature), content)
        snapshot = msgspec.json.decode(content, type=Snapshot)
    except (InvalidSignature, ValueError) as error:
        raise BadSnapshot from error
    if (snapshot.format, snapshot.office) != (snapshots.FORMAT, exchange.terminal.office):
        raise BadSnapshot
    return snapshot


def _begun(old: Store, offer: Offer) -> Store:
    """The store beside, as far as an earlier try came with the same offer."""
    path = succession.started(old)
    wanted = msgspec.json.encode(offer)
    if path.exists():
        new = old.beside(path)
        with new.read() as connection:
            begun = store.known(connection, OFFER)
        if begun == wanted:
            return new
        new.close()
        remove(path)
    new = old.beside(path)
    rebuild.rebuild(new)  # of nothing: it notes the version of the views
    with new.write() as connection:
        store.remember(connection, {OFFER: wanted, DONE: b"0"})
    return new


def _take_in(exchange: Exchange, snapshot: Snapshot, new: Store, said: Said) -> None:
    wanted = [
        piece
        for piece in snapshot.pieces
        if piece.table in snapshots.JOURNAL or (piece.table in snapshots.VIEWS and _same_views(snapshot))
    ]
    with new.read() as connection:
        done = int(store.known(connection, DONE) or b"0")
    of = sum(piece.size for piece in wanted)
    there = sum(piece.size for piece in wanted[:done])
    for number, (piece, unpacked) in enumerate(_fetched(exchange, wanted[done:]), done + 1):
        with new.write() as connection:
            unpacked.take_in(connection)
            store.remember(connection, {DONE: str(number).encode()})
        there += piece.size
        said(there, of)


def _same_views(snapshot: Snapshot) -> bool:
    return snapshot.views == rebuild.VERSION


def _fetched(exchange: Exchange, pieces: list[Piece]) -> Iterator[tuple[Piece, snapshots.Piece]]:
    """Each piece unpacked; the next one is on its way while this one is written."""
    with ThreadPoolExecutor(1, "snapshot") as line:
        coming = None
        for piece in pieces:
            following = line.submit(_fetch, exchange, piece)
            if coming is not None:
                yield coming[0], coming[1].result()
            coming = piece, following
        if coming is not None:
            yield coming[0], coming[1].result()


def _fetch(exchange: Exchange, piece: Piece) -> snapshots.Piece:
    for again in reversed(range(TRIES)):
        try:
            data = exchange.client.piece(piece.name)
            break
        except (Unreachable, Refusal) as error:
            if isinstance(error, Refusal) and error.problem.kind == "missing":
                raise Outdated from error
            if not again:
                raise
            time.sleep(max(getattr(error, "retry_after", 0.0), PAUSE))
    if hashlib.sha256(data).hexdigest() != piece.name:
        raise BadSnapshot
    return snapshots.Piece(piece.table, data)


def _refuse_unsigned(new: Store, centre: bytes) -> None:
    """Every stream has to be its author's own up to its end. Raises NotTheirs."""
    with new.write() as connection:
        store.remember(connection, {"centre/key": centre})
    with new.read() as connection:
        for head in store.heads(connection):
            place = (head.office, head.terminal, head.stream)
            key = author_key(connection, place)
            receiving.refuse_unsigned(place, (head.sequence, head.hash), [head], key)


def _become_own(old: Store, new: Store, snapshot: Snapshot) -> None:
    """This terminal's identity, what it wrote before it joined, and where it stands in the centre's feeds."""
    with old.read() as connection:
        identity = {key: bytes(value) for key, value in connection.execute("SELECT key, value FROM identity")}
    identity["centre/epoch"] = snapshot.epoch.encode()
    if _same_views(snapshot):
        identity[UNPROVEN] = b"1"
    _refuse_unsigned(new, identity["centre/key"])
    succession.take_over(old, new, identity, {})
    with new.write() as connection:
        receiving.set_cursor(connection, snapshot.cursor)
        store.forget_keys(connection, (OFFER, DONE))


def prove(exchange: Exchange, go_on: Callable[[], None]) -> None:
    """Compares views that came packed with the entries, in slices (see `proof`); makes unlike ones anew.

    What was stopped in between goes on the next time.
    """
    terminal = exchange.terminal
    if not proof.prove(terminal.store, go_on):
        log.warning("views_differ")
        rebuild.rebuild(terminal.store)
        exchange.mended = True
    with terminal.store.write() as connection:
        store.forget_keys(connection, (UNPROVEN,))
