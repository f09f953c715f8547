"""One terminal as a process of its own, that does what it is told and can be killed at any statement."""

from __future__ import annotations

import hashlib
import os
import resource
import signal
import sqlite3
from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from multiprocessing.connection import Connection as Pipe
from pathlib import Path
from random import Random
from typing import Any

import httpx
from msgspec.structs import replace

from central.feed import HEALTH_POST
from kiosk.actions.enrolment import enrol, is_enrolled
from kiosk.actions.exchange import Forked, open_exchange
from kiosk.actions.forked import recover
from kiosk.errors import KioskError
from kiosk.model.entries import KINDS, OFFICE, Entry, Write
from kiosk.store import exchange as remembered
from kiosk.store import journal
from kiosk.store.memory import SqlMemory
from kiosk.store.rebuild import rebuild
from kiosk.store.views import apply
from tests.actions.test_asking import contents
from tests.office import MONDAY, Clock, Office, sample_pack
from tests.soak.working import one_act
from tests.store.compared import views

PASSPHRASE = "a long passphrase"
DOCTORS = (b'"NOT_YET"', b'"pregnancy"')  # stand in what a doctor wrote and, but for packs, nowhere else
NOT_RECOVERED = "not recovered:"  # the store may be closed; the next start tries again

sample_pack()  # read once, before processes are forked off


class Mortal:
    """A connection that ends its process, as a power cut would, before its nth statement."""

    def __init__(self, connection: Any, left: int) -> None:
        self.connection, self.left = connection, left

    def __getattr__(self, name: str) -> Any:
        found = getattr(self.connection, name)
        return self._counted(found) if name in ("execute", "executemany") else found

    def _counted(self, run: Callable[..., Any]) -> Callable[..., Any]:
        def counted(*arguments: Any) -> Any:
            self.left -= 1
            if self.left == 0:
                os.kill(os.getpid(), signal.SIGKILL)
            return run(*arguments)

        return counted


class Meddling(httpx.BaseTransport):
    """Passes on what the client asks, but for the nth request.

    That one goes twice, the same bytes, and one of the answers or both get lost ("first", "second" is what
    the client hears, "neither"), or it is kept in `late`, to arrive when its time is long over ("later").
    """

    def __init__(self, inner: httpx.BaseTransport, left: int, how: str, late: list[httpx.Request]) -> None:
        self.inner, self.left, self.how, self.late = inner, left, how, late

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        self.left -= 1
        if self.left:
            return self.inner.handle_request(request)
        if self.how == "later":
            self.late.append(request)
        else:
            heard = {"first": self._heard(request), "second": self._heard(request)}
            if self.how in heard:
                return heard[self.how]
        raise httpx.ReadError("lost", request=request)

    def _heard(self, request: httpx.Request) -> httpx.Response:
        answer = self.inner.handle_request(request)
        answer.read()
        answer.close()
        return answer

    def close(self) -> None:
        self.inner.close()


