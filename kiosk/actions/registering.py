"""Opening a case, the notice, papers, prints, and settling what is contested."""

from __future__ import annotations

from collections.abc import Mapping

from kiosk.actions.act import Act
from kiosk.actions.reading import earlier_papers, earlier_prints, printable
from kiosk.errors import NotAllowed, Refused
from kiosk.model.ask import stage_value
from kiosk.model.entries import Json
from kiosk.model.file import LINKED
from kiosk.model.guards import CONFIRMED
from kiosk.model.slip import SLIP_KINDS
from kiosk.model.text import say
from kiosk.store import blobs

LARGEST_PAPER = 10_000_000  # bytes of one copy
GUARDED = ("case.stage.", "person.document_expiry", "guarantee.", "lodging.", "clearance.", "permit.")


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


def acknowledge_notice(act: Act, heard: bool, consents: Mapping[str, bool]) -> None:
    """F0. Extras default to no and never block."""
    act.role = "applicant"
    act.on_behalf_of = act.file.subjects.get("person", "")
    texts = act.terminal.pack.office.texts
    version = ",".join(key for key in texts if key.startswith("notice_"))
    values: dict[str, Json] = {
        "notice_acknowledged": True,
        "notice_heard": heard,
        "notice_shown_at": act.now.isoformat(timespec="seconds"),
        "notice_version": version,
    }
    values |= {key.removeprefix("case."): bool(value) for key, value in consents.items()}
    act.write("case", "recorded", values)


def _paper_value(act: Act, stage: str, paper: str) -> dict[str, Json]:
    track = act.terminal.definitions(str(act.file.peek("case.definitions"))).track
    if paper not in {known.key for known in track.stage(stage).papers}:
        raise Refused(say("This stage has no paper “{paper}”.", paper=paper))
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


def settle(act: Act, key: str, value: Json, reason: str) -> None:
    """One value in place of all survivors, named one by one; a third that arrives later opens it again."""
    kind, _, register = key.partition(".")
    state = act.file.states.get(kind)
    if state is None or register not in state.registers or (kind in LINKED and register == "case"):
        raise Refused(say("There is nothing to settle here."))
    survivors = state.survivors(register)
    shaken = [entry for entry in survivors if act.memory.is_shaken(entry)]
    if not state.contested(register) and not shaken:
        raise Refused(say("There is nothing to settle here."))
    guarded = key.startswith(GUARDED) or key in CONFIRMED
    if guarded and "supervisor" not in act.operator.roles:
        raise NotAllowed(say("Only a supervisor settles this."))
    if not reason.strip():
        raise Refused(say("Give a reason."))
    if value not in [held.value for held in survivors.values()]:
        raise Refused(say("Choose one of the values that stand."))
    act.write(kind, "settled", {register: value}, note={"reason": reason})
