"""One act of a desk: the transaction in which everything that is written here is written."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date, datetime
from time import perf_counter

from kiosk.actions import gate, reading
from kiosk.actions.act import Act, Operator
from kiosk.actions.staff import Staff
from kiosk.actions.terminal import Terminal
from kiosk.logs import log
from kiosk.model.ask import Definitions
from kiosk.model.case import Changed, SlipRequest
from kiosk.model.file import CaseFile
from kiosk.model.office import OfficePack
from kiosk.model.text import Translator


class Acting(Staff):
    """The part of a desk that writes: one act in one transaction."""

    def __init__(self, terminal: Terminal) -> None:
        super().__init__(terminal)
        self.on_commit: list[Callable[[], None]] = []  # who hears that something was written here

    @property
    def pack(self) -> OfficePack:
        return self.terminal.pack

    def now(self) -> datetime:
        return self.terminal.clock()

    def today(self) -> date:
        return self.now().date()

    def translator(self, language: str) -> Translator:
        return self.pack.translators.get(language) or Translator(language, {})

    def _definitions(self, file: CaseFile) -> Definitions:
        return self.terminal.definitions_of(file)

    @contextmanager
    def _act(
        self, operator: Operator, case: str = "", second: Operator | None = None, *, only_looks: bool = False
    ) -> Iterator[Act]:
        """One act in one transaction: committed when the block ends, gone when it raises.

        Raises NotAllowed for who is signed in and may be no longer.
        """
        began = perf_counter()
        self.refuse_who_is_out(operator, second)
        with self.terminal.lock, self.terminal.store.write() as connection:
            act = Act(self.terminal, connection, operator, second=second, now=self.now())
            if case:
                act.load(case)
                if not only_looks:
                    gate.refuse_what_cannot_be_written(act)
            yield act
            act.commit()
        if any(entry.subject_kind == "permit" and "status" in entry.writes for entry in act.entries):
            self.terminal.write_trust()
        for heard in self.on_commit if act.entries else ():
            heard()
        last = act.entries[-1] if act.entries else None
        log.info(
            "act",
            act=act.id,
            case=act.file.case.partition(":")[2],
            kind=last.kind if last else "nothing",
            role=act.role,
            count=len(act.entries),
            ms=round((perf_counter() - began) * 1000, 1),
        )

    def _changed(self, act: Act, kinds: Sequence[str] = ()) -> Changed:
        file = act.file
        ready = reading.printable(file, act.operator.roles)
        return Changed(
            case=file.case,
            person=file.subjects.get("person", ""),
            slips=tuple(SlipRequest(file.case, kind) for kind in kinds if kind in ready),
        )
