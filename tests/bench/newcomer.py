"""A new terminal of an office that has seen years of work: from its invitation until a case can be opened.

The centre is a process of its own, over TLS, on SQLite; what it packs for new terminals is made once and
kept, as the store is. The bare thing is one `executemany` after another of the same entries into the journal
of a new store: nothing checked, no views.
"""

from __future__ import annotations

import shutil
import socket
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from multiprocessing.connection import Connection as Pipe
from pathlib import Path
from time import perf_counter

import msgspec
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from msgspec.structs import astuple

from central import admin, feed, tls
from central.centre import Centre
from central.database import open_database
from central.projecting import FOLDED
from central.server import Server
from central.snapshots import Snapshots
from kiosk.actions import newcomer
from kiosk.actions.enrolment import enrol
from kiosk.actions.exchange import Exchange, open_exchange
from kiosk.model.chain import Head
from kiosk.model.entries import ACCESS
from kiosk.store import exchange as store
from kiosk.store import journal, proof
from kiosk.store.database import Connection
from kiosk.sync.invitation import Invitation, pin_of
from kiosk.sync.protocol import whole_acts
from tests.bench.centre import HURRIED, new_terminal, wait_for
from tests.bench.figures import Figure, Spread, Target, timed
from tests.bench.filled import Filled, Said, open_filled
from tests.bench.written import insert_bare
from tests.office import Office, sample_pack
from tests.soak.town import EVERYTHING, START, Child

TARGET = Target("median", 120)
MADE = "made.json"


class Made(msgspec.Struct, frozen=True):
    """What a kept centre was made from, and how long (s) its server took to pack for the first time."""

    made_by: str
    packed: float = 0.0


def measure(folder: Path, cases: int, said: Said) -> list[Figure]:
    filled = open_filled(folder, cases, said)
    kept = folder / f"centre-{cases}"
    made = _made(kept, filled, said)
    filled.office.close()
    with _serving(kept) as port, new_terminal(folder / "newcomer") as office:
        exchange, joining = _joined(office, kept, port)
        start = perf_counter()
        snapshot = newcomer.verified(exchange, _offer(exchange))
        if not made.packed:
            made = msgspec.structs.replace(made, packed=round(perf_counter() - start, 1))
            (kept / MADE).write_bytes(msgspec.json.encode(made))
        filling = timed(lambda: newcomer.start(exchange)).ms / 1000
        exchange.client.close()
        opening = timed(lambda: _open(office)).ms / 1000
        proving = timed(lambda: _proved(office)).ms / 1000
        bare = _bare(folder, office)
        size = office.path.stat().st_size / 1e6
    return [
        Figure(
            "a new terminal ready to work", Spread.of([joining + filling + opening]), "s",
            "its entries by bare executemany", Spread.of([bare]), TARGET,
        ),
        Figure("what came to it", Spread.of([snapshot.size / 1e6]), "MB", "its store", Spread.of([size])),
        Figure("its views proved, without rests", Spread.of([proving]), "s"),
        Figure("packed by the centre for the first time", Spread.of([made.packed]), "s"),
    ]  # fmt: skip


def _offer(exchange: Exchange) -> newcomer.Offer:
    offer = newcomer.offered(exchange)
    assert offer is not None
    return offer


def _open(office: Office) -> None:
    """The next start of the terminal; the first case of its list is opened."""
    opened = Office(office.path.parent, clock=office.clock, key=office.key)
    (row, *_) = opened.desk.work_list(opened.reception)
    assert opened.desk.case(opened.reception, row.case, opened=False).row == row
    opened.close()


def _proved(office: Office) -> None:
    opened = Office(office.path.parent, clock=office.clock, key=office.key)
    assert proof.prove(opened.store)
    opened.close()


def _bare(folder: Path, office: Office) -> float:
    """Seconds."""
    source = Office(office.path.parent, clock=office.clock, key=office.key)
    took = 0.0
    with new_terminal(folder / "bare") as bare, source.store.read() as reading:
        rows = (row for _, row in journal.rows(reading))
        for batch in whole_acts(rows, 10_000):

            def insert(values: Sequence[Sequence[object]] = tuple(map(astuple, batch))) -> None:
                with bare.store.write() as connection:
                    insert_bare(connection, values)

            took += timed(insert).ms / 1000
    source.close()
    return took


