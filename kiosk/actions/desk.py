"""`Desk`: one terminal at work. The only thing that screens and commands know.

Reading gives plain data already limited to the operator's role; every writing call is one act in one
transaction, raises Refused, NotAllowed or InvalidInput with nothing written, and returns what changed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING

import msgspec

from kiosk.actions import gate, lists, reading, registering, settling, slips, twins, writing
from kiosk.actions.act import Act, Operator
from kiosk.actions.staff import Staff
from kiosk.actions.terminal import Terminal
from kiosk.errors import KioskError, NotAllowed, Refused
from kiosk.logs import log
from kiosk.model.ask import Ask, Definitions, Mark
from kiosk.model.case import (
    ActionView,
    CaseRow,
    CaseView,
    Changed,
    GuarantorRow,
    PersonRow,
    Record,
    SlipRequest,
)
from kiosk.model.disputes import Dispute
from kiosk.model.entries import ACCESS, Json
from kiosk.model.file import CaseFile
from kiosk.model.guards import latest_end
from kiosk.model.office import OfficePack
from kiosk.model.proposals import PROPOSALS
from kiosk.model.slip import SLIP_KINDS, Slip
from kiosk.model.text import Text, Translator, say
from kiosk.model.workflow import ActionDefinition, StageDefinition
from kiosk.store import blobs
from kiosk.store.views import SqlMemory

if TYPE_CHECKING:
    from kiosk.printing.pages import Page

PERSON_FIELDS = ("person.document_number", "person.nrc", "person.phone")
READ_FIELDS = (*PERSON_FIELDS, "lodging.address")


class Desk(Staff):
    """See the module. `terminal` is what commands may look into; screens do not."""

    def __init__(self, terminal: Terminal) -> None:
        super().__init__(terminal)
        self.on_commit: list[Callable[[], None]] = []  # who hears that something was written here

    # --- the office ----------------------------------------------------------------------------

    @property
    def pack(self) -> OfficePack:
        return self.terminal.pack

    def now(self) -> datetime:
        return self.terminal.clock()

    def today(self) -> date:
        return self.now().date()

    def translator(self, language: str) -> Translator:
        return self.pack.translators.get(language) or Translator(language, {})

    # --- reading -------------------------------------------------------------------------------

    def counts(self, operator: Operator) -> Mapping[str, int]:
        """How many cases stand in each list of the rail: waiting, returned, due, ready, parked."""
        with self.terminal.store.read() as connection:
            return lists.counts(connection, operator, self.today())

    def work_list(self, operator: Operator, which: str = "waiting", limit: int = 200) -> list[CaseRow]:
        """One list of the rail, sorted by what runs out first."""
        with self.terminal.store.read() as connection:
            return lists.work_list(self.terminal, connection, operator, which, self.today(), limit)

    def find(self, operator: Operator, text: str, limit: int = 20) -> list[CaseRow]:
        """Cases by any part of a name in any script, a document number or the number on a slip."""
        with self.terminal.store.read() as connection:
            return lists.find(self.terminal, connection, operator, text, self.today(), limit)

    def find_person(self, document_number: str, issuer: str = "") -> PersonRow | None:
        """The person registered with a document, with his cases."""
        with self.terminal.store.read() as connection:
            return lists.find_person(self.terminal, connection, document_number, issuer, self.today())

    def guarantors(self, text: str, limit: int = 20) -> list[GuarantorRow]:
        """Employers and owners known from before."""
        with self.terminal.store.read() as connection:
            return lists.guarantors(connection, text, limit)

    def case(self, operator: Operator, case: str, *, opened: bool = True) -> CaseView:
        """A case as one page. `opened` leaves an entry saying who opened personal data; a refresh, none."""
        with self.terminal.store.read() as connection:
            memory = SqlMemory(connection)
            file = memory.file(case)
            if not file.states["case"].registers:
                raise Refused(say("There is no such case."))
            view = reading.case_view(self.terminal, memory, file, operator, self.now())
        if opened:
            self.note_opening(operator, case)
        return view

    def note_opening(self, operator: Operator, case: str) -> None:
        """Who opened which personal data, in the stream that is never replayed."""
        with self._act(operator, case, only_looks=True) as act:
            act.note_reading(READ_FIELDS)

    def dispute(self, operator: Operator, case: str, key: str) -> Dispute | None:
        """What waits to be settled, side by side; None when nothing does."""
        with self.terminal.store.read() as connection:
            memory = SqlMemory(connection)
            file = memory.file(case)
            return reading.looking(self.terminal, memory, file, operator).dispute(file, key)

    def records(self, operator: Operator, case: str) -> tuple[Record, ...]:
        """The record of the case's person and all that may be of the same person, side by side.

        Who looks at the others' data leaves an entry for each.
        """
        if not {*twins.COMPARE} & {*operator.roles}:
            raise NotAllowed(say("This belongs to the reception."))
        with self.terminal.store.read() as connection:
            memory = SqlMemory(connection)
            looking = reading.looking(self.terminal, memory, memory.file(case), operator)
            found = twins.records(
                looking,
                memory.file(case),
                lambda cases: lists.rows_of(self.terminal, connection, operator, cases, self.today()),
            )
        with self._act(operator, case) as act:
            for record in found[1:]:
                act.write_to(record.person, "read", {}, note={"fields": list(PERSON_FIELDS)}, stream=ACCESS)
        return found

    def proposals(self, operator: Operator, case: str, answers: Mapping[str, Json]) -> Mapping[str, Json]:
        """What the fields' rules propose, given the file and what is being typed: field key -> value."""
        with self.terminal.store.read() as connection:
            file = SqlMemory(connection).file(case)
        definitions = self._definitions(file)
        ask = Ask(self.pack, definitions, operator.number, operator.roles, self.now())
        facts = {**file.facts(), **answers}
        found = {}
        for form in definitions.forms.values():
            for field in form.fields:
                hidden = not reading.may_see(operator.roles, field.subject)
                if field.propose in PROPOSALS and facts.get(field.key) is None and not hidden:
                    value = PROPOSALS[field.propose](file, facts, ask)
                    if value is not None:
                        found[field.key] = facts[field.key] = value
        return found

    def actions(
        self,
        operator: Operator,
        case: str,
        answers: Mapping[str, Json],
        sighted: Sequence[tuple[str, str]] = (),
    ) -> tuple[ActionView, ...]:
        """The actions as they would stand if `answers` were recorded and these papers (stage, paper) seen.

        Nothing is written: a screen asks while a form is being filled in.
        """
        with self.terminal.store.read() as connection:
            act = Act(self.terminal, connection, operator, now=self.now())
            definitions = self._definitions(act.load(case))
            with suppress(KioskError):  # what the desk would refuse to record opens no action either
                writing.record(act, definitions, answers)
                for stage, paper in sighted:
                    registering.sight_paper(act, stage, paper, True)
            return reading.action_views(act.file, writing.ask_for(act, definitions))

    def permit_bound(self, operator: Operator, case: str, start: date) -> tuple[date, Text]:
        """The last day a permit from `start` may have, and the bound that sets it."""
        with self.terminal.store.read() as connection:
            file = SqlMemory(connection).file(case)
        ask = Ask(self.pack, self._definitions(file), operator.number, operator.roles, self.now())
        return latest_end(file, ask, start)

    def definitions(self, case: str) -> Definitions:
        """The track, forms and code lists this case goes by for its whole life."""
        with self.terminal.store.read() as connection:
            return self._definitions(SqlMemory(connection).file(case))

    def _definitions(self, file: CaseFile) -> Definitions:
        return self.terminal.definitions_of(file)

    def blob(self, reference: Mapping[str, str]) -> bytes | None:
        """A picture or copy, decrypted; None while it is on its way here."""
        with self.terminal.store.read() as connection:
            return blobs.get(connection, reference)

    # --- drafts --------------------------------------------------------------------------------

    def save_draft(self, operator: Operator, key: str, raw: Mapping[str, str]) -> None:
        """Keeps an unfinished form as it is; private to the operator, never synced."""
        with self.terminal.store.write() as connection:
            connection.execute(
                "INSERT INTO draft (operator, key, body, saved) VALUES (?, ?, ?, ?) "
                "ON CONFLICT (operator, key) DO UPDATE SET body = excluded.body, saved = excluded.saved",
                (operator.number, key, msgspec.json.encode(dict(raw)), self.now().isoformat()),
            )

    def draft(self, operator: Operator, key: str) -> dict[str, str]:
        with self.terminal.store.read() as connection:
            row = connection.execute(
                "SELECT body FROM draft WHERE operator = ? AND key = ?", (operator.number, key)
            ).fetchone()
        return msgspec.json.decode(row[0], type=dict[str, str]) if row else {}

    def drop_draft(self, operator: Operator, key: str) -> None:
        with self.terminal.store.write() as connection:
            connection.execute("DELETE FROM draft WHERE operator = ? AND key = ?", (operator.number, key))

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
    ) -> Changed:
        """Facts, the changed ones only; `overrides` is a supervisor's word for a failing check digit."""
        with self._act(operator, case, second) as act:
            writing.record(
                act, self._definitions(act.file), answers, reason=reason, second=second, overrides=overrides
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
    ) -> Changed:
        """Takes an action of a stage (or of the whole case, stage "") with all that is entered with it."""
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
            writing.perform(act, ask, answers or {}, second=second, overrides=overrides)
            return self._changed(act, asked_action.slips)

    def settle(self, operator: Operator, case: str, key: str, value: Json, reason: str) -> Changed:
        """Replaces unlike survivors by one value; of a stage or a guarded fact only a supervisor."""
        with self._act(operator, case) as act:
            settling.settle(act, self._definitions(act.file), key, value, reason)
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
        """Everything that stands on a slip, as the case stands."""
        with self.terminal.store.read() as connection:
            memory = SqlMemory(connection)
            file, names = memory.file(case), reading.staff_names(memory)
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

    # --- one act -------------------------------------------------------------------------------

    @contextmanager
    def _act(
        self, operator: Operator, case: str = "", second: Operator | None = None, *, only_looks: bool = False
    ) -> Iterator[Act]:
        """One act in one transaction: committed when the block ends, gone when it raises."""
        began = perf_counter()
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
