"""What tests of the server speak through: a terminal at the wire, which signs and sends what a test wants."""

from __future__ import annotations

import base64
import secrets
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import count
from typing import Any

import httpx
import msgspec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from msgspec.structs import replace

from central import admin
from central.centre import Centre
from central.guard import Limits
from central.server import Server
from kiosk.actions.terminal import uuid7
from kiosk.model.chain import START, Head, Row, chain, commit_to
from kiosk.model.entries import OFFICE, Entry, Write, encode
from kiosk.sync import protocol
from kiosk.sync.protocol import Heads, Problem, Pull, Pulled, Push, Pushed, Rows
from kiosk.sync.signing import SESSION, sign

ALL = ("reception", "health_post", "labour", "police")
ticks = count(int(time.time() * 1000) << 16)


def entry(**changes: Any) -> Entry:
    """An entry about a person of its own; what is not said is as a reception clerk would write it."""
    new = Entry(
        id=uuid7(next(ticks)),
        act=uuid7(next(ticks)),
        act_size=1,
        subject=f"person:{uuid7(next(ticks))}",
        kind="recorded",
        version=1,
        writes={"name": Write("MA MA SAN")},
        actor="R001",
        role="reception",
        office="RL01",
        terminal="",
        stream=OFFICE,
        sequence=0,
        time=next(ticks),
        wall="2026-03-05T09:30:00.000+08:00",
    )
    return replace(new, **changes)


def act(*entries: Entry) -> list[Entry]:
    """Entries of one act."""
    return [replace(one, act=entries[0].act, act_size=len(entries)) for one in entries]


@dataclass
class Stream:
    """A stream as its author keeps it."""

    terminal: str
    key: Ed25519PrivateKey
    name: str = OFFICE
    office: str = "RL01"
    rows: list[Row] = field(default_factory=list)

    def write(self, entries: Iterable[Entry] = (), *, bodies: Sequence[bytes] = ()) -> list[Row]:
        """Appends entries (or whatever bytes), numbered and chained; returns their rows."""
        made: list[Entry] = []
        for one in entries:
            sequence = len(self.rows) + len(made) + 1
            made.append(replace(one, terminal=self.terminal, stream=self.name, sequence=sequence))
        new = [self._row(encode(one), one.id, one.act, one.subject) for one in made]
        return new + [self._row(body, "x", "x", "x") for body in bodies]

    def _row(self, body: bytes, id_: str, act_: str, subject: str) -> Row:
        sequence = len(self.rows) + 1
        previous = self.rows[-1].hash if self.rows else START
        salt = secrets.token_bytes(16)
        commitment = commit_to(salt, body)
        hashed = chain(previous, sequence, commitment)
        row = Row(
            self.office, self.terminal, self.name, sequence, id_, act_, subject,
            body, salt, commitment, previous, hashed,
        )  # fmt: skip
        self.rows.append(row)
        return row

    def pushed(self, rows: Sequence[Row]) -> Push:
        """The message that goes with rows of this stream."""
        last = rows[-1]
        head = Head(self.office, self.terminal, self.name, last.sequence, last.hash)
        signed = replace(head, signature=self.key.sign(head.signed_bytes()))
        return Push(rows[0].sequence - 1, rows[0].previous, signed)


