"""Runs the application over TLS."""

from __future__ import annotations

import asyncio
import errno
import gc
import ipaddress
import logging
import socket
import threading
from collections.abc import Callable
from contextlib import suppress
from types import TracebackType

import uvicorn

from central import tls
from central.app import make_app
from central.centre import Centre
from central.guard import Limits
from central.snapshots import Snapshots
from kiosk.errors import KioskError
from kiosk.model.text import say
from kiosk.sync.protocol import IDLE

LISTEN = "127.0.0.1:8443"
LARGEST_PORT = 65535
KEPT = 3 * int(IDLE)  # seconds; who asks closes first, so that nobody asks over a line that is being closed


def address_of(text: str) -> tuple[str, int]:
    """ "HOST:PORT" in its parts. Raises KioskError."""
    host, _, port = text.rpartition(":")
    if not host or not port.isdecimal():
        raise KioskError(say("An address is written HOST:PORT, not {text}", text=text))
    if int(port) > LARGEST_PORT:
        raise KioskError(say("A port is a number up to {most}, not {port}.", most=LARGEST_PORT, port=port))
    return host.strip("[]"), int(port)


def is_loopback(host: str) -> bool:
    """Whether only the machine itself reaches it."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:  # a name
        return host.lower() == "localhost"


class Ending(uvicorn.Server):
    """Ends also where a terminal keeps its line open and says nothing: it would be waited for otherwise.

    `listening` is called once it has its port.
    """

    def __init__(self, config: uvicorn.Config, listening: Callable[[], None]) -> None:
        super().__init__(config)
        self._listening = listening

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self._listening()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        lines = self.server_state.connections
        closing = {line for line in lines if line.transport.is_closing()}  # the other side has not answered
        lines -= closing  # uvicorn closes all of them: what is closed twice, asyncio can't cut any more
        await super().shutdown(sockets)
        for line in (*lines, *closing):
            with suppress(AttributeError):  # Python 3.11 so says that the line is lost already
                line.transport.abort()
        await asyncio.sleep(0)


class Server:
    """One running server, over TLS. `with Server(centre) as server:` runs it in a thread, and ends it."""

    def __init__(
        self,
        centre: Centre,
        listen: str = "127.0.0.1:0",
        limits: Limits | None = None,
        snapshots: Snapshots | None = None,
        listening: Callable[[], None] = lambda: None,
    ) -> None:
        host, port = address_of(listen)
        key, self.certificate = tls.certificate(centre.database)
        secured = tls.context(key, self.certificate)
        logging.getLogger("uvicorn.error").disabled = True  # what it would quote stays out of every log
        self.config = uvicorn.Config(
            make_app(centre, limits, snapshots),
            host=host,
            port=port,
            ssl_context_factory=lambda _config, _default: secured,
            log_config=None,
            access_log=False,
            server_header=False,
            date_header=False,
            timeout_graceful_shutdown=1,
            timeout_keep_alive=KEPT,
            lifespan="on",
            ws="none",
            loop="asyncio",  # uvloop never ends while a terminal keeps its line open
        )
        self.server = Ending(self.config, listening)
        self._thread: threading.Thread | None = None

    def run(self) -> None:
        """Until the process is told to end. Raises KioskError when the port is taken."""
        gc.freeze()  # what is loaded stays; and a push of a thousand rows is no reason to look for cycles
        gc.set_threshold(100_000, 50, 100)
        try:
            self.server.run()
        except SystemExit as error:
            raise _not_listening(self.config) from error

    @property
    def address(self) -> str:
        """ "HOST:PORT", where it listens."""
        (listening,) = self.server.servers[0].sockets
        return f"{self.config.host}:{listening.getsockname()[1]}"

    def __enter__(self) -> Server:
        self._thread = threading.Thread(target=self._in_thread, name="server", daemon=True)
        self._thread.start()
        while not self.server.started:
            if not self._thread.is_alive():
                raise _not_listening(self.config)
            self._thread.join(0.01)
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        self.server.should_exit = True
        if self._thread is not None:
            self._thread.join()

    def _in_thread(self) -> None:
        try:
            self.server.run()
        except SystemExit:
            return


def _not_listening(config: uvicorn.Config) -> KioskError:
    """Why, as the system says it when it is asked once more: uvicorn keeps that to itself."""
    host, port = config.host, config.port
    try:
        with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as line:
            line.bind((host, port))  # `create_server` would not say that a name is unknown
    except OSError as error:
        if error.errno == errno.EADDRNOTAVAIL or isinstance(error, socket.gaierror):
            return KioskError(
                say("{host} is no address of this machine. To listen on all of its own: 0.0.0.0", host=host)
            )
        if error.errno == errno.EACCES:
            return KioskError(say("Port {port} is not for everybody. Take one from 1024 on.", port=port))
    return KioskError(
        say("Cannot listen on {host}:{port}. Is another server running there?", host=host, port=port)
    )
