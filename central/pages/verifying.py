"""The public check of a seal: valid, expired, void or unknown, and nothing that is not on the slip.

Anybody may ask, with a picture of the slip or the text of its code. There is no cookie, nothing is kept, and
nothing of what was sent reaches a log: it comes in the body of a form. The key that signed is looked for in
the centre's own trust list.
"""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

import msgspec
from starlette.responses import PlainTextResponse, Response

from central import feed, lists
from central.centre import Centre
from central.pages.intake import LARGEST
from kiosk.capture.apart import read_codes_apart
from kiosk.errors import KioskError, Refused
from kiosk.model.text import Text, say
from kiosk.seal import LONGEST, SealClaims, TrustList, judge, seals_among
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
NO_SEAL = ("returned", say("No seal found"))
SEVERAL = ("returned", say("More than one seal"))
CLOSER = say(
    "Take the picture from so near that the square code fills half of it, in good light, with the paper flat."
)
SEAL_ALONE = "text/plain"  # what our own script accepts, and no browser that loads a page


class Answer(msgspec.Struct, frozen=True):
    """What is said: how it looks, in large letters, more about it, and what stands on the slip too."""

    kind: str
    headline: Text
    texts: tuple[Text, ...] = ()
    claims: list[tuple[Text, str]] = []


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
    if not visit.sent:
        return _page(visit)
    with visit.site.centre.database.read() as connection:
        if visit.site.centre.restored(connection):  # a key that was revoked since may look like a good one
            raise Refused(say("The central system was restored and is not complete yet. Try again later."))
    files, pasted = visit.form.files, visit.get("seal").strip()
    if files and visit.request.headers.get("accept") == SEAL_ALONE:
        return _seal_alone(files[-1])
    if files:
        return _page(visit, _pictured(visit, files[-1]))
    if "seal" not in visit.form.fields:
        return _page(visit, Answer(*NO_SEAL, (say("No picture was chosen."),)))
    seal = "".join(pasted.split("\n")).replace("\r", "")[: LONGEST + 1]
    answer = _judged(visit, (seal,))
    return _page(visit, answer, "" if answer.claims else pasted)


def _page(visit: Visit, answer: Answer | None = None, pasted: str = "") -> Response:
    return visit.page("verify.html", answer=answer, pasted=pasted, closer=CLOSER, largest=LARGEST)


def _seal_alone(picture: bytes) -> Response:
    """For our own script, which sends what the camera sees until there is one."""
    seals = seals_among(read_codes_apart(picture))
    return PlainTextResponse(seals[0]) if len(seals) == 1 else Response(status_code=204)


def _pictured(visit: Visit, picture: bytes) -> Answer:
    try:
        return _judged(visit, seals_among(read_codes_apart(picture)))
    except KioskError as error:
        return Answer(*NO_SEAL, (error.text,))


def _judged(visit: Visit, seals: tuple[str, ...]) -> Answer:
    verdict = judge(seals, visit.site.trust(), visit.site.centre.clock())
    if len(seals) != 1:
        return Answer(*(SEVERAL if seals else NO_SEAL), (verdict.text, CLOSER))
    claims = _claims(visit, verdict.claims) if verdict.claims else []
    return Answer(*ANSWERS.get(verdict.status, UNKNOWN), () if verdict.valid else (verdict.text,), claims)


def _claims(visit: Visit, claims: SealClaims) -> list[tuple[Text, str]]:
    """What stands on the slip too."""
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
