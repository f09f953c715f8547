"""The centre as a process of its own, that can be killed."""

from __future__ import annotations

from multiprocessing.connection import Connection as Pipe

from central.centre import Centre
from central.database import open_database
from central.guard import Limits
from central.server import Server
from tests.office import sample_pack

sample_pack()  # read once, before processes are forked off


HURRIED = Limits((1e6, 1e6), (1e6, 1e6), (1e6, 1e6))


def serve(pipe: Pipe, url: str, port: int) -> None:
    """Listens until the process is killed; says so when it does."""
    centre = Centre(open_database(url), sample_pack())
    with Server(centre, f"127.0.0.1:{port}", HURRIED) as server:
        pipe.send(server.address)
        pipe.recv()
