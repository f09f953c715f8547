"""`central terminals`: who may exchange with this centre."""

from __future__ import annotations

import io
import socket
from argparse import ArgumentParser, Namespace, _SubParsersAction
from typing import TYPE_CHECKING

from central.commands import caution_ends
from central.opening import BY, add_options, open_centre

if TYPE_CHECKING:
    from central.notes import Contact


def add_to(subparsers: _SubParsersAction[ArgumentParser]) -> None:
    parser = subparsers.add_parser("terminals", help="invite, list or revoke terminals, withdraw invitations")
    what = parser.add_subparsers(title="what", metavar="WHAT", required=True)
    invite = what.add_parser("invite", help="print an invitation for one terminal, good once, for 7 days")
    invite.add_argument("--name", required=True, help="how this centre's lists call the terminal")
    invite.add_argument(
        "--office", metavar="CODE", default="", help="the code of this centre's office; another is refused"
    )
    invite.add_argument("--face", default="counter", help="counter or selfservice (default: %(default)s)")
    invite.add_argument(
        "--departments",
        nargs="*",
        default=[],
        metavar="DEPARTMENT",
        help="keys of the office's departments; needed for a counter, refused for a self-service terminal",
    )
    invite.add_argument(
        "--address", metavar="HOST:PORT", default="", help="where terminals reach this centre"
    )
    add_options(invite)
    invite.set_defaults(run=run_invite)
    listed = what.add_parser(
        "list",
        help="every terminal, and when it was here last; every invitation that is open",
        description="Every terminal, and when it was here last, as noted every ten seconds; of one that "
        "comes for the first time since the server's start at once. Then every invitation that nobody has "
        "used yet, and its mark.",
    )
    add_options(listed)
    listed.set_defaults(run=run_list)
    withdraw = what.add_parser("withdraw", help="let nobody join by this invitation any more")
    withdraw.add_argument("mark", metavar="MARK", help="as the list says it")
    add_options(withdraw)
    withdraw.set_defaults(run=run_withdraw)
    revoke = what.add_parser("revoke", help="hold back what this terminal sends from now on, give it nothing")
    revoke.add_argument("code", metavar="CODE")
    which = revoke.add_mutually_exclusive_group()
    which.add_argument("--line", action="store_true", default=None, help="and all that share its successors")
    which.add_argument(
        "--alone", action="store_false", dest="line", default=None, help="and leave its successors at work"
    )
    add_options(revoke)
    revoke.set_defaults(run=run_revoke)


def run_invite(options: Namespace) -> int:
    """0 when the invitation was printed, as text and as a QR code."""
    import segno
    from cryptography import x509

    from central import admin, tls
    from central.invitations import digest, mark_of
    from central.server import address_of, is_loopback
    from kiosk.errors import Refused
    from kiosk.model.text import say
    from kiosk.sync.invitation import Invitation, pin_of

    with open_centre(options) as centre:
        if options.office.strip().upper() not in ("", centre.office):
            raise Refused(
                say(
                    "This is the central system of office {own}. It invites nobody to {office}.",
                    own=centre.office,
                    office=options.office,
                )
            )
        host, port = address_of(options.address or centre.address())
        if host in ("0.0.0.0", "::"):  # noqa: S104  # it listens everywhere: others know it by its name
            host = socket.getfqdn()
        _, certificate = tls.certificate(centre.database)
        departments = [one for word in options.departments for one in word.split(",") if one]
        secret = admin.invite(centre, options.name, options.face, departments)
    written = f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
    text = str(Invitation(written, pin_of(x509.load_pem_x509_certificate(certificate)), secret))
    drawn = io.StringIO()
    segno.make(text, error="m", micro=False).terminal(drawn, compact=True)
    print(drawn.getvalue())
    print(text)
    print("Good once, for 7 days. At the terminal: kiosk enrol INVITATION")
    print(f"Did it go astray? central terminals withdraw {mark_of(digest(secret))}")
    print(f"It leads to {written}.", end="\n" if not is_loopback(host) else " ")
    if is_loopback(host):
        print("Only this machine reaches that; for another one say --address HOST:PORT.")
    return 0


def run_list(options: Namespace) -> int:
    """0; a line for each terminal."""
    from central.invitations import unused
    from central.notes import contacts

    with open_centre(options) as centre, centre.database.read() as connection:
        invited = unused(connection, centre)
        registry, seen = centre.registry(connection), contacts(connection, centre.office)
        restored, awaited = centre.restored(connection), centre.awaited(connection)
    if restored:
        print(f"Restored {restored:%Y-%m-%d %H:%M}, and not complete until {caution_ends(awaited)}")
    members = [member for member in registry.members.values() if not member.is_centre]
    for member in members:
        known = seen.get(member.code)
        here = _seen(known) if known else "never seen"
        state = f"revoked {member.revoked}" if member.revoked else here
        line = f"successor of {member.predecessor}, " if member.predecessor else ""
        print(
            f"{member.code}  {member.face:11}  {member.name}  [{' '.join(member.departments)}]  {line}{state}"
        )
    if not members:
        print("No terminal has joined yet.")
    for one in invited:
        what = f"{one.face:11}  {one.name}  [{' '.join(one.departments)}]"
        print(f"invited {one.mark}  {what}  good until {one.expires:%Y-%m-%d %H:%M}")
    return 0


def _seen(known: Contact) -> str:
    said = f"seen {known.at}, clock {known.skew:+d} s, {known.program}"
    if known.waiting is None or known.free is None:
        return said
    return f"{said}, {known.waiting} to send, {known.free / 1e9:.1f} GB free"


def run_withdraw(options: Namespace) -> int:
    """0 when the invitation is good no more."""
    from central.invitations import withdraw

    with open_centre(options) as centre:
        gone = withdraw(centre, options.mark)
    print(f"The invitation for {gone.name} is withdrawn. Nobody can join by it any more.")
    return 0


def run_revoke(options: Namespace) -> int:
    """0 when the terminal is revoked."""
    from central import admin

    with open_centre(options) as centre:
        revoked = admin.revoke(centre, options.code.strip().upper(), BY, line=options.line)
    for code in revoked:
        print(f"{code} is revoked. What it sends is held back; its seals vouch for nothing new.")
    return 0
