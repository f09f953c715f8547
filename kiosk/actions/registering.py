"""Opening a case, the notice, papers and prints."""

from __future__ import annotations

from collections.abc import Mapping

from kiosk.actions import gate
from kiosk.actions.act import Act
from kiosk.actions.reading import earlier_papers, earlier_prints, printable
from kiosk.actions.slips import seal
from kiosk.capture.bare import JPEG, bare
from kiosk.errors import NotAllowed, Refused
from kiosk.model.ask import Definitions, stage_value
from kiosk.model.entries import Json
from kiosk.model.noted import print_
from kiosk.model.persons import same_person
from kiosk.model.slip import SLIP_KINDS
from kiosk.model.text import Text, say
from kiosk.seal import seal_name
from kiosk.store import blobs

LARGEST_PAPER = 10_000_000  # bytes of one copy
PDF = "application/pdf"


def open_case(act: Act, track: str, language: str) -> None:
    """The case's first entry: track, definitions by digest, stages, the first of them open."""
    pack = act.terminal.pack
    if track not in pack.tracks:
        raise Refused(say("This office has no track “{track}”.", track=track))
    if language not in pack.office.languages:
        raise Refused(say("This office does not speak “{language}”.", language=language))
    definition = pack.tracks[track]
    first = definition.stages[0]
    roles = [role for role in act.operator.roles if role in definition.beginners]
    if not roles:
        raise NotAllowed(say("{stage} belongs to another department.", stage=Text(first.label)))
    act.role = roles[0]
    act.begin_case()
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
    if kind == "person":
        subject = same_person(subject, act.memory.state)[0]
    if act.file.subjects.get(kind) != subject:
        act.attach(kind, subject)


def attach_portrait(act: Act, definitions: Definitions, jpeg: bytes) -> None:
    gate.refuse_on_closed_case(act)
    field = gate.field_named(definitions, "case.portrait")
    act.role = gate.role_for(act, field, definitions) if field else act.role
    if not jpeg.startswith(JPEG) or len(jpeg) > LARGEST_PAPER:
        raise Refused(say("This is not a picture that can be kept as a portrait."))
    reference = blobs.put(act.connection, bare(jpeg))
    act.write("case", "recorded", {"portrait": {**reference, "type": "image/jpeg"}})


def _paper_value(act: Act, stage: str, paper: str) -> dict[str, Json]:
    """What stands of a paper; refuses where this operator has nothing to do with it."""
    gate.refuse_on_closed_case(act)
    track = act.terminal.definitions_of(act.file).track
    known = {known.key: known for known in track.stages}
    if stage not in known or paper not in {one.key for one in known[stage].papers}:
        raise Refused(say("This stage has no paper “{paper}”.", paper=paper))
    gate.refuse_strangers(act, known[stage])
    held = act.file.peek(f"case.paper.{stage}.{paper}")
    return held if isinstance(held, dict) else {}


def sight_paper(act: Act, stage: str, paper: str, sighted: bool) -> None:
    value = _paper_value(act, stage, paper) | {"sighted": sighted}
    act.write("case", "paper_sighted", {f"paper.{stage}.{paper}": value})


def attach_paper(act: Act, stage: str, paper: str, data: bytes, kind: str) -> None:
    """A picture without what its camera noted; a document stays as it is."""
    if len(data) > LARGEST_PAPER:
        raise Refused(say("This file is too large: {size} MB. At most 10 MB.", size=len(data) // 1_000_000))
    if not data:
        raise Refused(say("This file is empty."))
    value = _paper_value(act, stage, paper)
    kept = data if kind == PDF else bare(data)
    copy = {**blobs.put(act.connection, kept), "type": kind}
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
    if earlier and not earlier[-1].spoiled and not reason:
        raise Refused(say("This slip was printed before. Choose why it is printed again."))
    print_id = act.new_id()
    if reason and _is_private(act, kind):
        if "health" in act.file.subjects:
            act.write("health", "recorded", {f"print.{print_id}": {"slip": kind, "reason": reason}})
        reason = ""
    value = {
        "slip": kind,
        "number": number,
        "at": act.now.isoformat(timespec="seconds"),
        "by": act.operator.number,
        "reprint": len(earlier),
        "reason": reason,
    }
    if kind == "permit":  # should this terminal be revoked, its key vouches for what stands in the ledger
        value["seal"] = seal_name(seal(act.file, act.terminal))
    note = {"title": SLIP_KINDS[kind].title} | ({"reason": reason} if reason else {})
    act.write("case", "printed", {f"print.{print_id}": value}, note=note)


def _is_private(act: Act, kind: str) -> bool:
    """Whether a slip is of a private stage, and who prints it acts there: what he says of it stays there."""
    track = act.terminal.definitions_of(act.file).track
    own = [stage for stage in track.stages if stage.private and stage.role in act.operator.roles]
    return any(kind in action.slips for stage in own for action in stage.actions)


def note_spoiled(act: Act, print_id: str, reason: str) -> None:
    value = act.file.peek(f"case.print.{print_id}")
    made = print_(value)
    if made is None:
        raise Refused(say("There is no such print."))
    offered = act.terminal.definitions_of(act.file).codes.get("spoil_reasons", {})
    if not reason or (_is_private(act, made.slip) and reason not in offered):
        raise Refused(say("Choose a reason."))
    note = {"title": SLIP_KINDS[made.slip].title, "reason": reason}
    act.write("case", "spoiled_print", {f"print.{print_id}": {**value, "spoiled": reason}}, note=note)
