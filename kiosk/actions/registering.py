"""Opening a case, the notice, papers, prints, and settling what is contested."""

from __future__ import annotations

from collections.abc import Mapping

from kiosk.actions import gate, reading
from kiosk.actions.act import Act
from kiosk.actions.reading import earlier_papers, earlier_prints, may_see, printable
from kiosk.errors import NotAllowed, Refused
from kiosk.model.ask import Definitions, stage_value
from kiosk.model.entries import Json
from kiosk.model.slip import SLIP_KINDS
from kiosk.model.text import say
from kiosk.store import blobs

LARGEST_PAPER = 10_000_000  # bytes of one copy
JPEG = b"\xff\xd8\xff"
# Neither printed on a permit nor read by a guard: any clerk who sees it settles it.
FREE = (
    "person.phone", "person.father_name", "person.emergency_contact", "person.nrc", "case.entry_port",
    "person.document_issue_date", "guarantor.representative_phone", "lodging.host_phone",
    "lodging.leave_plan",
)  # fmt: skip


def open_case(act: Act, track: str, language: str) -> None:
    """The case's first entry: track, definitions by digest, stages, the first of them open."""
    pack = act.terminal.pack
    if track not in pack.tracks:
        raise Refused(say("This office has no track “{track}”.", track=track))
    if language not in pack.office.languages:
        raise Refused(say("This office does not speak “{language}”.", language=language))
    definition = pack.tracks[track]
    act.begin_case()
    first = definition.stages[0]
    act.write(
        "case",
        "opened",
        {
            "number": act.mint.number("C"),
            "track": track,
            "definitions": pack.digests[track],
            "stages": [stage.key for stage in definition.stages],
            "language": language,
            "status": "open",
            f"stage.{first.key}": stage_value(first, first.initial),
        },
    )


def acknowledge_notice(act: Act, definitions: Definitions, heard: bool, consents: Mapping[str, bool]) -> None:
    """F0. Extras default to no and never block."""
    gate.refuse_on_closed_case(act)
    act.role = "applicant"
    act.on_behalf_of = act.file.subjects.get("person", "")
    extras = {field.key for field in definitions.forms["notice"].fields if field.type == "boolean"}
    if not set(consents) <= extras:
        raise Refused(say("The notice does not ask this."))
    texts = act.terminal.pack.office.texts
    values: dict[str, Json] = {
        "notice_acknowledged": True,
        "notice_heard": heard,
        "notice_shown_at": act.now.isoformat(timespec="seconds"),
        "notice_version": ",".join(key for key in texts if key.startswith("notice_")),
    }
    values |= {key.removeprefix("case."): bool(value) for key, value in consents.items()}
    act.write("case", "recorded", values)


def take_known(act: Act, definitions: Definitions, kind: str, subject: str) -> None:
    """Ties the case to a person or guarantor known from before."""
    gate.refuse_on_closed_case(act)
    fields = [field for form in definitions.forms.values() for field in form.fields if field.subject == kind]
    act.role = gate.role_for(act, fields[0], definitions)
    if not subject.startswith(f"{kind}:") or not act.memory.state(subject).registers:
        raise Refused(say("There is no such record."))
    if act.file.subjects.get(kind) != subject:
        act.attach(kind, subject)


def attach_portrait(act: Act, definitions: Definitions, jpeg: bytes) -> None:
    gate.refuse_on_closed_case(act)
    field = gate.field_named(definitions, "case.portrait")
    act.role = gate.role_for(act, field, definitions) if field else act.role
    if not jpeg.startswith(JPEG) or len(jpeg) > LARGEST_PAPER:
        raise Refused(say("This is not a picture that can be kept as a portrait."))
    reference = blobs.put(act.connection, jpeg)
    act.write("case", "recorded", {"portrait": {**reference, "type": "image/jpeg"}})


def _paper_value(act: Act, stage: str, paper: str) -> dict[str, Json]:
    """What stands of a paper; refuses where this operator has nothing to do with it."""
    gate.refuse_on_closed_case(act)
    track = act.terminal.definitions(str(act.file.peek("case.definitions"))).track
    known = {known.key: known for known in track.stages}
    if stage not in known or paper not in {one.key for one in known[stage].papers}:
        raise Refused(say("This stage has no paper “{paper}”.", paper=paper))
    gate.refuse_strangers(act, known[stage])
    return dict(act.file.peek(f"case.paper.{stage}.{paper}") or {})


