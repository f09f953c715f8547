"""`Desk`: one terminal at work. The only thing that screens and commands know.

Reading gives plain data already limited to the operator's role; every writing call is one act in one
transaction, raises Refused, NotAllowed or InvalidInput with nothing written, and returns what changed.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec.structs import replace

from kiosk.actions import gate, reading, registering, settling, slips, twins, writing
from kiosk.actions.act import Operator
from kiosk.actions.showing import Showing
from kiosk.actions.standing import Seen, staff_names
from kiosk.errors import Refused
from kiosk.model.ask import Definitions, Mark
from kiosk.model.case import Changed
from kiosk.model.disputes import Dispute
from kiosk.model.entries import Json
from kiosk.model.slip import SLIP_KINDS, Slip
from kiosk.model.text import say
from kiosk.model.workflow import ActionDefinition, StageDefinition
from kiosk.store import blobs
from kiosk.store.memory import SqlMemory

if TYPE_CHECKING:
    from kiosk.printing.pages import Page


class Desk(Showing):
    """See the module. `terminal` is what commands may look into; screens do not.

    Who sits at it stands in `staff`, what one act is in `acting`, what it shows in `showing`.
    """

    # --- writing -------------------------------------------------------------------------------

    def open_case(self, operator: Operator, track: str, language: str) -> Changed:
        """A new case on a track, in the person's language; nothing about him is known yet."""
        with self._act(operator) as act:
            registering.open_case(act, track, language)
            return self._changed(act)

    def acknowledge_notice(
        self,
        operator: Operator,
        case: str,
        *,
        heard: bool = False,
        consents: Mapping[str, bool] | None = None,
    ) -> Changed:
        """The person pressed "I understand" on his own screen."""
        with self._act(operator, case) as act:
            registering.acknowledge_notice(act, self._definitions(act.file), heard, consents or {})
            return self._changed(act)

    def record(
        self,
        operator: Operator,
        case: str,
        answers: Mapping[str, Json],
        *,
        reason: str = "",
        second: Operator | None = None,
        overrides: Mapping[str, str] | None = None,
        seen: Seen | None = None,
    ) -> Changed:
        """Facts, the changed ones only; `overrides` is a supervisor's word for a failing check digit.

        `seen` are the entries that stood in each field when the author looked: raises Overtaken where another
        would be replaced. Without it he has looked just now.
        """
        with self._act(operator, case, second) as act:
            writing.record(
                act,
                self._definitions(act.file),
                answers,
                reason=reason,
                second=second,
                overrides=overrides,
                seen=seen,
            )
            return self._changed(act)

    def take_person(self, operator: Operator, case: str, person: str) -> Changed:
        """Ties the case to a person known from before."""
        with self._act(operator, case) as act:
            registering.take_known(act, self._definitions(act.file), "person", person)
            return self._changed(act)

    def take_guarantor(self, operator: Operator, case: str, guarantor: str) -> Changed:
        """An employer known from before is picked, not typed."""
        with self._act(operator, case) as act:
            registering.take_known(act, self._definitions(act.file), "guarantor", guarantor)
            return self._changed(act)

    def sight_paper(
        self, operator: Operator, case: str, stage: str, paper: str, sighted: bool = True
    ) -> Changed:
        with self._act(operator, case) as act:
            registering.sight_paper(act, stage, paper, sighted)
            return self._changed(act)

    def attach_paper(
        self, operator: Operator, case: str, stage: str, paper: str, data: bytes, kind: str
    ) -> Changed:
        """A copy of a paper; record and scan commit together."""
        with self._act(operator, case) as act:
            registering.attach_paper(act, stage, paper, data, kind)
            return self._changed(act)

    def reuse_paper(self, operator: Operator, case: str, stage: str, paper: str) -> Changed:
        """The copy of an earlier case of the same person serves again."""
        with self._act(operator, case) as act:
            registering.reuse_paper(act, stage, paper)
            return self._changed(act)

    def attach_portrait(self, operator: Operator, case: str, jpeg: bytes) -> Changed:
        with self._act(operator, case) as act:
            registering.attach_portrait(act, self._definitions(act.file), jpeg)
            return self._changed(act)

    def perform(
        self,
        operator: Operator,
        case: str,
        stage: str,
        action: str,
        *,
        answers: Mapping[str, Json] | None = None,
        items: Sequence[Mark] = (),
        reason: str = "",
        note: str = "",
        second: Operator | None = None,
        overrides: Mapping[str, str] | None = None,
        seen: Seen | None = None,
    ) -> Changed:
        """Takes an action of a stage (or of the whole case, stage "") with all that is entered with it.

        `seen` is of the answers, as for `record`.
        """
        with self._act(operator, case, second) as act:
            definitions = self._definitions(act.file)
            asked_stage, asked_action = _named(definitions, stage, action)
            ask = replace(
                writing.ask_for(act, definitions, second=second),
                stage=asked_stage,
                action=asked_action,
                items=tuple(items),
                reason=reason,
                note=note,
                final=True,
            )
            writing.perform(act, ask, answers or {}, second=second, overrides=overrides, seen=seen)
            return self._changed(act, asked_action.slips)

    def settle(
        self,
        operator: Operator,
        case: str,
        key: str,
        value: Json,
        reason: str,
        *,
        shown: Dispute | None = None,
    ) -> Changed:
        """Replaces unlike survivors by one value; of a stage or a guarded fact only a supervisor.

        Refused where another than the `shown` dispute stands now.
        """
        with self._act(operator, case) as act:
            settling.settle(act, self._definitions(act.file), key, value, reason, shown)
            return self._changed(act)

    def link_person(
        self, operator: Operator, case: str, person: str, reason: str, *, same: bool = True
    ) -> Changed:
        """Says that the case's person and another record are one, or that they are two after all."""
        with self._act(operator, case) as act:
            twins.set_link(act, person, reason, same=same)
            return self._changed(act)

    def park(self, operator: Operator, case: str, parked: bool = True) -> Changed:
        with self._act(operator, case) as act:
            if parked:
                gate.refuse_on_closed_case(act)
            act.write("case", "parked", {"parked_by": operator.number if parked else ""})
            return self._changed(act)

    # --- slips ---------------------------------------------------------------------------------

    def slip(self, operator: Operator, case: str, kind: str) -> Slip:
        """Everything that stands on a slip, as the case stands, with its seal."""
        self.refuse_who_is_out(operator)
        with self.terminal.store.read() as connection:
            memory = SqlMemory(connection)
            file, names = memory.file(case), staff_names(memory)
            portrait = file.peek("case.portrait")
            picture = blobs.get(connection, portrait) if portrait and kind == "permit" else None
        if kind not in reading.printable(file, operator.roles):
            raise Refused(say("This slip cannot be printed yet."))
        gate.refuse_to_seal(self.terminal, kind, self._definitions(file).track)
        return slips.fill(self.terminal, file, kind, operator, self.now(), picture, names)

    def slip_pdf(self, operator: Operator, case: str, kind: str) -> bytes:
        from kiosk.printing import render  # reportlab is slow to import; the first slip pays, not the start

        own = self.definitions(case)  # a form reads as it was filled in, whatever the pack says today
        pack = replace(
            self.pack, forms={**self.pack.forms, **own.forms}, codes={**self.pack.codes, **own.codes}
        )
        return render(self.slip(operator, case, kind), pack)

    def printed(self, operator: Operator, case: str, kind: str, *, reprint_reason: str = "") -> Changed:
        """Writes a print into the ledger; a second one of the same slip needs a reason."""
        with self._act(operator, case) as act:
            gate.refuse_to_seal(self.terminal, kind, self._definitions(act.file).track)
            registering.note_print(act, kind, slips.number_of(act.file, kind), reprint_reason)
            return self._changed(act)

    def spoiled(self, operator: Operator, case: str, print_id: str, reason: str) -> Changed:
        """A print that went wrong stays in the ledger, marked."""
        with self._act(operator, case) as act:
            registering.note_spoiled(act, print_id, reason)
            return self._changed(act)

    def pages(self, pdf: bytes, width: int, most: float) -> tuple[Page, ...]:
        """A slip's pages as pictures `width` pixels wide, of at most `most` dots an inch."""
        from kiosk.printing.pages import pages  # pdfium is loaded with the first preview

        return pages(pdf, width, most)

    def printer(self) -> str:
        """The name of the printer that slips go to; raises PrintError when none answers."""
        from kiosk.printing.printers import look

        return look(self.terminal.printer).name

    def print_pdf(self, pdf: bytes, kind: str, title: str) -> None:
        """Prints a slip of a kind and waits until it is out; raises PrintError when it is not.

        `title` is what the print system's queue shows: a number, never a name.
        """
        from kiosk.printing.printers import print_pdf

        print_pdf(pdf, self.terminal.printer, size=SLIP_KINDS[kind].size, title=title)

    def write_trust(self, path: Path) -> None:
        """The public keys and void numbers that `kiosk verify` needs."""
        self.terminal.trust().write(path)


def _named(
    definitions: Definitions, stage: str, action: str
) -> tuple[StageDefinition | None, ActionDefinition]:
    """The stage and the action of those names; raises Refused for any other."""
    stages = {known.key: known for known in definitions.track.stages}
    named = stages.get(stage)
    actions = named.actions if named else () if stage else definitions.track.case_actions
    found = next((known for known in actions if known.key == action), None)
    if found is None:
        raise Refused(say("This office's workflow has no action “{action}” here.", action=action))
    return named, found
