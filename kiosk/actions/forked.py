"""A terminal that was put back to an older state, or copied, comes back under another name and loses nothing.

Two histories under one name cannot be merged: the numbers of their entries are the same. What the centre has
stays the old terminal's; what was written here since the two parted is written again by a new terminal,
with the same entries, acts and times. The old store is kept as evidence.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import accumulate
from pathlib import Path

import msgspec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from msgspec.structs import replace

from kiosk.actions.enrolment import TRIES, identity
from kiosk.actions.exchange import Exchange, Forked, open_exchange
from kiosk.actions.terminal import Terminal, chance
from kiosk.errors import Refused
from kiosk.logs import log
from kiosk.model.entries import Entry, decode
from kiosk.model.text import say
from kiosk.store import exchange as store
from kiosk.store import journal, leases, succession
from kiosk.store.database import Connection
from kiosk.store.memory import SqlMemory
from kiosk.store.views import apply
from kiosk.sync.answers import Enrolled
from kiosk.sync.protocol import Rows
from kiosk.sync.refusals import Refusal, Unreachable


class Recovered(msgspec.Struct, frozen=True):
    """`entries` written again by terminal `code`; the old store lies at `evidence`."""

    former: str
    code: str
    entries: int
    evidence: Path


def note_fork(terminal: Terminal) -> None:
    """What is written until the next start is written again like the rest."""
    with terminal.store.write() as connection:
        store.remember(connection, {store.FORKED: b"1"})


def put_right(terminal: Terminal) -> bool:
    """`recover` at a start; False where the centre is away or refuses: then work goes on as before."""
    exchange = open_exchange(terminal)
    if exchange is None:
        return False
    try:
        recover(exchange)
    except (Unreachable, Refusal) as error:
        log.warning("forked", exc_info=error)
        return False
    finally:
        exchange.client.close()
    return True


def recover(exchange: Exchange) -> Recovered:
    """Makes the new store and puts it in the old one's place; the old store is closed then.

    Raises what the client raises, with nothing changed but that the centre may know the successor already:
    asked again, it says the same.
    """
    try:
        return _recovered(exchange)
    except Forked:  # a copy of this disk took the name that had been drawn
        with exchange.terminal.store.write() as connection:
            _keep(connection, _drawn())
        return _recovered(exchange)


def _recovered(exchange: Exchange) -> Recovered:
    terminal = exchange.terminal
    common = {(*exchange.own, stream): shared(exchange, stream) for stream in _own_streams(exchange)}
    answer, secrets = _succeed(exchange)
    with terminal.store.read() as connection:
        known = {key: store.known(connection, key) or b"" for key in ("centre/url", "centre/certificate")}
        time = {leases.TIME: store.known(connection, leases.TIME) or b""}  # leases go on there
        watched = store.known(connection, store.AGAIN)  # of an earlier fork
        former = dict(connection.execute("SELECT key, value FROM identity WHERE key LIKE 'former/%'"))
    names = {
        **former,
        **time,
        **({store.AGAIN: watched} if watched else {}),
        **identity(answer, known["centre/url"].decode(), known["centre/certificate"].decode()),
        **secrets,
        "office": terminal.office.encode(),
        f"former/{terminal.code}": terminal.seal_key().public_key().public_bytes_raw(),
    }
    new = succession.begin(terminal.store, names, common)
    try:
        successor = Terminal.start(new, terminal.pack, terminal.clock)
        joined = open_exchange(successor)
        assert joined is not None
        try:
            joined.begin()
        finally:
            joined.client.close()
        acts = list(_acts(exchange, common))
        _write_again(successor, acts)
        kept = succession.take_place_of_forked(new, terminal.store)
    finally:
        new.close()
    count = sum(map(len, acts))
    log.info("forked", count=count)
    return Recovered(terminal.code, successor.code, count, kept)


def _own_streams(exchange: Exchange) -> list[str]:
    with exchange.terminal.store.read() as connection:
        heads = store.heads(connection)
    return [head.stream for head in heads if (head.office, head.terminal) == exchange.own]


def shared(exchange: Exchange, stream: str) -> int:
    """The last sequence of an own stream up to which the centre has the same entries."""
    with exchange.terminal.store.read() as connection:
        last = 0
        more = True
        while more:
            pulled, rows = exchange.client.rows(Rows(*exchange.own, stream, last))
            for row in rows:
                if _commitment(connection, exchange.own, stream, row.sequence) != row.commitment:
                    return last
                last = row.sequence
            more = pulled.more and bool(rows)
    return last


def _commitment(connection: Connection, own: tuple[str, str], stream: str, sequence: int) -> bytes:
    row = connection.execute(
        "SELECT commitment FROM entry WHERE office = ? AND terminal = ? AND stream = ? AND sequence = ?",
        (*own, stream, sequence),
    ).fetchone()
    return bytes(row[0]) if row else b""


def _succeed(exchange: Exchange) -> tuple[Enrolled, dict[str, bytes]]:
    """What the centre says to the successor, and the successor's identity, kept here until it is needed."""
    with exchange.terminal.store.write() as connection:
        fresh = {
            name: store.known(connection, f"exchange/next/{name}") or new for name, new in _drawn().items()
        }
        _keep(connection, fresh)
    for again in reversed(range(TRIES)):
        try:
            return exchange.client.successor(_asked(exchange, fresh)), fresh
        except Refusal as refusal:
            if refusal.problem.kind != "code_taken" or not again:
                raise
        fresh["terminal"] = chance(4).encode()
        with exchange.terminal.store.write() as connection:
            _keep(connection, fresh)
    raise Refused(say("Another terminal of this office has the same code."))


