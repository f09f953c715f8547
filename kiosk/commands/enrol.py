"""`kiosk enrol INVITATION`: joins this terminal to its office's central system."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace, _SubParsersAction
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from kiosk.actions.desk import Desk
    from kiosk.settings import Settings

PACK = "office-pack"  # in the data folder: the pack that the central system gave to a new terminal


def add_to(subparsers: _SubParsersAction[ArgumentParser]) -> None:
    parser = subparsers.add_parser(
        "enrol",
        help="join this terminal to the office's central system",
        description="Takes an invitation of the central system, once. The terminal makes its own keys, and "
        "from then on speaks to the machine with the invitation's key alone. A terminal that was never "
        "started is made, with the office pack that the central system gives it.",
    )
    parser.add_argument("invitation", metavar="INVITATION", help="KIOSK-INVITE/1/…, as it was given")
    parser.add_argument("--name", default="", help="how people call this terminal")
    parser.set_defaults(run=run)


def run(options: Namespace) -> int:
    """0 when the terminal has joined."""
    from kiosk import logs
    from kiosk.actions.enrolment import enrol
    from kiosk.actions.exchange import open_exchange
    from kiosk.settings import load_settings

    settings = load_settings()
    logs.configure(settings.logs)
    desk = begun(settings, options.invitation)
    try:
        joined = enrol(desk.terminal, options.invitation, options.name)
        if not desk.has_staff() and (exchange := open_exchange(desk.terminal)) is not None:
            exchange.lists()  # who may sign in here
            exchange.client.close()
    finally:
        desk.terminal.store.close()
    print(f"Terminal {joined.terminal} of office {joined.office} has joined the central system.")
    print(f"Face: {joined.face}. Departments: {', '.join(joined.departments) or 'none'}.")
    return 0


def begun(settings: Settings, invitation: str) -> Desk:
    """The desk to join with: a terminal without a pack gets the office's, a new one is made."""
    from kiosk.actions.enrolment import fetch_pack
    from kiosk.bootstrap import first_start, has_pack, is_new, open_desk, open_with_pack

    if not is_new(settings) and has_pack(settings):
        return open_desk(settings)
    folder = settings.pack or settings.data / PACK
    if settings.pack is None:
        fetch_pack(invitation, folder)
    if not is_new(settings):  # restored from a backup, which holds no pack
        return open_with_pack(settings, folder)
    desk, recovery = first_start(settings, folder)
    print("The recovery key opens this terminal's backups. Write it down and keep it away from this machine:")
    print(recovery)
    return desk
