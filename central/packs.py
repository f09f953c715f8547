"""The office packs that the centre gives out: checked, dated, announced in the stream `admin`.

An announcement is an entry of the subject `pack:DIGEST`: it is audited, and every terminal hears of it;
the pack itself and its pinned definitions stand in the table `definition`. Until one is given out, the pack
that the centre was opened with counts.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

from central import feed
from central.centre import Centre
from central.registry import Registry
from central.rejudging import release_known
from kiosk.actions.packs import BUNDLE, body, keep
from kiosk.definitions import ERROR, inspect_pack
from kiosk.definitions.bundle import bundle, digest_of, folder_of, read_bundle, refuse_large
from kiosk.errors import PackError, Refused
from kiosk.model.entries import ADMIN
from kiosk.model.office import OfficePack
from kiosk.model.text import say
from kiosk.store.database import Connection
from kiosk.sync.answers import OfferedPack


def publish(
    centre: Centre, path: Path, since: date, by: str, *, earlier: bool = False
) -> tuple[OfferedPack, int]:
    """Gives out the pack in a folder or zip file, for `since` and later, an `earlier` one for its cases.

    Returns what it was, and how many entries that were held back for want of it are in the journal now.

    Raises PackError with its findings for a bad one, Refused for one that may not follow those before it.
    """
    pack, content = checked(path, since)
    offer = OfferedPack(digest_of(content), pack.office.version, since.isoformat(), dict(pack.digests))

    def work(connection: Connection) -> None:
        feed.lock(connection, centre.office, centre.code, ADMIN)  # another may be given out just now
        registry = centre.registry(connection)
        if not _is_lost(connection, registry, offer):
            refuse_unfit(centre, registry, offer, pack, earlier=earlier)
            values = {"version": offer.version, "since": offer.since, "tracks": offer.tracks}
            centre.write_admin(connection, f"pack:{offer.digest}", "published", values, by)
        keep(connection, BUNDLE + offer.digest, content)
        for digest, source in pack.sources.items():
            keep(connection, digest, source)

    try:
        centre.database.transact(work)
    except Refused:
        release_known(centre, by)  # whoever gave it out may have been stopped before he came to this
        raise
    released = release_known(centre, by)
    centre.on_commit({ADMIN})
    return offer, released


def withdraw(centre: Centre, version: int, by: str) -> OfferedPack | None:
    """Nobody works by this pack any more, but on cases that began by it; the one that counts from now on.

    Raises Refused where there is no such pack, or cases under way need what the one before does not have.
    """

    def work(connection: Connection) -> None:
        feed.lock(connection, centre.office, centre.code, ADMIN)
        packs = centre.registry(connection).packs
        given = next((one for one in packs if one.version == version and not one.withdrawn), None)
        if given is None:
            raise Refused(say("No pack of version {version} is given out.", version=version))
        if given == centre.in_force(connection):
            _refuse_to_go_back(connection, centre, given)
        centre.write_admin(connection, f"pack:{given.digest}", "withdrawn", {"withdrawn": True}, by)

    centre.database.transact(work)
    centre.on_commit({ADMIN})
    centre.follow_pack()
    with centre.database.read() as connection:
        return centre.in_force(connection)


def _refuse_to_go_back(connection: Connection, centre: Centre, given: OfferedPack) -> None:
    """Raises Refused where there is nothing to go back to that this program can read and that has all."""
    packs = centre.registry(connection).packs
    left = [one for one in packs if centre.is_due(one) and one != given]
    known = {one.digest for one in packs}  # what was withdrawn does not count again as the first
    opened = None if centre.opened and centre.opened.digest in known else centre.opened
    before = next(iter(left), opened)
    was, becomes = (_read(connection, one) for one in (given, before))
    if becomes is None:
        raise Refused(say("There is no earlier pack here to go back to. Give out a later one."))
    if lost := list(missing(was, becomes)) if was else []:
        raise Refused(
            say("Cases under way need what this pack no longer has: {names}", names=", ".join(lost))
        )


def _read(connection: Connection, offer: OfferedPack | None) -> OfficePack | None:
    """None for a pack that is not here, or that this program cannot read."""
    content = body(connection, BUNDLE + offer.digest) if offer else None
    try:
        return read_bundle(content) if content else None
    except PackError:
        return None


def checked(path: Path, today: date) -> tuple[OfficePack, bytes]:
    """A pack and its bundle. Raises PackError with everything that is wrong with it."""
    with folder_of(path) as folder:
        found = inspect_pack(folder, today)
        errors = [finding for finding in found.findings if finding.severity == ERROR]
        if errors or found.pack is None:
            text = say("This office pack cannot be given out. Faults: {count}.", count=len(errors))
            raise PackError(text, errors)
        content = bundle(folder)
    refuse_large(len(content))
    read_bundle(content)  # as the terminals will
    return found.pack, content


def _is_lost(connection: Connection, registry: Registry, offer: OfferedPack) -> bool:
    """Whether it was given out, but is not here: after the centre was restored it is given once more."""
    was = offer.digest in {one.digest for one in registry.packs}
    return was and body(connection, BUNDLE + offer.digest) is None


def refuse_unfit(
    centre: Centre, registry: Registry, offer: OfferedPack, pack: OfficePack, *, earlier: bool
) -> None:
    """Raises Refused for another office's pack, an older one, or one without what cases under way need."""
    if pack.office.code != centre.office:
        raise Refused(
            say("This pack is of office {theirs}, not {ours}.", theirs=pack.office.code, ours=centre.office)
        )
    opened = centre.opened
    if opened and opened.digest == offer.digest and not any(centre.is_due(one) for one in registry.packs):
        raise Refused(
            say(
                "This very pack counts already, as version {version}: the centre was opened with it. "
                "Change it, and write a greater version into assets/office.yaml.",
                version=offer.version,
            )
        )
    for known in [*registry.packs, *([opened] if opened else [])]:
        given_out = known in registry.packs
        if known.digest == offer.digest and given_out:
            raise Refused(
                say("This pack was given out already, as version {version}.", version=known.version)
            )
        follows = known.version < offer.version or (earlier and known.version > offer.version)
        if known.digest != offer.digest and not follows:
            raise Refused(
                say(
                    "There is a pack of version {known} already. Write a greater version into "
                    "assets/office.yaml than {given}.",
                    known=known.version,
                    given=offer.version,
                )
            )
    if earlier and not any(centre.is_due(one) and one.version > offer.version for one in registry.packs):
        raise Refused(say("No later pack counts today: this one would be worked by."))
    lost = [] if earlier else list(missing(centre.pack, pack))
    if lost:
        raise Refused(
            say("Cases under way need what this pack no longer has: {names}", names=", ".join(lost))
        )


def missing(old: OfficePack, new: OfficePack) -> Iterator[str]:
    """What old cases take of the pack of today, and would not find in the new one."""
    for what in ("roles", "departments", "texts", "limits"):
        for key in getattr(old.office, what).keys() - getattr(new.office, what).keys():
            yield f"{what}.{key}"
    yield from (f"profiles.{key}" for key in sorted(old.profiles.keys() - new.profiles.keys()))
    yield from (f"languages.{key}" for key in old.office.languages if key not in new.office.languages)
