"""After another epoch: the centre was restored from a backup, or this terminal has just joined.

The terminal gives the centre every stream of which it holds more, also those of others, under the heads
that their authors signed; takes what it lacks itself; and only then stands at the centre's new cursor.
"""

from __future__ import annotations

from collections.abc import Container
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from kiosk.actions import carrying
from kiosk.logs import log
from kiosk.model.chain import Head
from kiosk.model.entries import ADMIN
from kiosk.store import exchange as store
from kiosk.store import journal
from kiosk.store.files import remove
from kiosk.store.receiving import Place
from kiosk.store.succession import started
from kiosk.sync.pace import MOST
from kiosk.sync.protocol import Heads, Push, Rows, pack
from kiosk.sync.refusals import Refusal

if TYPE_CHECKING:
    from kiosk.actions.exchange import Exchange

FEW = 100  # rows that come with one that lacked its payload; the next one may be among them


@dataclass
class Fetched:
    """What came down: the subjects that changed, whether there is more, whether the lists changed too.

    And what was given back, where the centre had lost it.
    """

    subjects: set[str] = field(default_factory=set)
    rows: int = 0
    more: bool = False
    lists: bool = False
    given: int = 0  # entries of others that the centre had lost, and got from here

    def add(self, other: Fetched) -> None:
        self.subjects |= other.subjects
        self.rows += other.rows
        self.lists = self.lists or other.lists
        self.given += other.given


def renew(exchange: Exchange, heads: Heads) -> Fetched:
    """What this brought down. Raises Forked when the centre has other entries under our name."""
    exchange.compare(heads)
    found = Fetched(lists=True)
    with exchange.terminal.store.read() as connection:
        mine = {(head.office, head.terminal, head.stream): head for head in store.heads(connection)}
    theirs = {(head.office, head.terminal, head.stream): head for head in heads.heads}
    # what the centre wrote of its terminals goes first: it needs it to know the others again, and what else
    # it has lost; then that, for what others wrote is judged by its packs
    for is_admin in (True, False):
        for place, head in sorted(mine.items()):
            after = theirs[place].sequence if place in theirs else 0
            if (place[2] == ADMIN) is is_admin and after < head.sequence and place[:2] != exchange.own:
                found.given += _relay(exchange, place, after)
        if is_admin:
            carrying.give_back(exchange, exchange.client.heads().wanted)
    for place, head in sorted(theirs.items(), key=_admin_first):
        if head.sequence > (mine[place].sequence if place in mine else 0):
            found.add(exchange.fetch_stream(place))
    found.add(_fill(exchange, theirs))
    with exchange.terminal.store.write() as connection:
        store.replace_cursor(connection, heads.cursor)
        # what was sent of blobs is asked anew: the centre may have lost them, too
        store.remember(connection, {"centre/epoch": heads.epoch.encode(), "exchange/blobs": b"0"})
    remove(started(exchange.terminal.store))  # a start that was cut: every entry came by itself meanwhile
    return found


def _fill(exchange: Exchange, theirs: Container[Place]) -> Fetched:
    """What came here without its payload may have got it since: the feed told so, but at a number that we
    may not have come to."""
    found = Fetched()
    with exchange.terminal.store.read() as connection:
        lacking = [one for one in store.lacking(connection) if one[0] in theirs]
    reached: dict[Place, int] = {}
    for place, sequence in lacking:
        if sequence > reached.get(place, 0):
            pulled, rows = exchange.client.rows(Rows(*place, sequence - 1, FEW))
            found.add(exchange.take(pulled, rows, with_cursor=False))
            reached[place] = rows[-1].sequence if rows else sequence
    return found


def _admin_first(item: tuple[Place, Head]) -> tuple[bool, Place]:
    return item[0][2] != ADMIN, item[0]


def _relay(exchange: Exchange, place: Place, after: int) -> int:
    """Gives another terminal's rows that the centre lacks, in pieces; returns how many it took.

    Each piece ends where their author signed. What the centre refuses of them holds up nothing else;
    their author will send them, too.
    """
    largest, began = MOST, after
    while True:
        with exchange.terminal.store.read() as connection:
            ends = journal.signed_ends(connection, place, after, min(exchange.up.rows, largest))
            rows = list(store.rows_after(connection, ends[-1], after)) if ends else []
        if not rows:
            return after - began
        try:
            packed = pack(Push(after, rows[0].previous, ends[-1]), rows)
            after = exchange.push(packed, len(rows)).sequence
        except Refusal as refusal:
            if refusal.problem.kind == "busy":
                raise  # all of it is tried again, later
            if refusal.problem.kind == "too_large" and len(ends) > 1:
                largest = min(largest, len(rows)) // 2
                continue
            log.warning("relay", kind=refusal.problem.kind, stream=place[2])
            return after - began
