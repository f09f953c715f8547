"""The centre of one office: its database, its identity, and what every part of the server shares."""

from __future__ import annotations

import secrets
import threading
from collections.abc import Callable, Iterator, Mapping, Set
from contextlib import contextmanager
from datetime import datetime
from typing import cast

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from msgspec.structs import replace

from central import feed, registry
from central.database import Database
from central.journal import Journal
from central.postgres import PostgresSnapshot
from central.prints import Prints
from central.projecting import Projector
from central.registry import Member, Registry
from central.rights import Workflows
from kiosk.actions.packs import BUNDLE, body, keep
from kiosk.actions.terminal import Terminal, chance, system_clock, uuid7
from kiosk.definitions.bundle import digest_of, read_bundle
from kiosk.errors import KioskError, PackError
from kiosk.logs import log
from kiosk.model.chain import Head
from kiosk.model.entries import ADMIN, KINDS, Entry, Json, Write
from kiosk.model.office import OfficePack
from kiosk.model.text import say
from kiosk.store import journal
from kiosk.store.database import Connection, Snapshot, Store
from kiosk.store.keys import new_recovery
from kiosk.sync.answers import OfferedPack

# Keys of the table `identity`, beside a terminal's own.
SYNC, EPOCH, LISTEN, SEAL_TO, RESTORED = "sync", "epoch", "listen", "seal_to", "restored"
COPIED = "copied"  # this database was just filled from a backup: whoever opens it begins anew


