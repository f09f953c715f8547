"""Puts the pages, with their headers, at every address that is not the exchange's own."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fastapi import FastAPI
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import FileResponse, Response
from starlette.routing import BaseRoute, Match, Mount, Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from central.pages import cases, deciding, filling, papers, passphrases, seats, terminals, verifying
from central.pages.intake import Intake
from central.pages.site import Missing, Page, Site, Visit
from central.pages.words import FILES, path_of
from kiosk.model.text import say

if TYPE_CHECKING:
    from central.app import Server

NOT_OURS = ("/v1/", "/openapi.json")
A_YEAR = "public, max-age=31536000, immutable"
# No script or style but our own files. No Strict-Transport-Security: the centre's certificate is its own, and
# a browser that was told to be strict lets nobody pass the question about it.
HEADERS = {
    "content-security-policy": (
        "default-src 'none'; style-src 'self'; font-src 'self'; img-src 'self'; script-src 'self'; "
        "connect-src 'self'; "  # of the one script, which sends what the camera sees
        "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    ),
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "no-referrer",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(self), microphone=(), geolocation=()",
}


class Pages(Mount):
    """Takes every address but those of the exchange, whose own answers stay what they are."""

    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        if scope["type"] != "http" or scope["path"].startswith(NOT_OURS):
            return Match.NONE, {}
        return super().matches(scope)


class Secured:
    """Puts the headers on every answer; what is not a file of ours is kept by nobody."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def sending(message: Message) -> None:
            if message["type"] == "http.response.start":
                own = dict(message.get("headers", ()))
                given = {"cache-control": "no-store"} | HEADERS
                added = [(k.encode(), v.encode()) for k, v in given.items() if k.encode() not in own]
                message["headers"] = [*message.get("headers", ()), *added]
            await send(message)

        await self.app(scope, receive, sending)


def mount(app: FastAPI, server: Server) -> None:
    """The last thing an application is given."""
    site = Site(server)
    pages = Starlette(routes=routes(site))
    app.router.routes.append(Pages("/", app=Secured(pages)))


def routes(site: Site) -> list[BaseRoute]:
    def route(
        path: str, page: Page, *methods: str, public: bool = False, intake: Intake | None = None
    ) -> Route:
        return Route(path, site.serve(page, public=public, intake=intake), methods=methods or ("GET",))

    case = "/cases/{case:uuid}"
    return [
        Route("/static/{version}/{name}", file, methods=["GET"]),
        route("/", seats.home),
        route("/sign-in", seats.sign_in, "GET", "POST"),
        route("/sign-out", seats.sign_out, "POST"),
        route("/passphrase", passphrases.change, "GET", "POST"),
        route("/cases", cases.work_list, "GET", "POST"),
        route(case, cases.show),
        route(case + "/portrait", papers.portrait),
        route(case + "/papers/{stage}/{paper}", papers.copy),
        route(case + "/papers/{stage}/{paper}", papers.sight, "POST"),
        route(case + "/papers/{stage}/{paper}/copy", papers.attach, "GET", "POST", intake=Intake()),
        route(case + "/forms/{form}", filling.fill_in, "GET", "POST"),
        route(case + "/actions/{stage}/{action}", deciding.act, "GET", "POST"),
        route("/terminals", terminals.show),
        route("/terminals/release", terminals.release, "POST"),
        route("/verify", verifying.verify, "GET", "POST", public=True, intake=Intake()),
        route("/{path:path}", missing, "GET", "POST"),
    ]


async def file(request: Request) -> Response:
    """A style sheet, script or font. Its address only begins with the version that a page was made for."""
    name = request.path_params["name"]
    if name not in FILES:
        return Response(None, 404)
    return FileResponse(path_of(name), headers={"cache-control": A_YEAR}, media_type=FILES[name])


def missing(_visit: Visit) -> Response:
    raise Missing(say("Nothing is at this address."))
