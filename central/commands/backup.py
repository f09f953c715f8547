"""`central backup FILE` and `central restore FILE`: a copy of everything, and a centre made from one."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace, _SubParsersAction

from central.opening import add_options, database_url, open_centre, path, read_pack

CAREFUL = """Invitations from before are void. Who was revoked or dismissed since the backup is trusted until
one of the terminals that had joined before has exchanged; until then no seal is checked in the browser.
If there is no such terminal: central journal complete"""


def add_to(subparsers: _SubParsersAction[ArgumentParser]) -> None:
    parser = subparsers.add_parser("backup", help="copy everything into one file, while the server works")
    parser.add_argument("file", metavar="FILE", type=path)
    add_options(parser)
    parser.set_defaults(run=run_backup)
    parser = subparsers.add_parser(
        "restore", help="make a centre from a backup, in an empty database; terminals give it what it lost"
    )
    parser.add_argument("file", metavar="FILE", type=path)
    add_options(parser)
    parser.set_defaults(run=run_restore)


def run_backup(options: Namespace) -> int:
    """0 when the copy is whole and verified."""
    from central.backup import backup

    with open_centre(options) as centre:
        count = backup(centre.database, options.file)
    print(f"{count} entries in {options.file}, verified.")
    print("It is not encrypted, and holds the centre's keys. Only your account reads the file: keep it so.")
    return 0


def run_restore(options: Namespace) -> int:
    """0 when the centre is there again."""
    from central.backup import restore
    from central.database import open_database

    with open_database(database_url(options)) as database:
        centre = restore(options.file, database, read_pack(options))
        print(f"Restored. The centre writes as {centre.code} from now on; terminals bring what it lost.")
        print(CAREFUL)
    return 0
