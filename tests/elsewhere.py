"""What other terminals wrote meanwhile, as it comes by sync."""

from __future__ import annotations

from collections.abc import Mapping

from kiosk.model.entries import Entry, Json, Write
from kiosk.store import journal
from kiosk.store.memory import SqlMemory
from kiosk.store.views import apply
from tests.store.compared import Written


def arrives(
    store: Written, subject: str, values: Mapping[str, Json], *, seen: bool = False, **fields: Json
) -> None:
    """One entry of another terminal; `seen`: its author saw what stands here, and wrote over it.

    A value may be a whole `Write`; `fields` are what else the entry says.
    """
    act = f"far-{'-'.join(values)}"
    with store.write() as connection:
        memory = SqlMemory(connection)

        def written(register: str, value: Json) -> Write:
            if isinstance(value, Write):
                return value
            return Write(value, tuple(memory.state(subject).survivors(register)) if seen else ())

        writes = {register: written(register, value) for register, value in values.items()}
        entry = Entry(**{
            "id": f"ffffffff-{act}", "act": act, "act_size": 1, "subject": subject, "kind": "recorded",
            "version": 1, "writes": writes,
            "actor": "L009", "role": "labour", "office": "RL01", "terminal": "ZZZZ", "stream": "office",
            "sequence": 0, "time": 1, "wall": "2026-03-02T10:30:00+08:00",
        } | fields)  # fmt: skip
        apply(memory, journal.append(connection, [entry]))