def sight_paper(act: Act, stage: str, paper: str, sighted: bool) -> None:
    value = _paper_value(act, stage, paper) | {"sighted": sighted}
    act.write("case", "paper_sighted", {f"paper.{stage}.{paper}": value})


def attach_paper(act: Act, stage: str, paper: str, data: bytes, kind: str) -> None:
    if len(data) > LARGEST_PAPER:
        raise Refused(say("This file is too large: {size} MB. At most 10 MB.", size=len(data) // 1_000_000))
    if not data:
        raise Refused(say("This file is empty."))
    value = _paper_value(act, stage, paper)
    copy = {**blobs.put(act.connection, data), "type": kind}
    act.write("case", "paper_copied", {f"paper.{stage}.{paper}": value | {"copy": copy}})


def reuse_paper(act: Act, stage: str, paper: str) -> None:
    value = _paper_value(act, stage, paper)
    earlier = earlier_papers(act.file, act.memory).get(paper)
    if earlier is None:
        raise Refused(say("No earlier case of this person holds this paper."))
    number, copy = earlier
    act.write("case", "paper_copied", {f"paper.{stage}.{paper}": value | {"copy": copy, "from": number}})


def note_print(act: Act, kind: str, number: str, reason: str) -> None:
    """One line of the ledger of prints. The register is the print's own, so two desks never contest it."""
    if kind not in printable(act.file, act.operator.roles):
        raise Refused(say("This slip cannot be printed yet."))
    earlier = earlier_prints(act.file, kind, number)
    if earlier and not earlier[-1].get("spoiled") and not reason:
        raise Refused(say("This slip was printed before. Choose why it is printed again."))
    value = {
        "slip": kind,
        "number": number,
        "at": act.now.isoformat(timespec="seconds"),
        "by": act.operator.number,
        "reprint": len(earlier),
        "reason": reason,
    }
    note = {"title": SLIP_KINDS[kind].title} | ({"reason": reason} if reason else {})
    act.write("case", "printed", {f"print.{act.new_id()}": value}, note=note)


def note_spoiled(act: Act, print_id: str, reason: str) -> None:
    value = act.file.peek(f"case.print.{print_id}")
    if not value:
        raise Refused(say("There is no such print."))
    if not reason:
        raise Refused(say("Choose a reason."))
    note = {"title": SLIP_KINDS[value["slip"]].title, "reason": reason}
    act.write("case", "spoiled_print", {f"print.{print_id}": {**value, "spoiled": reason}}, note=note)


def settle(act: Act, definitions: Definitions, key: str, value: Json, reason: str) -> None:
    """One value in place of all survivors, named one by one; a third that arrives later opens it again.

    A shaken stage may also go back to the state before the decision that is shaken.
    """
    kind, _, register = key.partition(".")
    state = act.file.states.get(kind)
    if state is None or register not in state.registers or not may_see(act.operator.roles, kind):
        raise Refused(say("There is nothing to settle here."))
    choices = reading.to_settle(act.file, definitions, act.connection).get(key)
    if choices is None:
        raise Refused(say("There is nothing to settle here."))
    if key not in FREE and not {"supervisor", "doctor" if kind == "health" else ""} & {*act.operator.roles}:
        raise NotAllowed(say("Only a supervisor settles this."))
    act.role = "supervisor" if "supervisor" in act.operator.roles else act.role
    if not reason.strip():
        raise Refused(say("Give a reason."))
    if value not in choices:
        raise Refused(say("Choose one of the values that stand."))
    losing = [one for one in choices if one != value]
    act.write(kind, "settled", {register: value}, note={"reason": reason})
    _void_what_lost(act, definitions, key, value, losing)


def _void_what_lost(act: Act, definitions: Definitions, key: str, value: Json, losing: list[Json]) -> None:
    """Of two permits one stays; a permit whose decision is undone does not."""
    if key == "case.permit":
        act.file.subjects["permit"], act.file.states["permit"] = value, act.memory.state(value)
        for permit in losing:
            act.write_to(permit, "changed_status", {"status": "void"})
    stage = next((s for s in definitions.track.stages if key == f"case.stage.{s.key}"), None)
    if stage is None or act.file.peek("permit.status") not in gate.LIVING:
        return
    issuing = [action.to for action in stage.actions if "issue_permit" in action.effects]
    if issuing and value["state"] not in (*issuing, *stage.done):
        act.write("permit", "changed_status", {"status": "void"})
