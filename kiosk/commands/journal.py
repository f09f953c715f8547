"""`kiosk journal rebuild | verify | export`: for the officer who must prove, years later, who decided."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace, _SubParsersAction

from kiosk.commands import counted, path


def add_to(subparsers: _SubParsersAction[ArgumentParser]) -> None:
    parser = subparsers.add_parser("journal", help="rebuild, verify or export the journal")
    what = parser.add_subparsers(title="what", metavar="WHAT", required=True)
    rebuild = what.add_parser("rebuild", help="make all views anew from the journal")
    rebuild.set_defaults(run=run_rebuild)
    verify = what.add_parser("verify", help="walk every chain; exit status 1 when one does not hold")
    verify.set_defaults(run=run_verify)
    export = what.add_parser("export", help="write every entry as a line of JSON, unencrypted")
    export.add_argument("file", metavar="FILE", type=path, help="where to (replaced when it exists)")
    export.set_defaults(run=run_export)


def run_rebuild(_options: Namespace) -> int:
    """0 when all views are made anew."""
    from kiosk.bootstrap import open_store
    from kiosk.settings import load_settings
    from kiosk.store.database import check_pages
    from kiosk.store.rebuild import rebuild

    with open_store(load_settings()) as store:
        check_pages(store.raw)
        print(f"{counted(rebuild(store), 'entry', 'entries')} folded; all views are new.")
    return 0


def run_verify(_options: Namespace) -> int:
    """0 when every chain holds."""
    from kiosk.bootstrap import open_store
    from kiosk.settings import load_settings
    from kiosk.store import journal

    with open_store(load_settings(), read_only=True) as store, store.read() as connection:
        findings = journal.verify(connection)
        count = connection.execute("SELECT count(*) FROM entry").fetchone()[0]
    for finding in findings:
        print(finding)
    print(f"{counted(count, 'entry', 'entries')}, {counted(len(findings), 'finding')}.")
    return 1 if findings else 0


def run_export(options: Namespace) -> int:
    """One line of JSON for each entry, in the order of arrival; `entry` is what its author wrote."""
    from kiosk.bootstrap import open_store
    from kiosk.settings import load_settings
    from kiosk.store import journal
    from kiosk.store.files import refuse_target

    settings = load_settings()
    refuse_target(options.file, settings.data)
    with open_store(settings, read_only=True) as store, store.read() as connection:
        count = journal.export(connection, options.file)
    print(f"{counted(count, 'entry', 'entries')} in {options.file}.")
    print("They are not encrypted and hold personal data. Only your account reads the file: keep it so.")
    return 0
