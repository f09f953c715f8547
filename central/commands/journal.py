"""`central journal`: whether every chain holds, and views made anew."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace, _SubParsersAction

from central.opening import add_options, open_centre


def add_to(subparsers: _SubParsersAction[ArgumentParser]) -> None:
    parser = subparsers.add_parser("journal", help="verify the journal, or make the views anew from it")
    what = parser.add_subparsers(title="what", metavar="WHAT", required=True)
    verify = what.add_parser("verify", help="walk every chain; exit status 1 when one does not hold")
    verify.set_defaults(run=run_verify)
    rebuild = what.add_parser("rebuild", help="make all views anew; lists are short while it works")
    rebuild.set_defaults(run=run_rebuild)
    complete = what.add_parser("complete", help="after a restore: no terminal is left that could bring more")
    complete.set_defaults(run=run_complete)
    for one in (verify, rebuild, complete):
        add_options(one)


def run_verify(options: Namespace) -> int:
    """0 when every chain holds."""
    from kiosk.store import journal

    with open_centre(options) as centre, centre.database.read() as connection:
        findings = journal.verify(connection)
        (count,) = connection.execute("SELECT count(*) FROM entry").fetchone()
    for finding in findings:
        print(finding)
    print(f"Entries: {count}. Findings: {len(findings)}.")
    return 1 if findings else 0


def run_complete(options: Namespace) -> int:
    """0; the centre is careful no longer."""
    from central import passphrases

    with open_centre(options) as centre:
        centre.is_complete()
        with centre.database.read() as connection:
            operators = centre.registry(connection).operators.values()
            lost = passphrases.lost(connection, centre.office, operators).values()
    print("What is here counts as complete.")
    for one in lost:
        print(f"The passphrase of {one.number} was lost: central operators passphrase {one.number}")
    return 0


def run_rebuild(options: Namespace) -> int:
    """0 when the views are made anew."""
    with open_centre(options) as centre:
        centre.projector.rebuild()
    print("All views are new.")
    return 0
