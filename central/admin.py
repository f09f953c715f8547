"""What an administrator does: invites terminals and revokes them, appoints operators and dismisses them.

Each is one transaction that writes the stream `admin`; a server that runs beside notices by itself.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from datetime import timedelta

import msgspec
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from central import feed, passphrases, quarantine
from central.accepting import Arrived, name_of
from central.accepting import acts as by_act
from central.centre import Centre
from central.checking import Place, Wrong
from central.invitations import digest, good
from central.registry import LEASE_DAYS, RELEASED, Member
from kiosk.actions.terminal import ALPHABET, chance
from kiosk.errors import InvalidInput, Refused
from kiosk.model.entries import ACCESS, ADMIN, HEALTH, OFFICE, Json
from kiosk.model.fields import FIELD_TYPES
from kiosk.model.parsed import Context
from kiosk.model.text import Text, say
from kiosk.store import staff
from kiosk.store.database import Connection
from kiosk.store.journal import entry_of
from kiosk.sync.answers import Centre as Named
from kiosk.sync.answers import Enrolled

FACES = ("counter", "selfservice")
SECRET = 26  # characters of an invitation's secret
INVITED_DAYS = 7
NOT_ITS_OWN = say("The terminal does not prove that its key is its own.")
CODE = re.compile(rf"[{ALPHABET}]{{4}}")
LONGEST_NAME = 60
LONGEST_LEASE = 90  # days that who was dismissed may still sign in where the centre is not heard of


class Asked(msgspec.Struct, frozen=True):
    """What a terminal tells of itself: raw Ed25519 public keys in hex, and a proof that `key` is its own.

    `proof` signs the invitation's secret; of a successor, the name of the terminal that it follows.
    """

    key: str
    seal: str
    code: str
    proof: str
    secret: str = ""
    version: str = ""


def invite(centre: Centre, name: str, face: str, departments: Sequence[str]) -> str:
    """The secret of a new invitation, for one terminal, once. Raises InvalidInput."""
    known = centre.pack.office.departments
    if face not in FACES:
        raise InvalidInput(say("A face is one of: {faces}", faces=", ".join(FACES)))
    unknown = [department for department in departments if department not in known]
    if face == "selfservice" and departments:
        raise InvalidInput(say("A self-service terminal belongs to no department. Leave out --departments."))
    if face == "counter" and not departments:
        raise InvalidInput(say("Say --departments: {known}", known=", ".join(known)))
    if unknown:
        raise InvalidInput(say("The departments of this office are: {known}", known=", ".join(known)))
    name = _name(centre, name, say("A terminal needs a name, of up to {most} characters.", most=LONGEST_NAME))
    secret = chance(SECRET)
    expires = centre.clock() + timedelta(days=INVITED_DAYS)
    values = (
        centre.office, digest(secret), name, face, " ".join(dict.fromkeys(departments)), expires.isoformat(),
    )  # fmt: skip
    centre.database.transact(
        lambda connection: connection.execute(
            "INSERT INTO invitation (office, secret, name, face, departments, expires) "
            "VALUES (?, ?, ?, ?, ?, ?)",
            values,
        )
    )
    return secret


def enrol(centre: Centre, asked: Asked) -> Enrolled:
    """Takes a terminal in by its invitation. Asked again by the same terminal it says the same again.

    Raises Wrong: "invitation", "code_taken", "wrong".
    """
    _verify(asked, asked.secret)

    def work(connection: Connection) -> Enrolled:
        name, face, departments = good(connection, centre, asked.secret, asked.code)
        _take_in(connection, centre, asked, name, face, departments.split())
        connection.execute(
            "UPDATE invitation SET terminal = ? WHERE office = ? AND secret = ?",
            (asked.code, centre.office, digest(asked.secret)),
        )
        return _answer(centre, asked.code, face, departments.split())

    answer = centre.database.transact(work)
    centre.on_commit({ADMIN})
    return answer


def succeed(centre: Centre, former: Member, asked: Asked) -> Enrolled:
    """Another name for a terminal that lost a part of what it wrote, or that is a copy of another.

    Raises Wrong: "code_taken", "wrong".
    """
    _verify(asked, f"{centre.office}/{former.code}")

    def work(connection: Connection) -> Enrolled:
        _take_in(connection, centre, asked, former.name, former.face, former.departments, former.code)
        return _answer(centre, asked.code, former.face, former.departments)

    answer = centre.database.transact(work)
    centre.on_commit({ADMIN})
    return answer


def revoke(centre: Centre, code: str, by: str, *, line: bool | None = None) -> tuple[str, ...]:
    """From now on what comes of this terminal is held back, and it is given nothing; those revoked.

    `line` says whether those that it followed, and that followed them, are revoked with it; it must be said
    where there are such. Raises InvalidInput, Refused.
    """

    def work(connection: Connection) -> tuple[str, ...]:
        feed.lock(connection, centre.office, centre.code, ADMIN)  # nobody joins meanwhile
        registry = centre.registry(connection)
        member = registry.members.get(code)
        if member is None or member.is_centre:
            raise InvalidInput(_no_terminal(code, registry.members.values()))
        trusted = [one for one in registry.line(code) if not registry.members[one].revoked]
        if line is None and set(trusted) - {code}:
            raise Refused(_one_or_all(code, trusted))
        if code not in trusted and not (line and trusted):
            raise Refused(say("The terminal {terminal} is revoked already.", terminal=code))
        out = trusted if line else [code]
        for one in out:
            _revoke(connection, centre, one, registry.line(code), by)
        return tuple(out)

    out = centre.database.transact(work)
    centre.on_commit({ADMIN})
    return out


def _no_terminal(asked: str, members: Iterable[Member]) -> Text:
    """Who revokes a stolen terminal is in a hurry: he may have said the name that people call it by."""
    named = [one for one in members if one.name.casefold() == asked.casefold() and not one.is_centre]
    if len(named) == 1:
        (one,) = named
        return say("A terminal is named by its code. That of {name} is {code}.", name=one.name, code=one.code)
    return say(
        "There is no terminal {terminal}. Its code is wanted, as the list of terminals says it.",
        terminal=asked,
    )


def _one_or_all(code: str, trusted: Sequence[str]) -> Text:
    others = ", ".join(one for one in trusted if one != code)
    return say(
        "{terminal} shares its line with: {others}. Say --line to revoke all of them, or --alone.",
        terminal=code,
        others=others,
    )


def _revoke(connection: Connection, centre: Centre, code: str, line: Sequence[str], by: str) -> None:
    streams = {
        stream: feed.lock(connection, centre.office, code, stream)[0]
        for stream in (OFFICE, HEALTH, ACCESS)  # what is on its way waits until we know where it ends
    }
    at = centre.clock().isoformat(timespec="seconds")
    heads = {stream: sequence for stream, sequence in streams.items() if sequence}
    revoked = {"at": at, "heads": heads, "line": list(line)}
    centre.write_admin(connection, f"terminal:{code}", "revoked", {"revoked": revoked}, by)


def release(centre: Centre, place: Place, first: int, last: int, by: str) -> int:
    """Takes the acts of a range of entries into the journal, though they were held back; how many entries.

    That, and who did so, is an entry itself: a centre that was restored does not hold them back again.
    Raises Refused.
    """

    def work(connection: Connection) -> int:
        feed.lock(connection, centre.office, centre.code, ADMIN)
        feed.lock(connection, *place)
        at = centre.clock().isoformat(timespec="milliseconds")
        runs = [
            [Arrived(row, entry_of(row)) for row in run]
            for run in quarantine.release(connection, place, first, last, at)
        ]
        acts = [[one.row for one in act] for run in runs for act in by_act(run)]  # as the door will see them
        values = {f"{RELEASED}{name_of(act)}": [place[2], act[0].sequence] for act in acts}
        centre.write_admin(connection, f"terminal:{place[1]}", "released", values, by)
        return sum(map(len, runs))

    count = centre.database.transact(work)
    centre.on_commit({place[2], ADMIN})
    return count


def appoint(
    centre: Centre,
    number: str,
    name: str,
    roles: Sequence[str],
    passphrase: str,
    by: str,
    lease_days: int = LEASE_DAYS,
    *,
    to_change: bool = False,
) -> None:
    """Makes an operator, or one anew: all is as it is given. Raises InvalidInput.

    A passphrase `to_change` he replaces by his own when he signs in first.
    """
    number = number.strip().upper()
    values = _account(centre, number, name, roles, lease_days)
    verifier = staff.verifier_of(passphrase)

    def work(connection: Connection) -> None:
        told = passphrases.keep(connection, centre, number, verifier, given=to_change)
        centre.write_admin(connection, f"operator:{number}", "appointed", values | told, by)

    centre.database.transact(work)
    centre.on_commit({ADMIN})


def change(
    centre: Centre,
    number: str,
    by: str,
    *,
    name: str | None = None,
    roles: Sequence[str] | None = None,
    lease_days: int | None = None,
) -> None:
    """Of an operator what is given; the passphrase and all else stay. Raises InvalidInput."""
    values = {"name": name, "roles": roles, "lease_days": lease_days}
    given = {key: value for key, value in values.items() if value is not None}
    if not given:
        raise InvalidInput(say("Say what to change: --name, --roles or --lease-days."))

    def work(connection: Connection) -> None:
        known = _known_operator(connection, centre, number) | given
        values = _account(centre, number, known["name"], known["roles"], known["lease_days"])
        centre.write_admin(connection, f"operator:{number}", "appointed", values, by)

    centre.database.transact(work)
    centre.on_commit({ADMIN})


def dismiss(centre: Centre, number: str, by: str) -> None:
    """The operator is out at each terminal's next exchange. Raises InvalidInput."""

    def work(connection: Connection) -> None:
        _known_operator(connection, centre, number)
        values = {"status": "dismissed"}
        centre.write_admin(connection, f"operator:{number}", "dismissed", values, by)
        connection.execute("DELETE FROM operator WHERE office = ? AND number = ?", (centre.office, number))

    centre.database.transact(work)
    centre.on_commit({ADMIN})


