"""What is exchanged beside the journal: the signed lists of staff and of trusted keys, and blobs."""

from __future__ import annotations

import base64
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from itertools import islice
from typing import TYPE_CHECKING

import msgspec
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PublicKey

from kiosk.actions import packs
from kiosk.definitions.bundle import digest_of
from kiosk.errors import KioskError
from kiosk.logs import log
from kiosk.model.entries import Json
from kiosk.model.lease import end_of_lease
from kiosk.model.text import say
from kiosk.seal import TrustList
from kiosk.store import exchange as store
from kiosk.store import held, journal, leases, staff
from kiosk.store.database import Connection, Store
from kiosk.sync.answers import HeldBack, Lists, OfferedPack
from kiosk.sync.refusals import Refusal, Unreachable, sentence

if TYPE_CHECKING:
    from kiosk.actions.exchange import Exchange

ASKED = 200  # blobs in one question, or entries looked through for blobs at once
MOST_CITED = 100  # blobs that one entry may name; no form has as many pictures, and all are asked for again
LISTS = "kiosk-lists"


class BadLists(KioskError):
    """Lists that the centre did not sign, or that are for somebody else."""

    def __init__(self) -> None:
        super().__init__(say("The lists of staff and of keys do not verify. The old ones stay in force."))


class Member(msgspec.Struct, frozen=True):
    """Somebody who may sign in here for so many days without the centre."""

    number: str
    name: str
    roles: list[str]
    verifier: str
    lease_days: float
    given: bool = False  # the passphrase; he is to choose one of his own


class Signed(msgspec.Struct, frozen=True):
    """What the centre signed."""

    format: str
    version: int
    at: str
    office: str
    trust: Json
    staff: list[Member]
    seal_to: str = ""  # hex: what is sealed to this key, the centre alone reads
    packs: list[OfferedPack] = []
    definitions: list[str] = []  # of every pack that was ever given out

    @property
    def moment(self) -> datetime:
        """By the centre's clock. Raises ValueError."""
        moment = datetime.fromisoformat(self.at)
        if moment.tzinfo is None:
            raise ValueError(self.at)
        return moment


def take_lists(exchange: Exchange) -> None:
    """Raises BadLists and keeps the old ones."""
    terminal = exchange.terminal
    with terminal.store.read() as connection:
        key = store.known(connection, "centre/key") or b""
        sent = store.acknowledged(connection)  # before asking: meanwhile another thread sends
        before = staff.verifiers(connection)
    answer = exchange.client.lists(exchange.epoch())
    signed = _verified(answer, key, terminal.office)
    now = terminal.clock()
    with terminal.store.write() as connection:
        # set here since it was asked: these lists may not know it yet, the next ones do
        own = dict(staff.verifiers(connection).items() - before.items())
        store.keep_staff(
            connection,
            [
                (
                    one.number, one.name, one.roles, own.get(one.number, one.verifier),
                    end_of_lease(signed.moment, one.lease_days),
                )
                for one in signed.staff
            ],
        )  # fmt: skip
        given = [one.number for one in signed.staff if one.given and one.number not in own]
        store.remember(connection, {store.GIVEN: msgspec.json.encode(given)})
        leases.set_time(connection, signed.moment, now)
        store.remember(connection, {"centre/trust": msgspec.json.encode(signed.trust)})
        packs.note(connection, signed.packs, signed.definitions)
        if signed.seal_to:
            store.remember(connection, {"centre/seal_to": bytes.fromhex(signed.seal_to)})
        if answer.set_aside is not None:
            _note_held(exchange, connection, answer.set_aside, sent)
    terminal.was_told(signed.moment)
    terminal.write_trust()


def hear_held(exchange: Exchange) -> None:
    """What is held back of a revoked terminal, which gets no lists: so a release is learnt here, too."""
    terminal = exchange.terminal
    with terminal.store.read() as connection:
        sent = store.acknowledged(connection)  # before asking: meanwhile another thread sends
    set_aside = exchange.client.held()
    with terminal.store.write() as connection:
        _note_held(exchange, connection, set_aside, sent)


def _note_held(
    exchange: Exchange, connection: Connection, set_aside: Iterable[HeldBack], sent: Mapping[str, int]
) -> None:
    aside = [(one.stream, one.sequence, sentence(one.reason, one.slots)) for one in set_aside]
    held.forget_set_aside(connection, sent)
    held.keep_set_aside(connection, exchange.own, aside, exchange.terminal.clock())


