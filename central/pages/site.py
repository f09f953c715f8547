"""What every page shares: who asks, in which language, what he sent, and how an answer leaves.

A page is a function `Visit -> Response`, run in a thread. Whatever it raises becomes a page that says why.
"""

from __future__ import annotations

import hmac
import secrets
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from functools import partial
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, TypeVar

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from central.answers import read_body, text_of
from central.database import TRIES, Interrupted
from central.guard import Buckets, Refusal
from central.pages.accounts import Account
from central.pages.intake import Intake
from central.pages.sending import LARGEST_FORM, Form, read_form
from central.pages.sessions import Session, Sessions
from central.pages.verifying import Trust
from central.pages.words import Words
from kiosk.actions.act import Operator
from kiosk.actions.desk import Desk
from kiosk.errors import KioskError, NotAllowed, Refused
from kiosk.logs import log
from kiosk.model.text import Text, say

if TYPE_CHECKING:
    from central.app import Server

Result = TypeVar("Result")
SESSION, VISIT = "__Host-session", "__Host-visit"  # cookies: of who is signed in; of who is about to
SIGN_INS = (0.2, 10.0)  # a second and at once, from one address


class SignedOut(Exception):
    """The page is for those who are signed in."""


class MustChange(Exception):
    """Somebody else knows his passphrase: he chooses another one before anything else."""


class Missing(Refused):
    """There is no such page."""


@dataclass
class Visit:
    """One request. `form` is what was sent; empty for a mere look."""

    site: Site
    request: Request
    language: str
    session: Session | None = None
    account: Account | None = None
    form: Form = field(default_factory=Form)

    @property
    def operator(self) -> Operator:
        """Who is signed in. Raises SignedOut, MustChange."""
        if self.account is None:
            raise SignedOut
        if self.must_change:
            raise MustChange
        return self.account.operator

    @property
    def must_change(self) -> bool:
        return self.account is not None and self.account.is_given

    @property
    def sent(self) -> bool:
        return self.request.method == "POST"

    def get(self, name: str) -> str:
        """The last value of a field that was sent; "" when there is none."""
        return self.form.fields.get(name, [""])[-1]

    def part(self, name: str) -> str:
        """A part of the address."""
        return str(self.request.path_params[name])

    def asked(self, name: str) -> str:
        return self.request.query_params.get(name, "")

    def say(self, text: Text | str) -> str:
        return self.site.words.of(self.language)(text)

    def needs(self, role: str) -> None:
        """Raises NotAllowed for anybody without that role."""
        if role not in self.operator.roles:
            office = self.site.centre.pack.office
            raise NotAllowed(say("This page is for: {role}", role=Text(office.roles[role])))

    def take_sign_in(self) -> None:
        """Of those that an address has. Raises Refusal (429)."""
        client = self.request.client
        self.site.sign_ins.take(client.host if client else "")

    def page(self, template: str, status: int = 200, **values: Any) -> Response:
        told: tuple[Text, ...] = ()
        if self.session is not None:
            told, self.session.told = self.session.told, ()
        values = {
            "office": self.site.centre.pack.office,
            "operator": self.account.operator if self.account else None,
            "path": self.request.url.path,
            "token": self.session.token if self.session else "",
            "told": told,
        } | values
        return HTMLResponse(self.site.words.render(template, self.language, values), status)

    def go(self, path: str, *told: Text) -> Response:
        """To another page, which says what was done."""
        if self.session is not None:
            self.session.told = told
        return RedirectResponse(path, 303)


Page = Callable[[Visit], Response]


