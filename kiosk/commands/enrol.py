"""`kiosk enrol INVITATION`: joins this terminal to its office's central system; in a large one fills it."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace, _SubParsersAction
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from kiosk.actions.desk import Desk
    from kiosk.actions.terminal import Terminal
    from kiosk.settings import Settings

PACK = "office-pack"  # in the data folder: the pack that the central system gave to a new terminal


def add_to(subparsers: _SubParsersAction[ArgumentParser]) -> None:
    parser = subparsers.add_parser(
        "enrol",
        help="join this terminal to the office's central system",
        description="Takes an invitation of the central system, once. The terminal makes its own keys, and "
        "from then on speaks to the machine with the invitation's key alone. A terminal that was never "
        "started is made, with the office pack that the central system gives it. In an office of more than "
        "5,000 entries it then takes what was written so far; where that was cut, the same command goes on. "
        "In a smaller one the first exchange takes it: kiosk run, or kiosk sync.",
    )
    parser.add_argument("invitation", metavar="INVITATION", help="KIOSK-INVITE/1/…, as it was given")
    parser.set_defaults(run=run)


def run(options: Namespace) -> int:
    """0 when the terminal has joined; 1 when it has, but what it was to start from did not come."""
    from kiosk import logs
    from kiosk.actions import newcomer
    from kiosk.actions.enrolment import enrol
    from kiosk.actions.exchange import open_exchange
    from kiosk.settings import load_settings

    settings = load_settings()
    logs.configure(settings.logs)
    desk = begun(settings, options.invitation)
    try:
        if not newcomer.is_begun(desk.terminal.store):
            joined = enrol(desk.terminal, options.invitation)
            print(f"Terminal {joined.terminal} of office {joined.office} has joined the central system.")
            print(f"Face: {joined.face}. Departments: {', '.join(joined.departments) or 'none'}.")
            if joined.face == "counter":
                print(f"On its screen and on slips it is window {settings.window}.", end=" ")
                print("Another? The setting “window”.")
        if not desk.has_staff() and (exchange := open_exchange(desk.terminal)) is not None:
            exchange.lists()  # who may sign in here
            exchange.client.close()
        return fill(desk.terminal)
    finally:
        desk.terminal.store.close()


def begun(settings: Settings, invitation: str) -> Desk:
    """The desk to join with: a terminal without a pack gets the office's, a new one is made."""
    from kiosk.bootstrap import (
        first_start,
        has_pack,
        is_new,
        open_desk,
        open_with_pack,
        unconfirmed_recovery,
    )
    from kiosk.sync.invitation import read_invitation

    if not is_new(settings) and has_pack(settings):
        read_invitation(invitation)  # before a key is made
        desk = open_desk(settings)
        if key := unconfirmed_recovery(settings, desk):
            print("A first start was cut short here; a recovery key that it showed is replaced.")
            show_key(key)
        return desk
    folder = pack_to_begin_with(settings, invitation)
    if not is_new(settings):  # restored from a backup, which holds no pack
        return open_with_pack(settings, folder)
    desk, recovery = first_start(settings, folder)
    show_key(recovery)
    return desk


def show_key(recovery: str) -> None:
    """Says a recovery key that was made now, once."""
    print("This terminal's recovery key opens its backups, and its store when the machine is lost.")
    print(f"Write it down and keep it away from this machine; it is shown this once:\n{recovery}")


def pack_to_begin_with(settings: Settings, invitation: str) -> Path:
    """The pack's folder: the one that the settings name, otherwise the office's, fetched by the invitation.

    Raises what `fetch_pack` raises, InvalidInput in either case: before anything is made.
    """
    from kiosk.actions.enrolment import fetch_pack
    from kiosk.sync.invitation import read_invitation

    read_invitation(invitation)
    if settings.pack is not None:
        return settings.pack
    fetch_pack(invitation, settings.data / PACK)
    return settings.data / PACK


def fill(terminal: Terminal) -> int:
    """0 when the terminal is ready, be it that entries are still to come one by one."""
    from kiosk.actions import newcomer
    from kiosk.store.snapshots import BadSnapshot
    from kiosk.sync.refusals import Refusal, Unreachable

    try:
        entries = newcomer.fill(terminal, progress())
    except (Unreachable, Refusal) as error:
        print(f"{error.text} The same command goes on; or start: kiosk run takes every entry by itself.")
        return 1
    except BadSnapshot as error:
        print(f"{error.text} kiosk run takes every entry by itself, which takes longer.")
        return 1
    if entries:
        print(f"{entries:,} entries are here. Ready: kiosk run")
    elif is_counter(terminal):
        print("Ready: kiosk run, which takes what others have written.")
    else:
        print("Ready: kiosk ask NUMBER BIRTH_DATE")
    return 0


def is_counter(terminal: Terminal) -> bool:
    """Whether the terminal joined as a counter; otherwise as a self-service terminal."""
    from kiosk.store.exchange import known

    with terminal.store.read() as connection:
        return known(connection, "centre/face") == b"counter"


def progress() -> Callable[[int, int], None]:
    """Prints each tenth, once."""
    from kiosk.actions.newcomer import in_words

    told = -1

    def said(done: int, of: int) -> None:
        nonlocal told
        tenth = 10 * done // of if of else 0
        if tenth > told:
            told = tenth
            print(in_words(done, of), flush=True)

    return said
