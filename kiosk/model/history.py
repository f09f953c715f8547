"""The history of a case in plain sentences, and the old values of what was corrected."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from kiosk.model.ask import Ask, joined, label_of
from kiosk.model.case import HistoryLine, OldValue
from kiosk.model.entries import KINDS, Entry
from kiosk.model.text import Text, say
from kiosk.model.workflow import ActionDefinition

_HIDDEN = ("case", "person", "health", "clearance", "guarantee", "guarantor", "lodging", "permit")


def history(entries: Sequence[Entry], ask: Ask, names: Mapping[str, str]) -> tuple[HistoryLine, ...]:
    """Lines in the order of hybrid time; entries that only link subjects are left out."""
    opened = min((entry.time for entry in entries if entry.kind == "opened"), default=0)
    lines = []
    for entry in entries:
        if entry.time < opened:
            continue  # of another case of the same person or guarantor
        sentence = sentence_of(entry, ask)
        if sentence is not None:
            lines.append(
                HistoryLine(
                    at=datetime.fromisoformat(entry.wall),
                    actor=entry.actor,
                    actor_name=names.get(entry.actor, entry.actor),
                    role=entry.role,
                    sentence=sentence,
                    entry=entry.id,
                    terminal=entry.terminal,
                )
            )
    return tuple(lines)


def sentence_of(entry: Entry, ask: Ask) -> Text | None:
    """What an entry did, or None where it only ties subjects together."""
    reason = _reason(entry, ask)
    if entry.kind == "decided":
        action = _action(entry, ask)
        label = Text(action.label if action else "Decided")
        if entry.decision is None:
            return _with_reason(label, reason)
        stage = ask.definitions.track.stage(entry.decision.stage)
        return _with_reason(say("{stage}: {action}", stage=Text(stage.label), action=label), reason)
    if entry.kind == "changed_status":
        opened = [register for register in entry.writes if register.startswith("stage.")]
        if opened:
            label = ask.definitions.track.stage(opened[0].removeprefix("stage.")).label
            return Text(KINDS[entry.kind].sentence, {"stage": Text(label)})
        return None
    if entry.kind in ("recorded", "corrected"):
        subject = entry.subject_kind
        fields = [
            Text(label_of(ask, f"{subject}.{register}"))
            for register in entry.writes
            if register not in _HIDDEN
        ]
        known = [text for text in fields if "." not in text.template.split(" ")[0]]
        if not known:
            return None
        return _with_reason(Text(KINDS[entry.kind].sentence, {"fields": joined(known)}), reason)
    if entry.kind in ("paper_sighted", "paper_copied"):
        label = label_of(ask, next(iter(entry.writes)))
        return Text(KINDS[entry.kind].sentence, {"paper": Text(label)})
    if entry.kind in ("printed", "spoiled_print"):
        return _with_reason(
            Text(KINDS[entry.kind].sentence, {"slip": Text(str(entry.note.get("title", "")))}), reason
        )
    if entry.kind == "issued":
        return Text(KINDS["issued"].sentence, {"number": str(entry.note.get("number", ""))})
    if entry.kind in KINDS:
        return _with_reason(Text(KINDS[entry.kind].sentence), reason)
    return say("An entry of a newer program")


PRINT_REASONS = {"printed": "reprint_reasons", "spoiled_print": "spoil_reasons"}


def _reason(entry: Entry, ask: Ask) -> Text | None:
    """The reason given, in words: a code of the list that was offered, or what was typed."""
    key = str(entry.note.get("reason", ""))
    if not key:
        return None
    offered = PRINT_REASONS.get(entry.kind, "")
    if entry.kind == "decided":
        action = _action(entry, ask)
        offered = action.reasons if action else ""
    code = ask.definitions.codes.get(offered, {}).get(key)
    return Text(code.label) if code else Text("{reason}", {"reason": key})


def _action(entry: Entry, ask: Ask) -> ActionDefinition | None:
    track = ask.definitions.track
    actions = track.stage(entry.decision.stage).actions if entry.decision else track.case_actions
    return next((action for action in actions if action.key == entry.note.get("action")), None)


def _with_reason(sentence: Text, reason: Text | None) -> Text:
    return say("{sentence} ({reason})", sentence=sentence, reason=reason) if reason else sentence


def old_values(entries: Sequence[Entry], names: Mapping[str, str]) -> dict[str, tuple[OldValue, ...]]:
    """Earlier values by "subject.register", oldest first, for what was replaced by another value."""
    by_id = {entry.id: entry for entry in entries}
    found: dict[str, list[OldValue]] = {}
    for entry in entries:
        for register, write in entry.writes.items():
            for replaced in write.replaces:
                before = by_id.get(replaced)
                if before is None or before.writes[register].value == write.value:
                    continue
                found.setdefault(f"{entry.subject_kind}.{register}", []).append(
                    OldValue(
                        value=before.writes[register].value,
                        until=datetime.fromisoformat(entry.wall),
                        by=names.get(entry.actor, entry.actor),
                        reason=str(entry.note.get("reason", "")),
                    )
                )
    return {key: tuple(values) for key, values in found.items()}
