"""A self-service terminal asks for one case, for who stands before it. Nothing of it is kept here."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from kiosk.errors import InvalidInput, KioskError
from kiosk.model.case import OwnCase
from kiosk.model.fields import FIELD_TYPES, Context
from kiosk.model.numbers import whole_number
from kiosk.model.text import Text, say
from kiosk.sync.client import Client
from kiosk.sync.refusals import Refusal


def ask(client: Client, office: str, number: str, birth_date: str, today: date) -> OwnCase:
    """What the person may read of his own case, by a number on one of his slips and his birth date as typed.

    Raises InvalidInput before anything is asked, Refusal ("no_case", "tries", "not_yours"…) and Unreachable.
    """
    born = FIELD_TYPES["date"].parse(birth_date, Context(today))
    if born.value is None:
        raise InvalidInput(born.problem or say("Type the birth date as it stands in the document."))
    return client.case(whole_number(number, office), born.value)


def refusal_of(error: KioskError) -> Text:
    """Why there is no answer, said to the person: what a revoked terminal is told is for who works at it."""
    if isinstance(error, Refusal) and error.problem.kind == "revoked":
        return say("This terminal is no longer in use. Ask at a window.")
    return error.text


def sentences(own: OwnCase) -> Iterator[Text]:
    """The answer, line by line, to be said in the person's language."""
    yield say("{number}: {status}", number=own.number, status=Text(own.status))
    for stage in own.stages:
        yield _with_day(Text(stage.label), stage.word, stage.until)
    if own.permit:
        yield _with_day(say("Permit"), own.permit, own.permit_until)
    for mark in own.missing:
        yield Text(mark.sentence, {"item": Text(mark.item)})
    yield say("Next step: {step}", step=Text(own.next_step))
    if own.come_back is not None:
        yield say("Come back after {when}", when=own.come_back)


def _with_day(what: Text, word: str, until: date | None) -> Text:
    if until is None:
        return say("{what}: {word}", what=what, word=Text(word))
    return say("{what}: {word}, until {day}", what=what, word=Text(word), day=until)
