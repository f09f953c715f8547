"""The accounts of the demo, from `assets/demo/staff.yaml` of the sample pack."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from ruamel.yaml import YAML

from kiosk.actions.act import Operator
from kiosk.actions.desk import Desk


@dataclass(frozen=True)
class Account:
    number: str
    name: str
    roles: tuple[str, ...]
    passphrase: str


def accounts(pack: Path) -> tuple[Account, ...]:
    """The sample pack's accounts; passphrases are public and never fit for a real terminal."""
    read = YAML(typ="safe").load((pack / "assets" / "demo" / "staff.yaml").read_text("utf-8"))
    return tuple(Account(a["number"], a["name"], tuple(a["roles"]), a["passphrase"]) for a in read["staff"])


def employ(desk: Desk, staff: tuple[Account, ...]) -> dict[str, Operator]:
    """Makes the accounts, the supervisor first; returns the operators by number."""
    ordered = sorted(staff, key=lambda account: "supervisor" not in account.roles)
    made: dict[str, Operator] = {}
    boss: Operator | None = None
    for account in ordered:
        made[account.number] = desk.add_staff(
            account.number, account.name, account.roles, account.passphrase, by=boss
        )
        boss = boss or made[account.number]
    return made