def _drawn() -> dict[str, bytes]:
    """Another identity."""
    return {
        "terminal": chance(4).encode(),
        "sync": Ed25519PrivateKey.generate().private_bytes_raw(),
        "seal": Ed25519PrivateKey.generate().private_bytes_raw(),
    }


def _keep(connection: Connection, fresh: dict[str, bytes]) -> None:
    store.remember(connection, {f"exchange/next/{name}": value for name, value in fresh.items()})


def _asked(exchange: Exchange, fresh: dict[str, bytes]) -> dict[str, str]:
    from kiosk import __version__

    sync, seal = (Ed25519PrivateKey.from_private_bytes(fresh[name]) for name in ("sync", "seal"))
    return {
        "key": sync.public_key().public_bytes_raw().hex(),
        "seal": seal.public_key().public_bytes_raw().hex(),
        "code": fresh["terminal"].decode(),
        "version": __version__,
        "proof": sync.sign("/".join(exchange.own).encode()).hex(),
    }


def _acts(exchange: Exchange, common: dict[tuple[str, str, str], int]) -> Iterator[list[Entry]]:
    """The own acts that the centre has not, as they were done: by time, but none before an earlier one of its
    stream whose clock was ahead."""
    entries: list[tuple[int, Entry]] = []
    with exchange.terminal.store.read() as connection:
        for head in store.heads(connection):
            after = common.get((head.office, head.terminal, head.stream), head.sequence)
            rows = store.rows_after(connection, head, after)
            found = [decode(row.body) for row in rows if row.body is not None]
            entries += zip(accumulate((entry.time for entry in found), max), found, strict=True)
    entries.sort(key=lambda one: one[0])
    acts: dict[str, list[Entry]] = {}
    for _, entry in entries:
        acts.setdefault(entry.act, []).append(entry)
    yield from acts.values()


def _write_again(successor: Terminal, acts: Sequence[list[Entry]]) -> None:
    """Appends acts as the successor's own; the numbers in them are watched: the other history may have given
    them to somebody else.

    What a copy of this disk wrote again already, under its new name, is left to it.
    """
    with successor.store.write() as connection:
        for act in acts:
            own = [
                replace(entry, terminal=successor.code) for entry in act if not _is_here(connection, entry)
            ]
            if own:
                apply(SqlMemory(connection), journal.append(connection, own))
        store.watch(connection, {number for act in acts for entry in act for number in _minted(entry)})


def _minted(entry: Entry) -> list[str]:
    """The numbers in an entry that its terminal made."""
    written = msgspec.json.encode(entry.writes).decode()
    return re.findall(f'"({re.escape(f"{entry.office}-{entry.terminal}-")}[^"]+)"', written)


def _is_here(connection: Connection, entry: Entry) -> bool:
    return connection.execute("SELECT 1 FROM entry WHERE id = ?", (entry.id,)).fetchone() is not None