def set_passphrase(centre: Centre, number: str, passphrase: str, by: str, *, to_change: bool = False) -> None:
    """A new passphrase, which ends a lock-out at each terminal's next exchange. Raises InvalidInput.

    One `to_change` he replaces by his own when he signs in first.
    """
    verifier = staff.verifier_of(passphrase)

    def work(connection: Connection) -> None:
        _known_operator(connection, centre, number)
        told = passphrases.keep(connection, centre, number, verifier, given=to_change)
        centre.write_admin(connection, f"operator:{number}", passphrases.SET, told, by)

    centre.database.transact(work)
    centre.on_commit({ADMIN})


def _take_in(
    connection: Connection,
    centre: Centre,
    asked: Asked,
    name: str,
    face: str,
    departments: Sequence[str],
    predecessor: str = "",
) -> None:
    """Writes a terminal into the registry, unless it stands there already, just so."""
    feed.lock(connection, centre.office, centre.code, ADMIN)  # two may ask for one code
    members = centre.registry(connection).members
    member = members.get(asked.code)
    if member is not None:
        if member.key == bytes.fromhex(asked.key) and not member.is_centre:
            return
        raise Wrong("code_taken", say("Another terminal has this code."))
    if bytes.fromhex(asked.seal) in {other.seal for other in members.values()}:
        raise Wrong("wrong", NOT_ITS_OWN)  # revoked with it, it would take another's permits along
    values = {
        "name": name,
        "face": face,
        "departments": list(departments),
        "key": asked.key,
        "seal": asked.seal,
        "enrolled": centre.clock().isoformat(timespec="seconds"),
        "revoked": None,
        "predecessor": predecessor,
    }
    centre.write_admin(connection, f"terminal:{asked.code}", "enrolled", values, asked.code)


