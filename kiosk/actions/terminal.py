"""One terminal: its identity, its clock, its numbers, and the office pack it works by."""

from __future__ import annotations

import json
import os
import secrets
import threading
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone
from pathlib import Path

import msgspec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from msgspec.structs import replace

from kiosk.actions.packs import Packs
from kiosk.definitions import track_from_source
from kiosk.logs import log
from kiosk.model.ask import Definitions
from kiosk.model.file import CaseFile
from kiosk.model.numbers import check_character
from kiosk.model.office import OfficePack
from kiosk.model.standin import is_known, stand_in, with_states
from kiosk.model.text import say
from kiosk.model.workflow import TrackDefinition
from kiosk.seal import TrustedKey, TrustList
from kiosk.store import leases, permits
from kiosk.store.database import Connection, Store
from kiosk.store.journal import last_entries

FURTHEST = timedelta(hours=1)  # ahead of ours may a clock be that ours follows
TICKING = threading.Lock()  # held for a moment: whoever else writes needs no more of a terminal
BEIJING = timezone(timedelta(hours=8), "Asia/Shanghai")
ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"  # Crockford: nothing that is misread


def system_clock() -> datetime:
    return datetime.now(BEIJING)


def uuid7(time: int) -> str:
    """RFC 9562 version 7 of a hybrid logical time: what one terminal makes is sorted as it was made."""
    milliseconds, counter = time >> 16, time & 0xFFFF
    chance = int.from_bytes(os.urandom(8), "big") >> 6
    high = milliseconds << 16 | 7 << 12 | counter >> 4
    digits = f"{high << 64 | 0b10 << 62 | (counter & 0xF) << 58 | chance:032x}"
    return f"{digits[:8]}-{digits[8:12]}-{digits[12:16]}-{digits[16:20]}-{digits[20:]}"


def chance(length: int) -> str:
    """Random letters and digits that tell nothing."""
    return "".join(secrets.choice(ALPHABET) for _ in range(length))


