"""The centre, its database and its terminals, each a process that can be killed and started again."""

from __future__ import annotations

import multiprocessing
import resource
import secrets
import shutil
from collections.abc import Callable
from datetime import datetime
from multiprocessing.connection import Connection as Pipe
from pathlib import Path
from typing import Any

from cryptography import x509

from central import admin, feed, tls
from central.asking import FACE
from central.centre import Centre
from central.database import SQLITE, open_database
from kiosk.sync.invitation import Invitation, pin_of
from tests.central.cluster import Cluster
from tests.office import MONDAY
from tests.soak import desk, serving
from tests.soak.hall import Hall
from tests.soak.line import Line

EVERYTHING = ("reception", "health_post", "labour", "police")
NO_DOCTOR = ("reception", "labour", "police")  # what a doctor writes does not come here
STAFF = {
    "R001": "reception", "D001": "doctor", "L001": "labour", "P001": "police", "P002": "police",
    "S001": "supervisor",
}  # fmt: skip
ADMINISTRATOR = "S001"
START = 60  # seconds that a process may take to start, on a busy machine
ANSWER = 300
TRIES = 10  # of an exchange that nothing disturbs

forked = multiprocessing.get_context("forkserver")
forked.set_forkserver_preload(["tests.soak.hall", "tests.soak.serving", "httpcore"])  # httpx loads it late


class Died(Exception):
    """The process ended before it answered."""


class Child:
    """A process that answers over a pipe, and can be killed like a machine whose power fails."""

    def __init__(self, target: Callable[..., None], *arguments: object) -> None:
        self.pipe, inner = forked.Pipe()
        self.process = forked.Process(target=target, args=(inner, *arguments), daemon=True)
        self.process.start()
        inner.close()

    def hear(self, seconds: float) -> Any:
        """What it says. Raises Died."""
        try:
            if self.pipe.poll(seconds):
                return self.pipe.recv()
        except (EOFError, OSError) as error:
            self.kill()
            raise Died from error
        raise TimeoutError(self.process.name)

    def kill(self) -> None:
        self.process.kill()
        self.process.join()


class Terminal:
    """One desk, or the self-service terminal, which has no departments: its folder, its key, its process."""

    def __init__(
        self, name: str, folder: Path, seed: int, departments: tuple[str, ...], key: bytes = b""
    ) -> None:
        self.name, self.folder, self.seed, self.departments = name, folder, seed, departments
        self.face = feed.COUNTER if departments else FACE
        self.streams = feed.streams_for(self.face, departments)
        self.key = key or secrets.token_bytes(32)
        self.kept: set[str] = set()  # ids of entries that it said it had kept
        self.begin()

    def begin(self, clock: datetime = MONDAY) -> None:
        """The machine starts, and its clock shows that."""
        kind = desk.Desk if self.departments else Hall
        self.child = Child(desk.serve, kind, self.folder, self.key, self.seed, clock)
        self.seed += 1_000_003  # the next life of the process draws something else
        said, error = self.child.hear(START)
        assert said == "ok", error

    def tell(self, name: str, *arguments: object) -> Any:
        """The result of a method of `Desk`. Raises Died; an error there is returned as its words."""
        self.ask(name, *arguments)
        return self.hear()

    def ask(self, name: str, *arguments: object) -> None:
        """As `tell`, without waiting; `hear` has the result."""
        pipe: Pipe = self.child.pipe
        try:
            pipe.send((name, arguments))
        except OSError as error:
            self.child.kill()
            raise Died from error

    def has_answered(self) -> bool:
        return self.child.pipe.poll(0)

    def hear(self, seconds: float = ANSWER) -> Any:
        return self.child.hear(seconds)[1]

    def end(self) -> None:
        """Closes the store, so that its folder may be copied."""
        self.tell("close")
        self.child.process.join()

    def kill(self) -> None:
        self.child.kill()


