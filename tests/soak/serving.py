"""The centre as a process of its own, that can be killed."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from functools import cache
from multiprocessing.connection import Connection as Pipe
from pathlib import Path
from typing import Any

from central.backup import restore
from central.centre import Centre
from central.database import open_database
from central.guard import Limits
from central.server import Server
from kiosk.actions.terminal import system_clock
from kiosk.definitions.bundle import bundle
from kiosk.settings import sample_pack_folder
from tests.office import sample_pack
from tests.soak.meddling import Mortal


@cache
def sample() -> bytes:
    return bundle(sample_pack_folder())


sample_pack(), sample()  # read once, before processes are forked off


HURRIED = Limits((1e6, 1e6), (1e6, 1e6), (1e6, 1e6))


class Ahead:
    """A clock that is wrong by so many days."""

    def __init__(self, days: float) -> None:
        self.by = timedelta(days=days)

    def __call__(self) -> datetime:
        return system_clock() + self.by


def opened(url: str, days: float) -> Centre:
    """A centre whose clock is ahead by so many days; it gives out the sample until it has another pack."""
    return Centre(open_database(url), sample_pack(), Ahead(days), sample())


def serve(pipe: Pipe, url: str, port: int, days: float = 0.0) -> None:
    """Listens until the process is killed; says so when it does. Its clock is ahead by so many days."""
    with Server(opened(url, days), f"127.0.0.1:{port}", HURRIED) as server:
        pipe.send(server.address)
        pipe.recv()


def put_back(pipe: Pipe, file: Path, recovery_key: str, url: str, statement: int) -> None:
    """`central restore`, by a process that dies before its nth statement; 0 is never."""
    database = open_database(url)
    transactions = database.write

    @contextmanager
    def mortal() -> Iterator[Any]:
        nonlocal statement
        with transactions() as connection:
            mortal = Mortal(connection, statement)
            yield mortal
            statement = mortal.left

    if statement:
        database.write = mortal  # type: ignore[method-assign]
    restore(file, database, sample_pack(), lambda: recovery_key).close()
    pipe.send("ok")
