"""What desks did apart, in words: what facts are called, how values are read, who wrote what and when."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date

import msgspec

from kiosk.model.ask import Definitions, joined
from kiosk.model.case import CaseView, Standing, Twin
from kiosk.model.days import day_of
from kiosk.model.disputes import Change, Dispute, Side
from kiosk.model.entries import Json
from kiosk.model.fields import FIELD_TYPES, Context
from kiosk.model.fields.base import as_text
from kiosk.model.persons import LINKED
from kiosk.model.text import Text, Translator, lines, say

LABELS: Mapping[str, Text] = {  # of facts that no form asks
    "case.status": say("The case"),
    "case.notice_acknowledged": say("The notice"),
    "case.receipt_number": say("Number of the receipt"),
    "case.accepted_by": say("Accepted by"),
    "case.accepted_at": say("Accepted at"),
    "case.decide_by": say("To be decided by"),
    "case.parked_by": say("Parked by"),
    "case.permit": say("The permit"),
    "case.person": say("The person"),
    "case.guarantee": say("The guarantee"),
    "case.lodging": say("The lodging"),
    "case.clearance": say("The health clearance"),
    "guarantee.guarantor": say("The employer"),
    "guarantee.status": say("The guarantee"),
    "guarantee.confirmed": say("What the worker confirmed"),
    "guarantee.number": say("Number of the guarantee"),
    "lodging.status": say("The lodging"),
    "lodging.left_at": say("The lodging was left on"),
    "lodging.receipt_number": say("Number of the lodging receipt"),
    "clearance.status": say("The health clearance"),
    "clearance.valid_to": say("Health clearance until"),
    "permit.status": say("The permit"),
    "permit.number": say("Number of the permit"),
}
BEGINNINGS: Mapping[str, Text] = {
    "case.print.": say("A print"),
    "case.returned.": say("The list of what is missing"),
    "case.refused.": say("The refusal"),
}
WORDS: Mapping[object, Text] = {  # values of such facts
    None: say("nothing"),
    True: say("yes"),
    False: say("no"),
    "open": say("open"),
    "in_force": say("in force"),
    "valid": say("valid"),
    "withdrawn": say("withdrawn"),
    "approved": say("approved"),
    "active": say("handed over"),
    "void": say("void"),
    "cancelled": say("cancelled"),
    "ended": say("ended"),
    "refused": say("refused"),
}


def label(definitions: Definitions, key: str) -> Text:
    """What a fact is called: a field, a paper, a stage, or one that the program writes itself."""
    if key in LABELS:
        return LABELS[key]
    for beginning, text in BEGINNINGS.items():
        if key.startswith(beginning):
            return text
    return Text(definitions.label(f"paper.{key[11:]}" if key.startswith("case.paper.") else key))


def disputes(view: CaseView, definitions: Definitions) -> list[Text]:
    """What waits to be settled in a case, one sentence each."""
    shaken = {f"case.stage.{stage.key}" for stage in view.stages if stage.shaken}
    return [
        say("{stage}: what this rests on has changed elsewhere.", stage=label(definitions, key))
        if key in shaken
        else say("Two values stand for {field}.", field=label(definitions, key))
        for key in view.contested
    ]


def told_of(twins: Sequence[Twin]) -> Text | None:
    """What a case says of other records of its person."""
    if not twins:
        return None
    if all(twin.link == LINKED for twin in twins):
        return say("This person was registered twice; the records are linked.")
    return say("This document is known of another person, too.")


def doubled_in(numbers: Sequence[str]) -> Text | None:
    """What a case says of its numbers that another case has, too."""
    if not numbers:
        return None
    return say(
        "Another case has the same number, too: {numbers}. Two copies of one terminal gave it. "
        "Check the slips of both cases.",
        numbers=", ".join(numbers),
    )


def is_named(definitions: Definitions, key: str) -> bool:
    return label(definitions, key) != Text(key)


def shown(
    definitions: Definitions, key: str, value: Json, words: Translator, today: date, *, mask: bool = False
) -> str:
    """A value as it is read; `mask` hides that of a field."""
    field = definitions.field(key)
    if value is not None and field is not None:
        kind = FIELD_TYPES[field.type]
        if mask:
            return kind.mask(value)
        return kind.show(value, words, Context(today, definitions.codes.get(field.codes, {}), field.options))
    return words(_word(definitions, key, value))


def stands(standing: Standing, show: Callable[[Json], str]) -> Text:
    """What a field holds, and who wrote it when; `show` says a value of that field."""
    values = [
        WORDS[None] if value is None else Text("{value}", {"value": show(value)}) for value in standing.values
    ]
    return say(
        "Stands here now: {value} ({name}, {day})", value=joined(values), name=standing.name, day=standing.at
    )


def all_that_stands(
    definitions: Definitions, standing: Mapping[str, Standing], words: Translator, today: date
) -> Text:
    """What several fields hold, a line each."""

    def line(key: str, held: Standing) -> Text:
        told = stands(held, lambda value: shown(definitions, key, value, words, today))
        return say("{field}: {reason}", field=label(definitions, key), reason=told)

    return lines(*(line(key, held) for key, held in standing.items()))


def _word(definitions: Definitions, key: str, value: Json) -> Text:
    if isinstance(value, dict):
        states = {s.key: s.states for s in definitions.track.stages}.get(key.removeprefix("case.stage."), {})
        state = states.get(str(value.get("state")))
        if state is not None:
            return Text(state.label)
        if key.startswith("case.paper."):
            seen = value.get("sighted")
            return say("The original was seen") if seen else say("The original was not seen yet")
        return say("as it was written then")
    if isinstance(value, str | bool | None) and value in WORDS:
        return WORDS[value]
    return Text("{value}", {"value": day_of(value) or as_text(value)})


class Telling(msgspec.Struct, frozen=True):
    """Says who did what, in one language. `hides` names the fields whose values the reader need not know."""

    definitions: Definitions
    roles: Mapping[str, str]  # of the office: role -> its name (a msgid)
    words: Translator
    today: date
    hides: Callable[[str], bool] = lambda _key: False

    def label(self, key: str) -> str:
        return self.words(label(self.definitions, key))

    def value(self, key: str, value: Json) -> str:
        return shown(self.definitions, key, value, self.words, self.today, mask=self.hides(key))

    def fact(self, key: str, value: Json) -> str:
        said = say("{field}: {value}", field=label(self.definitions, key), value=self.value(key, value))
        return self.words(said)

    def wrote(self, change: Change) -> str:
        """The value; of a subject that it names, its number or name."""
        return change.called or self.value(change.key, change.value)

    def who(self, change: Change) -> str:
        role = Text(self.roles.get(change.role, change.role))
        return self.words(say("{name} ({role})", name=change.name, role=role))

    def where(self, change: Change) -> str:
        return self.words(say("{time}, at {desk}", time=change.at, desk=change.desk))

    def saw(self, side: Side) -> str:
        if not side.saw:
            return self.words(say("Nothing stood there before."))
        before = " / ".join(self.value(side.wrote.key, value) for value in side.saw)
        return self.words(say("Saw there before: {value}", value=before))

    def rests(self, side: Side) -> list[str]:
        return [self.words(say("Rests on {fact}", fact=self.fact(*one))) for one in side.rests]

    def missed(self, side: Side) -> list[str]:
        return [
            self.words(
                say(
                    "Did not know that {name} wrote “{value}” for {field}, {time}, at {desk}.",
                    name=one.name,
                    value=self.wrote(one),
                    field=label(self.definitions, one.key),
                    time=one.at,
                    desk=one.desk,
                )
            )
            for one in side.missed
        ]

    def choices(self, dispute: Dispute) -> list[str]:
        """What may be chosen; a shaken decision stands, or its stage goes elsewhere."""
        if dispute.shaken:
            stands, *others = (self.value(dispute.key, value) for value in dispute.choices)
            goes = [self.words(say("It goes to: {state}", state=state)) for state in others]
            return [self.words(say("The decision stands: {state}", state=stands)), *goes]
        found = []
        for value in dispute.choices:
            side = next(side for side in dispute.sides if side.wrote.value == value)
            found.append(self.wrote(side.wrote))
        return found
