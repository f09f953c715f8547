"""`kiosk backup FILE` and `kiosk restore FILE`: a copy of the running store, and a terminal made from one."""

from __future__ import annotations

import argparse
import sys
from getpass import getpass
from typing import Any

from kiosk.commands import path
from kiosk.errors import WrongKey
from kiosk.model.text import say
from kiosk.settings import load_settings


def add_to(subparsers: Any) -> None:
    parser = subparsers.add_parser(
        "backup", help="copy the store, while it is in use, sealed to the recovery key"
    )
    what = parser.add_mutually_exclusive_group(required=True)
    what.add_argument("file", metavar="FILE", type=path, nargs="?", help="where to (replaced when it exists)")
    what.add_argument(
        "--new-recovery-key",
        action="store_true",
        help="make and show another one: later backups are sealed to it, earlier ones to the one before",
    )
    parser.set_defaults(run=run_backup)

    parser = subparsers.add_parser(
        "restore",
        help="make a terminal from a backup, with a new identity; asks for its recovery key",
    )
    what = parser.add_mutually_exclusive_group(required=True)
    what.add_argument("file", metavar="FILE", type=path, nargs="?", help="what kiosk backup wrote")
    what.add_argument(
        "--keys", action="store_true", help="only the key: this machine has its store but lost the key to it"
    )
    parser.set_defaults(run=run_restore)


def run_backup(options: argparse.Namespace) -> int:
    from kiosk.bootstrap import open_store, renew_recovery
    from kiosk.commands.enrol import show_key
    from kiosk.store.backup import backup
    from kiosk.store.files import refuse_target
    from kiosk.store.keys import recovery_of

    settings = load_settings()
    if options.new_recovery_key:
        show_key(renew_recovery(settings))
        print("Backups from before open with the one before: keep that as long as you keep them.")
        return 0
    refuse_target(options.file, settings.data)
    with open_store(settings, read_only=True) as store:
        backup(store, options.file.absolute(), recovery_of(settings.data))
    print(f"Backed up to {options.file}, and verified. Only this terminal's recovery key opens it.")
    print("Nobody has it? kiosk backup --new-recovery-key")
    return 0


def run_restore(options: argparse.Namespace) -> int:
    from kiosk.store.backup import refuse_restore, restore
    from kiosk.store.keys import provider_of, recover_keys, recovery_of

    settings = load_settings()
    provider = provider_of(settings.keys, settings.data)
    if options.keys:
        recovery_of(settings.data)  # before anybody fetches the key: is there a store to open?
        recover_keys(settings.data, provider, asked_for_key())
        print("This machine has its key again.")
    else:
        file = options.file.absolute()
        refuse_restore(file, settings.data)
        restore(file, settings.data, asked_for_key(), provider)
        print(f"Restored into {settings.data}. This is a new terminal: its numbers and its seal are new.")
        print("Next, where an office has a central system: kiosk enrol INVITATION, with a new invitation.")
        print("Otherwise: kiosk run, which asks for the office pack where the settings do not name it.")
    return 0


def asked_for_key() -> str:
    """The recovery key: typed unseen at a terminal, or one line of what is piped in."""
    question = "Recovery key of the terminal: "
    typed = getpass(question) if sys.stdin.isatty() else sys.stdin.readline().strip()
    if not typed:
        raise WrongKey(
            say("No recovery key was given. Type it when it is asked for, or pipe it in: … < KEY_FILE")
        )
    return typed
