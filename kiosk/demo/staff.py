"""The accounts of the demo, from `assets/demo/staff.yaml` of the sample pack."""

from __future__ import annotations

from collections.abc import Iterable

from kiosk.actions.act import Operator
from kiosk.actions.desk import Desk
from kiosk.definitions import Account


def employ(desk: Desk, staff: Iterable[Account]) -> dict[str, Operator]:
    """Makes the accounts, the supervisor first; returns the operators by number."""
    made: dict[str, Operator] = {}
    boss: Operator | None = None
    for account in sorted(staff, key=lambda account: "supervisor" not in account.roles):
        made[account.number] = desk.add_staff(
            account.number, account.name, account.roles, account.passphrase, by=boss
        )
        boss = boss or made[account.number]
    return made
