"""`central backup FILE` and `central restore FILE`: a copy of everything, and a centre made from one."""

from __future__ import annotations

import os
import sys
from argparse import ArgumentParser, Namespace, _SubParsersAction
from pathlib import Path

from central.commands import caution_ends
from central.opening import (
    add_options,
    asked_for,
    database_file,
    database_url,
    open_centre,
    path,
    read_pack,
)

RECOVERY_KEY = "CENTRAL_RECOVERY_KEY"
CAREFUL = """Invitations from before are void. Before central serve revoke and dismiss once more whom you know
of: who was since the backup is trusted, and no seal is checked in the browser, until
"""


def add_to(subparsers: _SubParsersAction[ArgumentParser]) -> None:
    parser = subparsers.add_parser(
        "backup", help="copy everything into one file, while the server works, sealed to the recovery key"
    )
    what = parser.add_mutually_exclusive_group(required=True)
    what.add_argument("file", metavar="FILE", type=path, nargs="?", help="where to (replaced when it exists)")
    what.add_argument(
        "--new-recovery-key",
        action="store_true",
        help="make and show another one: later backups are sealed to it, earlier ones to the one before",
    )
    add_options(parser)
    parser.set_defaults(run=run_backup)
    parser = subparsers.add_parser(
        "restore", help="make a centre from a backup, in an empty database; terminals give it what it lost"
    )
    parser.add_argument("file", metavar="FILE", type=path, help="what central backup wrote")
    parser.add_argument(
        "--key-file",
        metavar="FILE",
        type=path,
        help=f"where the recovery key stands (or {RECOVERY_KEY} is it; otherwise it is asked for)",
    )
    add_options(parser)
    parser.set_defaults(run=run_restore)


def run_backup(options: Namespace) -> int:
    """0 when the copy is whole and verified, or another recovery key was shown."""
    from central import recovery
    from central.backup import backup
    from kiosk.errors import StoreError
    from kiosk.model.text import say
    from kiosk.store.files import refuse_target

    if options.file:
        refuse_target(options.file, database_file(options))
    with open_centre(options) as centre:
        if options.new_recovery_key:
            print(recovery.shown(recovery.renew(centre.database)))
            return 0
        if not (sys.stdout.isatty() or recovery.is_made(centre.database)):
            raise StoreError(  # into a log, or into a pipe, goes no secret that nobody asked for
                say(
                    "This centre has no recovery key yet, which would seal the backup. Make it, and write it "
                    "down: central backup --new-recovery-key"
                )
            )
        if secret := recovery.make(centre.database):
            print(recovery.shown(secret), flush=True)
        count = backup(centre.database, options.file, recovery.public(centre.database))
    print(f"{count} entries in {options.file}, verified. Only the centre's recovery key opens it.")
    print("Nobody has it? central backup --new-recovery-key")
    return 0


def run_restore(options: Namespace) -> int:
    """0 when the centre is there again."""
    from central.backup import restore
    from central.database import SQLITE, open_database
    from kiosk.store.files import remove

    url = database_url(options)
    file = Path(url.removeprefix(SQLITE)) if url.startswith(SQLITE) else None
    is_new = file is not None and not file.exists()
    try:
        with open_database(url) as database:
            centre = restore(options.file, database, read_pack(options), lambda: recovery_key(options))
            with database.read() as connection:
                awaited = centre.awaited(connection)
    except BaseException:
        if file is not None and is_new and not _is_filled(url):
            remove(file)
        raise
    print(
        "Restored. What was lost since the backup the terminals bring by themselves, once central serve runs."
    )
    print(f"{CAREFUL}{caution_ends(awaited)}")
    return 0


def _is_filled(url: str) -> bool:
    """Whether the copy was made before it failed: then whoever opens it goes on."""
    from central.database import open_database
    from kiosk.errors import StoreError

    try:
        open_database(url, begin=False).close()
    except StoreError:
        return False
    return True


def recovery_key(options: Namespace) -> str:
    """From the file, the environment, or who sits at the terminal. Raises WrongKey where there is none."""
    from kiosk.errors import WrongKey
    from kiosk.model.text import say
    from kiosk.store.faults import disk_errors
    from kiosk.store.files import refuse_source

    if options.key_file:
        refuse_source(options.key_file)
        with disk_errors():
            key = str(options.key_file.read_text("utf-8", "replace")).strip()
    else:
        key = os.environ.get(RECOVERY_KEY, "") or asked_for("Recovery key of the centre: ").strip()
    if not key:
        raise WrongKey(
            say(
                "The backup is sealed, and no recovery key was given: --key-file FILE, "
                "or the variable CENTRAL_RECOVERY_KEY."
            )
        )
    return key
