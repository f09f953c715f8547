"""Faults without end: `python -m tests.soak [--faults N] [--seed S] [--database postgresql|sqlite]`.

Desks work on the same cases and exchange with their centre while lines are slow, cut or held back at any
byte, whole requests are repeated or come late, desks, server and database are killed, disks are full, clocks
jump, disks are put back to older images or copied, desks join, retire and are revoked, operators come and go,
their leases end, office packs are given out and withdrawn, poisoned entries are written, held back and
released, and a self-service terminal asks for cases and for all that it may not have.
Now and then everything is mended and looked at: nothing that a desk said it had kept may be lost or doubled,
all see the same, chains verify, and views are what a rebuild makes. `--offline`: see `tests.soak.offline`.

The seed, which is printed, decides the whole plan: who does what, and which fault strikes where (at which
byte, at which statement). Exit status 0 when all held.
"""

from __future__ import annotations

import sys
import tempfile
from argparse import ArgumentParser
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from random import Random
from time import perf_counter

from central.database import SQLITE
from tests.central.cluster import Cluster, quickest
from tests.soak.faults import FAULTS
from tests.soak.looking import look
from tests.soak.offline import Came, come_back
from tests.soak.town import EVERYTHING, NO_DOCTOR, STAFF, Town

DESKS = (EVERYTHING, EVERYTHING, NO_DOCTOR)
LEASE = 45  # days: longer than the centre's clock jumps, or who is dismissed is so at once
BETWEEN_LOOKS = 250  # faults


def soak(faults: int, seed: int, kind: str, folder: Path) -> Counter[str]:
    """How often each fault was injected. Raises AssertionError when something was lost, doubled or unlike."""
    chance, injected = Random(seed), Counter[str]()
    with a_town(folder, kind) as town:
        town.lease = LEASE
        town.appoint(*STAFF)
        for departments in DESKS:
            town.join(chance.randrange(2**32), departments)
        town.put_up_hall(chance.randrange(2**32))
        names = [name for name, fault in FAULTS.items() if town.cluster or not fault.needs_postgresql]
        weights = [FAULTS[name].weight for name in names]
        while injected.total() < faults:
            number = injected.total()  # each of them once, then by their weights
            (name,) = names[number : number + 1] or chance.choices(names, weights)
            FAULTS[name].strike(town, chance)
            injected[name] += 1
            if injected.total() % BETWEEN_LOOKS == 0:
                look(town)
                _said(f"{injected.total()} faults: nothing lost, nothing doubled")
        entries = look(town)
    _said(f"{faults} faults over {entries} entries: {dict(injected)}")
    return injected


def offline(entries: int, seed: int, kind: str, folder: Path) -> Came:
    """What it cost one desk to come back after a month, with so many entries."""
    with a_town(folder, kind) as town:
        return come_back(town, entries, seed)


@contextmanager
def a_town(folder: Path, kind: str) -> Iterator[Town]:
    with ExitStack() as stack:
        cluster = stack.enter_context(Cluster()) if kind == "postgresql" else None
        url = cluster.database() if cluster else f"{SQLITE}{folder / 'centre.db'}"
        town = Town(folder, url, cluster)
        stack.callback(town.close)
        yield town


def main(arguments: Sequence[str] | None = None) -> int:
    parser = ArgumentParser(prog="python -m tests.soak", description="Faults without end.")
    parser.add_argument("--faults", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=Random().randrange(10**9))
    parser.add_argument(
        "--offline", metavar="ENTRIES", type=int, help="no faults: one desk works a month without a line"
    )
    parser.add_argument("--database", choices=("postgresql", "sqlite"), default="postgresql")
    options = parser.parse_args(arguments)
    _said(f"seed {options.seed}")
    began = perf_counter()
    with tempfile.TemporaryDirectory(dir=quickest()) as folder:  # who is killed loses nothing in memory
        if options.offline:
            _said(str(offline(options.offline, options.seed, options.database, Path(folder))))
        else:
            soak(options.faults, options.seed, options.database, Path(folder))
    _said(f"{perf_counter() - began:.0f} s")
    return 0


def _said(text: str) -> None:
    sys.stderr.write(f"{text}\n")


if __name__ == "__main__":
    sys.exit(main())
