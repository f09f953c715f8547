"""An operator changes his own passphrase. Whoever was given one comes here before anything else."""

from __future__ import annotations

from datetime import datetime

from starlette.responses import Response

from central.pages.site import SignedOut, Visit
from central.passphrases import BROWSER, name_of
from kiosk.errors import InvalidInput, Refused
from kiosk.model.text import Text, say
from kiosk.store.staff import RULE

DIFFER = say("The two passphrases differ.")


def change(visit: Visit) -> Response:
    """His other browsers are signed out by it (`Site`)."""
    session, account = visit.session, visit.account
    if session is None or account is None:
        raise SignedOut
    if not visit.sent:
        return _asked(visit)
    visit.take_sign_in()
    accounts, number = visit.site.accounts, account.operator.number
    if visit.get("new") != visit.get("again"):
        return _asked(visit, DIFFER, 422)
    try:
        verifier = accounts.change(number, visit.get("old"), visit.get("new"), BROWSER)
    except (InvalidInput, Refused) as error:
        return _asked(visit, error.text, 422 if isinstance(error, InvalidInput) else 403)
    session.passphrase = name_of(verifier)
    return visit.go("/cases", say("Your passphrase is changed. Only you know it."))


def _asked(visit: Visit, problem: Text | None = None, status: int = 200) -> Response:
    values = {"rule": RULE, "given": visit.must_change, "last": _set_last(visit)}
    return visit.page("passphrase.html", status, problem=problem, **values)


def _set_last(visit: Visit) -> Text | None:
    """By whom, when and where: that somebody else did it he shall see."""
    assert visit.account is not None
    number = visit.account.operator.number
    with visit.site.centre.database.read() as connection:
        registry = visit.site.centre.registry(connection)
    known = registry.operators[number].passphrase
    if known is None:
        return None
    moment = datetime.fromisoformat(known.at)
    if known.by != number:
        return say("{name} set the passphrase of now: {moment}", name=known.by, moment=moment)
    if (terminal := registry.members.get(known.place)) is not None:
        return say("You set the passphrase of now at {name}: {moment}", name=terminal.name, moment=moment)
    return say("You set the passphrase of now in a browser: {moment}", moment=moment)
