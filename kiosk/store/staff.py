"""Who may sign in at this terminal: staff numbers, roles and the verifiers of passphrases (Argon2id)."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from functools import cache
from math import ceil
from typing import TYPE_CHECKING

import msgspec

from kiosk.errors import InvalidInput, NotAllowed
from kiosk.model.text import Text, say
from kiosk.store import exchange, leases
from kiosk.store.database import Connection, Store

if TYPE_CHECKING:
    from argon2 import PasswordHasher

SHORTEST, LONGEST = 8, 200  # characters of a passphrase
DIFFERENT = 2  # of them, at least, that are no blanks
RULE = say("A passphrase has {shortest} to {longest} characters.", shortest=SHORTEST, longest=LONGEST)
FREE_TRIES = 3  # after so many wrong passphrases each further one costs a wait that doubles
FIRST_WAIT, LONGEST_WAIT = timedelta(seconds=30), timedelta(hours=1)

LEASE_OVER = say(
    "You were signed in without the central system for too long. "
    "Connect the terminal, and see that its clock is right."
)
DAMAGED = say(
    "What is kept of your passphrase cannot be read: it is damaged, or of a newer program. "
    "Ask the administrator for a new passphrase."
)


class WrongPair(NotAllowed):
    """It is not said which of both is wrong, nor whether there is such a number."""

    def __init__(self) -> None:
        super().__init__(say("The staff number or the passphrase is wrong."))


class Staff(msgspec.Struct, frozen=True):
    number: str
    name: str
    roles: tuple[str, ...]


@cache
def default_hasher() -> PasswordHasher:
    """Argon2id as RFC 9106 proposes it for machines with little memory."""
    from argon2 import PasswordHasher

    return PasswordHasher()


def add(connection: Connection, number: str, name: str, roles: Sequence[str], passphrase: str) -> Staff:
    """A new member of staff. Raises InvalidInput for a taken number or a passphrase that is too short."""
    number = number.strip()
    if not number or not name.strip():
        raise InvalidInput(say("A staff number and a name are needed."))
    if connection.execute("SELECT 1 FROM staff WHERE number = ?", (number,)).fetchone():
        raise InvalidInput(say("The staff number {number} is taken.", number=number))
    connection.execute(
        "INSERT INTO staff (number, name, roles, verifier, failures) VALUES (?, ?, ?, ?, 0)",
        (number, name.strip(), " ".join(roles), verifier_of(passphrase)),
    )
    return Staff(number, name.strip(), tuple(roles))


def set_verifier(connection: Connection, number: str, verifier: str) -> None:
    """A new passphrase counts from now on, and a lock-out ends."""
    connection.execute(
        "UPDATE staff SET verifier = ?, failures = 0, locked_until = NULL WHERE number = ?",
        (verifier, number.strip()),
    )


def verifiers(connection: Connection) -> dict[str, str]:
    """What is kept of passphrases, by staff number."""
    return dict(connection.execute("SELECT number, verifier FROM staff").fetchall())


def verify(store: Store, number: str, passphrase: str, now: datetime) -> Staff:
    """The member of staff who signs in; `now` has a time zone. Raises NotAllowed: a wrong pair, a lock-out, a
    lease that is over, an account whose verifier nobody can read.

    Takes the store, not a connection: a wrong passphrase is counted and committed although it raises,
    and the slow hash must not hold up other writers.
    """
    from argon2.exceptions import VerificationError, VerifyMismatchError

    number, hasher = number.strip(), default_hasher()
    with store.read() as connection:
        row = connection.execute(
            "SELECT name, roles, verifier, lease_until, failures, locked_until FROM staff WHERE number = ?",
            (number,),
        ).fetchone()
    if row is None:
        hasher.hash(passphrase)  # as slow as a known number, which therefore cannot be told from it
        raise WrongPair
    name, roles, verifier, lease_until, failures, locked_until = row
    if locked_until:
        wait = datetime.fromisoformat(locked_until) - now
        if timedelta(0) < wait <= LONGEST_WAIT:  # a longer one comes from a clock that was set back
            raise NotAllowed(
                say(
                    "Too many wrong passphrases. Try again in {seconds} seconds.",
                    seconds=ceil(wait.total_seconds()),
                )
            )
    try:
        hasher.verify(verifier, _normal(passphrase))
    except VerifyMismatchError as error:
        _count_failure(store, number, now)
        raise WrongPair from error
    except (VerificationError, ValueError) as error:  # nobody guessed: it does not count
        raise NotAllowed(DAMAGED) from error
    if lease_until and datetime.fromisoformat(lease_until) < leases.time(store, now):
        raise NotAllowed(LEASE_OVER)
    if failures:
        with store.write() as connection:
            connection.execute(
                "UPDATE staff SET failures = 0, locked_until = NULL WHERE number = ?", (number,)
            )
    return Staff(number, name, tuple(roles.split()))


def why_out(store: Store, number: str, roles: Sequence[str], now: datetime) -> Text | None:
    """Why somebody who signed in may not go on; None while he may, and where no centre ever kept accounts."""
    with store.read() as connection:
        rows = connection.execute(
            "SELECT number, roles, lease_until FROM staff WHERE lease_until IS NOT NULL"
        ).fetchall()
        is_centres = exchange.known(connection, exchange.ACCOUNTS) is not None
    if not rows and not is_centres:
        return None
    own = next(((held.split(), until) for known, held, until in rows if known == number), None)
    if own is None:
        return say("The central system has no account for you at this terminal any more.")
    if not {*roles} <= {*own[0]}:
        return say("Your roles have changed. Sign in again.")
    return LEASE_OVER if datetime.fromisoformat(own[1]) < leases.time(store, now) else None


def _count_failure(store: Store, number: str, now: datetime) -> None:
    """Counts in the store itself: of many guesses at once each is one."""
    with store.write() as connection:
        counted = connection.execute(
            "UPDATE staff SET failures = failures + 1 WHERE number = ? RETURNING failures", (number,)
        ).fetchone()
        if counted and counted[0] >= FREE_TRIES:
            doubled = min(counted[0] - FREE_TRIES, 20)
            locked = (now + min(FIRST_WAIT * 2**doubled, LONGEST_WAIT)).isoformat()
            connection.execute("UPDATE staff SET locked_until = ? WHERE number = ?", (locked, number))


@contextmanager
def asked_for_the_old() -> Iterator[None]:
    """Whoever changes his passphrase typed no number: with a wrong pair the passphrase is what is wrong."""
    try:
        yield
    except WrongPair as error:
        raise NotAllowed(say("The passphrase until now is wrong.")) from error


def _normal(passphrase: str) -> str:
    """The same passphrase typed on another keyboard gives the same bytes (NIST SP 800-63B)."""
    return unicodedata.normalize("NFKC", passphrase)


def verifier_of(passphrase: str) -> str:
    """What is kept of a passphrase. Raises InvalidInput for one that is too short, or no secret at all."""
    if not SHORTEST <= len(passphrase) <= LONGEST:
        raise InvalidInput(RULE)
    if len({one for one in _normal(passphrase) if not one.isspace()}) < DIFFERENT:
        raise InvalidInput(
            say("A passphrase of one character only, or of none, is no secret. Choose another one.")
        )
    return default_hasher().hash(_normal(passphrase))


def verifier_of_another(old: str, new: str) -> str:
    """What is kept of the passphrase that somebody chooses in place of his old one. Raises InvalidInput."""
    if _normal(old) == _normal(new):
        raise InvalidInput(say("This is the old passphrase. Choose another one."))
    return verifier_of(new)
