"""`kiosk enrol INVITATION`: joins this terminal to its office's central system."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace, _SubParsersAction


def add_to(subparsers: _SubParsersAction[ArgumentParser]) -> None:
    parser = subparsers.add_parser(
        "enrol",
        help="join this terminal to the office's central system",
        description="Takes an invitation of the central system, once. The terminal makes its own keys, and "
        "from then on speaks to the machine with the invitation's key alone.",
    )
    parser.add_argument("invitation", metavar="INVITATION", help="KIOSK-INVITE/1/…, as it was given")
    parser.add_argument("--name", default="", help="how people call this terminal")
    parser.set_defaults(run=run)


def run(options: Namespace) -> int:
    """0 when the terminal has joined."""
    from kiosk import logs
    from kiosk.actions.enrolment import enrol
    from kiosk.bootstrap import is_new, open_desk
    from kiosk.errors import KioskError
    from kiosk.model.text import say
    from kiosk.settings import load_settings

    settings = load_settings()
    logs.configure(settings.logs)
    if is_new(settings):
        raise KioskError(say("This terminal was never started. Start it once: kiosk run"))
    desk = open_desk(settings)
    try:
        joined = enrol(desk.terminal, options.invitation, options.name)
    finally:
        desk.terminal.store.close()
    print(f"Terminal {joined.terminal} of office {joined.office} has joined the central system.")
    print(f"Face: {joined.face}. Departments: {', '.join(joined.departments) or 'none'}.")
    return 0
