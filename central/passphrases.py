"""The passphrases of operators: verifiers in the table `operator`, and an entry of `admin` for each setting.

The entry says who set it, when and where, never what: it names the verifier by its SHA-256, which tells
nobody anything, for that has a random salt. It also brings terminals to come for the lists.
"""

from __future__ import annotations

from collections.abc import Iterable

from central.centre import Centre
from central.registry import Operator
from kiosk.definitions.bundle import digest_of
from kiosk.errors import Refused
from kiosk.model.entries import ADMIN, Json
from kiosk.model.text import say
from kiosk.store.database import Connection

BROWSER = "browser"  # where one was set; else the code of a terminal, or "" at the command line
SET = "changed_passphrase"  # the kind of its entry


def kept(connection: Connection, office: str) -> dict[str, str]:
    """The verifiers by staff number; of who was dismissed nothing is kept."""
    rows = connection.execute("SELECT number, verifier FROM operator WHERE office = ?", (office,))
    return dict(rows.fetchall())


def is_given(operator: Operator, verifier: str | None) -> bool:
    """Whether he is to choose another one: this one was given to him, or is an older one than he set last,
    because the centre was restored."""
    known = operator.passphrase
    return known is not None and (
        known.given or (verifier is not None and name_of(verifier) != known.verifier)
    )


def name_of(verifier: str) -> str:
    """What the journal calls it by: its SHA-256."""
    return digest_of(verifier.encode())


def keep(
    connection: Connection, centre: Centre, number: str, verifier: str, *, given: bool
) -> dict[str, Json]:
    """Keeps what somebody else set for an operator; the registers that tell of it."""
    at = _now(centre)
    _set(connection, centre.office, number, verifier, at)
    return _told(at, "", verifier, given=given)


def replace(centre: Centre, number: str, before: str | None, verifier: str, place: str) -> None:
    """An operator's own doing. Raises Refused where another was set since `before`: that one stays."""

    def work(connection: Connection) -> None:
        at = _now(centre)
        replaced = connection.execute(
            "UPDATE operator SET verifier = ?, changed = ? WHERE office = ? AND number = ? AND verifier = ? "
            "RETURNING number",
            (verifier, at, centre.office, number, before or ""),
        ).fetchone()
        if replaced is None:
            raise Refused(say("Meanwhile this passphrase was changed elsewhere. Nothing was changed here."))
        values = _told(at, place, verifier, given=False)
        centre.write_admin(connection, f"operator:{number}", SET, values, number)

    centre.database.transact(work)
    centre.on_commit({ADMIN})


def _now(centre: Centre) -> str:
    return centre.clock().isoformat(timespec="milliseconds")


def _told(at: str, place: str, verifier: str, *, given: bool) -> dict[str, Json]:
    told = {"at": at, "place": place, "given": given, "verifier": name_of(verifier)}
    return {"passphrase": told}


def lost(connection: Connection, office: str, operators: Iterable[Operator]) -> dict[str, Operator]:
    """By its SHA-256 each verifier that is not here, since the centre was restored, and whose it is."""
    here = {number: name_of(one) for number, one in kept(connection, office).items()}
    return {
        one.passphrase.verifier: one
        for one in operators
        if one.passphrase and one.passphrase.verifier and not one.dismissed
        if one.passphrase.verifier != here.get(one.number)
    }


def take_back(connection: Connection, office: str, whose: Operator, verifier: str) -> None:
    """Keeps a verifier that was lost."""
    assert whose.passphrase is not None
    _set(connection, office, whose.number, verifier, whose.passphrase.at)


def _set(connection: Connection, office: str, number: str, verifier: str, at: str) -> None:
    connection.execute(
        "INSERT INTO operator (office, number, verifier, changed) VALUES (?, ?, ?, ?) "
        "ON CONFLICT (office, number) DO UPDATE SET verifier = excluded.verifier, changed = excluded.changed",
        (office, number, verifier, at),
    )
