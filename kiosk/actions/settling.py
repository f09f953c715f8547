"""Settling what desks wrote apart: one value in place of all, and what follows from it."""

from __future__ import annotations

from collections.abc import Sequence

from kiosk.actions import gate
from kiosk.actions.act import Act
from kiosk.actions.disputes import to_settle
from kiosk.actions.reading import looking, may_see
from kiosk.errors import NotAllowed, Refused
from kiosk.model.ask import Definitions
from kiosk.model.disputes import Dispute, may_settle
from kiosk.model.entries import Decision, Entry, Json
from kiosk.model.registers import split_cite
from kiosk.model.telling import label
from kiosk.model.text import say
from kiosk.model.unheard import last_seen
from kiosk.store import journal

SETTLE = "settle"  # the action of a decision that a supervisor upholds
GIVEN = ("returned.", "refused.", "receipt_number")  # papers that the person holds: they stay found


def settle(
    act: Act, definitions: Definitions, key: str, value: Json, reason: str, shown: Dispute | None = None
) -> None:
    """One value in place of all survivors, named one by one; a third that arrives later opens it again.

    A shaken decision is upheld, and rests on what stands now; or its stage goes back.
    """
    kind, _, register = key.partition(".")
    choices = to_settle(act.file, definitions, act.memory).get(key)
    if choices is None or not may_see(act.operator.roles, kind):
        raise Refused(say("There is nothing to settle here."))
    if not may_settle(key, act.operator.roles):
        raise NotAllowed(say("Only a supervisor settles this."))
    act.role = "supervisor" if "supervisor" in act.operator.roles else act.role
    if not reason.strip():
        raise Refused(say("Give a reason."))
    if value not in choices:
        raise Refused(say("Choose one of the values that stand."))
    now = looking(act.terminal, act.memory, act.file, act.operator).dispute
    if shown is not None and now(act.file, key) != shown:
        raise Refused(
            say("What stands here has changed since this was opened. Look at it before you settle it.")
        )
    if key.startswith("case.stage."):
        _settle_stage(act, definitions, key, value, reason)
        return
    act.write(kind, "settled", {register: value}, note={"reason": reason})
    if key == "case.permit":  # of two permits one stays
        act.file.subjects["permit"], act.file.states["permit"] = value, act.memory.state(value)
        for permit in choices:
            if permit != value:
                act.write_to(permit, "changed_status", {"status": "void"})


def _settle_stage(act: Act, definitions: Definitions, key: str, value: Json, reason: str) -> None:
    register = key.partition(".")[2]
    survivors = sorted(act.file.states["case"].survivors(register))
    sides = journal.of_ids(act.connection, survivors)
    won = next((side for side in sides if side.writes[register].value == value), None)
    decision, rests = _upheld(act, definitions, key, won) if won is not None else (None, set())
    back = {side.decision.from_ for side in sides if side.decision is not None}
    lost = [side for side in sides if side.writes[register].value != value]
    undone = _undone(act, won, lost) if won is not None or value["state"] in back else {}
    values = {register: value, **undone}
    act.write("case", "settled", values, decision=decision, rests_on=rests, note={"reason": reason})
    _change_permit(act, definitions, register, value)


def _upheld(act: Act, definitions: Definitions, key: str, won: Entry) -> tuple[Decision | None, set[str]]:
    """The decision as one that rests on what stands now: changed once more unseen, it is shaken once more."""
    if won.decision is None:
        return None, set()
    file = act.file
    file.read.clear()
    file.contested_read.clear()
    for one in journal.of_ids(act.connection, {cited for cited, _ in map(split_cite, won.rests_on)}):
        for cited, register in map(split_cite, won.rests_on):
            if cited == one.id and register and f"{one.subject_kind}.{register}" != key:
                file.get(f"{one.subject_kind}.{register}")
    for fact in sorted(file.contested_read):
        if not fact.startswith("case.stage."):  # of two stages one must be the first
            field = label(definitions, fact)
            raise Refused(say("Two unlike values stand for {field}. Settle them first.", field=field))
    return Decision(SETTLE, won.decision.stage, won.decision.from_, won.decision.to), set(file.read)


def _undone(act: Act, won: Entry | None, lost: Sequence[Entry]) -> dict[str, Json]:
    """What else the losing decisions wrote into the case, as the winner has it or as it stood before them."""
    state = act.file.states["case"]
    found: dict[str, Json] = {}
    for entry in lost:
        for register, write in entry.writes.items():
            if entry.id not in state.survivors(register) or register.startswith("stage."):
                continue  # somebody has written it since, or it is settled for itself
            if won is not None and register in won.writes:
                found[register] = won.writes[register].value
            elif not register.startswith(GIVEN):
                before = last_seen(journal.of_ids(act.connection, write.replaces), register)
                found[register] = before[0].writes[register].value if before else None
    return found


def _change_permit(act: Act, definitions: Definitions, register: str, value: Json) -> None:
    """A permit whose decision is undone does not stay; one that is not handed over after all waits again."""
    stage = next(stage for stage in definitions.track.stages if register == f"stage.{stage.key}")
    issuing = [action.to for action in stage.actions if "issue_permit" in action.effects]
    status = act.file.peek("permit.status")
    if not issuing or status not in gate.LIVING:
        return
    if value["state"] not in (*issuing, *stage.done):
        act.write("permit", "changed_status", {"status": "void"})
    elif status == "active" and value["state"] in issuing:
        act.write("permit", "changed_status", {"status": "approved"})