# --- the centre ------------------------------------------------------------------------------------


def _url(kept: Path) -> str:
    return f"sqlite:///{kept / 'centre.db'}"


def _made(kept: Path, filled: Filled, said: Said) -> Made:
    """The kept centre; where there is none of this store, a new one."""
    file = kept / MADE
    made = msgspec.json.decode(file.read_bytes(), type=Made) if file.exists() else None
    if made is None or made.made_by != filled.recipe.made_by:
        shutil.rmtree(kept, ignore_errors=True)
        kept.mkdir(parents=True)
        said("making a centre of the same entries")
        with Centre(open_database(_url(kept)), sample_pack(), filled.office.clock) as centre:
            _take_over(centre, filled.office)
        made = Made(filled.recipe.made_by)
        file.write_bytes(msgspec.json.encode(made))
    return made


def _take_over(centre: Centre, office: Office) -> None:
    """As if the terminal had joined and pushed everything."""
    terminal, key = office.desk.terminal, Ed25519PrivateKey.generate()
    secret = admin.invite(centre, "author", feed.COUNTER, EVERYTHING)
    seal = terminal.seal_key().public_key().public_bytes_raw().hex()
    proof_ = key.sign(secret.encode()).hex()
    admin.enrol(
        centre,
        admin.Asked(key.public_key().public_bytes_raw().hex(), seal, terminal.code, proof_, secret),
    )
    with office.store.read() as reading:
        for head in store.heads(reading):
            if head.stream != ACCESS:
                _push(centre, reading, head, key)
    with centre.database.write() as connection:  # the lists of the centre's own pages are not measured here
        for stream in FOLDED:
            number = feed.numbers(connection, centre.office).get(stream, 0)
            connection.execute("INSERT INTO projected VALUES (?, ?, ?)", (centre.office, stream, number))


def _push(centre: Centre, reading: Connection, head: Head, key: Ed25519PrivateKey) -> None:
    place = (head.office, head.terminal, head.stream)
    for rows in whole_acts(store.rows_after(reading, head, 0)):
        end = Head(*place, rows[-1].sequence, rows[-1].hash)
        signed = msgspec.structs.replace(end, signature=key.sign(end.signed_bytes()))
        with centre.database.write() as connection:
            feed.lock(connection, *place)
            journal.insert(connection, rows)
            feed.sign_head(connection, signed)
            feed.announce(
                connection, head.office, head.stream, head.terminal, rows[0].sequence, rows[-1].sequence
            )


def serve(pipe: Pipe, kept: Path, port: int) -> None:
    """What `central serve` does, in a process that ends with its parent."""
    with Centre(open_database(_url(kept)), sample_pack()) as centre:
        server = Server(centre, f"127.0.0.1:{port}", HURRIED, Snapshots(centre, kept, least=1))
        pipe.send("ok")
        server.run()


@contextmanager
def _serving(kept: Path) -> Iterator[int]:
    """The port of the centre at work."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    with Centre(open_database(_url(kept)), sample_pack()) as centre:
        admin.invite(centre, "later", feed.COUNTER, EVERYTHING)  # what is packed stays
    child = Child(serve, kept, port)
    child.hear(START)
    wait_for(port)
    try:
        yield port
    finally:
        child.kill()


def _joined(office: Office, kept: Path, port: int) -> tuple[Exchange, float]:
    """The exchange of a new terminal, and how long (s) it took to join."""
    with Centre(open_database(_url(kept)), sample_pack()) as centre:
        secret = admin.invite(centre, "newcomer", feed.COUNTER, EVERYTHING)
        certificate = x509.load_pem_x509_certificate(tls.certificate(centre.database)[1])
    invitation = str(Invitation(f"127.0.0.1:{port}", pin_of(certificate), secret))
    took = timed(lambda: enrol(office.desk.terminal, invitation)).ms / 1000
    exchange = open_exchange(office.desk.terminal)
    assert exchange is not None
    return exchange, took
