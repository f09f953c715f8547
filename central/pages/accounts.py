"""Accounts as the centre itself uses them.

Who is an operator stands in the registry, his verifier in the table `operator`. Both are copied into the
table `staff`, in which a terminal keeps its accounts: so signing in, its lock-outs and the names in a history
are the same code here and there.
"""

from __future__ import annotations

import secrets
import threading
from collections.abc import Mapping, Set
from functools import cache
from typing import NamedTuple, cast

from central import passphrases
from central.centre import Centre
from central.registry import Operator as Registered
from kiosk.actions.act import Operator
from kiosk.errors import NotAllowed
from kiosk.model.text import say
from kiosk.store import staff
from kiosk.store.database import Store

KEEP = (
    "INSERT INTO staff (number, name, roles, verifier, failures) VALUES (?, ?, ?, ?, 0) "
    "ON CONFLICT (number) DO UPDATE SET name = excluded.name, roles = excluded.roles, "
    "failures = CASE WHEN staff.verifier = excluded.verifier THEN staff.failures ELSE 0 END, "
    "locked_until = CASE WHEN staff.verifier = excluded.verifier THEN staff.locked_until ELSE NULL END, "
    "verifier = excluded.verifier"
)


class Account(NamedTuple):
    """An operator at work, in the roles he has at this moment.

    `passphrase` names what is kept of the one he has now; one that `is_given` he must change.
    """

    operator: Operator
    passphrase: str
    is_given: bool


class Accounts:
    def __init__(self, centre: Centre) -> None:
        self.centre = centre
        self._copied: tuple[int, Mapping[str, str]] = (-1, {})  # of which `staff` is a copy
        self._given: Set[str] = frozenset()  # whose passphrase somebody else chose
        self._copying = threading.Lock()  # who read earlier must not write later

    def sign_in(self, number: str, passphrase: str) -> Account:
        """Raises NotAllowed: a wrong pair, an account that was closed, a lock-out."""
        number = number.replace("\0", "").strip().upper()[:40]
        account = self.find(number)  # before: the passphrase proves nothing of one that is set meanwhile
        staff.verify(cast(Store, self.centre.database), number, passphrase, self.centre.clock())
        if account is None:
            raise staff.WrongPair
        return account

    def find(self, number: str) -> Account | None:
        self.refresh()
        with self.centre.database.read() as connection:
            found = self.centre.registry(connection).operators.get(number)
        if found is None or found.dismissed or not found.roles:
            return None
        operator = Operator(found.number, found.name, found.roles, "")
        verifier = self._copied[1].get(number, "")
        return Account(operator, passphrases.name_of(verifier), number in self._given)

    def change(self, number: str, old: str, new: str, place: str, roles: Set[str] | None = None) -> str:
        """Another passphrase in the place of the old one; what is kept of it.

        `roles` are those of the terminal that asks. Raises InvalidInput for one that nobody may have,
        NotAllowed as `sign_in` does, and Refused where another was set meanwhile.
        A wrong old one counts so, too.
        """
        verifier = staff.verifier_of_another(old, new)
        with self.centre.database.read() as connection:
            before = passphrases.kept(connection, self.centre.office)
        with staff.asked_for_the_old():
            operator = self.sign_in(number, old).operator
        if roles is not None and roles.isdisjoint(operator.roles):
            raise NotAllowed(say("You have no account at this terminal."))
        passphrases.replace(self.centre, operator.number, before.get(operator.number), verifier, place)
        return verifier

    def refresh(self) -> None:
        """Copies what has changed since; a new passphrase ends a lock-out."""
        with self._copying:
            with self.centre.database.read() as connection:
                registry = self.centre.registry(connection)
                kept = passphrases.kept(connection, self.centre.office)
            if (registry.number, kept) == self._copied:
                return
            everybody = registry.operators.values()
            rows = [_row(one, kept.get(one.number)) for one in everybody]
            self.centre.database.transact(lambda connection: connection.executemany(KEEP, rows))
            self._given = {one.number for one in everybody if passphrases.is_given(one, kept.get(one.number))}
            self._copied = registry.number, kept


def _row(operator: Registered, kept: str | None) -> tuple[str, str, str, str]:
    """Of who was dismissed the name stays, for the histories; no passphrase opens the account."""
    verifier = _closed() if operator.dismissed or kept is None else kept
    return operator.number, operator.name, " ".join(operator.roles), verifier


@cache
def _closed() -> str:
    """The verifier of a passphrase that nobody knows: to make one takes a while."""
    return staff.verifier_of(secrets.token_hex(16))
