"""The accounts of the office, as the centre itself uses them.

Who is an operator stands in the registry, his verifier in the table `operator`. Both are copied into the
table `staff`, in which a terminal keeps its accounts: so signing in, its lock-outs and the names in a history
are the same code here and there.
"""

from __future__ import annotations

import secrets
from typing import cast

from central.centre import Centre
from central.registry import Operator as Registered
from kiosk.actions.act import Operator
from kiosk.errors import NotAllowed
from kiosk.model.text import say
from kiosk.store import staff
from kiosk.store.database import Connection, Store

KEEP = (
    "INSERT INTO staff (number, name, roles, verifier, failures) VALUES (?, ?, ?, ?, 0) "
    "ON CONFLICT (number) DO UPDATE SET name = excluded.name, roles = excluded.roles, "
    "failures = CASE WHEN staff.verifier = excluded.verifier THEN staff.failures ELSE 0 END, "
    "locked_until = CASE WHEN staff.verifier = excluded.verifier THEN staff.locked_until ELSE NULL END, "
    "verifier = excluded.verifier"
)


class Accounts:
    def __init__(self, centre: Centre) -> None:
        self.centre = centre
        self._copied = -1  # the number of the feed `admin` up to which `staff` is a copy

    def sign_in(self, number: str, passphrase: str) -> Operator:
        """Raises NotAllowed: a wrong pair, an account that was closed, a lock-out."""
        self.refresh()
        store = cast(Store, self.centre.database)
        row = staff.verify(store, number.strip().upper()[:40], passphrase, self.centre.clock())
        operator = self.find(row.number)
        if operator is None:
            raise NotAllowed(say("The staff number or the passphrase is wrong."))
        return operator

    def find(self, number: str) -> Operator | None:
        """An operator at work, in the roles he has at this moment."""
        with self.centre.database.read() as connection:
            found = self.centre.registry(connection).operators.get(number)
        if found is None or found.dismissed or not found.roles:
            return None
        return Operator(found.number, found.name, found.roles, "")

    def refresh(self) -> None:
        """Copies what has changed since; a new passphrase ends a lock-out."""
        with self.centre.database.read() as connection:
            registry = self.centre.registry(connection)
            if registry.number == self._copied:
                return
            verifiers = _verifiers(connection, self.centre.office)
        rows = [_row(one, verifiers.get(one.number, "")) for one in registry.operators.values()]
        self.centre.database.transact(lambda connection: connection.executemany(KEEP, rows))
        self._copied = registry.number


def _verifiers(connection: Connection, office: str) -> dict[str, str]:
    rows = connection.execute("SELECT number, verifier FROM operator WHERE office = ?", (office,))
    return dict(rows.fetchall())


def _row(operator: Registered, verifier: str) -> tuple[str, str, str, str]:
    """Of who was dismissed the name stays, for the histories; no passphrase opens the account."""
    if operator.dismissed or not verifier:
        verifier = staff.verifier_of(secrets.token_hex(16))
    return operator.number, operator.name, " ".join(operator.roles), verifier