@dataclass
class Terminal:
    """What every action of this machine needs. `office` and `code` stand in every number and entry."""

    store: Store
    pack: OfficePack
    office: str
    code: str
    clock: Callable[[], datetime] = system_clock
    window: str = "1"
    printer: str = ""
    trust_file: Path | None = None  # kept up to date for `kiosk verify`
    lock: threading.RLock = field(default_factory=threading.RLock)
    packs: Packs = field(init=False)
    _last_time: int = 0
    _seal_key: Ed25519PrivateKey | None = None
    _definitions: dict[str, Definitions] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.packs = Packs(self.store)

    @classmethod
    def start(cls, store: Store, pack: OfficePack, clock: Callable[[], datetime] = system_clock) -> Terminal:
        """Reads the terminal's identity from the store, or mints it at the first start."""
        with store.write() as connection:
            office = _identity(connection, "office", lambda: pack.office.code.encode()).decode()
            code = _identity(connection, "terminal", lambda: chance(4).encode()).decode()
            _identity(connection, "seal", lambda: Ed25519PrivateKey.generate().private_bytes_raw())
            for digest, source in pack.sources.items():
                connection.execute(
                    "INSERT INTO definition (digest, body) VALUES (?, ?) ON CONFLICT DO NOTHING",
                    (digest, source),
                )
            last = last_entries(connection)
            joined = connection.execute("SELECT 1 FROM identity WHERE key = ?", (leases.TIME,)).fetchone()
        terminal = cls(store, pack, office, code, clock)
        late = leases.time(store, clock())  # a clock that was set while this was off is noticed at once
        own = [entry.time for entry in last if (entry.office, entry.terminal) == (office, code)]
        terminal._last_time = max((time for time in own if not joined or time <= _furthest(late)), default=0)
        terminal.hear(entry.time for entry in last if (entry.office, entry.terminal) != (office, code))
        return terminal

    def tick(self, now: datetime) -> int:
        """Hybrid logical time: goes on whatever the clock does, and back only at the centre's word."""
        with TICKING:
            self._last_time = max(int(now.timestamp() * 1000) << 16, self._last_time + 1)
            return self._last_time

    def hear(self, times: Iterable[int]) -> None:
        """Hybrid times of entries of others: what is written here from now on is sorted after them.

        A clock that is far ahead of ours is recorded as it is, and followed by nobody.
        """
        furthest = _furthest(self.clock())
        heard = max((time for time in times if time <= furthest), default=0)
        with TICKING:
            self._last_time = max(self._last_time, heard)

    def was_told(self, time: datetime) -> None:
        """The centre says how late it is. Where our clock says the same, but what was written here last was
        written by one that was far ahead, we go on by the clock.

        Nothing needs times that only grow: ids differ by chance, too, and histories go by what follows what.
        """
        with TICKING:
            if abs(self.clock() - time) <= FURTHEST and self._last_time > _furthest(time):
                self._last_time = 0

    def seal_key(self) -> Ed25519PrivateKey:
        """This terminal's signing key; minted at the first start, kept in the encrypted store."""
        if self._seal_key is None:
            with self.store.read() as connection:
                row = connection.execute("SELECT value FROM identity WHERE key = 'seal'").fetchone()
            self._seal_key = Ed25519PrivateKey.from_private_bytes(bytes(row[0]))
        return self._seal_key

    def write_trust(self) -> None:
        """After a permit changed its status: a void one must answer void from now on."""
        if self.trust_file is None:
            return
        try:
            with self.lock:
                self.trust().write(self.trust_file)
        except OSError as error:  # the act is done and stays done; `kiosk doctor` says what is wrong
            log.warning("trust", exc_info=error)

    def trust(self) -> TrustList:
        """This terminal's key, those it had before it was restored, those the centre trusts; void permits."""
        own = TrustedKey(self.seal_key().public_key().public_bytes_raw(), self.office, self.code)
        with self.store.read() as connection:
            former = [
                TrustedKey(bytes(public), self.office, key.removeprefix("former/"))
                for key, public in connection.execute(
                    "SELECT key, value FROM identity WHERE key LIKE 'former/%'"
                )
            ]
            void = permits.void(connection, self.clock())
            listed = connection.execute("SELECT value FROM identity WHERE key = 'centre/trust'").fetchone()
        central = TrustList.from_json(json.loads(bytes(listed[0]))) if listed else TrustList()
        # the centre's word on a key stands over our own: it may have been revoked
        return TrustList.of(own, *former, *central.keys.values(), void={**central.void, **void})

    def follow_pack(self) -> None:
        """From now on the terminal works by the pack that the centre gave out for today, if any."""
        found = self.packs.in_force(self.clock().date())
        if found is not None and found.pack is not None and found.offer.digest != self.packs.followed:
            self.work_by(found.pack)
            self.packs.followed = found.offer.digest

    def work_by(self, pack: OfficePack) -> None:
        """From now on new cases go by this pack, and all by its texts, calendar and translations."""
        self.pack, self._definitions = pack, {}

    def definitions_of(self, file: CaseFile) -> Definitions:
        """What a case goes by; see `definitions`."""
        states = {key: str(file.peek_stage(key).get("state", "")) for key in file.stages()}
        return self.definitions(str(file.peek("case.definitions")), str(file.peek("case.track", "")), states)

    def definitions(self, digest: str, track: str, states: Mapping[str, str]) -> Definitions:
        """The definitions a case began with, whatever the pack says today.

        Where they are not here, or are of a newer program, others stand in for them, by which the case can
        only be looked at: for its `track` and the `states` of its stages (stage -> state).
        """
        known = self._definitions.get(digest) or self._read_definitions(digest)
        if known is None:
            closed = say("This terminal does not have this case's office pack yet. It can only be looked at.")
            return stand_in(self.pack, track, states, closed)
        if known.closed is not None:
            return stand_in(self.pack, track, states, known.closed, known if known.track.key else None)
        return with_states(known, states)

    def _read_definitions(self, digest: str) -> Definitions | None:
        source = self.pack.sources.get(digest)
        if source is None:
            with self.store.read() as connection:
                row = connection.execute("SELECT body FROM definition WHERE digest = ?", (digest,)).fetchone()
            if row is None:
                return None  # it may come
            source = bytes(row[0])
        newer = say("This case goes by an office pack of a newer program. It can only be looked at here.")
        try:
            track, forms, codes = track_from_source(source)
            found = Definitions(track, forms, {**self.pack.codes, **codes})
        except (ValueError, msgspec.MsgspecError):
            found = Definitions(TrackDefinition("", "", "", ()), {}, {}, newer)
        if not is_known(found) or self.packs.pins_too_new(digest):
            found = replace(found, closed=newer)
        self._definitions[digest] = found
        return found


def _furthest(time: datetime) -> int:
    """The latest hybrid time that somebody whose clock shows `time` follows."""
    return int((time + FURTHEST).timestamp() * 1000) << 16


def _identity(connection: Connection, key: str, make: Callable[[], bytes]) -> bytes:
    row = connection.execute("SELECT value FROM identity WHERE key = ?", (key,)).fetchone()
    if row:
        return bytes(row[0])
    value = make()
    connection.execute("INSERT INTO identity (key, value) VALUES (?, ?)", (key, value))
    return value


class Mint:
    """Numbers unique by construction: office, terminal, kind and counter, check character."""

    def __init__(self, terminal: Terminal, connection: Connection) -> None:
        self._terminal = terminal
        self._connection = connection

    def number(self, letter: str) -> str:
        """E.g. "RL01-7K3F-P000123-X"; the counter is this terminal's own and never goes back.

        A count whose check character would be misread is passed over.
        """
        key = f"counter.{letter}"
        row = self._connection.execute("SELECT value FROM identity WHERE key = ?", (key,)).fetchone()
        count = int(bytes(row[0])) if row else 0
        check = "*"
        while check not in ALPHABET:
            count += 1
            head = f"{self._terminal.office}-{self._terminal.code}-{letter}{count:06d}"
            check = check_character(head.replace("-", ""))
        self._connection.execute(
            "INSERT INTO identity (key, value) VALUES (?, ?) "
            "ON CONFLICT (key) DO UPDATE SET value = excluded.value",
            (key, str(count).encode()),
        )
        return f"{head}-{check}"

    def chance(self, length: int) -> str:
        return chance(length)
