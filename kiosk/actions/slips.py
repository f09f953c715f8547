"""Fills a slip from a case: everything that stands on it, already limited to what its kind may say."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, time

from kiosk.actions.act import Operator
from kiosk.actions.reading import earlier_prints
from kiosk.actions.terminal import Terminal
from kiosk.errors import Refused
from kiosk.model import noted
from kiosk.model.ask import Ask, Definitions, Mark, label_of, language_of
from kiosk.model.calendar import add_working_days
from kiosk.model.days import day_of, moment_of
from kiosk.model.file import CaseFile
from kiosk.model.guards import shown_paper
from kiosk.model.office import Code
from kiosk.model.slip import SLIP_KINDS, Opinion, Slip
from kiosk.model.text import Text, say
from kiosk.model.workflow import StageDefinition
from kiosk.seal import SealClaims, sign

NUMBER_OF = {
    "permit": "permit.number",
    "receipt": "case.receipt_number",
    "guarantee": "guarantee.number",
    "health_certificate": "clearance.certificate_number",
}
NOTICES = {"missing": "returned", "refusal": "refused"}  # the light of its stage, and the register
# Who must act next, and the picture of where the person goes.
PICTURE_OF = {"doctor": "health", "labour": "guarantee", "police": "wait"}
REMEDY_OF = {"registration": "remedy_registration", "health": "remedy_health", "labour": "remedy_guarantee"}
FINAL = ("permit", "health_certificate", "refusal", "receipt", "missing")  # stamped, and cited by number


def fill(
    terminal: Terminal, file: CaseFile, kind: str, operator: Operator, now: datetime,
    portrait: bytes | None,
    names: Mapping[str, str],
) -> Slip:  # fmt: skip
    """The slip of one kind as the case stands."""
    definitions = terminal.definitions_of(file)
    if definitions.closed is not None:
        raise Refused(definitions.closed)
    ask = Ask(terminal.pack, definitions, operator.number, operator.roles, now)
    peek = file.peek
    definition = SLIP_KINDS[kind]
    facts = {key: value for key, value in file.facts().items() if key in allowed_facts(ask, kind)}
    register, number = numbered_by(file, kind)
    picture, step, collect_after = next_step(file, ask, kind)
    return Slip(
        kind=kind,
        number=number,
        language=language_of(file, terminal.pack),
        issued_at=_issued_at(file, register) or now,
        name=file.text("person.name"),
        document_tail=file.text("person.document_number")[-4:],
        name_native=file.text("person.name_native"),
        name_zh=file.text("person.name_zh"),
        title=ask.profile.title if kind == "permit" else definition.title,
        case_number=file.text("case.number"),
        facts=facts,
        forms=forms_read_back(definitions) if kind == "application_form" else (),
        items=_items(file, ask, kind),
        opinions=_opinions(file, ask) if kind == "opinions" else (),
        ground=_ground(file, ask) if kind == "refusal" else None,
        remedy=_remedy(file, ask) if kind == "refusal" else None,
        received_at=moment_of(peek("case.accepted_at")),
        decide_by=day_of(peek("case.decide_by")),
        collect_after=collect_after,
        officer=_officer(file, kind, names),
        operator_name=operator.name,
        window=operator.window,
        portrait=portrait if kind == "permit" else None,
        seal=seal(file, terminal) if kind == "permit" else "",
        reprint=len(earlier_prints(file, kind, number)),
        provisional=kind not in FINAL,
        next_step=picture,
        next_text=step,
    )


def number_of(file: CaseFile, kind: str) -> str:
    return numbered_by(file, kind)[1]


def numbered_by(file: CaseFile, kind: str) -> tuple[str, str]:
    """The register a slip has its number from, and the number; the case's where it has none of its own."""
    light = NOTICES.get(kind)
    for stage in file.stages() if light else ():
        said = noted.returned(file, stage) if light == "returned" else noted.refused(file, stage)
        if said is not None and said.numbers and file.peek_stage(stage).get("light") == light:
            return f"case.{light}.{stage}", said.numbers[-1]
    key = NUMBER_OF.get(kind, "")
    if key and file.text(key):
        return key, file.text(key)
    return "", file.text("case.number")


