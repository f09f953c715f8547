"""The centre's recovery key: backups are sealed to its public half, which stands in the database.

The secret half is shown once, written down and kept away from the machine: a thief of a backup has nothing.
"""

from __future__ import annotations

from central.database import Database
from kiosk.store.database import Connection
from kiosk.store.exchange import known, remember, remember_once
from kiosk.store.keys import new_recovery

RECOVERY = "recovery"  # of the public half, in the table `identity`


def public(database: Database) -> bytes:
    """What backups are sealed to; of a centre that has a key (`make`)."""
    with database.read() as connection:
        found = known(connection, RECOVERY)
    assert found is not None
    return found


def is_made(database: Database) -> bool:
    """Whether this centre has a recovery key."""
    with database.read() as connection:
        return known(connection, RECOVERY) is not None


def make(database: Database) -> str:
    """The secret half of a recovery key that is made now; "" where the centre has one already."""
    secret, half = new_recovery()

    def made(connection: Connection) -> bool:
        remember_once(connection, {RECOVERY: half})
        return known(connection, RECOVERY) == half

    return secret if database.transact(made) else ""


def renew(database: Database) -> str:
    """The secret half of another recovery key; backups from before are opened by the one before."""
    secret, half = new_recovery()
    database.transact(lambda connection: remember(connection, {RECOVERY: half}))
    return secret


def shown(secret: str) -> str:
    """What is said once, where a key was made."""
    return f"The recovery key opens this centre's backups. Write it down, keep it away from here:\n{secret}"