def _answer(centre: Centre, code: str, face: str, departments: Sequence[str]) -> Enrolled:
    named = Named(centre.code, centre.public.hex())
    return Enrolled(centre.office, code, face, list(departments), named, centre.epoch)


def _verify(asked: Asked, proved: str) -> None:
    """Whether what a terminal says of itself is in order."""
    try:
        key, seal = bytes.fromhex(asked.key), bytes.fromhex(asked.seal)
        Ed25519PublicKey.from_public_bytes(seal)
        Ed25519PublicKey.from_public_bytes(key).verify(bytes.fromhex(asked.proof), proved.encode())
    except (ValueError, InvalidSignature) as error:
        raise Wrong("wrong", NOT_ITS_OWN) from error
    if not CODE.fullmatch(asked.code):
        raise Wrong("wrong", say("This is no code of a terminal."))


def _account(
    centre: Centre, number: str, name: str, roles: Sequence[str], lease_days: int
) -> dict[str, Json]:
    """The registers of an operator at work. Raises InvalidInput for what none can be made of."""
    known = set(centre.pack.office.roles) - {"applicant", "system"}
    if not re.fullmatch(r"[A-Z0-9-]{1,20}", number):
        raise InvalidInput(say("A staff number has up to 20 characters, of A to Z, 0 to 9 and the hyphen."))
    name = _name(
        centre, name, say("An operator needs a name, of up to {most} characters.", most=LONGEST_NAME)
    )
    if not roles or not set(roles) <= known:
        raise InvalidInput(say("The roles of this office are: {known}", known=", ".join(sorted(known))))
    if not 1 <= lease_days <= LONGEST_LEASE:
        raise InvalidInput(say("A lease lasts from 1 to {most} days.", most=LONGEST_LEASE))
    return {"name": name, "roles": list(dict.fromkeys(roles)), "lease_days": lease_days, "status": "active"}


def _name(centre: Centre, typed: str, needed: Text) -> str:
    """One line that can be shown everywhere. Raises InvalidInput; `needed` says that none was given."""
    context = Context(centre.clock().date(), options={"max": LONGEST_NAME})
    parsed = FIELD_TYPES["text"].parse(typed, context)
    if parsed.value is None:
        raise InvalidInput(parsed.problem or needed)
    return str(parsed.value)


def _known_operator(connection: Connection, centre: Centre, number: str) -> dict[str, Json]:
    """The registers of an operator at work. Raises InvalidInput."""
    known = centre.registry(connection).operators.get(number)
    if known is None:
        raise InvalidInput(say("There is no staff number {number}.", number=number))
    if known.dismissed:
        raise InvalidInput(
            say("{number} was dismissed. “central operators add” appoints him anew.", number=number)
        )
    return {
        "name": known.name,
        "roles": list(known.roles),
        "lease_days": known.lease_days,
        "status": "active",
    }
