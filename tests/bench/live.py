"""A decision at one desk, painted at another that has the case open, while more terminals listen.

The centre and the two desks are processes of their own, as on machines of their own. The span begins when
the decision is pressed: it holds the act's checks, seals and COMMIT, the way over TLS through PostgreSQL,
the other store with its views, and the window's paint. The other terminals hold an open line each, take what
comes and ask again; only their stores are left out, for those would take this one machine's time.
"""

from __future__ import annotations

import threading
from collections.abc import Mapping
from multiprocessing.connection import Connection as Pipe
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from kiosk.actions.enrolment import enrol
from kiosk.actions.exchange import open_exchange
from kiosk.actions.exchanging import WAIT, Exchanging
from kiosk.actions.terminal import system_clock
from kiosk.sync.client import Client
from kiosk.sync.protocol import Pull, State
from tests.bench.centre import Running, running
from tests.bench.figures import Figure, Span, Spread, Target
from tests.bench.filled import Said
from tests.bench.many import enrolled
from tests.office import Office
from tests.soak.town import ANSWER, START, Child

TERMINALS = 20
ROUNDS = 40
TARGET = Target("p95", 1000)
WHAT = f"{TERMINALS} terminals connected"


def measure(folder: Path, cases: int, _said: Said) -> list[Figure]:
    rounds = min(ROUNDS, max(2, cases // 100))
    folder.mkdir(parents=True, exist_ok=True)
    with running() as centre, TemporaryDirectory(dir=folder) as kept:
        deciding = Told(decide, Path(kept) / "deciding", centre.invitation("deciding"))
        painting = Told(paint, Path(kept) / "painting", centre.invitation("painting"))
        others = Told(listen, f"https://127.0.0.1:{centre.port}", centre.certificate(), _keys(centre))
        try:
            ready = deciding.tell("prepare", rounds)
            before = centre.load()
            spans = [_decided(deciding, painting, case) for case in ready]
            load = centre.load().since(before)
            connected = 2 + others.tell("connected")
        finally:
            for told in (deciding, painting, others):
                told.child.kill()
    if connected != TERMINALS:
        raise RuntimeError(f"only {connected} terminals were connected")
    return [
        Figure(f"{WHAT}: decided at one desk, painted at another", Spread.ms(spans), target=TARGET),
        Figure(f"{WHAT}: decisions meanwhile", Spread.of([len(spans) / load.at]), "per s"),
        Figure(f"{WHAT}: processor of the server", Spread.of([load.server]), "s/s"),
        Figure(f"{WHAT}: processor of PostgreSQL", Spread.of([load.database]), "s/s"),
    ]


def _keys(centre: Running) -> dict[str, bytes]:
    """Of the other terminals, by the name that each signs with."""
    streams = enrolled(centre, TERMINALS - 2)
    return {f"{one.office}/{one.terminal}": one.key.private_bytes_raw() for one in streams}


def _decided(deciding: Told, painting: Told, case: str) -> Span:
    painting.tell("open", case)
    painting.ask("until_approved")
    pressed = deciding.tell("approve", case)
    return Span(pressed, painting.hear())


# --- processes ---------------------------------------------------------------------------------------


class Told:
    """A process that does what it is told: a method of the object it has, by name."""

    def __init__(self, target: Any, *arguments: object) -> None:
        self.child = Child(target, *arguments)
        self.child.hear(START)

    def tell(self, name: str, *arguments: object) -> Any:
        self.ask(name, *arguments)
        return self.hear()

    def ask(self, name: str, *arguments: object) -> None:
        """As `tell`, without waiting; `hear` has the result."""
        self.child.pipe.send((name, arguments))

    def hear(self) -> Any:
        return self.child.hear(ANSWER)


def _obey(pipe: Pipe, one: object) -> None:
    pipe.send("ok")
    while True:
        name, arguments = pipe.recv()
        pipe.send(getattr(one, name)(*arguments))


def decide(pipe: Pipe, folder: Path, invitation: str) -> None:
    _obey(pipe, Deciding(folder, invitation))


def paint(pipe: Pipe, folder: Path, invitation: str) -> None:
    from tests.bench.watching import Watching  # Qt is needed in this process alone

    _obey(pipe, Watching(*connected(folder, invitation), folder))


def listen(pipe: Pipe, url: str, certificate: bytes, keys: Mapping[str, bytes]) -> None:
    _obey(pipe, Others(url, certificate, keys))


def connected(folder: Path, invitation: str) -> tuple[Office, Exchanging]:
    """A new desk that has joined, and its exchange, not started yet."""
    folder.mkdir()
    office = Office(folder)
    enrol(office.desk.terminal, invitation)
    exchange = open_exchange(office.desk.terminal)
    assert exchange is not None
    exchanging = Exchanging(exchange)
    office.desk.on_commit.append(exchanging.wake)
    return office, exchanging


class Deciding:
    """The desk that decides."""

    def __init__(self, folder: Path, invitation: str) -> None:
        self.office, exchanging = connected(folder, invitation)
        exchanging.start()

    def prepare(self, count: int) -> list[str]:
        """So many cases that wait for the decision."""
        return [self.office.worker("accepted") for _ in range(count)]

    def approve(self, case: str) -> float:
        """When it was pressed."""
        pressed = perf_counter()
        self.office.approve(case)
        return pressed


class Others:
    """Terminals that hold a line open each, one thread for one."""

    def __init__(self, url: str, certificate: bytes, keys: Mapping[str, bytes]) -> None:
        self._threads = []
        for keyid, key in keys.items():
            private = Ed25519PrivateKey.from_private_bytes(key)
            client = Client(url, certificate.decode(), keyid, private, system_clock)
            self._threads.append(threading.Thread(target=self._listen, args=(client,), daemon=True))
        for thread in self._threads:
            thread.start()

    def _listen(self, client: Client) -> None:
        cursor: dict[str, int] = {}
        position = b""
        while True:
            pulled, _ = client.pull(Pull(cursor, wait=WAIT, state=State(0, 0), position=position))
            cursor, position = cursor | pulled.cursor, pulled.position

    def connected(self) -> int:
        """How many go on; what fails ends its thread."""
        return sum(thread.is_alive() for thread in self._threads)
