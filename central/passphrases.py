"""The passphrases of operators: verifiers in the table `operator`, and an entry of `admin` for each setting.

The entry says who set it, when and where, never what; it also brings terminals to come for the lists.
"""

from __future__ import annotations

import msgspec

from central.centre import Centre
from central.registry import Operator
from kiosk.errors import Refused
from kiosk.model.entries import ADMIN, Json
from kiosk.model.text import say
from kiosk.store.database import Connection

BROWSER = "browser"  # where one was set; else the code of a terminal, or "" at the command line
SET = "changed_passphrase"  # the kind of its entry


class Kept(msgspec.Struct, frozen=True):
    """What is kept of a passphrase, and since when (ISO 8601)."""

    verifier: str
    at: str


def kept(connection: Connection, office: str) -> dict[str, Kept]:
    """By staff number; of who was dismissed nothing is kept."""
    rows = connection.execute("SELECT number, verifier, changed FROM operator WHERE office = ?", (office,))
    return {number: Kept(verifier, at) for number, verifier, at in rows.fetchall()}


def is_given(operator: Operator, kept: Kept | None) -> bool:
    """Whether he is to choose another one: this one was given to him, or is an older one than he set last,
    because the centre was restored."""
    known = operator.passphrase
    return known is not None and (known.given or (kept is not None and kept.at != known.at))


def keep(
    connection: Connection, centre: Centre, number: str, verifier: str, *, given: bool
) -> dict[str, Json]:
    """Keeps what somebody else set for an operator; the registers that tell of it."""
    at = _now(centre)
    connection.execute(
        "INSERT INTO operator (office, number, verifier, changed) VALUES (?, ?, ?, ?) "
        "ON CONFLICT (office, number) DO UPDATE SET verifier = excluded.verifier, changed = excluded.changed",
        (centre.office, number, verifier, at),
    )
    return _told(at, "", given=given)


def replace(centre: Centre, number: str, before: Kept | None, verifier: str, place: str) -> None:
    """An operator's own doing. Raises Refused where another was set since `before`: that one stays."""

    def work(connection: Connection) -> None:
        at = _now(centre)
        replaced = connection.execute(
            "UPDATE operator SET verifier = ?, changed = ? WHERE office = ? AND number = ? AND verifier = ? "
            "RETURNING number",
            (verifier, at, centre.office, number, before.verifier if before else ""),
        ).fetchone()
        if replaced is None:
            raise Refused(say("Meanwhile this passphrase was changed elsewhere. Nothing was changed here."))
        values = _told(at, place, given=False)
        centre.write_admin(connection, f"operator:{number}", SET, values, number)

    centre.database.transact(work)
    centre.on_commit({ADMIN})


def _now(centre: Centre) -> str:
    return centre.clock().isoformat(timespec="milliseconds")


def _told(at: str, place: str, *, given: bool) -> dict[str, Json]:
    return {"passphrase": {"at": at, "place": place, "given": given}}