def _issued_at(file: CaseFile, register: str) -> datetime | None:
    """When the slip's own number was given; what has none tells how things stand now."""
    held = file.held(register) if register else None
    return datetime.fromisoformat(held.wall) if held else None


def allowed_facts(ask: Ask, kind: str) -> set[str]:
    """What a slip may say: its kind's facts; the application form reads back what the person gave."""
    if kind == "application_form":
        forms = [ask.definitions.forms[form] for form in forms_read_back(ask.definitions)]
        return {field.key for form in forms for field in form.fields if field.subject != "health"}
    return set(SLIP_KINDS[kind].facts)


def forms_read_back(definitions: Definitions) -> tuple[str, ...]:
    """The forms of all stages but the private ones, in order."""
    return tuple(form for stage in definitions.track.stages if not stage.private for form in stage.forms)


def seal(file: CaseFile, terminal: Terminal) -> str:
    """The seal of a case's permit, under this terminal's key; of the same facts it is always the same."""
    return sign(claims(file, terminal.office), terminal.seal_key())


def claims(file: CaseFile, office: str) -> SealClaims:
    """What a seal says of a case's permit. Raises Refused where its dates cannot be read."""
    peek = file.peek
    first, last = day_of(peek("permit.valid_from")), day_of(peek("permit.valid_to"))
    decided, born = moment_of(peek("permit.decided_at")), file.text("person.birth_date")[:4]
    if first is None or last is None or decided is None:
        raise Refused(
            say("The dates of this permit cannot be read. A supervisor corrects them, or it is made void.")
        )
    return SealClaims(
        number=str(peek("permit.number")),
        profile=str(peek("permit.profile")),
        name=str(peek("person.name")),
        birth_year=int(born) if born.isdecimal() else 0,
        valid_from=first,
        valid_to=last,
        area=(str(peek("permit.area")),),
        office=office,
        issued_at=decided,
    )


def _items(file: CaseFile, ask: Ask, kind: str) -> tuple[Text, ...]:
    if kind == "missing":
        return returned_items(file, ask)
    if kind == "refusal":
        return tuple(text for stage in ask.definitions.track.stages for text in _refusal(file, ask, stage))
    if kind == "progress":
        return tuple(
            Text(paper.label)
            for stage in ask.definitions.track.stages
            for paper in stage.papers
            if shown_paper(paper, file)
            and noted.paper(file.peek(f"case.paper.{stage.key}.{paper.key}")).sighted
        )
    return ()


def returned_items(file: CaseFile, ask: Ask) -> tuple[Text, ...]:
    """The list of the return that stands now: translated sentences, built from marks."""
    found = []
    for stage in ask.definitions.track.stages:
        if file.peek_stage(stage.key).get("light") == "returned":
            marks = noted.returned(file, stage.key).items
            found += [Text(mark_of(ask, mark), {"item": Text(label_of(ask, mark.key))}) for mark in marks]
    return tuple(found)


def mark_of(ask: Ask, mark: Mark) -> str:
    """What is wrong with an item, as a msgid with the slot {item}."""
    code = ask.definitions.codes["item_marks"].get(mark.why)
    return code.label if code is not None else "{item}"


def _refused(file: CaseFile, stage: StageDefinition) -> noted.RefusalNote | None:
    stands = file.peek_stage(stage.key).get("light") == "refused"
    return noted.refused(file, stage.key) if stands else None


