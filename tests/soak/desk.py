"""One terminal as a process of its own, that does what it is told and can be killed at any statement."""

from __future__ import annotations

import resource
import sqlite3
from contextlib import suppress
from datetime import datetime, timedelta
from multiprocessing.connection import Connection as Pipe
from pathlib import Path
from random import Random

import httpx
from msgspec.structs import replace

from central.feed import HEALTH_POST
from kiosk.actions.enrolment import enrol, is_enrolled
from kiosk.actions.exchange import Exchange, Forked, open_exchange
from kiosk.actions.forked import recover
from kiosk.definitions import read_pack
from kiosk.errors import KioskError, NotAllowed
from kiosk.model.entries import KINDS, OFFICE, Entry, Write
from kiosk.model.lease import Shown
from kiosk.store import exchange as remembered
from kiosk.store import journal, leases
from kiosk.store.memory import SqlMemory
from kiosk.store.views import apply
from tests.office import MONDAY, Clock, Office, sample_pack
from tests.soak.looked import POISONED, Looked
from tests.soak.meddling import Meddling, Mortal
from tests.soak.working import one_act

PASSPHRASE = "a long passphrase"
FOLLOWS = 0.2  # chance that somebody signs in before he works
NOT_RECOVERED = "not recovered:"  # the store may be closed; the next start tries again

sample_pack()  # read once, before processes are forked off


