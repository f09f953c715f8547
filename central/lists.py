"""What terminals keep beside the journal, signed by the centre: whose seals hold, and who may sign in."""

from __future__ import annotations

import base64
from contextlib import suppress
from datetime import date, datetime

import msgspec

from central import passphrases, quarantine
from central.centre import Centre
from central.registry import Member, Registry, roles_of
from kiosk.actions.packs import BUNDLE
from kiosk.actions.terminal import BEIJING
from kiosk.definitions import track_from_source
from kiosk.model.entries import Json
from kiosk.model.workflow import permit_departments
from kiosk.seal import TrustedKey, TrustList
from kiosk.store import permits
from kiosk.store.database import Connection
from kiosk.store.keys import recovery_public
from kiosk.sync.answers import HeldBack, Lists


def lists(centre: Centre, asker: Member) -> Lists:
    """The lists for one terminal: staff of its departments alone, and what is held back of its own."""
    centre.projector.catch_up()
    with centre.database.read() as connection:
        registry = centre.registry(connection)
        content = {
            "format": "kiosk-lists",
            "version": 1,
            "at": centre.clock().isoformat(timespec="seconds"),
            "office": centre.office,
            "trust": trust(connection, centre, registry).to_json(),
            "staff": _staff(connection, centre, registry, asker),
            "seal_to": recovery_public(centre.seal_secret).hex(),
            "packs": centre.offers(connection),
            "definitions": sorted(registry.definitions),
        }
        set_aside = held_back(connection, asker, centre.office)
    signed = msgspec.json.encode(content)
    return Lists(base64.b64encode(signed).decode(), centre.key.sign(signed).hex(), set_aside)


def held_back(connection: Connection, asker: Member, office: str) -> list[HeldBack]:
    """What is held back of a terminal's own entries."""
    return [
        HeldBack(one.place[2], sequence, one.reason.template, dict(one.reason.slots))  # type: ignore[arg-type]
        for one in quarantine.listed(connection, office)
        if one.place[1] == asker.code
        for sequence in one.sequences
    ]


def trust(connection: Connection, centre: Centre, registry: Registry) -> TrustList:
    """The keys of all terminals that print permits; a revoked one vouches only for what was known before."""
    printing = _printing(connection, centre)
    keys = [
        _trusted(connection, centre, member, printing)
        for member in registry.members.values()
        if member.face != "selfservice"  # no permit is issued there
    ]
    keys.sort(key=lambda key: key.only is not None)  # of two terminals with one key the revoked one counts
    return TrustList.of(*keys, void=permits.void(connection, centre.clock()))


def _trusted(connection: Connection, centre: Centre, member: Member, printing: frozenset[str]) -> TrustedKey:
    if not (member.is_centre or printing.intersection(member.departments)):
        return TrustedKey(member.seal, centre.office, member.code, only=frozenset())
    if not member.revoked:
        return TrustedKey(member.seal, centre.office, member.code)
    only = centre.prints.of(connection, member.code)
    return TrustedKey(member.seal, centre.office, member.code, until=_day(member.revoked), only=only)


def _printing(connection: Connection, centre: Centre) -> frozenset[str]:
    """The departments that print permits, or did by definitions of before: what they printed stays valid."""
    tracks = list(centre.pack.tracks.values())
    kept = connection.execute("SELECT body FROM definition WHERE digest NOT LIKE ?", (BUNDLE + "%",))
    for (source,) in kept.fetchall():
        with suppress(msgspec.MsgspecError):  # of a newer program
            tracks.append(track_from_source(bytes(source))[0])
    return permit_departments(tracks)


def _staff(
    connection: Connection, centre: Centre, registry: Registry, asker: Member
) -> list[dict[str, Json]]:
    kept = passphrases.kept(connection, centre.office)
    here = roles_of(asker, centre.roles)
    return [
        {
            "number": one.number,
            "name": one.name,
            "roles": [role for role in one.roles if role in here],
            "verifier": kept[one.number],
            "lease_days": one.lease_days,
            "given": passphrases.is_given(one, kept[one.number]),
        }
        for one in registry.operators.values()
        if not one.dismissed and one.number in kept and here.intersection(one.roles)
    ]


def _day(moment: str) -> date:
    return datetime.fromisoformat(moment).astimezone(BEIJING).date()