class Site:
    """The pages of one centre."""

    def __init__(self, server: Server) -> None:
        self.server, self.centre = server, server.centre
        self._pack = self.centre.pack
        self._words = Words(self._pack)
        self.desk = Desk(self.centre.terminal)
        self.accounts = server.accounts
        self.sessions = Sessions(self.centre.clock)
        self.trust = Trust(self.centre)
        self.sign_ins = Buckets(*SIGN_INS)

    @property
    def words(self) -> Words:
        """As the office pack says them that counts now."""
        if self._pack is not self.centre.pack:
            self._pack = self.centre.pack
            self._words = Words(self._pack)
        return self._words

    def serve(
        self, page: Page, *, public: bool = False, intake: Intake | None = None
    ) -> Callable[[Request], Awaitable[Response]]:
        """The endpoint of a page. A public one knows no session and takes forms from anywhere; one with an
        `intake` takes files too, and no byte of one from who must sign in first."""

        async def endpoint(request: Request) -> Response:
            asked = request.query_params.get("language", "")
            accepted = request.headers.get("accept-language", "")
            visit = Visit(self, request, self.words.chosen(asked, accepted))
            work = partial(self._answer, visit, page, public=public, files=intake is not None)
            try:
                address = self.server.from_address(request)
                if intake is not None and visit.sent:
                    sender = address if public else await run_in_threadpool(self._sender, visit)
                    return await intake.answer(request, sender, work)
                body = await read_body(request, LARGEST_FORM) if visit.sent else b""
                return await run_in_threadpool(work, body)
            except SignedOut:
                return RedirectResponse(f"/sign-in?language={visit.language}" if asked else "/sign-in", 303)
            except MustChange:
                return RedirectResponse("/passphrase", 303)
            except Refusal as error:
                return _refused(visit, error)
            except KioskError as error:
                return _problem(visit, error)
            except Exception as error:  # a mistake of ours: its message may quote what a person wrote
                log.error("page", exc_info=error)
                return _said(visit, 500, say("Something went wrong here. Nothing was written. Try again."))

        return endpoint

    def _answer(self, visit: Visit, page: Page, body: bytes, *, public: bool, files: bool) -> Response:
        if visit.sent:
            kind = visit.request.headers.get("content-type", "")
            visit.form = read_form(kind, body, files=files)
        if not public:
            self._recognise(visit)
            if visit.sent:
                _refuse_foreign(visit)
        return page(visit)

    def _sender(self, visit: Visit) -> str:
        """The staff number of who is signed in. Raises SignedOut, MustChange."""
        self._recognise(visit)
        return visit.operator.number

    def _recognise(self, visit: Visit) -> None:
        session = self.sessions.find(visit.request.cookies.get(SESSION, ""))
        account = self.accounts.find(session.operator) if session is not None else None
        if session is None or account is None or account.passphrase != session.passphrase:
            return
        visit.session, visit.account = session, account
        if visit.asked("language") in self.words.languages:
            session.language = visit.language
        visit.language = session.language


def again(work: Callable[[], Result]) -> Result:
    """Does an act at the centre's desk, once more when another transaction stood in its way."""
    for _ in range(TRIES - 1):
        try:
            return work()
        except Interrupted:
            continue
    return work()


def new_token() -> str:
    """Of who is about to sign in: it stands in a cookie and in the form, which only our own page can do."""
    return secrets.token_urlsafe(24)


def set_cookie(answer: Response, name: str, value: str) -> None:
    answer.set_cookie(name, value, path="/", secure=True, httponly=True, samesite="strict")


def _refuse_foreign(visit: Visit) -> None:
    """Raises NotAllowed for a form that is not from a page of this session."""
    cookie = visit.request.cookies.get(VISIT, "")
    known = visit.session.token if visit.session is not None else cookie
    if not known or not hmac.compare_digest(known.encode(), visit.get("token").encode()):
        raise NotAllowed(say("This page is out of date. Go back, load it again and try once more."))


def _problem(visit: Visit, error: KioskError) -> Response:
    status = {Missing: 404, NotAllowed: 403, Refused: 409, KioskError: 400}.get(type(error), 503)
    return _said(visit, status, text_of(error))


def _refused(visit: Visit, refusal: Refusal) -> Response:
    text = say("Too many requests. Wait a moment, then try again.")
    if refusal.status == 413:
        text = say("What arrived is too large.")
    answer = _said(visit, refusal.status, text)
    answer.headers.update(refusal.headers)
    return answer


def _said(visit: Visit, status: int, text: Text) -> Response:
    title = {403: say("Not allowed"), 404: say("There is no such page")}.get(status, say("This did not work"))
    return visit.page("problem.html", status, title=title, problem=text, reason=HTTPStatus(status).phrase)
