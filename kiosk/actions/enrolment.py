"""A terminal joins its office's central system: once, by an invitation, with keys that it makes itself."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from kiosk import __version__
from kiosk.actions.exchange import open_exchange
from kiosk.actions.terminal import Terminal, chance
from kiosk.definitions.bundle import unpack
from kiosk.errors import Refused
from kiosk.model.text import Text, say
from kiosk.store import exchange as store
from kiosk.store.faults import disk_errors
from kiosk.sync.answers import Enrolled
from kiosk.sync.client import enrol as ask
from kiosk.sync.client import invited_pack
from kiosk.sync.invitation import read_invitation
from kiosk.sync.refusals import Refusal, Unreachable

TRIES = 5  # another code is drawn so often where the first is taken; there are a million


def is_enrolled(terminal: Terminal) -> bool:
    with terminal.store.read() as connection:
        return store.known(connection, "centre/url") is not None


def enrol(terminal: Terminal, text: str) -> Enrolled:
    """Takes an invitation; what the centre said is kept.

    Raises InvalidInput for what is no invitation, Refused where the terminal has joined already or is of
    another office, and what `kiosk.sync.client.enrol` raises. An answer that is lost may be asked for again.
    Whom a centre no longer knows, since it was put back to before he joined, joins again under his old name.
    """
    invitation = read_invitation(text)
    if is_enrolled(terminal) and (kind := _refused(terminal)) != "unknown_terminal":
        if kind == "revoked":
            raise Refused(
                say(
                    "This terminal was revoked. It comes back as a new one: hand in what waits "
                    "(kiosk sync, or kiosk export-unsent FILE), set its data folder aside "
                    "(kiosk doctor says where), and join with a new invitation."
                )
            )
        raise Refused(say("This terminal has joined a central system already."))
    key = _own_key(terminal)
    for again in reversed(range(TRIES)):
        try:
            answer, certificate = ask(invitation, asked(terminal, key, invitation.secret))
            break
        except Refusal as refusal:
            if refusal.problem.kind != "code_taken" or not again:
                raise
            _draw_code(terminal)
    if answer.office != terminal.office:
        raise Refused(
            say(
                "This invitation is of office {theirs}; this terminal works for office {ours}.",
                theirs=answer.office,
                ours=terminal.office,
            )
        )
    with terminal.store.write() as connection:
        store.forget(connection)
        store.remember(connection, identity(answer, invitation.url, certificate))
    return answer


def join(terminal: Terminal, text: str, tell: Callable[[Text], None]) -> None:
    """Enrols, and fetches the accounts, so that somebody can sign in; `tell` says what comes next.

    Called again it goes on where it was: a terminal that has joined asks for the accounts alone.
    Raises what `enrol` raises, and Refused where nobody may sign in here.
    """
    if not is_enrolled(terminal):
        tell(say("Joining the central system…"))
        enrol(terminal, text)
    tell(say("Fetching the accounts…"))
    exchange = open_exchange(terminal)
    assert exchange is not None
    try:
        exchange.lists()
    finally:
        exchange.client.close()
    with terminal.store.read() as connection:
        face = store.known(connection, "centre/face")
        if connection.execute("SELECT 1 FROM staff LIMIT 1").fetchone():
            return
    if face == b"selfservice":
        raise Refused(
            say("This is a self-service terminal now: nobody signs in here, and its window is not built yet.")
        )
    raise Refused(
        say(
            "This terminal has joined, but nobody is appointed yet who may sign in here. "
            "Appoint somebody at the central system, then try again."
        )
    )


def fetch_pack(text: str, folder: Path) -> None:
    """Puts the office's pack into `folder`, for a terminal that has none; the invitation stays good.

    Raises InvalidInput for what is no invitation, PackError, StoreUnwritable, and what
    `kiosk.sync.client.enrol` raises.
    """
    content = invited_pack(read_invitation(text))
    with disk_errors():
        folder.mkdir(parents=True, exist_ok=True)
        unpack(content, folder)


def _refused(terminal: Terminal) -> str:
    """Why the centre that this terminal has joined gives it nothing, a kind of refusal; "" where it does."""
    exchange = open_exchange(terminal)
    assert exchange is not None
    try:
        exchange.client.heads()
    except Refusal as refusal:
        return refusal.problem.kind
    except Unreachable:
        return ""
    finally:
        exchange.client.close()
    return ""


def asked(terminal: Terminal, key: Ed25519PrivateKey, secret: str) -> dict[str, str]:
    """What a terminal tells of itself when it joins; the proof shows that the key is its own."""
    return {
        "key": key.public_key().public_bytes_raw().hex(),
        "seal": terminal.seal_key().public_key().public_bytes_raw().hex(),
        "code": terminal.code,
        "version": __version__,
        "proof": key.sign(secret.encode()).hex(),
    }


def identity(answer: Enrolled, url: str, certificate: str) -> dict[str, bytes]:
    """What is kept of a centre. Not its epoch: the first exchange compares everything."""
    return {
        "centre/url": url.encode(),
        "centre/certificate": certificate.encode(),
        "centre/key": bytes.fromhex(answer.centre.key),
        "centre/terminal": answer.centre.terminal.encode(),
        "centre/face": answer.face.encode(),
        "centre/departments": " ".join(answer.departments).encode(),
    }


def _own_key(terminal: Terminal) -> Ed25519PrivateKey:
    """The key this terminal will sign with: kept before it is named to anybody."""
    with terminal.store.write() as connection:
        secret = store.known(connection, "sync")
        if secret is None:
            secret = Ed25519PrivateKey.generate().private_bytes_raw()
            store.remember(connection, {"sync": secret})
    return Ed25519PrivateKey.from_private_bytes(secret)


def _draw_code(terminal: Terminal) -> None:
    """Another code. Raises Refused where the old one stands in entries already."""
    with terminal.lock, terminal.store.write() as connection:
        own = (terminal.office, terminal.code)
        if any((head.office, head.terminal) == own for head in store.heads(connection)):
            raise Refused(say("Another terminal of this office has the same code. Restore into a new store."))
        code = chance(4)
        store.remember(connection, {"terminal": code.encode()})
        terminal.code = code
