"""The history of a case in plain sentences, and the old values of what was corrected."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import datetime

from kiosk.model.ask import Ask, joined, label_of
from kiosk.model.case import HistoryLine, OldValue
from kiosk.model.entries import KINDS, Entry
from kiosk.model.noted import print_
from kiosk.model.order import Ordered
from kiosk.model.text import Text, say
from kiosk.model.unheard import last_seen
from kiosk.model.workflow import ActionDefinition, TrackDefinition

Slots = dict[str, object] | None  # None: the entry is no line of the history
NOTICE = say("The person acknowledged the notice")


def history(order: Ordered, ask: Ask, names: Mapping[str, str]) -> tuple[HistoryLine, ...]:
    """A line for each entry; those that only link subjects are left out, and those of other cases."""
    lines = []
    for entry in order.entries:
        if entry.id in order.others:
            continue
        sentence = sentence_of(entry, ask)
        if sentence is not None:
            at = datetime.fromisoformat(entry.wall)
            if entry.id in order.wrong:
                sentence = say(
                    "{sentence} (the clock of that terminal was wrong: it showed {time})",
                    sentence=sentence,
                    time=at,
                )
            lines.append(
                HistoryLine(
                    at=at,
                    actor=entry.actor,
                    actor_name=names.get(entry.actor, entry.actor),
                    role=entry.role,
                    sentence=sentence,
                    entry=entry.id,
                    terminal=entry.terminal,
                )
            )
    return tuple(lines)


def of_stages(entries: Sequence[Entry], track: TrackDefinition, seen: Collection[str]) -> list[Entry]:
    """Of a case's entries the work on these stages: no other stage's decisions, papers, slips or clerks."""
    own = [stage for stage in track.stages if stage.key in seen]
    others = [stage for stage in track.stages if stage.key not in seen]
    theirs = tuple(start for stage in others for start in (f"stage.{stage.key}", f"paper.{stage.key}."))
    roles = {stage.role for stage in others} - {stage.role for stage in own}
    slips = {slip for stage in own for action in stage.actions for slip in action.slips}
    decided = {entry.act: entry.decision.stage for entry in entries if entry.decision is not None}

    def is_seen(entry: Entry) -> bool:
        if entry.act in decided and decided[entry.act] not in seen:
            return False
        if entry.act not in decided and entry.role in roles:
            return False
        made = [print_(write.value) for one, write in entry.writes.items() if one.startswith("print.")]
        printed = {one.slip if one is not None else "" for one in made}
        return printed <= slips and not any(register.startswith(theirs) for register in entry.writes)

    return [entry for entry in entries if is_seen(entry)]


def sentence_of(entry: Entry, ask: Ask) -> Text | None:
    """What an entry did, or None where it only ties subjects together."""
    if entry.kind not in KINDS:
        return say("An entry of a newer program")
    slots_of = _SLOTS.get(entry.kind)
    slots: Slots = slots_of(entry, ask) if slots_of else {}
    if slots is None:
        return None
    template = KINDS[entry.kind].sentence
    if "notice_acknowledged" in entry.writes:
        template = NOTICE.template
    elif entry.kind == "decided" and entry.decision is None:
        template = "{action}"
    reason = _reason(entry, ask)
    sentence = Text(template, slots)
    return say("{sentence} ({reason})", sentence=sentence, reason=reason) if reason else sentence


def _decided(entry: Entry, ask: Ask) -> Slots:
    action = _action(entry, ask)
    stage = label_of(ask, f"case.stage.{entry.decision.stage}") if entry.decision else ""
    return {
        "stage": Text(stage),
        "action": Text(action.label if action else str(entry.note.get("action", ""))),
    }


def _opened(entry: Entry, ask: Ask) -> Slots:
    stages = [register for register in entry.writes if register.startswith("stage.")]
    return {"stage": Text(label_of(ask, f"case.{stages[0]}"))} if stages else None


def _recorded(entry: Entry, ask: Ask) -> Slots:
    """The labels of the fields; what no form asks (links, the notice) has none."""
    keys = [f"{entry.subject_kind}.{register}" for register in entry.writes]
    fields = [Text(label) for key in keys if (label := label_of(ask, key)) != key]
    return {"fields": joined(fields)} if fields or "notice_acknowledged" in entry.writes else None


def _paper(entry: Entry, ask: Ask) -> Slots:
    return {"paper": Text(label_of(ask, next(iter(entry.writes), "")))}


def _slip(entry: Entry, ask: Ask) -> Slots:
    return {"slip": Text(str(entry.note.get("title", "")))}


def _issued(entry: Entry, ask: Ask) -> Slots:
    return {"number": str(entry.note.get("number", ""))}


_SLOTS: Mapping[str, Callable[[Entry, Ask], Slots]] = {
    "decided": _decided,
    "changed_status": _opened,
    "recorded": _recorded,
    "corrected": _recorded,
    "paper_sighted": _paper,
    "paper_copied": _paper,
    "printed": _slip,
    "spoiled_print": _slip,
    "issued": _issued,
}
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
    track, own = ask.definitions.track, entry.decision.stage if entry.decision else ""
    stage = next((one.actions for one in track.stages if one.key == own), ())
    actions = stage if entry.decision else track.case_actions
    return next((action for action in actions if action.key == entry.note.get("action")), None)


def old_values(entries: Sequence[Entry], names: Mapping[str, str]) -> dict[str, tuple[OldValue, ...]]:
    """Earlier values by "subject.register", oldest first, for what was replaced by another value."""
    by_id = {entry.id: entry for entry in entries}
    found: dict[str, list[OldValue]] = {}
    for entry in entries:
        for register, write in entry.writes.items():
            replaced = [by_id[one] for one in write.replaces if one in by_id]
            for before in last_seen(replaced, register):
                if before.writes[register].value == write.value:
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
