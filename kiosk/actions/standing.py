"""What stands in the registers of a case, and whether who writes over it was shown it."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime

from kiosk.actions.act import Act
from kiosk.errors import Overtaken
from kiosk.model.case import Standing
from kiosk.model.entries import Json
from kiosk.model.file import CaseFile
from kiosk.model.text import say
from kiosk.store.memory import SqlMemory

Seen = Mapping[str, Collection[str]]  # field key -> the entries that stood there when its author looked


def staff_names(memory: SqlMemory) -> dict[str, str]:
    return dict(memory.connection.execute("SELECT number, name FROM staff").fetchall())


def standing_of(file: CaseFile, key: str, names: Mapping[str, str]) -> Standing | None:
    """None where nothing stands."""
    kind, _, register = key.partition(".")
    survivors = file.states[kind].survivors(register) if kind in file.states else {}
    if not survivors:
        return None
    values = [survivors[entry].value for entry in sorted(survivors, reverse=True)]
    last = survivors[max(survivors)]
    return Standing(
        entries=tuple(sorted(survivors)),
        values=tuple(value for place, value in enumerate(values) if value not in values[:place]),
        name=names.get(last.actor, last.actor),
        at=datetime.fromisoformat(last.wall),
    )


def refuse_unseen(act: Act, changed: Mapping[str, Mapping[str, Json]], seen: Seen) -> None:
    """Raises Overtaken where a write would replace an entry that its author was not shown.

    So `replaces`, which is what stands, is what he saw: both are looked at in one transaction.
    """
    names = staff_names(act.memory)
    keys = [f"{kind}.{register}" for kind, values in changed.items() for register in values]
    standing = {key: standing_of(act.file, key, names) for key in keys}
    unseen = {
        key: stands for key, stands in standing.items() if stands and {*stands.entries} - {*seen.get(key, ())}
    }
    if unseen:
        text = say("Something else was written here meanwhile. If you go on, what you entered replaces it.")
        raise Overtaken(text, unseen)