class Desk(Looked):
    """What a process is told is a method of this class, by name. Each process is a start of its machine."""

    def __init__(self, folder: Path, key: bytes, seed: int, clock: datetime) -> None:
        self.folder, self.key, self.chance = folder, key, Random(seed)
        self.clock, self.ran, self.start = Clock(clock), 0.0, str(seed)
        leases.shown = self._shown
        self.meddled: tuple[int, str] | None = None
        self.late: list[httpx.Request] = []
        self._open()

    def _open(self) -> None:
        self.office = Office(self.folder, clock=self.clock, key=self.key)

    def enrol(self, invitation: str) -> str:
        """Joins, if it has not; "ok", or why not."""
        try:
            if not is_enrolled(self.office.desk.terminal):
                enrol(self.office.desk.terminal, invitation)
        except KioskError as error:
            return f"{type(error).__name__}: {error}"
        return "ok"

    def die_at(self, statement: int) -> None:
        """From now on this process has so many statements to live."""
        self.office.store._writer = Mortal(self.office.store.raw, statement)

    def clock_jumps(self, days: float) -> None:
        """Somebody sets it."""
        self.clock.now += timedelta(days=days)

    def clock_is_put_right(self) -> None:
        self.clock.now = MONDAY

    def time_passes(self, seconds: float) -> None:
        """The machine runs, and its clock goes on."""
        self.clock.forward(seconds=seconds)
        self.ran += seconds

    def clock_shows(self) -> datetime:
        return self.clock()

    def _shown(self, clock: datetime) -> Shown:
        return Shown(clock, self.ran, self.start)

    def work(self, acts: int, pause: int = 900) -> list[str]:
        """Tries so many acts on cases that this desk knows, or on a new one, with up to so many seconds
        between; ids of the entries kept."""
        after = self._last()
        if self.chance.random() < FOLLOWS:
            self.follows()
        for _ in range(acts):
            self.time_passes(self.chance.randrange(1, pause))
            try:
                one_act(self.office, self.chance, doctor=self._has_doctor())
            except KioskError:
                continue  # not at this stage, or contested: a guard's business
        return self._own_after(after)

    def work_alone(self, days: int, entries: int) -> list[str]:
        """So many days with their share of the entries; ids of those kept. Each morning somebody signs in, on
        the last one everybody."""
        first, after = self.clock.now, self._last()
        staff = ("reception", "doctor", "labour", "police", "other_police", "supervisor")
        for day in range(days):
            self.time_passes((first + timedelta(days=day) - self.clock()).total_seconds())
            for name in staff if day == days - 1 else (staff[day % len(staff)],):
                number = getattr(self.office, name).number
                setattr(self.office, name, self.office.desk.sign_in(number, PASSPHRASE))
            while self._last() - after < entries * (day + 1) // days:
                self.work(10, pause=20)
        return self._own_after(after)

    def signs_in(self, number: str) -> str:
        """ "ok", or why not."""
        try:
            self.office.desk.sign_in(number, PASSPHRASE)
        except NotAllowed as error:
            return str(error)
        return "ok"

    def begins_a_case(self) -> list[str]:
        """Ids of the entries kept; none where the reception may not."""
        after = self._last()
        with suppress(NotAllowed):
            self.office.desk.open_case(self.office.reception, "worker", "my")
        return self._own_after(after)

    def writes_of(self, person: str) -> list[str]:
        """Writes of a person in his case, where it is known here and that may be; ids of the entries kept."""
        after = self._last()
        with self.office.store.read() as connection:
            case = connection.execute("SELECT case_id FROM view_case WHERE person = ?", (person,)).fetchone()
        phone = f"+86138{self.chance.randrange(10**8):08d}"
        with suppress(KioskError):
            if case:
                self.office.desk.record(self.office.reception, case[0], {"person.phone": phone})
        return self._own_after(after)

    def works_by(self, pack: Path) -> None:
        """Works by a pack of its own until the next start, or until it follows the centre's."""
        self.office.desk.terminal.packs.followed = ""
        self.office.desk.terminal.work_by(read_pack(pack))

    def follows(self) -> None:
        """Works by the centre's pack, as from a sign-in on, which takes long."""
        self.office.desk.terminal.follow_pack()

    def a_slip(self) -> tuple[str, str] | None:
        """A number that stands on some person's slips, and when he was born; None while there is none."""
        with self.office.store.read() as connection:
            found = connection.execute("SELECT case_id FROM view_case WHERE status = 'open' ORDER BY case_id")
            cases = [case for (case,) in found if case not in POISONED]
            files = map(SqlMemory(connection).file, self.chance.sample(cases, len(cases)))
            slips = ((file.peek("case.number"), file.peek("person.birth_date")) for file in files)
            return next(((str(number), str(born)) for number, born in slips if number and born), None)

    def disk_is_full(self, room: float) -> None:
        """No file grows beyond so much of the store's size, until `disk_has_room`."""
        size = int(self.office.path.stat().st_size * room)
        resource.setrlimit(resource.RLIMIT_FSIZE, (size, resource.RLIM_INFINITY))

    def disk_has_room(self) -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))

    def meddle(self, request: int, how: str) -> None:
        """What becomes of the nth request of the next exchange, as `Meddling` has it."""
        self.meddled = (request, how)

    def let_go(self) -> int:
        """Requests that were kept arrive now, as they are; how many."""
        exchange = self._line()
        for request in self.late:
            with suppress(httpx.HTTPError):
                exchange.client._http._transport.handle_request(request).close()
        exchange.client.close()
        count = len(self.late)
        self.late.clear()
        return count

    def work_on_a_full_disk(self, acts: int) -> list[str]:
        """As `work`, on a disk that takes no further page: nothing is half kept."""
        raw = self.office.store.raw
        pages = raw.execute("PRAGMA page_count").fetchone()[0]
        raw.execute(f"PRAGMA max_page_count = {pages + 2}")
        try:
            return self.work(acts)
        finally:
            raw.execute("PRAGMA max_page_count = 1073741823")

    def _has_doctor(self) -> bool:
        """Whether this desk is the health post's; what a doctor does elsewhere is held back."""
        with self.office.store.read() as connection:
            departments = remembered.known(connection, "centre/departments") or b""
        return HEALTH_POST in departments.decode().split()

    def poison(self) -> None:
        """An act in a role that no terminal has, straight into the journal: the centre must hold it back."""
        terminal, now = self.office.desk.terminal, self.clock()
        draw = f"{self.chance.randrange(10**12):012d}"
        entry = Entry(
            id=f"poison-{draw}", act=f"poison-act-{draw}", act_size=1, subject="case:poison", kind="recorded",
            version=KINDS["recorded"].version, writes={"status": Write("open")}, actor="X", role="impostor",
            office=terminal.office, terminal=terminal.code, stream=OFFICE, sequence=0,
            time=terminal.tick(now), wall=now.isoformat(),
        )  # fmt: skip
        newer = replace(
            entry, id=f"newer-{draw}", act=f"newer-act-{draw}", kind="foreseen", version=9, actor="R001",
            role="reception", subject="case:newer", writes={"language": Write("my")},
        )  # fmt: skip
        with self.office.store.write() as connection:
            for one in (entry, newer):
                apply(SqlMemory(connection), journal.append(connection, [one]))

    def lists(self) -> None:
        exchange = self._line()
        exchange.lists()
        exchange.client.close()

    def send(self) -> None:
        """As a running counter, that does not wait to hear whether it may."""
        exchange = self._line()
        try:
            exchange.send()
        finally:
            exchange.client.close()

    def exchange(self) -> str:
        """One exchange, both ways; how it ended."""
        exchange = self._line()
        if self.meddled:
            http = exchange.client._http
            http._transport = Meddling(http._transport, *self.meddled, self.late)
            self.meddled = None
        try:
            exchange.begin()
            exchange.lists()
            exchange.send()
            while exchange.fetch().more:
                pass
            exchange.blobs()
        except Forked:
            return self._recover(exchange)
        except KioskError as error:
            return f"{type(error).__name__}: {error}"
        finally:
            exchange.client.close()
        return "ok"

    def _line(self) -> Exchange:
        exchange = open_exchange(self.office.desk.terminal)
        assert exchange is not None
        return exchange

    def _recover(self, exchange: Exchange) -> str:
        try:
            recover(exchange).evidence.unlink()  # hundreds of them would fill the disk
            self._open()
        except KioskError as error:
            return f"{NOT_RECOVERED} {type(error).__name__}: {error}"
        return "forked"

    def close(self) -> None:
        self.office.close()

    def _last(self) -> int:
        with self.office.store.read() as connection:
            return int(connection.execute("SELECT coalesce(max(rowid), 0) FROM entry").fetchone()[0])

    def _own_after(self, after: int) -> list[str]:
        with self.office.store.read() as connection:
            return [row.id for _, row in journal.rows(connection, after) if row.terminal == self.code()]


def serve(pipe: Pipe, kind: type[Desk], folder: Path, key: bytes, seed: int, clock: datetime) -> None:
    """Runs in the child: one method after the other, each answered by its result or its error."""
    desk = kind(folder, key, seed, clock)
    pipe.send(("ok", None))
    while True:
        name, arguments = pipe.recv()
        try:
            pipe.send(("ok", getattr(desk, name)(*arguments)))
        except (KioskError, sqlite3.Error, OSError) as error:
            pipe.send(("error", f"{type(error).__name__}: {error}"))
        if name == "close":
            return
