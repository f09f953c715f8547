"""What a person may read of his own case without a clerk: how it stands, what is missing, where to go next.

Nothing of it says more than his own slips do: no name, no address, no employer, no officer, no doctor's word.
"""

from __future__ import annotations

from datetime import date, datetime

from kiosk.actions import slips
from kiosk.actions.reading import LIGHT_WORDS, STATUS_WORDS, light_of, until_of
from kiosk.actions.terminal import Terminal
from kiosk.errors import KioskError
from kiosk.model import noted
from kiosk.model.ask import Ask, label_of, language_of
from kiosk.model.case import OwnCase, OwnMark, OwnStage
from kiosk.model.days import day_of
from kiosk.model.file import CaseFile
from kiosk.model.listing import OPEN, ListRow, StageLine, list_row
from kiosk.model.slip import NEXT_STEPS
from kiosk.model.workflow import StageDefinition
from kiosk.store.views import ENDED

# Numbers of a case that stand on papers of others: the employer's, the host's, the health post's.
NOT_HIS = (
    "guarantee.number", "guarantee.work_registration_number", "lodging.receipt_number", "health.order_number",
)  # fmt: skip


def is_his(file: CaseFile, number: str, birth_date: str) -> bool:
    """Whether the number stands on his own slips and he was born that day (ISO 8601, all of it)."""
    return file.text("person.birth_date") == birth_date and number not in map(file.text, NOT_HIS)


def own_case(terminal: Terminal, file: CaseFile, now: datetime) -> OwnCase:
    """The case as its person may read it. Raises KioskError where its definitions are not here."""
    definitions = terminal.definitions_of(file)
    if definitions.closed is not None:
        raise KioskError(definitions.closed)
    ask = Ask(terminal.pack, definitions, "", ("applicant",), now)
    row = list_row(file)
    lines = {line.key: line for line in row.stages}
    stages = [stage for stage in definitions.track.stages if stage.key in lines]
    returned = [stage.key for stage in stages if lines[stage.key].light == "returned"]
    picture, words, come_back = slips.next_step(file, ask, "missing" if returned else "progress")
    word, until = _permit(file, now.date())
    return OwnCase(
        number=row.number,
        language=language_of(file, terminal.pack),
        status=STATUS_WORDS.get(row.status, row.status),
        stages=tuple(_stage(file, stage, lines[stage.key], row, now.date()) for stage in stages),
        missing=tuple(
            OwnMark(label_of(ask, mark.key), slips.mark_of(ask, mark))
            for key in returned
            for mark in noted.returned(file, key).items
        ),
        picture=picture,
        next_step=words.template if words else NEXT_STEPS[picture],
        come_back=come_back,
        permit=word,
        permit_until=until,
    )


def _stage(file: CaseFile, stage: StageDefinition, line: StageLine, row: ListRow, today: date) -> OwnStage:
    light = light_of(line, stage, row, today)
    shape, word = light.shape, light.label
    if stage.private and shape not in ("done", "expired"):
        shape = shape if shape == "not_open" else "elsewhere"
        word = LIGHT_WORDS[shape]
    return OwnStage(stage.label, shape, word, until_of(file, stage, line.state))


def _permit(file: CaseFile, today: date) -> tuple[str, date | None]:
    """(how his permit stands, until when); it is void as soon as one terminal says so."""
    state = file.states.get("permit")
    found = {held.value for held in state.survivors("status").values()} if state else set()
    is_open = file.peek("case.status", OPEN) == OPEN
    until = day_of(file.peek("permit.valid_to"))
    if found & {*ENDED}:
        return ("", None) if is_open else ("Void", None)  # an open case: it was taken back before he had it
    if found == {"active"}:
        return ("Expired" if until and until < today else "Valid"), until
    return ("Ready to hand over", until) if found == {"approved"} else ("", None)
