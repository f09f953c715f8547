"""What a role may write, by the workflow that the entry names: asked once more at the centre's door.

A terminal asks it before it writes; whoever rules a terminal's program need not. Asked is what an entry
alone can tell: not whether the case goes by that workflow or stood there, nor whether the guards held.
"""

from __future__ import annotations

from collections.abc import Mapping, Set
from contextlib import suppress
from functools import cached_property

import msgspec

from central.deeds import Deed, Move
from central.registry import APPLICANT
from kiosk.definitions import track_from_source
from kiosk.model.effects import ENDS
from kiosk.model.forms import FormDefinition
from kiosk.model.text import Text, say
from kiosk.model.workflow import ActionDefinition, TrackDefinition
from kiosk.store.database import Connection

NOTICE = frozenset({"notice_acknowledged", "notice_heard", "notice_shown_at", "notice_version"})
CONFIRMED = ("guarantee", frozenset({"confirmed"}))  # what the effect `confirm_guarantee` writes

NEWER = say("A newer program wrote this. Whether “{role}” may, the central system cannot tell.")


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
        self._known: dict[str, Workflow] = {}
        self._read: set[str] = set()

    def known(self, connection: Connection, digests: Set[str]) -> Mapping[str, Workflow]:
        """Without those that are not here (a restored centre lost them), or that a newer program wrote."""
        for digest in digests - self._read:
            row = connection.execute("SELECT body FROM definition WHERE digest = ?", (digest,)).fetchone()
            if row is None:
                continue  # it may come
            with suppress(ValueError, msgspec.MsgspecError):
                self._known[digest] = Workflow(*track_from_source(bytes(row[0]))[:2])
            self._read.add(digest)
        return self._known


def refused(deed: Deed, known: Mapping[str, Workflow]) -> Text | None:
    """Why the role does not write this, by the workflows that the deed goes by, as far as they are `known`.

    What a newer program means by an entry of its own nobody can say here, and must be no way around.
    What goes by a workflow that cannot be read passes.
    """
    if not _asks_workflow(deed):
        return None
    if not deed.is_known:
        return Text(NEWER.template, {"role": deed.role})
    workflows = [known[digest] for digest in deed.packs if digest in known]
    if all(_may(deed, workflow) for workflow in workflows) and (workflows or deed.packs):
        return None
    return say("“{role}” does not write this.", role=deed.role)


def _asks_workflow(deed: Deed) -> bool:
    """Whether it takes the workflow to know if a role may write this."""
    return bool(deed.kind == "decided" or deed.decision or deed.role == APPLICANT or deed.moves)


def _may(deed: Deed, workflow: Workflow) -> bool:
    if deed.kind == "settled":  # facts that no permit rests on are settled by any clerk
        return deed.role == "supervisor" or not (deed.moves or deed.decision or deed.role == APPLICANT)
    if deed.kind == "decided":
        action = _action(deed, workflow)
        return (
            action is not None
            and deed.role in action.roles
            and (deed.role != APPLICANT or action.is_the_persons)  # else a clerk does it for him
            and all(_leads(deed, action, move) for move in deed.moves)
        )
    if deed.decision is not None:
        return False
    if deed.moves:
        return all(_opens(deed, workflow.track, move) for move in deed.moves)
    return deed.role != APPLICANT or _says(deed, workflow)


def _action(deed: Deed, workflow: Workflow) -> ActionDefinition | None:
    """What was done, if the workflow has it and it leads from there to there."""
    made = deed.decision
    if made is None:
        return workflow.actions.get(("", deed.action))
    found = workflow.actions.get((made.stage, made.action)) if made.stage else None
    return found if found and made.from_ in found.from_ and made.to == found.to else None


def _leads(deed: Deed, action: ActionDefinition, move: Move) -> bool:
    """Whether that follows from the action: the state of its stage, or how the case ends."""
    if move.register == "status":
        return move.state in [ENDS[effect] for effect in action.effects if effect in ENDS]
    made = deed.decision
    return made is not None and move.register == f"stage.{made.stage}" and move.state == made.to


def _opens(deed: Deed, track: TrackDefinition, move: Move) -> bool:
    """Whether a case is begun so, or a stage opened for the first time because another one is done."""
    if move.replaces or deed.role == APPLICANT:
        return False
    if deed.kind == "opened" and deed.role not in track.beginners:
        return False
    if move.register == "status":
        return deed.kind == "opened" and move.state == "open"
    stage = next((one for one in track.stages if move.register == f"stage.{one.key}"), None)
    if stage is None:
        return False
    if deed.kind == "opened":
        return stage is track.stages[0] and move.state == stage.initial
    return deed.kind == "changed_status" and bool(stage.open_when) and move.state == stage.opening


def _says(deed: Deed, workflow: Workflow) -> bool:
    """Whether the person says this on his own screen at a counter: he heard the notice, wants this or that,
    or knows his employer."""
    subject, written = deed.outline.subject, deed.outline.registers
    if deed.kind == "changed_status":
        actions = workflow.actions.values()
        confirms = any(one.is_the_persons and "confirm_guarantee" in one.effects for one in actions)
        return confirms and subject == CONFIRMED[0] and written <= CONFIRMED[1]
    own = workflow.said.get(subject, set())
    return deed.kind in ("recorded", "corrected") and bool(written) and written <= own