class Town:
    """Everything that runs. `url` names the centre's database."""

    def __init__(self, folder: Path, url: str, cluster: Cluster | None) -> None:
        self.folder, self.url, self.cluster = folder, url, cluster
        self.terminals: list[Terminal] = []  # desks
        self.packs: dict[str, Path] = {}  # that anybody ever worked by: its folder by its digest
        self.machines = self.databases = 0  # so many were ever made
        self.hall: Terminal | None = None
        self.days = 0.0  # that the centre's clock is ahead
        self.lease = 14  # days, of those who are appointed
        self.dismissed: set[str] = set()  # staff numbers
        self.retired: set[str] = set()  # ids of entries that machines kept which are out of use
        self.late: set[str] = set()  # of those that revoked terminals wrote
        self.erased: dict[str, str] = {}  # subject -> a word that stood in nothing else
        self.gone: set[str] = set()  # ids of the entries that were erased
        self.tries = 0  # at the self-service terminal that were wrong; the server's memory counts them
        open_database(url).close()
        self.serving = Child(serving.serve, url, 0)
        self.port = int(self.serving.hear(START).rpartition(":")[2])
        self.line = Line(self.port)

    # --- the centre ----------------------------------------------------------------------------

    def kill_centre(self) -> None:
        self.serving.kill()

    def begin_centre(self) -> None:
        self.serving = Child(serving.serve, self.url, self.port, self.days)
        self.serving.hear(START)
        self.tries = 0

    def copy_of_database(self) -> str:
        """The URL of an image of the centre's disk; its server is killed for it."""
        self.kill_centre()
        if self.cluster:
            self.cluster.leave(self.url)
            return self.cluster.database(template=self.url)
        made = self.new_database()
        old, new = (Path(url.removeprefix(SQLITE)) for url in (self.url, made))
        for suffix in ("", "-wal"):
            if (file := old.with_name(old.name + suffix)).exists():
                shutil.copy(file, new.with_name(new.name + suffix))
        return made

    def new_database(self) -> str:
        """The URL of an empty database."""
        if self.cluster:
            return self.cluster.database()
        self.databases += 1
        return f"{SQLITE}{self.folder / f'centre{self.databases}.db'}"

    def drop(self, url: str) -> None:
        if self.cluster:
            self.cluster.drop(url)
        else:
            path = Path(url.removeprefix(SQLITE))
            for file in path.parent.glob(f"{path.name}*"):
                file.unlink()

    def move_to(self, url: str) -> None:
        """The centre works on another database; what the old one had is gone."""
        self.kill_centre()
        old, self.url = self.url, url
        self.drop(old)

    def fill_disk_of_centre(self, size: int) -> None:
        """No file of the centre grows beyond `size` bytes until it, or its database, is started anew."""
        if self.cluster:
            self.cluster.fill_disk(size)
        elif server := self.serving.process.pid:
            resource.prlimit(server, resource.RLIMIT_FSIZE, (size, size))

    def kill_database(self) -> None:
        assert self.cluster is not None
        self.cluster.kill()

    def begin_database(self) -> None:
        assert self.cluster is not None
        self.cluster.start()

    def centre(self) -> Centre:
        """The centre opened beside its server, for what an administrator does."""
        return serving.opened(self.url, self.days)

    def appoint(self, *numbers: str) -> None:
        with self.centre() as centre:
            for number in numbers:
                roles = (STAFF[number],)
                admin.appoint(centre, number, number, roles, desk.PASSPHRASE, ADMINISTRATOR, self.lease)
        self.dismissed -= {*numbers}

    def dismiss(self, number: str) -> None:
        with self.centre() as centre:
            admin.dismiss(centre, number, ADMINISTRATOR)
        self.dismissed.add(number)

    # --- terminals -----------------------------------------------------------------------------

    def join(self, seed: int, departments: tuple[str, ...] = EVERYTHING) -> Terminal:
        terminal = self.machine(seed, departments)
        assert terminal.tell("enrol", self.invitation(departments)) == "ok"
        self.terminals.append(terminal)
        return terminal

    def put_up_hall(self, seed: int) -> None:
        """A self-service terminal joins. It is none of the desks."""
        self.hall = self.machine(seed, ())
        assert self.hall.tell("enrol", self.invitation(())) == "ok"

    def machine(self, seed: int, departments: tuple[str, ...]) -> Terminal:
        """A new one, which has not joined yet. What is erased everywhere is so there before it comes."""
        self.machines += 1
        name = f"desk{self.machines}"
        made = Terminal(name, self.folder / name, seed, departments)
        for subject in self.erased:
            made.tell("erase", subject)
        return made

    def invitation(self, departments: tuple[str, ...]) -> str:
        centre = self.centre()
        face = feed.COUNTER if departments else FACE
        secret = admin.invite(centre, "desk", face, departments)
        certificate = x509.load_pem_x509_certificate(tls.certificate(centre.database)[1])
        centre.close()
        return str(Invitation(f"127.0.0.1:{self.line.port}", pin_of(certificate), secret))

    def everything(self) -> list[Terminal]:
        return [*self.terminals, *([self.hall] if self.hall else [])]

    def retire(self, terminal: Terminal) -> None:
        self.hand_in(terminal)
        self.put_away(terminal)

    def hand_in(self, terminal: Terminal) -> None:
        """Everything that it has is at the centre then.

        A centre that was put back may know it again only when others have brought what it wrote of it.
        """
        for _ in range(TRIES):
            if (said := terminal.tell("exchange")) == "ok":
                break
            for other in self.terminals:
                other.tell("exchange")
        else:
            raise AssertionError(f"{terminal.name} cannot hand in what it has: {said}")

    def put_away(self, terminal: Terminal) -> None:
        terminal.end()
        self.terminals.remove(terminal)
        self.retired |= terminal.kept
        shutil.rmtree(terminal.folder)

    def image(self, terminal: Terminal) -> Path:
        """A copy of the terminal's disk."""
        terminal.end()
        copy = self.folder / f"{terminal.name}.image"
        shutil.rmtree(copy, ignore_errors=True)
        shutil.copytree(terminal.folder, copy)
        terminal.begin()
        return copy

    def put_back(self, terminal: Terminal, image: Path) -> None:
        """The disk as it was when the image was made."""
        terminal.kill()
        shutil.rmtree(terminal.folder)
        shutil.copytree(image, terminal.folder)
        terminal.begin()

    def clone(self, image: Path, of: Terminal, seed: int) -> Terminal:
        """Another machine with the same disk."""
        self.machines += 1
        folder = self.folder / f"clone{self.machines}"
        shutil.copytree(image, folder)
        clone = Terminal(folder.name, folder, seed, of.departments, of.key)
        self.terminals.append(clone)
        return clone

    def close(self) -> None:
        for terminal in self.everything():
            terminal.kill()
        self.kill_centre()
        self.line.close()
