"""Signing in with staff number and passphrase, and signing out."""

from __future__ import annotations

from starlette.responses import Response

from central.pages.site import SESSION, VISIT, Visit, new_token, set_cookie
from kiosk.errors import NotAllowed
from kiosk.model.text import Text


def home(visit: Visit) -> Response:
    return visit.go("/cases" if visit.operator else "/sign-in")


def sign_in(visit: Visit) -> Response:
    if not visit.sent:
        return visit.go("/cases") if visit.session is not None else _asked(visit)
    site = visit.site
    visit.take_sign_in()
    try:
        account = site.accounts.sign_in(visit.get("number"), visit.get("passphrase"))
    except NotAllowed as error:
        return _asked(visit, error.text)
    site.sessions.end(visit.request.cookies.get(SESSION, ""))
    answer = visit.go("/cases")
    cookie = site.sessions.begin(account.operator.number, account.passphrase, visit.language)
    set_cookie(answer, SESSION, cookie)
    answer.delete_cookie(VISIT, path="/", secure=True, httponly=True, samesite="strict")
    return answer


def sign_out(visit: Visit) -> Response:
    visit.site.sessions.end(visit.request.cookies.get(SESSION, ""))
    visit.session = None
    answer = visit.go(f"/sign-in?language={visit.language}")
    answer.delete_cookie(SESSION, path="/", secure=True, httponly=True, samesite="strict")
    return answer


def _asked(visit: Visit, problem: Text | None = None) -> Response:
    """The form; what was wrong is said, the number stays and the passphrase does not."""
    token = visit.request.cookies.get(VISIT) or new_token()
    status = 200 if problem is None else 403
    values = {"problem": problem, "number": visit.get("number")[:40], "token": token}
    answer = visit.page("sign_in.html", status, **values)
    set_cookie(answer, VISIT, token)
    return answer
