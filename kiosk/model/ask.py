"""Who asks for what: the operator, the moment, the definitions and what is entered with an action."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime

import msgspec

from kiosk.model.entries import Json
from kiosk.model.file import CaseFile
from kiosk.model.forms import FieldDefinition, FormDefinition
from kiosk.model.office import CodeList, OfficePack, PermitProfile
from kiosk.model.text import Text, say
from kiosk.model.workflow import ActionDefinition, StageDefinition, TrackDefinition


class Mark(msgspec.Struct, frozen=True):
    """What is wrong with a field ("person.name") or a paper ("paper.STAGE.PAPER")."""

    key: str
    why: str  # a key of the code list item_marks: missing, unclear, differs, expired


class Definitions(msgspec.Struct, frozen=True):
    """What a case goes by for its whole life: the track with its forms and reasons, pinned by digest.

    `closed` says why a case that goes by them can only be looked at here: they are not (wholly) known.
    """

    track: TrackDefinition
    forms: Mapping[str, FormDefinition]
    codes: Mapping[str, CodeList]
    closed: Text | None = None

    def label(self, key: str) -> str:
        """The label (a msgid) of a field, a paper or a stage; the key itself when it has none."""
        if key.startswith("paper."):
            stage, _, paper = key.removeprefix("paper.").partition(".")
            papers = (one for own in self.track.stages if own.key == stage for one in own.papers)
            return next((one.label for one in papers if one.key == paper), key)
        if key.startswith("case.stage."):
            own = key.removeprefix("case.stage.")
            return next((stage.label for stage in self.track.stages if stage.key == own), key)
        field = self.field(key)
        return field.label if field is not None else key

    def field(self, key: str) -> FieldDefinition | None:
        """The field of that key, in whichever form it stands."""
        fields = (field for form in self.forms.values() for field in form.fields)
        return next((field for field in fields if field.key == key), None)


class Ask(msgspec.Struct, frozen=True):
    """Who asks for what, when, and what is entered with it. `final` is False for a mere look."""

    pack: OfficePack
    definitions: Definitions
    operator: str
    roles: tuple[str, ...]
    now: datetime  # Beijing time
    stage: StageDefinition | None = None
    action: ActionDefinition | None = None
    items: Sequence[Mark] = ()
    reason: str = ""
    note: str = ""
    second: str = ""
    second_roles: tuple[str, ...] = ()
    other_open_cases: tuple[str, ...] = ()
    final: bool = False

    @property
    def today(self) -> date:
        return self.now.date()

    @property
    def profile(self) -> PermitProfile:
        return self.pack.profiles[self.definitions.track.profile]


def label_of(ask: Ask, key: str) -> str:
    """The label (a msgid) of a field, a paper or a stage; the key itself when it has none."""
    return ask.definitions.label(key)


def language_of(file: CaseFile, pack: OfficePack) -> str:
    """The person's language; Chinese where the office does not speak what stands in the case."""
    language = file.text("case.language")
    return language if language in pack.translators else "zh"


def joined(texts: Sequence[Text], most: int = 0) -> Text:
    """Texts in a row, said in one language: "a, b"; beyond `most`, where that is said, "a, b and 3 more"."""
    if 0 < most < len(texts):
        return say("{some} and {count} more", some=joined(texts[:most]), count=len(texts) - most)
    if not texts:
        return Text("")
    if len(texts) == 1:
        return texts[0]
    return Text("{first}, {rest}", {"first": texts[0], "rest": joined(texts[1:])})


def stage_value(stage: StageDefinition, state: str) -> dict[str, Json]:
    """What an action writes of a stage: all that lists need, so that replay needs no pack."""
    defined = stage.states[state]
    return {"state": state, "light": defined.light, "holder": defined.holder}