def _refusal(file: CaseFile, ask: Ask, stage: StageDefinition) -> list[Text]:
    refused = _refused(file, stage)
    if refused is None:
        return []
    code = _reason(ask, stage, refused)
    reason = Text(code.label) if code is not None else say("{note}", note=refused.reason)
    return [reason] + ([say("{note}", note=refused.note)] if refused.note else [])


def _reason(ask: Ask, stage: StageDefinition, refused: noted.RefusalNote) -> Code | None:
    """The reason of a refusal, if a list of its stage has it."""
    lists = (ask.definitions.codes[action.reasons] for action in stage.actions if action.kind == "refuse")
    return next((codes[refused.reason] for codes in lists if refused.reason in codes), None)


def _ground(file: CaseFile, ask: Ask) -> Text | None:
    for stage in ask.definitions.track.stages:
        refused = _refused(file, stage)
        code = _reason(ask, stage, refused) if refused is not None else None
        if code is not None and code.more.get("ground"):
            return Text(str(code.more["ground"]))
    return None


def _remedy(file: CaseFile, ask: Ask) -> Text | None:
    for stage in ask.definitions.track.stages:
        if _refused(file, stage):
            final = "remedy_permit_national" if ask.profile.final_decision else "remedy_permit_border"
            return Text(
                ask.pack.office.texts[REMEDY_OF.get(stage.department, REMEDY_OF.get(stage.key, final))]
            )
    return None


def _opinions(file: CaseFile, ask: Ask) -> tuple[Opinion, ...]:
    found = []
    for stage in ask.definitions.track.stages:
        held, value = file.held(f"case.stage.{stage.key}"), file.peek_stage(stage.key)
        finished = value.get("state") in stage.done or value.get("light") in ("refused", "returned")
        label = "Valid" if stage.private else stage.states[value.get("state") or stage.initial].label
        found.append(
            Opinion(
                department=ask.pack.office.departments[stage.department],
                stage=stage.label,
                result=Text(label) if finished else None,
                by=held.actor if held and finished else "",
                at=datetime.fromisoformat(held.wall) if held and finished else None,
            )
        )
    return tuple(found)


def _officer(file: CaseFile, kind: str, names: Mapping[str, str]) -> str:
    """Who decided, by name and staff number."""
    number = ""
    if kind == "permit":
        number = file.text("permit.decided_by")
    elif kind == "refusal":
        said = (noted.refused(file, stage) for stage in file.stages())
        number = next((refused.by for refused in said if refused is not None), "")
    return f"{names[number]} ({number})" if number in names else number


def next_step(file: CaseFile, ask: Ask, kind: str) -> tuple[str, Text | None, datetime | None]:
    """Where the person goes (a picture), what he does there, and when he comes back.

    The first stage that is not finished says so, on a notice the one that was returned; where the person
    himself or the reception is to act, he need not come back. Other slips have one next step of their own.
    """
    if kind not in ("progress", "missing"):
        return "", None, None
    status = file.peek("case.status", "open")
    if status != "open":
        return ("carry" if status == "ended" else "ask"), None, None
    for stage in ask.definitions.track.stages:
        value = file.peek_stage(stage.key)
        holder, is_returned = value.get("holder", ""), value.get("light") == NOTICES["missing"]
        if is_returned if kind == "missing" else holder:
            picture = PICTURE_OF.get(holder, "window")
            words = stage.states[value.get("state") or stage.initial].next_step
            elsewhere = holder in PICTURE_OF
            return (
                "bring" if is_returned else picture,
                Text(words) if words else None,
                _collect_after(ask, file) if elsewhere else None,
            )
    return "window", None, None


def _collect_after(ask: Ask, file: CaseFile) -> datetime:
    """When it is worth coming back: the decision's day, else the office's service target, at nine."""
    decide_by = day_of(file.peek("case.decide_by"))
    day = decide_by or add_working_days(
        ask.today, ask.pack.office.limits["T17_service_target_days"], ask.pack.calendar
    )
    return datetime.combine(day, time(9), ask.now.tzinfo)
