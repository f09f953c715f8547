"""What tests of the pages speak through: a person at a browser, without the browser."""

from __future__ import annotations

import re
from collections.abc import Mapping
from html import unescape

import httpx

from central import admin
from central.centre import Centre
from central.server import Server
from kiosk.model.entries import Json
from tests.office import DECISION, Clerks

PASSPHRASE = "a passphrase for tests"
APPROVAL = {f"a.{key}": str(value) for key, value in DECISION.items()}  # what an officer enters


def appoint(centre: Centre, clerks: Clerks, number: str) -> None:
    """An account at the centre for one of the clerks of the sample office."""
    everybody = (clerks.reception, clerks.doctor, clerks.labour, clerks.police, clerks.supervisor)
    one = next(one for one in everybody if one.number == number)
    admin.appoint(centre, one.number, one.name, one.roles, PASSPHRASE, "S001")


class Visitor:
    """Loads pages and sends their forms, each with the token that its page gave."""

    def __init__(self, address: str, language: str = "en") -> None:
        self.http = httpx.Client(
            base_url=f"https://{address}",
            verify=False,  # noqa: S501  # the centre's certificate is its own
            timeout=40,
            trust_env=False,
            headers={"accept-language": language},
        )
        self.page = ""

    def get(self, path: str) -> httpx.Response:
        answer = self.http.get(path)
        self.page = answer.text
        return answer

    def send(self, path: str, page: str = "", **form: str | list[str]) -> httpx.Response:
        """Sends a form of `page` (of the page it is sent to, if none is named) with what is hidden in it."""
        self.get(page or path)
        answer = self.http.post(path, data=self.hidden(self.page) | form)
        self.page = answer.text
        return answer

    def attach(self, case: str, stage: str, paper: str, file: bytes) -> httpx.Response:
        """Sends a file as the copy of a paper, from that paper's own page."""
        path = path_of(case, "papers", stage, paper, "copy")
        self.get(path)
        answer = self.http.post(path, data=self.hidden(self.page), files={"copy": ("scan", file)})
        self.page = answer.text
        return answer

    def sign_in(self, number: str, passphrase: str = PASSPHRASE) -> httpx.Response:
        return self.send("/sign-in", number=number, passphrase=passphrase)

    @staticmethod
    def hidden(page: str) -> dict[str, str | list[str]]:
        main = page[page.index("<main") :]
        found = re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', main)
        token = re.findall(r'name="token" value="([^"]*)"', page)
        return {"token": token[-1]} | {name: unescape(value) for name, value in found} if token else {}

    @property
    def words(self) -> str:
        """The page as it is read."""
        return " ".join(unescape(re.sub(r"<[^>]*>", " ", self.page)).split())

    def close(self) -> None:
        self.http.close()


class Enter:
    """A running server; called, it lets somebody enter its pages."""

    def __init__(self, centre: Centre, clerks: Clerks, server: Server) -> None:
        self.centre, self.clerks, self.server = centre, clerks, server
        self._visitors: list[Visitor] = []

    def __call__(self, number: str = "", language: str = "en") -> Visitor:
        visitor = Visitor(self.server.address, language)
        self._visitors.append(visitor)
        if number:
            appoint(self.centre, self.clerks, number)
            assert visitor.sign_in(number).headers["location"] == "/cases"
        return visitor

    def close(self) -> None:
        for visitor in self._visitors:
            visitor.close()


def path_of(case: str, *more: str) -> str:
    """The address of a case's page, or of what lies under it."""
    return "/".join(("/cases", case.removeprefix("case:"), *more))


def enters(prefix: str, answers: Mapping[str, Json]) -> dict[str, str | list[str]]:
    """Answers as a browser sends them."""
    sent: dict[str, str | list[str]] = {}
    for key, value in answers.items():
        if key.startswith(prefix):
            if isinstance(value, dict):
                sent |= {f"a.{key}": value["division"], f"a.{key}.text": value["text"]}
            elif isinstance(value, list):
                sent[f"a.{key}"] = value
            else:
                sent[f"a.{key}"] = str(int(value)) if isinstance(value, bool) else str(value)
    return sent
