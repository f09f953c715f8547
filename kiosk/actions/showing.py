"""What a desk shows: plain data, already limited to the operator's role."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from datetime import date

import msgspec

from kiosk.actions import lists, reading, registering, twins, writing
from kiosk.actions.act import Act, Operator
from kiosk.actions.acting import Acting
from kiosk.errors import BrokenJournal, KioskError, NotAllowed, Refused
from kiosk.model.ask import Ask, Definitions
from kiosk.model.case import (
    ActionView,
    CaseRow,
    CaseView,
    GuarantorRow,
    PersonRow,
    Record,
)
from kiosk.model.disputes import Dispute
from kiosk.model.entries import ACCESS, Json
from kiosk.model.guards import latest_end
from kiosk.model.proposals import PROPOSALS
from kiosk.model.text import Text, say
from kiosk.store import blobs
from kiosk.store.memory import SqlMemory

PERSON_FIELDS = ("person.document_number", "person.nrc", "person.phone")
READ_FIELDS = (*PERSON_FIELDS, "lodging.address")


class Showing(Acting):
    """The part of a desk that is looked at. It writes drafts, and who opened whose data."""

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

    def blob(self, reference: Json) -> bytes | None:
        """A picture or copy, decrypted; None while it is on its way here, and where it cannot be read."""
        with self.terminal.store.read() as connection, suppress(BrokenJournal):
            return blobs.get(connection, reference)
        return None

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
