"""What a role may write, by the workflow that the entry names: asked once more at the centre's door.

A terminal asks it before it writes; whoever rules a terminal's program need not. Asked is what an entry
alone can tell: not whether the case goes by that workflow or stood there, nor whether the guards held.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property

import msgspec

from central.registry import APPLICANT
from kiosk.definitions import track_from_source
from kiosk.model.effects import ENDS
from kiosk.model.entries import Entry, Write, is_known
from kiosk.model.forms import FormDefinition
from kiosk.model.text import Text, say
from kiosk.model.workflow import ActionDefinition, TrackDefinition
from kiosk.store.database import Connection

NOTICE = frozenset({"notice_acknowledged", "notice_heard", "notice_shown_at", "notice_version"})
CONFIRMED = ("guarantee", frozenset({"confirmed"}))  # what the effect `confirm_guarantee` writes


class Workflow(msgspec.Struct, frozen=True, dict=True):  # a dict: for what is cached
    """One track with its forms, as a case goes by it for its whole life."""

    track: TrackDefinition
    forms: dict[str, FormDefinition]

    @cached_property
    def actions(self) -> dict[tuple[str, str], ActionDefinition]:
        """By stage and key; those on the whole case by "" and key."""
        own = {("", action.key): action for action in self.track.case_actions}
        return own | {
            (stage.key, action.key): action for stage in self.track.stages for action in stage.actions
        }

    @cached_property
    def said(self) -> dict[str, set[str]]:
        """What the person says on his own screen, by the kind of subject: its registers."""
        found = {"case": set(NOTICE)}
        for form in self.forms.values():
            for field in form.fields:
                if field.by == APPLICANT:
                    found.setdefault(field.subject, set()).add(field.key.partition(".")[2])
        return found


class Workflows:
    """The workflows of an office by their digests, which never mean anything else."""

    def __init__(self) -> None:
        self._known: dict[str, Workflow | None] = {}

    def of(self, connection: Connection, digest: str) -> Workflow | None:
        """None for one that is not here (a restored centre lost it), or that a newer program wrote."""
        if digest not in self._known:
            row = connection.execute("SELECT body FROM definition WHERE digest = ?", (digest,)).fetchone()
            if row is None:
                return None  # it may come
            try:
                self._known[digest] = Workflow(*track_from_source(bytes(row[0]))[:2])
            except (ValueError, msgspec.MsgspecError):
                self._known[digest] = None
        return self._known[digest]


def is_decided(register: str) -> bool:
    """Whether what stands in a register of a case says how it stands, which follows from decisions alone."""
    return register.startswith("stage.") or register == "status"


def asks_workflow(entry: Entry) -> bool:
    """Whether it takes the workflow to know if a role may write this."""
    if entry.kind == "decided" or entry.decision is not None or entry.role == APPLICANT:
        return True
    return entry.subject_kind == "case" and any(map(is_decided, entry.writes))


def refused(entry: Entry, workflows: Sequence[Workflow]) -> Text | None:
    """Why the role of an entry does not write this. Of `workflows` there is none where it names none.

    What a newer program means by an entry of its own nobody can say here, and must be no way around.
    """
    if not is_known(entry):
        return say(
            "A newer program wrote this. Whether “{role}” may, the central system cannot tell.",
            role=entry.role,
        )
    if workflows and all(_may(entry, workflow) for workflow in workflows):
        return None
    return say("“{role}” does not write this.", role=entry.role)


def _may(entry: Entry, workflow: Workflow) -> bool:
    is_case = entry.subject_kind == "case"
    moved = {one: write for one, write in entry.writes.items() if is_decided(one)} if is_case else {}
    if entry.kind == "settled":  # facts that no permit rests on are settled by any clerk
        return entry.role == "supervisor" or not (moved or entry.decision or entry.role == APPLICANT)
    if entry.kind == "decided":
        action = _action(entry, workflow)
        return (
            action is not None
            and entry.role in action.roles
            and (entry.role != APPLICANT or action.is_the_persons)  # else a clerk does it for him
            and all(_leads(entry, action, register, write) for register, write in moved.items())
        )
    if entry.decision is not None:
        return False
    if moved:
        return all(_opens(entry, workflow.track, register, write) for register, write in moved.items())
    return entry.role != APPLICANT or _says(entry, workflow)


def _action(entry: Entry, workflow: Workflow) -> ActionDefinition | None:
    """What was done, if the workflow has it and it leads from there to there."""
    made = entry.decision
    if made is None:
        return workflow.actions.get(("", str(entry.note.get("action"))))
    found = workflow.actions.get((made.stage, made.action)) if made.stage else None
    return found if found and made.from_ in found.from_ and made.to == found.to else None


def _leads(entry: Entry, action: ActionDefinition, register: str, write: Write) -> bool:
    """Whether that follows from the action: the state of its stage, or how the case ends."""
    if register == "status":
        return write.value in [ENDS[effect] for effect in action.effects if effect in ENDS]
    made = entry.decision
    return made is not None and register == f"stage.{made.stage}" and _state(write) == made.to


def _opens(entry: Entry, track: TrackDefinition, register: str, write: Write) -> bool:
    """Whether a case is begun so, or a stage opened for the first time because another one is done."""
    if write.replaces or entry.role == APPLICANT:
        return False
    if entry.kind == "opened" and entry.role not in track.beginners:
        return False
    if register == "status":
        return entry.kind == "opened" and write.value == "open"
    stage = next((one for one in track.stages if register == f"stage.{one.key}"), None)
    if stage is None:
        return False
    if entry.kind == "opened":
        return stage is track.stages[0] and _state(write) == stage.initial
    return entry.kind == "changed_status" and bool(stage.open_when) and _state(write) == stage.opening


def _state(write: Write) -> str:
    return str(write.value.get("state")) if isinstance(write.value, dict) else ""


def _says(entry: Entry, workflow: Workflow) -> bool:
    """Whether the person says this on his own screen at a counter: he heard the notice, wants this or that,
    or knows his employer."""
    written = entry.writes.keys()
    if entry.kind == "changed_status":
        actions = workflow.actions.values()
        confirms = any(one.is_the_persons and "confirm_guarantee" in one.effects for one in actions)
        return confirms and entry.subject_kind == CONFIRMED[0] and written <= CONFIRMED[1]
    own = workflow.said.get(entry.subject_kind, set())
    return entry.kind in ("recorded", "corrected") and bool(written) and written <= own