class Desk:
    """What a process is told is a method of this class, by name."""

    def __init__(self, folder: Path, key: bytes, seed: int) -> None:
        self.folder, self.key, self.chance = folder, key, Random(seed)
        self.clock = Clock(MONDAY)
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
        self.clock.now += timedelta(days=days)

    def work(self, acts: int, pause: int = 900) -> list[str]:
        """Tries so many acts on cases that this desk knows, or on a new one, with up to so many seconds
        between; ids of the entries kept."""
        after = self._last()
        for _ in range(acts):
            self.clock.forward(seconds=self.chance.randrange(1, pause))
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
            self.clock.now = first + timedelta(days=day)
            for name in staff if day == days - 1 else (staff[day % len(staff)],):
                number = getattr(self.office, name).number
                setattr(self.office, name, self.office.desk.sign_in(number, PASSPHRASE))
            while self._last() - after < entries * (day + 1) // days:
                self.work(10, pause=20)
        return self._own_after(after)

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
        exchange = open_exchange(self.office.desk.terminal)
        assert exchange is not None
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
        exchange = open_exchange(self.office.desk.terminal)
        assert exchange is not None
        exchange.lists()
        exchange.client.close()

    def send(self) -> None:
        """As a running counter, that does not wait to hear whether it may."""
        exchange = open_exchange(self.office.desk.terminal)
        assert exchange is not None
        try:
            exchange.send()
        finally:
            exchange.client.close()

    def staff(self) -> set[str]:
        """Who may sign in here."""
        with self.office.store.read() as connection:
            return {number for (number,) in connection.execute("SELECT number FROM staff")}

    def exchange(self) -> str:
        """One exchange, both ways; how it ended."""
        exchange = open_exchange(self.office.desk.terminal)
        assert exchange is not None
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

    def _recover(self, exchange: Any) -> str:
        try:
            recover(exchange).evidence.unlink()  # hundreds of them would fill the disk
            self._open()
        except KioskError as error:
            return f"{NOT_RECOVERED} {type(error).__name__}: {error}"
        return "forked"

    def code(self) -> str:
        return self.office.desk.terminal.code

    def names(self) -> set[str]:
        """Its code, and those it had before its disk was put back or copied."""
        with self.office.store.read() as connection:
            former = remembered.keys_of(connection, "former/")
        return {self.code(), *(key.removeprefix("former/") for key in former)}

    def entries(self) -> dict[str, str]:
        """Every entry here by id: its place in its stream."""
        with self.office.store.read() as connection:
            return {
                row.id: f"{row.terminal}/{row.stream}/{row.sequence}" for _, row in journal.rows(connection)
            }

    def blobs(self) -> tuple[set[str], set[str]]:
        """The blobs that entries here speak of, and those that are here, whole."""
        with self.office.store.read() as connection:
            cited = remembered.cited([row for _, row in journal.rows(connection)])
            here = connection.execute("SELECT name, data FROM blob").fetchall()
        return cited, {name for name, data in here if hashlib.sha256(data).hexdigest() == name}

    def doctors_words(self) -> list[str]:
        """The tables of this store in which a doctor's words stand."""
        tables = contents(self.office.store)
        del tables["definition"]
        return [
            name
            for name, rows in tables.items()
            if any(word in as_bytes(cell) for row in rows for cell in row for word in DOCTORS)
        ]

    def shown(self) -> dict[str, list[tuple[object, ...]]]:
        return views(self.office.store)

    def findings(self) -> list[str]:
        """What does not hold: chains, and views that a rebuild would make otherwise."""
        with self.office.store.read() as connection:
            found = [str(text) for text in journal.verify(connection)]
        before = views(self.office.store)
        rebuild(self.office.store)
        after = views(self.office.store)
        return found + [
            f"view_{name} is not what a rebuild makes" for name in before if before[name] != after[name]
        ]

    def close(self) -> None:
        self.office.close()

    def _last(self) -> int:
        with self.office.store.read() as connection:
            return int(connection.execute("SELECT coalesce(max(rowid), 0) FROM entry").fetchone()[0])

    def _own_after(self, after: int) -> list[str]:
        with self.office.store.read() as connection:
            return [row.id for _, row in journal.rows(connection, after) if row.terminal == self.code()]


def as_bytes(cell: object) -> bytes:
    return cell if isinstance(cell, bytes) else str(cell).encode()


def serve(pipe: Pipe, folder: Path, key: bytes, seed: int) -> None:
    """Runs in the child: one method after the other, each answered by its result or its error."""
    desk = Desk(folder, key, seed)
    pipe.send(("ok", None))
    while True:
        name, arguments = pipe.recv()
        try:
            pipe.send(("ok", getattr(desk, name)(*arguments)))
        except (KioskError, sqlite3.Error, OSError) as error:
            pipe.send(("error", f"{type(error).__name__}: {error}"))
        if name == "close":
            return
