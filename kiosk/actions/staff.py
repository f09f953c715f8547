"""Signing in, and the accounts of this terminal's staff."""

from __future__ import annotations

import msgspec

from kiosk.actions.act import Operator
from kiosk.actions.terminal import Terminal
from kiosk.errors import KioskError, NotAllowed, Refused, StoreError
from kiosk.model.text import Text, say
from kiosk.store import staff
from kiosk.store.database import Connection
from kiosk.store.exchange import GIVEN, known, remember

RULE = staff.RULE  # for a passphrase that somebody chooses
CHOOSE_FIRST = say(
    "Somebody else knows this passphrase. Sign in with it yourself and choose another one first."
)


class Staff:
    """The part of a desk that knows who may sit at it."""

    def __init__(self, terminal: Terminal) -> None:
        self.terminal = terminal

    def sign_in(self, number: str, passphrase: str) -> Operator:
        """Raises NotAllowed for a wrong pair, a lock-out or a lease that ran out."""
        row = staff.verify(self.terminal.store, number.strip().upper(), passphrase, self.terminal.clock())
        self.terminal.follow_pack()  # nobody is at work now: a new pack may take over
        return Operator(row.number, row.name, row.roles, self.terminal.window)

    def must_change(self, operator: Operator) -> bool:
        """Whether somebody else knows his passphrase, as the centre says."""
        with self.terminal.store.read() as connection:
            return operator.number in _given(connection)

    def change_passphrase(self, operator: Operator, old: str, new: str) -> None:
        """His own, at the centre where that keeps the accounts; the new one counts here at once.

        Raises InvalidInput for one that nobody may have, NotAllowed or Refusal for a wrong old one, Refused
        without a line (nothing is changed then), Unanswered where only the next exchange tells which counts.
        """
        self.refuse_who_is_out(operator)
        store = self.terminal.store
        if self.has_joined():
            verifier = self._changed_at_centre(operator.number, old, new)
        else:
            verifier = staff.verifier_of_another(old, new)
            with staff.asked_for_the_old():
                staff.verify(store, operator.number, old, self.terminal.clock())
        try:
            with store.write() as connection:
                staff.set_verifier(connection, operator.number, verifier)
                if operator.number in (given := _given(connection)):
                    remember(connection, {GIVEN: msgspec.json.encode(sorted(given - {operator.number}))})
        except StoreError as error:
            if not self.has_joined():
                raise
            raise KioskError(
                say("The new passphrase counts, but here only after the next exchange: {why}", why=error.text)
            ) from error

    def _changed_at_centre(self, number: str, old: str, new: str) -> str:
        """What is kept of the new one."""
        from kiosk.actions.line import open_client  # most sign-ins need no line
        from kiosk.sync.refusals import Unreachable

        found = open_client(self.terminal.store, self.terminal.clock)
        assert found is not None, "it has joined"
        client, _ = found
        try:
            return client.passphrase(number, old, new)
        except Unreachable as error:
            raise Refused(
                say(
                    "The central system keeps the passphrases, and it cannot be reached now. "
                    "Nothing was changed. Try again when this terminal is connected."
                )
            ) from error
        finally:
            client.close()

    def has_staff(self) -> bool:
        with self.terminal.store.read() as connection:
            return connection.execute("SELECT 1 FROM staff LIMIT 1").fetchone() is not None

    def has_joined(self) -> bool:
        """Whether an office's central system keeps the accounts of this terminal."""
        with self.terminal.store.read() as connection:
            return known(connection, "centre/url") is not None

    def why_out(self, operator: Operator) -> Text | None:
        """Why who is signed in may go on no longer: dismissed, other roles, a lease that ran out."""
        terminal = self.terminal
        return staff.why_out(terminal.store, operator.number, operator.roles, terminal.clock())

    def refuse_who_is_out(self, *operators: Operator | None) -> None:
        """Raises NotAllowed."""
        for operator in operators:
            why = self.why_out(operator) if operator is not None else None
            if why is not None:
                raise NotAllowed(why)

    def add_staff(
        self, number: str, name: str, roles: tuple[str, ...], passphrase: str, by: Operator | None = None
    ) -> Operator:
        """A new account. The first one is a supervisor and needs nobody; later ones need a supervisor.

        Where a central system keeps the accounts there is no first one: who was dismissed would be in again.
        """
        if by is None and self.has_joined():
            raise NotAllowed(say("The central system keeps the accounts of this terminal."))
        if (by is None and self.has_staff()) or (by is not None and "supervisor" not in by.roles):
            raise NotAllowed(say("Only a supervisor adds accounts."))
        if by is None and "supervisor" not in roles:
            raise Refused(say("The first account is a supervisor's."))
        with self.terminal.store.write() as connection:
            staff.add(connection, number.strip().upper(), name.strip(), roles, passphrase)
        return Operator(number.strip().upper(), name.strip(), roles, self.terminal.window)


def _given(connection: Connection) -> set[str]:
    return set(msgspec.json.decode(known(connection, GIVEN) or b"[]", type=list[str]))
