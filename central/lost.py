"""What this centre gave out or was given, and lost since a backup: office packs, verifiers of passphrases.

The stream `admin` names each by its SHA-256, and the centre signed that. So it does not matter who brings it
back: it is that, or it is not taken.
"""

from __future__ import annotations

from central import passphrases
from central.centre import Centre
from central.checking import Wrong
from central.registry import Registry
from central.rejudging import release_known
from kiosk.actions.packs import BUNDLE, absent, keep
from kiosk.definitions.bundle import digest_of
from kiosk.model.text import say
from kiosk.store.database import Connection


def wanted(connection: Connection, office: str, registry: Registry) -> tuple[str, ...]:
    """The digests of what is not here. Terminals that have it bring it back."""
    packs = [key.removeprefix(BUNDLE) for key in absent(connection, _given_out(registry))]
    return (*packs, *passphrases.lost(connection, office, registry.operators.values()))


def take_back(centre: Centre, digest: str, content: bytes) -> None:
    """Keeps what a terminal brings. Of a pack its version, its day and whether it was withdrawn stand in the
    journal, and who is dismissed stays so. With the last pack what waited for one is judged once more.

    Raises Wrong for what the stream `admin` does not name.
    """

    def work(connection: Connection) -> bool:
        registry = centre.registry(connection)
        keys = {BUNDLE + digest, digest}.intersection(_given_out(registry))
        whose = passphrases.lost(connection, centre.office, registry.operators.values()).get(digest)
        if digest_of(content) != digest or not (keys or whose):
            raise Wrong("wrong", say("The central system gave out nothing of this name."))
        missed = absent(connection, keys)
        for key in missed:
            keep(connection, key, content)
        if whose is not None:
            passphrases.take_back(connection, centre.office, whose, content.decode())
        return bool(missed) and not absent(connection, _given_out(registry))

    has_all_packs = centre.database.transact(work)
    centre.follow_pack()
    if has_all_packs:
        release_known(centre, centre.code)


def _given_out(registry: Registry) -> list[str]:
    """The keys of every pack that was given out and of what it pinned, in the table `definition`."""
    keys = (key for one in registry.packs for key in (BUNDLE + one.digest, *one.tracks.values()))
    return list(dict.fromkeys(keys))
