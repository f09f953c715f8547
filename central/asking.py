"""A self-service terminal asks for one case, by a number on the person's slips and his birth date.

It receives no stream. What it is told is what the person may read of his own case; that it was told is an
entry of the centre in the stream `access`. A number that nobody has, one of another's paper and a wrong birth
date get one answer, at one speed, and few tries: nobody finds out here who has a case.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Annotated, Any

import msgspec
from fastapi import FastAPI, Request
from fastapi.responses import Response
from msgspec import Meta
from starlette.concurrency import run_in_threadpool

from central.answers import JSON, LARGEST_JSON, as_json, documented
from central.centre import Centre
from central.guard import Buckets, Refusal, refusal
from central.outside import refuse_revoked, sent
from central.registry import Member
from kiosk.actions.act import Act, Operator
from kiosk.actions.own_case import is_his, own_case
from kiosk.model.case import OwnCase
from kiosk.model.file import CaseFile
from kiosk.model.text import say
from kiosk.store.database import Connection
from kiosk.store.memory import SqlMemory

if TYPE_CHECKING:
    from central.app import Server

FACE = "selfservice"
OF_ONE = (1 / 3600, 5.0)  # wrong tries at one case: one an hour, five at once
AT_ONE = (1 / 300, 20.0)  # wrong tries at one terminal, whatever they are about
NO_TAKES = 0.3  # seconds, as long as any search
MOST_CASES = 5  # of one number: copies of a terminal may have printed it twice
TOLD = ("case.status", "case.stages", "permit.status", "permit.valid_to")  # noted of each answer
NUMBER, DAY = r"^[0-9A-Za-z*-]{1,60}\Z", r"^[0-9]{4}-[0-9]{2}-[0-9]{2}\Z"

PATTERNS = {"number": NUMBER, "birth_date": DAY}
ASKED = {
    "type": "object",
    "required": [*PATTERNS],
    "properties": {name: {"type": "string", "pattern": one[:-2] + "$"} for name, one in PATTERNS.items()},
}


class Asked(msgspec.Struct, frozen=True):
    """The number on a slip, and when its person was born."""

    number: Annotated[str, Meta(pattern=NUMBER)]
    birth_date: Annotated[str, Meta(pattern=DAY)]


class Asking:
    """Answers what self-service terminals ask of one centre."""

    def __init__(self, centre: Centre) -> None:
        self.centre = centre
        self.of_one, self.at_one = Buckets(*OF_ONE), Buckets(*AT_ONE)

    def tell(self, member: Member, asked: Asked) -> OwnCase | None:
        """The case; None for a number and a birth date that do not belong together. Raises Refusal."""
        number = asked.number.upper()
        with self.centre.terminal.store.read() as connection:
            files = _files(connection, number)
            name = files[0].case if files else number  # tries at a case are counted over all its numbers
            self._take(member.code, name)
            his = [file for file in files if is_his(file, number, asked.birth_date)]
            if not his:
                return None
            told = own_case(self.centre.terminal, his[0], self.centre.clock())
        self.at_one.give_back(member.code)
        self.of_one.give_back(name)
        self._note(member, his[0].case)
        return told

    def _take(self, terminal: str, name: str) -> None:
        try:
            self.at_one.take(terminal)
            self.of_one.take(name)
        except Refusal as refused:
            text = say("There were too many wrong tries. Ask at the window, or come back later.")
            raise Refusal(429, refusal(429, "tries", text).problem, refused.headers) from refused

    def _note(self, member: Member, case: str) -> None:
        """Who was given what, before it is given."""
        terminal = self.centre.terminal
        with terminal.lock, terminal.store.write() as connection:
            person = Operator(member.code, "", ("applicant",))
            act = Act(terminal, connection, person, now=self.centre.clock())
            act.load(case)
            act.note_reading(TOLD)
            act.commit()


def _files(connection: Connection, number: str) -> list[CaseFile]:
    rows = connection.execute(
        "SELECT DISTINCT case_id FROM view_number WHERE number = ? ORDER BY case_id LIMIT ?",
        (number, MOST_CASES),
    ).fetchall()
    memory = SqlMemory(connection)
    return [memory.file(case) for (case,) in rows]


def add(app: FastAPI, server: Server) -> None:
    asking = Asking(server.centre)
    properties: dict[str, Any] = {"type": "object", "required": ["number", "stages", "missing", "next_step"]}

    @app.post(
        "/v1/case",
        summary="A self-service terminal asks for one case by a number on a slip and the person's birth date",
        response_class=Response,
        responses={
            200: {"description": "OwnCase", "content": {JSON: {"schema": properties}}},
            **documented(400, 401, 403, 404, 408, 413, 429, 503),
        },
        openapi_extra=sent(ASKED),
    )
    async def case(request: Request) -> Response:
        asker, body = await server.admitted(request, LARGEST_JSON)
        refuse_revoked(asker)
        if asker.member.face != FACE:
            raise refusal(403, "not_yours", say("The central system does not give this to this terminal."))
        asked = msgspec.json.decode(body, type=Asked)
        said_no = asyncio.get_running_loop().time() + NO_TAKES
        told = await run_in_threadpool(asking.tell, asker.member, asked)
        if told is None:
            await asyncio.sleep(said_no - asyncio.get_running_loop().time())
            text = say(
                "No case has this number and this birth date. Compare them with the slip and the document."
            )
            raise refusal(404, "no_case", text)
        return as_json(told)
