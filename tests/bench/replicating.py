"""Beside a peer: PouchDB to express-pouchdb and back, with the bodies of the same entries as its documents.

In turns with it, a whole copy each time: ours goes up from one terminal and down to a new one, signed,
checked, enciphered at rest, with views; the peer's with none of that, in batches of 1,000 (ours grow to
2,000, which gained the peer nothing). npm brings the peer into a folder beside the table; where it cannot,
the table says so.
"""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path
from tempfile import TemporaryDirectory

import msgspec

from kiosk.actions.exchange import Exchange
from kiosk.model.entries import ACCESS, decode
from kiosk.store import journal
from tests.bench.centre import copy_of, new_terminal, running
from tests.bench.figures import NOTHING, Figure, Spread, Target, timed
from tests.bench.filled import Filled, Said, open_filled

CASES = 700  # some 9,000 entries
ROUNDS = 3
TARGET = Target("ratio", 7, at_least=True)
PEER = "PouchDB and express-pouchdb"
SCRIPT = Path(__file__).parent / "peer"


class Rates(msgspec.Struct):
    """Entries or documents a second."""

    up: float
    down: float


class NoPeer(Exception):
    """Why this machine has none."""


def measure(folder: Path, cases: int, said: Said) -> list[Figure]:
    try:
        peer = _installed(folder.parent / "peer")
    except NoPeer as error:
        return [Figure(f"no peer on this machine: {error}", NOTHING)]
    filled = open_filled(folder, min(cases, CASES), said)
    documents = _documents(filled, peer)
    filled.office.close()
    ours, theirs = [], []
    for _ in range(ROUNDS if cases >= CASES else 1):
        ours.append(_ours(filled, folder))
        theirs.append(_theirs(peer, documents))
    return [
        Figure(
            what, Spread.of_rates(getattr(one, way) for one in ours), "entries/s",
            PEER, Spread.of_rates(getattr(one, way) for one in theirs), TARGET,
        )
        for what, way in (("a terminal's journal to the centre", "up"), ("and to another terminal", "down"))
    ]  # fmt: skip


def _ours(filled: Filled, folder: Path) -> Rates:
    with (
        running() as centre,
        copy_of(filled, folder / "up") as author,
        new_terminal(folder / "down") as reader,
    ):
        sending, taking = centre.joined(author, "up"), centre.joined(reader, "down")
        counts: list[int] = []
        up = timed(lambda: counts.append(sending.send()))
        down = timed(lambda: counts.append(_taken(taking)))
    return Rates(*(count / (span.ms / 1000) for count, span in zip(counts, (up, down), strict=True)))


def _taken(exchange: Exchange) -> int:
    """How many entries came, until there were no more."""
    count, more = 0, True
    while more:
        fetched = exchange.fetch()
        count, more = count + fetched.rows, fetched.more
    return count


# --- the peer --------------------------------------------------------------------------------------


def _installed(folder: Path) -> Path:
    """The folder with the peer in it. Raises NoPeer."""
    if not shutil.which("node") or not shutil.which("npm"):
        raise NoPeer("node and npm are not installed")
    shutil.copytree(SCRIPT, folder, dirs_exist_ok=True)
    command = ["npm", "install", "--no-audit", "--no-fund", "--no-package-lock", "--loglevel=error"]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True)
    if done.returncode:
        raise NoPeer(f"npm says {done.stderr.strip().splitlines()[0]}")
    return folder


def _documents(filled: Filled, folder: Path) -> Path:
    """A file of the entries that go up and down, one a line, with the name that the peer wants."""
    file = folder / "documents.jsonl"
    with filled.office.store.read() as connection, file.open("wb") as out:
        for _, row in journal.rows(connection):
            if row.body is not None and row.stream != ACCESS:
                name = msgspec.json.encode(decode(row.body).id)
                out.write(b'{"_id":' + name + b"," + row.body[1:] + b"\n")
    return file


def _theirs(folder: Path, documents: Path) -> Rates:
    with TemporaryDirectory(dir=folder) as kept:
        command = ["node", "peer.mjs", documents.name, Path(kept).name]
        done = subprocess.run(command, cwd=folder, stdout=subprocess.PIPE, text=True, check=True)
    return msgspec.json.decode(done.stdout.splitlines()[-1], type=Rates)
