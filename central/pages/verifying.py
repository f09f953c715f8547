"""The public check of a seal: valid, expired, void or unknown, and nothing that is not on the slip.

Anybody may ask. There is no cookie, nothing is kept, and nothing of what was pasted reaches a log: it is sent
in the body of a form. The key that signed is looked for in the centre's own trust list.
"""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

from starlette.responses import Response

from central import feed, lists
from central.centre import Centre
from kiosk.errors import Refused
from kiosk.model.text import Text, say
from kiosk.seal import LONGEST, TrustList, Verdict
from kiosk.seal import verify as verify_seal
from kiosk.store.database import Connection

if TYPE_CHECKING:
    from central.pages.site import Visit

# What the page says in large letters, and how it looks, by the verdict's status.
ANSWERS = {
    "valid": ("done", say("Valid")),
    "expired": ("returned", say("Expired")),
    "void": ("refused", say("Void")),
    "not_yet_valid": ("returned", say("Not valid yet")),
}
UNKNOWN = ("refused", say("Unknown"))


class Trust:
    """The centre's trust list, made anew when a permit or a terminal has changed."""

    def __init__(self, centre: Centre) -> None:
        self.centre = centre
        self._lock = threading.Lock()
        self._made: tuple[object, TrustList] | None = None

    def __call__(self) -> TrustList:
        with self._lock, self.centre.database.read() as connection:
            stands = _stands(connection, self.centre.office)
            if self._made is None or self._made[0] != stands:
                registry = self.centre.registry(connection)
                self._made = (stands, lists.trust(connection, self.centre, registry))
            return self._made[1]


def _stands(connection: Connection, office: str) -> object:
    """How far the feeds go, and how far the views have followed them."""
    folded = connection.execute("SELECT stream, number FROM projected WHERE office = ?", (office,)).fetchall()
    return feed.numbers(connection, office), sorted(folded)


def verify(visit: Visit) -> Response:
    """The question, and the answer to it."""
    pasted = visit.get("seal").strip()
    if not visit.sent:
        return visit.page("verify.html", verdict=None, pasted="", answer=None, kind="")
    client = visit.request.client
    visit.site.seals.take(client.host if client else "")
    with visit.site.centre.database.read() as connection:
        if visit.site.centre.restored(connection):  # a key that was revoked since may look like a good one
            raise Refused(say("The central system was restored and is not complete yet. Try again later."))
    seal = "".join(pasted.split("\n")).replace("\r", "")[: LONGEST + 1]
    verdict = verify_seal(seal, visit.site.trust(), visit.site.centre.clock())
    kind, answer = ANSWERS.get(verdict.status, UNKNOWN)
    return visit.page(
        "verify.html",
        verdict=verdict,
        answer=answer,
        kind=kind,
        pasted="" if verdict.claims else pasted,
        claims=_claims(visit, verdict),
    )


def _claims(visit: Visit, verdict: Verdict) -> list[tuple[Text, str]]:
    """What stands on the slip too."""
    claims = verdict.claims
    if claims is None:
        return []
    pack = visit.site.centre.pack
    areas, profile = pack.codes.get("areas", {}), pack.profiles.get(claims.profile)
    area = ", ".join(visit.say(Text(areas[code].label)) if code in areas else code for code in claims.area)
    period = say("{first} to {last}", first=claims.valid_from, last=claims.valid_to)
    return [
        (say("Permit"), visit.say(Text(profile.title)) if profile else claims.profile),
        (say("Number"), claims.number),
        (say("Name"), claims.name),
        (say("Period"), visit.say(period)),
        (say("Allowed area"), area),
    ]
