"""A real central system at work for tests: an HTTPS server of this process, and desks that have joined it."""

from __future__ import annotations

import asyncio
import shutil
import socket
import threading
import time
from collections.abc import Callable
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import uvicorn
from cryptography import x509

from central import admin, tls
from central.app import make_app
from central.backup import restore
from central.centre import Centre
from central.database import SQLITE, open_database
from central.guard import Limits
from central.server import KEPT, Ending
from central.snapshots import Snapshots
from kiosk.actions.enrolment import enrol
from kiosk.actions.exchange import Exchange, open_exchange
from kiosk.model.office import OfficePack
from kiosk.sync.invitation import Invitation, pin_of
from tests.office import Clerks, Clock, Office, sample_pack

EVERYTHING = ("reception", "health_post", "labour", "police")
MANY = Limits((1e6, 1e6), (1e6, 1e6), (1e6, 1e6))  # tests are in a hurry


@cache
def new_database() -> bytes:
    """The file of a new centre, tables with nothing in them: hundreds begin with it, and one made them."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "centre.db"
        open_database(f"{SQLITE}{path}").close()
        return path.read_bytes()


def new_centre(folder: Path) -> str:
    """The URL of such a database in a folder of its own."""
    path = folder / "centre.db"
    path.write_bytes(new_database())
    return f"{SQLITE}{path}"


class Listener(Ending):
    """In a thread of its own, without the signals of the process."""

    def __init__(self, centre: Centre, port: int, snapshots: Snapshots | None = None) -> None:
        config = uvicorn.Config(
            make_app(centre, MANY, snapshots), "127.0.0.1", port, log_config=None, access_log=False,
            date_header=False, loop="asyncio", timeout_graceful_shutdown=0, timeout_keep_alive=KEPT,
        )  # fmt: skip
        config.load()
        key, certificate = tls.certificate(centre.database)
        config.ssl = tls.context(key, certificate)
        super().__init__(config, lambda: None)
        self.thread = threading.Thread(target=self.run, name="centre", daemon=True)

    def listen(self) -> int:
        self.thread.start()
        while not self.started:
            assert self.thread.is_alive()
            time.sleep(0.005)
        port: int = self.servers[0].sockets[0].getsockname()[1]
        return port

    async def serve(self, sockets: list[socket.socket] | None = None) -> None:
        self.loop = asyncio.get_running_loop()
        await super().serve(sockets)

    def end(self) -> None:
        """As a machine that is switched off: whoever is connected learns nothing."""
        self.loop.call_soon_threadsafe(self._drop)
        self.should_exit = True
        self.thread.join(20)
        assert not self.thread.is_alive()

    def _drop(self) -> None:
        for connection in list(self.server_state.connections):
            if connection.transport is not None:
                connection.transport.abort()


class Running:
    """The centre of one office. `end` and `begin` again are a restart; `back_up` and `put_back` a restore.

    With `packing` it packs what new terminals start from, however little that is; `bundled` is the office
    pack that it gives them.
    """

    def __init__(
        self,
        folder: Path,
        clock: Clock | None = None,
        url: str = "",
        *,
        packing: bool = False,
        bundled: bytes = b"",
        pack: OfficePack | None = None,
    ) -> None:
        self.pack = pack or sample_pack()
        self.folder, self.clock, self.port, self.packing = folder, clock or Clock(), 0, packing
        self.bundled = bundled
        folder.mkdir(parents=True, exist_ok=True)
        self.url = url or new_centre(folder)
        self.begin()

    def __enter__(self) -> Running:
        return self

    def __exit__(self, *raised: object) -> None:
        self.end()

    def begin(self) -> None:
        self.database = open_database(self.url)
        self.centre = Centre(self.database, self.pack, self.clock, bundled=self.bundled)
        self.centre.terminal.seal_key()
        self.snapshots = Snapshots(self.centre, self.folder, least=1, behind=0) if self.packing else None
        self.listener = Listener(self.centre, self.port, self.snapshots)
        self.port = self.listener.listen()

    def end(self) -> None:
        self.listener.end()
        self.centre.close()

    def back_up(self) -> None:
        self.end()
        shutil.copytree(self.folder, self.folder.with_name("copy"))
        self.begin()

    def put_back(self) -> None:
        """The machine is as it was at the backup; nobody told the program."""
        self.end()
        shutil.rmtree(self.folder)
        self.folder.with_name("copy").rename(self.folder)
        self.begin()

    def restore(self, file: Path, recovery_key: str) -> None:
        """`central restore` from a backup, into an empty folder."""
        self.end()
        shutil.rmtree(self.folder)
        self.folder.mkdir()
        restore(file, open_database(self.url), self.pack, lambda: recovery_key).close()
        self.begin()

    def invitation(
        self, departments: tuple[str, ...] = EVERYTHING, face: str = "counter", name: str = "desk"
    ) -> str:
        secret = admin.invite(self.centre, name, face, departments)
        certificate = x509.load_pem_x509_certificate(tls.certificate(self.database)[1])
        return str(Invitation(f"127.0.0.1:{self.port}", pin_of(certificate), secret))

    def joined(self, office: Office, *departments: str, face: str = "counter") -> Exchange:
        """The exchange of a desk that takes an invitation."""
        invited = departments or (EVERYTHING if face == "counter" else ())
        enrol(office.desk.terminal, self.invitation(invited, face))
        return exchange_of(office)


def exchange_of(office: Clerks) -> Exchange:
    """Of a desk that has joined, as each start opens it."""
    exchange = open_exchange(office.desk.terminal)
    assert exchange is not None
    return exchange


def until(holds: Callable[[], object]) -> None:
    """Waits for what another thread does."""
    for _ in range(6_000):
        if holds():
            return
        time.sleep(0.01)
    raise AssertionError("it did not come to pass")


def meet(*exchanges: Exchange) -> None:
    """Each sends, then each takes what the others sent."""
    for exchange in exchanges:
        exchange.begin()
        exchange.send()
    for exchange in exchanges:
        while exchange.fetch().more:
            pass