class Centre:
    """The centre is a terminal too: it has a code, streams and a key of its own."""

    def __init__(
        self,
        database: Database,
        pack: OfficePack,
        clock: Callable[[], datetime] = system_clock,
        bundled: bytes = b"",
    ) -> None:
        """`pack` counts until one is given out (`central.packs`); `bundled` is the same in one piece."""
        self.database, self.pack, self.clock = database, pack, clock
        self.terminal = Terminal.start(cast(Store, database), pack, clock)
        self.office, self.code = self.terminal.office, self.terminal.code
        self.terminal.seal_key()  # read now: later it would be within another transaction
        identity = database.transact(_identity)
        self.key = Ed25519PrivateKey.from_private_bytes(identity[SYNC])
        self.public = self.key.public_key().public_bytes_raw()
        self.epoch = identity[EPOCH].decode()
        self.seal_secret = identity[SEAL_TO].decode()  # opens what terminals seal to the centre (store.keys)
        self.roles = registry.roles_by_department(pack)
        self.workflows = Workflows()
        self.projector = Projector(database, self.office)
        self.journal = Journal(self)
        self.prints = Prints(self.office)
        self.terminal.store = cast(Store, OwnStore(self))
        self.on_commit: Callable[[Set[str]], None] = lambda streams: None  # told which feeds have grown
        self._following = threading.Lock()
        self._followed = ""  # the digest of the pack that is worked by, where it was given out
        self._registry = Registry()
        with database.read() as connection:
            copied = connection.execute("SELECT 1 FROM identity WHERE key = ?", (COPIED,)).fetchone()
        if copied:
            self.renew()
        self.opened = self._keep_opened(bundled) if bundled else None
        self.follow_pack()

    def registry(self, connection: Connection, number: int | None = None) -> Registry:
        """Who belongs to the office, as this transaction sees it; `number` is where it sees the feed `admin`,
        if it has looked."""
        known = self._registry
        if number is None:
            number = self._number(connection)
        if known.number != number:
            known = self._read_registry(connection, known if known.number < number else Registry())
            if isinstance(connection, (Snapshot, PostgresSnapshot)):  # what is being written may be undone
                self._registry = known
        return known

    def _read_registry(self, connection: Connection, known: Registry) -> Registry:
        number = self._number(connection)
        return registry.read(connection, self.office, self._selves(connection), number, known)

    def _number(self, connection: Connection) -> int:
        return feed.numbers(connection, self.office).get(ADMIN, 0)

    def _selves(self, connection: Connection) -> Iterator[Member]:
        """The centre under its code, and under those it had before it was restored."""
        for key, value in connection.execute(
            "SELECT key, value FROM identity WHERE key = 'terminal' OR key LIKE 'former/%'"
        ).fetchall():
            if key == "terminal":
                yield self.under(value.decode())
            else:
                yield replace(self.under(key.removeprefix("former/")), seal=bytes(value))

    def under(self, code: str) -> Member:
        """The centre under a name that it has, or had."""
        seal = self.terminal.seal_key().public_key().public_bytes_raw()
        return Member(code, "", "", (), self.public, seal, "", is_centre=True)

    def _keep_opened(self, bundled: bytes) -> OfferedPack:
        opened = OfferedPack(digest_of(bundled), self.pack.office.version, "", dict(self.pack.digests))
        self.database.transact(lambda connection: keep(connection, BUNDLE + opened.digest, bundled))
        return opened

    def offers(self, connection: Connection) -> list[OfferedPack]:
        """Every pack given out, the greatest version first; until one counts, what we were opened with."""
        given = list(self.registry(connection).packs)
        if self.opened is not None and not any(self.is_due(one) for one in given):
            given.append(self.opened)
        return given

    def is_due(self, offer: OfferedPack) -> bool:
        return not offer.withdrawn and offer.since <= self.clock().date().isoformat()

    def in_force(self, connection: Connection) -> OfferedPack | None:
        """The pack that counts today; None where the centre was opened without one to give out."""
        return next((one for one in self.offers(connection) if self.is_due(one)), None)

    def follow_pack(self) -> None:
        """From now on the centre itself works by the pack that is in force.

        Where this program cannot read it, as terminals do: by the next older one, or as it did until now.
        """
        with self._following:  # who looked earlier and reads longer does not go back behind who looked later
            self._follow_pack()

    def _follow_pack(self) -> None:
        with self.database.read() as connection:
            due = [one for one in self.offers(connection) if self.is_due(one)]
            if not due or due[0].digest == self._followed:
                return
            contents = [body(connection, BUNDLE + one.digest) for one in due]
        if contents[0] is None:  # a centre that was restored has to be given it once more
            return
        for offer, content in zip(due, contents, strict=True):
            is_at_work = offer == self.opened and not self._followed
            if is_at_work or (content is not None and self._works_by(content)):
                break
        self._followed = due[0].digest

    def _works_by(self, content: bytes) -> bool:
        """Whether this program could read that pack; then it is worked by."""
        try:
            self.pack = read_bundle(content)
        except PackError as error:
            log.warning("pack", exc_info=error)
            return False
        self.roles = registry.roles_by_department(self.pack)
        self.terminal.work_by(self.pack)
        return True

    def write_admin(
        self, connection: Connection, subject: str, kind: str, values: Mapping[str, Json], by: str
    ) -> Entry:
        """Writes one entry of the stream `admin` and puts it into its feed. `by` did it."""
        sequence, _ = feed.lock(connection, self.office, self.code, ADMIN)
        state = self.registry(connection).state(subject)
        now = self.clock()
        entry = Entry(
            id=uuid7(self.terminal.tick(now)),
            act=uuid7(self.terminal.tick(now)),
            act_size=1,
            subject=subject,
            kind=kind,
            version=KINDS[kind].version,
            writes={
                register: Write(value, tuple(sorted(state.survivors(register))))
                for register, value in values.items()
            },
            actor=by,
            role="system",
            office=self.office,
            terminal=self.code,
            stream=ADMIN,
            sequence=0,
            time=self.terminal.tick(now),
            wall=now.isoformat(timespec="milliseconds"),
        )
        (written,) = journal.append(connection, [entry])
        self.sign_own(connection, ADMIN, sequence)
        return written

    def sign_own(self, connection: Connection, stream: str, before: int) -> None:
        """Signs what the centre wrote in a stream of its own after `before`, and puts it into its feed."""
        sequence, hashed = journal.head(connection, self.office, self.code, stream)
        if sequence > before:
            head = Head(self.office, self.code, stream, sequence, hashed)
            signature = self.key.sign(head.signed_bytes())
            feed.sign_head(connection, Head(self.office, self.code, stream, sequence, hashed, signature))
            feed.announce(connection, self.office, stream, self.code, before + 1, sequence)

    def renew(self) -> None:
        """After the centre came back with less than it had: a new epoch, and a new name for its own streams.

        Under its old name it wrote what it no longer knows; two histories must not share one name. What was
        revoked, dismissed or used since it does not know: until that came back it is careful (`restored`),
        and no invitation from before is good.
        """
        new, epoch = chance(4), _new_epoch()

        def work(connection: Connection) -> None:
            self._note_former(connection, _get(connection, "terminal").decode())
            _set(connection, "terminal", new.encode())
            _set(connection, EPOCH, epoch)
            _set(connection, RESTORED, self.clock().isoformat(timespec="seconds").encode())
            connection.execute("DELETE FROM identity WHERE key = ?", (COPIED,))
            connection.execute("DELETE FROM invitation WHERE office = ?", (self.office,))

        self.database.transact(work)
        with self.terminal.lock:  # only now: what was not committed is no name of ours
            self.terminal.code = self.code = new
            self.epoch, self._registry = epoch.decode(), Registry()

    def add_former(self, connection: Connection, code: str) -> Registry:
        """Notes a name of our own from between two restores, which only our signature tells of; who belongs
        to the office then, as this transaction alone sees it."""
        self._note_former(connection, code)
        return self._read_registry(connection, Registry())

    def _note_former(self, connection: Connection, code: str) -> None:
        _set(connection, f"former/{code}", self.terminal.seal_key().public_key().public_bytes_raw())

    def restored(self, connection: Connection) -> datetime | None:
        """Since when this centre is restored and does not know yet what was decided after its backup."""
        row = connection.execute("SELECT value FROM identity WHERE key = ?", (RESTORED,)).fetchone()
        return datetime.fromisoformat(bytes(row[0]).decode()) if row else None

    def has_compared(self, member: Member) -> None:
        """A terminal gave what it had: its copy of the stream `admin`, if it is one of those awaited."""
        with self.database.read() as connection:
            awaited = member.code in {one.code for one in self.awaited(connection)}
        if awaited:
            self.is_complete()

    def awaited(self, connection: Connection) -> list[Member]:
        """After a restore the counters that had joined before it; an exchange of one ends the caution."""
        if (restored := self.restored(connection)) is None:
            return []
        return [
            one
            for one in self.registry(connection).members.values()
            if not one.revoked
            and feed.streams_for(one.face, one.departments)
            and datetime.fromisoformat(one.enrolled) < restored
        ]

    def is_complete(self) -> None:
        """Ends the caution after a restore: nobody holds more than what is here."""
        self.database.transact(
            lambda connection: connection.execute("DELETE FROM identity WHERE key = ?", (RESTORED,))
        )

    def remember_address(self, listen: str) -> None:
        """Where the server listens, so that invitations can say so."""
        self.database.transact(lambda connection: _set(connection, LISTEN, listen.encode()))

    def address(self) -> str:
        """ "HOST:PORT" of the server as it was started last. Raises KioskError."""
        with self.database.read() as connection:
            row = connection.execute("SELECT value FROM identity WHERE key = ?", (LISTEN,)).fetchone()
        if row is None:
            raise KioskError(say("The server was never started. Say where it is: --address HOST:PORT"))
        return bytes(row[0]).decode()

    def close(self) -> None:
        self.database.close()

    def __enter__(self) -> Centre:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