class Machine:
    """One terminal at the wire of one server; `raw` collects every byte of every answer."""

    def __init__(self, address: str, code: str, key: Ed25519PrivateKey, office: str = "RL01") -> None:
        self.code, self.key, self.office = code, key, office
        self.http = httpx.Client(base_url=f"https://{address}", verify=False, timeout=40, trust_env=False)  # noqa: S501
        self.http.event_hooks["response"] = [self._heard]
        self.session = ""  # of the server, as it said last
        self.raw = bytearray()
        self.ahead = 0.0  # seconds that its clock is ahead of the machine's
        self.streams: dict[str, Stream] = {}

    def stream(self, name: str = OFFICE) -> Stream:
        return self.streams.setdefault(name, Stream(self.code, self.key, name, self.office))

    def _heard(self, answer: httpx.Response) -> None:
        self.session = answer.headers.get(SESSION, self.session)

    def proof(
        self, method: str, target: str, body: bytes = b"", *, created: int | None = None, nonce: str = ""
    ) -> dict[str, str]:
        at = int(time.time() + self.ahead) if created is None else created
        keyid = f"{self.office}/{self.code}"
        if not self.session:
            self.http.get("/v1/time")
        return sign(
            method, target, body, self.key, keyid, at, self.session + (nonce or secrets.token_hex(16))
        )

    def call(
        self, method: str, target: str, body: bytes = b"", headers: Mapping[str, str] | None = None
    ) -> httpx.Response:
        for _ in range(2):  # as a terminal does when the server's session is another one
            given, session = self.proof(method, target, body) | dict(headers or {}), self.session
            answer = self.http.request(method, target, content=body or None, headers=given)
            self.raw += answer.content
            if self.session == session:
                break
        return answer

    # --- the protocol ---------------------------------------------------------------------------

    def push(self, rows: Sequence[Row], push: Push | None = None) -> Pushed:
        """Raises Refused with the problem when the server refuses."""
        message = push or self.stream(rows[0].stream).pushed(rows)
        return self._asked("/v1/push", protocol.pack(message, rows), Pushed)[0]

    def send(self, *entries: Entry, stream: str = OFFICE) -> Pushed:
        """Writes entries and pushes them."""
        return self.push(self.stream(stream).write(entries))

    def pull(self, cursor: Mapping[str, int] | None = None, **asked: Any) -> tuple[Pulled, list[Row]]:
        return self._asked("/v1/pull", protocol.pack(Pull(dict(cursor or {}), **asked)), Pulled)

    def rows(self, terminal: str, stream: str = OFFICE, after: int = 0) -> tuple[Pulled, list[Row]]:
        return self._asked("/v1/rows", protocol.pack(Rows(self.office, terminal, stream, after)), Pulled)

    def heads(self) -> Heads:
        answer = self.call("GET", "/v1/heads")
        return _opened(answer, Heads)[0]

    def lists(self) -> dict[str, Any]:
        answer = self.call("GET", "/v1/lists")
        if not answer.is_success:
            raise Refused(answer.status_code, msgspec.json.decode(answer.content, type=Problem))
        found: dict[str, Any] = msgspec.json.decode(answer.content)
        return found

    def _asked(self, target: str, body: bytes, kind: type[Any]) -> tuple[Any, list[Row]]:
        return _opened(self.call("POST", target, body), kind)


class Refused(Exception):
    """What the server refused; `problem` says why."""

    def __init__(self, status: int, problem: Problem) -> None:
        super().__init__(status, problem)
        self.status, self.problem = status, problem
        self.kind = problem.kind


def _opened(answer: httpx.Response, kind: type[Any]) -> tuple[Any, list[Row]]:
    if not answer.is_success:
        raise Refused(answer.status_code, protocol.unpack(answer.content, Problem)[0])
    return protocol.unpack(answer.content, kind)


class Town:
    """A centre that runs, and the terminals that a test enrols with it."""

    def __init__(self, centre: Centre, server: Server) -> None:
        self.centre, self.server = centre, server
        self.machines: list[Machine] = []

    def machine(
        self, code: str, departments: Sequence[str] = ("reception",), face: str = "counter"
    ) -> Machine:
        """A new terminal, enrolled."""
        secret = admin.invite(self.centre, f"desk {code}", face, departments)
        machine = Machine(self.server.address, code, Ed25519PrivateKey.generate())
        self.machines.append(machine)
        answer = machine.http.post("/v1/enrol", json=self.asked(machine, secret))
        assert answer.is_success, answer.text
        return machine

    def known(self, machine: Machine) -> Machine:
        """A terminal that was enrolled before the centre was started or restored, at this server."""
        again = Machine(self.server.address, machine.code, machine.key)
        self.machines.append(again)
        return again

    def stranger(self, code: str) -> Machine:
        """One that nobody has enrolled yet."""
        return self.known(Machine(self.server.address, code, Ed25519PrivateKey.generate()))

    def asked(self, machine: Machine, secret: str, **changes: str) -> dict[str, str]:
        """What a terminal sends to be enrolled."""
        return {
            "secret": secret,
            "key": machine.key.public_key().public_bytes_raw().hex(),
            "seal": Ed25519PrivateKey.generate().public_key().public_bytes_raw().hex(),
            "code": machine.code,
            "name": "a desk",
            "version": "1",
            "proof": machine.key.sign(secret.encode()).hex(),
        } | changes

    def lists(self, machine: Machine) -> dict[str, Any]:
        """What a terminal gets beside the journal, verified."""
        answer = machine.lists()
        content = base64.b64decode(answer["signed"])
        self.centre.key.public_key().verify(bytes.fromhex(answer["signature"]), content)
        found: dict[str, Any] = msgspec.json.decode(content)
        return found

    def close(self) -> None:
        for machine in self.machines:
            machine.http.close()


@contextmanager
def serving(centre: Centre, limits: Limits | None = None) -> Iterator[Town]:
    """The centre as it runs; at the end its server and its terminals are gone."""
    with Server(centre, limits=limits) as server:
        town = Town(centre, server)
        try:
            yield town
        finally:
            town.close()