def _verified(answer: Lists, key: bytes, office: str) -> Signed:
    try:
        content = base64.b64decode(answer.signed, validate=True)
        Ed25519PublicKey.from_public_bytes(key).verify(bytes.fromhex(answer.signature), content)
        signed = msgspec.json.decode(content, type=Signed)
        TrustList.from_json(signed.trust)
        _ = signed.moment
        if signed.seal_to:
            X25519PublicKey.from_public_bytes(bytes.fromhex(signed.seal_to))
    except (InvalidSignature, ValueError, KeyError, TypeError, AttributeError, OverflowError) as error:
        raise BadLists from error
    if (signed.format, signed.version, signed.office) != (LISTS, 1, office):
        raise BadLists
    return signed


def give_back(exchange: Exchange, wanted: Sequence[str]) -> None:
    """Gives the centre what it names (by SHA-256), lost since a backup, and this terminal still has.

    What the line was cut in twice is left for the next time: everything else waits behind it.
    """
    for digest in wanted:
        content = _kept_of_centre(exchange.terminal.store, digest)
        if content is None:
            continue
        try:
            exchange.client.give_back(digest, content)
        except Refusal as refusal:
            if refusal.problem.kind == "busy":
                raise  # all of it is tried again, later
            log.warning("give_back", kind=refusal.problem.kind)
        except Unreachable:
            if digest not in exchange.cut:
                exchange.cut.add(digest)
                raise
            log.warning("give_back", kind="cut")


def _kept_of_centre(kept: Store, digest: str) -> bytes | None:
    """An office pack, what one pinned, or what verifies somebody's passphrase."""
    with kept.read() as connection:
        content = packs.body(connection, packs.BUNDLE + digest) or packs.body(connection, digest)
        verifiers = [] if content else connection.execute("SELECT verifier FROM staff").fetchall()
    found = (verifier.encode() for (verifier,) in verifiers if digest_of(verifier.encode()) == digest)
    return content or next(found, None)


def send_blobs(exchange: Exchange) -> None:
    """The blobs here of which the centre says that it misses them, in the order in which they came."""
    terminal = exchange.terminal
    while True:
        with terminal.store.read() as connection:
            number = int(store.known(connection, "exchange/blobs") or 0)
            here = store.blobs_after(connection, number, ASKED)
        if not here:
            return
        missing = set(exchange.client.missing([name for _, name in here]))
        for _, name in here:
            if name in missing:
                with terminal.store.read() as connection:
                    data = store.blob(connection, name)
                if data is not None:
                    exchange.client.put_blob(name, data)
        with terminal.store.write() as connection:
            store.remember(connection, {"exchange/blobs": str(here[-1][0]).encode()})


def fetch_blobs(exchange: Exchange) -> set[str]:
    """The blobs that entries here speak of and that are not here; returns the subjects that got one.

    One that the centre has not yet is asked for again the next time.
    """
    terminal = exchange.terminal
    with terminal.store.read() as connection:
        marked = store.known(connection, "exchange/cited")
    number, waiting = msgspec.json.decode(marked or b"[0,{}]", type=tuple[int, dict[str, str]])
    subjects, left = _fetch(exchange, waiting)
    while True:
        told = msgspec.json.encode([number, left])
        if told != marked:
            with terminal.store.write() as connection:
                store.remember(connection, {"exchange/cited": told})
            marked = told
        with terminal.store.read() as connection:
            arrived = list(islice(journal.rows(connection, number), ASKED))
        if not arrived:
            return subjects
        wanted: dict[str, str] = {}
        for _, row in arrived:
            wanted |= dict.fromkeys(sorted(store.cited([row]))[:MOST_CITED], row.subject)
        got, lacking = _fetch(exchange, wanted)
        subjects, left, number = subjects | got, left | lacking, arrived[-1][0]


def _fetch(exchange: Exchange, wanted: dict[str, str]) -> tuple[set[str], dict[str, str]]:
    """The subjects (by blob) that got one, and the blobs that the centre has not.

    Those cost no request each: anybody may write names that nobody has.
    """
    with exchange.terminal.store.read() as connection:
        absent = store.absent(connection, wanted)
    subjects, left = set(), {}
    for start in range(0, len(absent), ASKED):
        asked = absent[start : start + ASKED]
        lacking = set(exchange.client.missing(asked))
        for name in asked:
            if name not in lacking and _fetch_blob(exchange, name):
                subjects.add(wanted[name])
            else:
                left[name] = wanted[name]
    return subjects, left


def _fetch_blob(exchange: Exchange, name: str) -> bool:
    begun = exchange.parts.setdefault(name, bytearray())
    if not exchange.client.get_blob(name, begun):
        return False
    with exchange.terminal.store.write() as connection:
        store.keep_blob(connection, name, bytes(begun))
    del exchange.parts[name]
    return True
