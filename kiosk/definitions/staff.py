"""The invented accounts of the demo (`assets/demo/staff.yaml`); a real office has none in its pack."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path

import msgspec

from kiosk.definitions.building import Builder
from kiosk.definitions.findings import Report, unreadable
from kiosk.definitions.lines import Mapped, Place, Unreadable, read_yaml
from kiosk.model.text import say

FILE = "assets/demo/staff.yaml"


class Account(msgspec.Struct, frozen=True):
    """Somebody who may sign in to the demo. `passphrase` is printed there, and of use nowhere else."""

    number: str
    name: str
    roles: tuple[str, ...]
    passphrase: str


def read_staff(
    folder: Path, roles: Collection[str] = (), report: Report | None = None
) -> tuple[Account, ...]:
    """The demo's accounts, none where the file is missing; what is wrong with them goes into the report."""
    report = report or Report()
    if not (folder / FILE).is_file():
        return ()
    try:
        node = read_yaml(folder / FILE, FILE)
    except Unreadable as error:
        report.add(error.place, *unreadable(error))
        return ()
    build = Builder(report)
    items = node.get("staff") if isinstance(node, Mapped) else None
    accounts = build.each(items, Place(FILE, 1), lambda n, p: build.make(Account, n, p))
    for account in accounts:
        for number, role in enumerate(account.roles if roles else ()):
            if role not in roles:
                report.unknown(report.place(account, "roles", number), say("role"), role, roles)
    return accounts
