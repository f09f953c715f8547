"""A central system as it runs at work: a process of its own, over TLS, on a PostgreSQL that flushes."""

from __future__ import annotations

import os
import shutil
import socket
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from multiprocessing.connection import Connection as Pipe
from pathlib import Path
from time import perf_counter, sleep
from typing import NamedTuple

import psycopg
from cryptography import x509

from central import admin, tls
from central.centre import Centre
from central.database import open_database
from central.guard import Limits
from central.server import Server
from kiosk.actions.enrolment import enrol
from kiosk.actions.exchange import Exchange, open_exchange
from kiosk.sync.client import Client
from kiosk.sync.invitation import Invitation, pin_of
from tests.bench.filled import Filled, open_office
from tests.central.cluster import Cluster, children
from tests.office import Office, sample_pack
from tests.soak.town import EVERYTHING, START, Child

HURRIED = Limits((1e6, 1e6), (1e6, 1e6), (1e6, 1e6))  # all terminals have one address here
TICKS = os.sysconf("SC_CLK_TCK")


def serve(pipe: Pipe, url: str, port: int) -> None:
    """What `central serve` does, in a process that ends with its parent."""
    with Centre(open_database(url), sample_pack()) as centre:
        server = Server(centre, f"127.0.0.1:{port}", HURRIED)
        pipe.send("ok")
        server.run()


def wait_for(port: int) -> None:
    """Until somebody listens there."""
    until = perf_counter() + START
    while perf_counter() < until:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        sleep(0.02)


class Load(NamedTuple):
    """What processes have used up to a moment, in seconds of a processor, and when that was."""

    server: float
    database: float
    at: float

    def since(self, before: Load) -> Load:
        """Seconds of a processor in each second since then."""
        took = self.at - before.at
        return Load((self.server - before.server) / took, (self.database - before.database) / took, took)


class Running:
    """The centre at work, and what an administrator does beside it."""

    def __init__(self, cluster: Cluster) -> None:
        self.cluster = cluster
        self._lines: list[Client] = []
        self.url = cluster.database()
        open_database(self.url).close()
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port: int = probe.getsockname()[1]
        self.child = Child(serve, self.url, self.port)
        self.child.hear(START)
        wait_for(self.port)

    @contextmanager
    def centre(self) -> Iterator[Centre]:
        """The centre opened beside its server."""
        with Centre(open_database(self.url), sample_pack()) as centre:
            yield centre

    def invitation(self, name: str) -> str:
        with self.centre() as centre:
            secret = admin.invite(centre, name, "counter", EVERYTHING)
        certificate = x509.load_pem_x509_certificate(self.certificate())
        return str(Invitation(f"127.0.0.1:{self.port}", pin_of(certificate), secret))

    def certificate(self) -> bytes:
        """As PEM."""
        with self.centre() as centre:
            return tls.certificate(centre.database)[1]

    def joined(self, office: Office, name: str) -> Exchange:
        """The exchange of a terminal that takes an invitation, and its first look at the centre."""
        enrol(office.desk.terminal, self.invitation(name))
        exchange = open_exchange(office.desk.terminal)
        assert exchange is not None
        self._lines.append(exchange.client)
        exchange.begin()
        return exchange

    def end(self) -> None:
        for line in self._lines:
            line.close()
        self.child.kill()

    def bare(self) -> psycopg.Connection:
        """A connection to another database of the same server, with the same empty tables."""
        url = self.cluster.database()
        open_database(url).close()
        return psycopg.connect(url.replace("+psycopg", ""))

    def load(self) -> Load:
        assert self.cluster.process is not None
        database = [self.cluster.process.pid, *children(self.cluster.process.pid)]
        return Load(_seconds(self.process), sum(map(_seconds, database)), perf_counter())

    @property
    def process(self) -> int:
        assert self.child.process.pid is not None
        return self.child.process.pid


@contextmanager
def running() -> Iterator[Running]:
    """A centre for as long as the block lasts. PostgreSQL writes to the disk of temporary files."""
    with Cluster(Path(tempfile.gettempdir())) as cluster:
        found = Running(cluster)
        try:
            yield found
        finally:
            found.end()


@contextmanager
def copy_of(filled: Filled, folder: Path) -> Iterator[Office]:
    """The terminal of a kept store, which may join a centre without changing what is kept."""
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(filled.folder, folder)
    with opened(open_office(folder)) as office:
        yield office


@contextmanager
def new_terminal(folder: Path) -> Iterator[Office]:
    """A terminal with an empty store on the same disk."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    with opened(Office(folder)) as office:
        yield office


@contextmanager
def opened(office: Office) -> Iterator[Office]:
    try:
        yield office
    finally:
        office.close()
        shutil.rmtree(office.path.parent)


def memory(process: int, what: str = "VmHWM") -> float:
    """Of a process, in MB: VmRSS what it has now, VmHWM the most it ever had."""
    lines = Path(f"/proc/{process}/status").read_text("ascii").splitlines()
    fields = dict(line.split(":", 1) for line in lines)
    return int(fields[what].split()[0]) / 1000


def _seconds(process: int) -> float:
    """What a process has used of processors, in itself and for the system."""
    try:
        fields = Path(f"/proc/{process}/stat").read_text("ascii").rpartition(")")[2].split()
    except FileNotFoundError:  # a worker of PostgreSQL that is gone
        return 0.0
    return (int(fields[11]) + int(fields[12])) / TICKS