class OwnStore:
    """What a `Desk` at the centre works over: views up to date, and what it writes goes into the feeds."""

    def __init__(self, centre: Centre) -> None:
        self.centre = centre
        self._open = threading.local()  # the transaction that this thread is in

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """One transaction; views are nobody else's meanwhile."""
        centre = self.centre
        centre.projector.catch_up()
        with centre.database.write() as connection:
            centre.projector.lock(connection)
            before = _own_heads(connection, centre)
            centre.terminal.hear(
                entry.time for entry in journal.last_entries(connection) if entry.terminal != centre.code
            )
            self._open.connection = connection
            try:
                yield connection
            finally:
                del self._open.connection
            after = _own_heads(connection, centre)
            for stream in after:
                centre.sign_own(connection, stream, before.get(stream, 0))
        centre.on_commit({stream for stream, sequence in after.items() if sequence > before.get(stream, 0)})

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """A snapshot; within a transaction of this thread, that transaction itself."""
        if connection := getattr(self._open, "connection", None):
            yield connection
            return
        self.centre.projector.catch_up()
        with self.centre.database.read() as connection:
            yield connection


def _own_heads(connection: Connection, centre: Centre) -> dict[str, int]:
    """Of the streams that a desk writes; `admin` grows meanwhile by other transactions, which sign it."""
    return dict(
        connection.execute(
            "SELECT stream, sequence FROM head WHERE office = ? AND terminal = ? AND stream <> ?",
            (centre.office, centre.code, ADMIN),
        ).fetchall()
    )


def _identity(connection: Connection) -> dict[str, bytes]:
    """The centre's keys and epoch, minted at its first start."""
    for key, value in (
        (SYNC, Ed25519PrivateKey.generate().private_bytes_raw()),
        (EPOCH, _new_epoch()),
        (SEAL_TO, new_recovery()[0].encode()),
    ):
        connection.execute(
            "INSERT INTO identity (key, value) VALUES (?, ?) ON CONFLICT DO NOTHING", (key, value)
        )
    return {key: _get(connection, key) for key in (SYNC, EPOCH, SEAL_TO)}


def _new_epoch() -> bytes:
    return secrets.token_hex(8).encode()


def _get(connection: Connection, key: str) -> bytes:
    row = connection.execute("SELECT value FROM identity WHERE key = ?", (key,)).fetchone()
    return bytes(row[0])


def _set(connection: Connection, key: str, value: bytes) -> None:
    connection.execute(
        "INSERT INTO identity (key, value) VALUES (?, ?) "
        "ON CONFLICT (key) DO UPDATE SET value = excluded.value",
        (key, value),
    )
