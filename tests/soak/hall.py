"""A self-service terminal: it asks for one case at a time, and for everything that it may not have.

Whatever it is told over its line is looked through; what it should not have heard is kept beside its folder.
"""

from __future__ import annotations

import base64
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import httpx
import msgspec
import zstandard

from kiosk.actions.asking import ask
from kiosk.actions.exchange import Exchange
from kiosk.errors import InvalidInput, KioskError
from kiosk.model.entries import ACCESS, ADMIN, HEALTH, OFFICE
from kiosk.sync.protocol import MEDIA_TYPE, ROWS, Pull, Rows
from kiosk.sync.refusals import Refusal
from tests.soak.desk import Desk
from tests.soak.looked import words_of_others

STREAMS = (ADMIN, OFFICE, HEALTH, ACCESS)


def heard_by(folder: Path) -> Path:
    """Where words of others are kept that the terminal of this folder was told: there should be none."""
    return folder.with_name(f"{folder.name}.heard")


class Hearing(httpx.BaseTransport):
    """Looks through every answer but office packs, in which some of these words stand for everybody."""

    def __init__(self, inner: httpx.BaseTransport, kept: Path) -> None:
        self.inner, self.kept = inner, kept

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        answer = self.inner.handle_request(request)
        answer.read()
        found = words_of_others(_unpacked(answer))
        if found and not request.url.path.startswith("/v1/packs/"):
            with self.kept.open("a", encoding="utf-8") as file:
                file.write(f"{request.url.path}: {sorted(found)[:5]}\n")
        return answer

    def close(self) -> None:
        self.inner.close()


def _unpacked(answer: httpx.Response) -> bytes:
    if MEDIA_TYPE in answer.headers.get("Content-Type", ""):
        return zstandard.ZstdDecompressor().decompressobj().decompress(answer.content)
    with suppress(msgspec.MsgspecError, KeyError, TypeError):  # the lists, as they are signed
        return answer.content + base64.b64decode(msgspec.json.decode(answer.content)["signed"])
    return answer.content


class Hall(Desk):
    """What a self-service terminal is told beside what every terminal is."""

    slip: tuple[str, str] = ("", "")
    others: tuple[str, ...] = ()

    def before_it(self, slip: tuple[str, str], others: tuple[str, ...]) -> None:
        """A person's slip and birth date; codes of terminals whose entries are asked for, too."""
        self.slip, self.others = slip, others

    def exchange(self) -> str:
        """As any terminal, and then all that it may ask for and may not; how the question was answered."""
        super().exchange()
        exchange = self._line()
        try:
            self._reach_for_all(exchange)
            return self._asked(exchange)
        finally:
            exchange.client.close()

    def _asked(self, exchange: Exchange) -> str:
        """The number of the case that it was told of, or why it was not."""
        terminal = self.office.desk.terminal
        try:
            return ask(exchange.client, terminal.office, *self.slip, self.office.desk.today()).number
        except InvalidInput:
            return "no number"
        except Refusal as refusal:
            return refusal.problem.kind
        except KioskError as error:
            return f"{type(error).__name__}: {error}"

    def _reach_for_all(self, exchange: Exchange) -> None:
        client, office = exchange.client, self.office.desk.terminal.office
        _try(lambda: client.pull(Pull({f"{office}/{stream}": 0 for stream in STREAMS}, ROWS)))
        _try(client.snapshot)
        for code in self.others:
            for stream in STREAMS:
                place = Rows(office, code, stream, 0)
                _try(lambda place=place: client.rows(place))

    def _line(self) -> Exchange:
        exchange = super()._line()
        http = exchange.client._http
        http._transport = Hearing(http._transport, heard_by(self.folder))
        return exchange


def _try(ask_for: Callable[[], object]) -> None:
    with suppress(KioskError):
        ask_for()
