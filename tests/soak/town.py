"""The centre, its database and its terminals, each a process that can be killed and started again."""

from __future__ import annotations

import multiprocessing
import secrets
import shutil
from collections.abc import Callable
from multiprocessing.connection import Connection as Pipe
from pathlib import Path
from typing import Any

from cryptography import x509

from central import admin, tls
from central.centre import Centre
from central.database import open_database
from kiosk.sync.invitation import Invitation, pin_of
from tests.central.cluster import Cluster
from tests.office import sample_pack
from tests.soak import desk, serving
from tests.soak.line import Line

DEPARTMENTS = ("reception", "health_post", "labour", "police")
START = 60  # seconds that a process may take to start, on a busy machine
ANSWER = 300

forked = multiprocessing.get_context("forkserver")
forked.set_forkserver_preload(["tests.soak.desk", "tests.soak.serving", "httpcore"])  # httpx loads it late


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
    """One desk: its folder, its key, its process."""

    def __init__(self, name: str, folder: Path, seed: int, key: bytes = b"") -> None:
        self.name, self.folder, self.seed = name, folder, seed
        self.key = key or secrets.token_bytes(32)
        self.kept: set[str] = set()  # ids of entries that it said it had kept
        self.begin()

    def begin(self) -> None:
        self.child = Child(desk.serve, self.folder, self.key, self.seed)
        self.seed += 1_000_003  # the next life of the process draws something else
        said, error = self.child.hear(START)
        assert said == "ok", error

    def tell(self, name: str, *arguments: object) -> Any:
        """The result of a method of `Desk`. Raises Died; an error there is returned as its words."""
        pipe: Pipe = self.child.pipe
        try:
            pipe.send((name, arguments))
        except OSError as error:
            self.child.kill()
            raise Died from error
        return self.child.hear(ANSWER)[1]

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
        self.terminals: list[Terminal] = []
        self.clones = 0
        self.retired: set[str] = set()  # ids of entries that machines kept which are out of use
        open_database(url).close()
        self.serving = Child(serving.serve, url, 0)
        self.port = int(self.serving.hear(START).rpartition(":")[2])
        self.line = Line(self.port)

    # --- the centre ----------------------------------------------------------------------------

    def kill_centre(self) -> None:
        self.serving.kill()

    def begin_centre(self) -> None:
        self.serving = Child(serving.serve, self.url, self.port)
        self.serving.hear(START)

    def kill_database(self) -> None:
        assert self.cluster is not None
        self.cluster.kill()

    def begin_database(self) -> None:
        assert self.cluster is not None
        self.cluster.start()

    def centre(self) -> Centre:
        """The centre opened beside its server, for what an administrator does."""
        return Centre(open_database(self.url), sample_pack())

    # --- terminals -----------------------------------------------------------------------------

    def join(self, name: str, seed: int) -> Terminal:
        centre = self.centre()
        secret = admin.invite(centre, name, "counter", DEPARTMENTS)
        certificate = x509.load_pem_x509_certificate(tls.certificate(centre.database)[1])
        centre.close()
        terminal = Terminal(name, self.folder / name, seed)
        terminal.tell("enrol", str(Invitation(f"127.0.0.1:{self.line.port}", pin_of(certificate), secret)))
        self.terminals.append(terminal)
        return terminal

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
        self.clones += 1
        folder = self.folder / f"clone{self.clones}"
        shutil.copytree(image, folder)
        clone = Terminal(folder.name, folder, seed, of.key)
        self.terminals.append(clone)
        return clone

    def close(self) -> None:
        for terminal in self.terminals:
            terminal.kill()
        self.kill_centre()
        self.line.close()
