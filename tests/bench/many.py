"""A thousand terminals at the wire, each with a connection of its own, push what they wrote in a day.

What they send is prepared beforehand, chained, signed and packed as a terminal does it, so that this side
costs next to nothing while the server is measured. First each sends the work of a morning, one terminal
after the other at a steady pace; then, as after a broken line, all send the rest at once. The server keeps
its own pace there, and a push takes as long as the pushes before it.
"""

from __future__ import annotations

import asyncio
import secrets
import ssl
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from statistics import quantiles
from time import perf_counter

import httpx
import msgspec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from central import admin
from kiosk.model.chain import Row
from kiosk.model.entries import OFFICE, decode
from kiosk.store import journal
from kiosk.sync import protocol
from kiosk.sync.signing import SESSION, sign
from tests.bench.centre import EVERYTHING, Running, memory, running
from tests.bench.figures import Figure, Spread
from tests.bench.filled import Filled, Said, open_filled
from tests.central.machine import Stream

TERMINALS = 1_000
CASES = 4 * TERMINALS  # some 50 entries for each terminal
PUSHES = 4  # of one terminal
PACE = 50  # pushes a second of all terminals together
Requests = list[bytes]


@dataclass
class Pushed:
    """How long each push took, in ms; how many entries went up, in how many seconds."""

    ms: list[float] = field(default_factory=list)
    seconds: float = 0.0

    def p99(self) -> float:
        return quantiles(self.ms, n=100)[-1]


def measure(folder: Path, cases: int, said: Said) -> list[Figure]:
    terminals = max(10, min(cases * TERMINALS // CASES, TERMINALS))
    filled = open_filled(folder, min(cases, CASES), said)
    parts = [*islice(_parts(filled, terminals * PUSHES), terminals * PUSHES)]
    filled.office.close()
    with running() as centre:
        streams = enrolled(centre, terminals)
        at_rest = memory(centre.process, "VmRSS")
        session = _session(centre.port)
        days = [
            [_request(stream, rows, session) for rows in parts[number * PUSHES : (number + 1) * PUSHES]]
            for number, stream in enumerate(streams)
        ]
        before = centre.load()
        steady, at_once = asyncio.run(_days(centre.port, days))
        load = centre.load().since(before)
        most = memory(centre.process)
    entries = sum(len(rows) for number, rows in enumerate(parts) if number % PUSHES)
    name = f"{terminals:,} terminals"
    return [
        Figure(f"{name}, {PACE} pushes a second: a push", Spread.of(steady.ms)),
        Figure(f"{name}, {PACE} pushes a second: 99th percentile of a push", Spread.of([steady.p99()])),
        Figure(f"{name} at once: taken", Spread.of([entries / at_once.seconds]), "entries/s"),
        Figure(f"{name} at once: a push", Spread.of(at_once.ms)),
        Figure(f"{name} at once: 99th percentile of a push", Spread.of([at_once.p99()])),
        Figure(f"{name}: memory of the server, at most", Spread.of([most]), "MB"),
        Figure(f"{name}: memory of the server, before", Spread.of([at_rest]), "MB"),
        Figure(f"{name}: processor of the server", Spread.of([load.server]), "s/s"),
        Figure(f"{name}: processor of PostgreSQL", Spread.of([load.database]), "s/s"),
    ]


def _parts(filled: Filled, count: int) -> Iterator[list[Row]]:
    """What an office wrote in its stream, cut into so many parts; no act is cut."""
    with filled.office.store.read() as connection:
        rows = [row for _, row in journal.rows(connection) if row.stream == OFFICE]
    yield from protocol.whole_acts(rows, max(1, len(rows) // count - 2))


def enrolled(centre: Running, count: int) -> list[Stream]:
    """New terminals, which the centre knows; each with its own key and an empty stream."""
    streams = []
    with centre.centre() as opened:
        for number in range(count):
            key, code = Ed25519PrivateKey.generate(), f"Z{number:03X}"
            secret = admin.invite(opened, f"desk {code}", "counter", EVERYTHING)
            asked = {
                "secret": secret,
                "key": key.public_key().public_bytes_raw().hex(),
                "seal": Ed25519PrivateKey.generate().public_key().public_bytes_raw().hex(),
                "code": code,
                "name": f"desk {code}",
                "version": "1",
                "proof": key.sign(secret.encode()).hex(),
            }
            admin.enrol(opened, msgspec.convert(asked, admin.Asked))
            streams.append(Stream(code, key, office=opened.office))
    return streams


def _session(port: int) -> str:
    """That of the server, as each of its answers names it."""
    with httpx.Client(verify=False) as client:  # noqa: S501 - what is measured is the server
        return client.get(f"https://127.0.0.1:{port}/openapi.json").headers[SESSION]


def _request(stream: Stream, rows: Sequence[Row], session: str) -> bytes:
    """A push of these entries as this terminal's own, as it goes over the line."""
    written = stream.write([decode(row.body) for row in rows if row.body is not None])
    body = protocol.pack(stream.pushed(written), written)
    keyid, nonce = f"{stream.office}/{stream.terminal}", session + secrets.token_hex(16)
    headers = {
        "Host": "centre",
        "Content-Type": protocol.MEDIA_TYPE,
        "Content-Length": str(len(body)),
        **sign("POST", "/v1/push", body, stream.key, keyid, int(time.time()), nonce),
    }
    lines = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
    return f"POST /v1/push HTTP/1.1\r\n{lines}\r\n".encode() + body


# --- the terminals ---------------------------------------------------------------------------------


async def _days(port: int, days: Sequence[Requests]) -> tuple[Pushed, Pushed]:
    """The first push of each terminal at a steady pace; then all the others as fast as they are taken."""
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE  # what is measured is the server
    steady, at_once = Pushed(), Pushed()

    async def push(requests: Requests, pushed: Pushed, wait: float = 0.0) -> None:
        """One after the other on a new connection: the server closes those that are silent."""
        await asyncio.sleep(wait)
        start = perf_counter()
        reader, writer = await asyncio.open_connection("127.0.0.1", port, ssl=context)
        for request in requests:
            await _sent(request, reader, writer)
            pushed.ms.append((perf_counter() - start) * 1000)
            start = perf_counter()
        writer.transport.abort()

    start = perf_counter()
    await asyncio.gather(*(push(day[:1], steady, at / PACE) for at, day in enumerate(days)))
    middle = perf_counter()
    await asyncio.gather(*(push(day[1:], at_once) for day in days))
    steady.seconds, at_once.seconds = middle - start, perf_counter() - middle
    return steady, at_once


async def _sent(request: bytes, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """A push and its answer. Raises RuntimeError when it was refused."""
    writer.write(request)
    head = (await reader.readuntil(b"\r\n\r\n")).decode("ascii").lower().split("\r\n")
    length = next(int(line[15:]) for line in head if line.startswith("content-length:"))
    answer = await reader.readexactly(length)
    if " 200 " not in head[0]:
        raise RuntimeError(f"{head[0]}: {protocol.unpack(answer, protocol.Problem)[0]}")
