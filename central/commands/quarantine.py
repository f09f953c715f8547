"""`central quarantine`: what was held back, and why."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace, _SubParsersAction

from central.opening import add_options, open_centre


def add_to(subparsers: _SubParsersAction[ArgumentParser]) -> None:
    parser = subparsers.add_parser("quarantine", help="list or release what was held back")
    what = parser.add_subparsers(title="what", metavar="WHAT", required=True)
    listed = what.add_parser("list", help="every act that is held back, and why")
    listed.set_defaults(run=run_list)
    release = what.add_parser("release", help="take an act in after all, whole")
    release.add_argument("place", metavar="TERMINAL/STREAM/NUMBER", help="as the list says it")
    release.set_defaults(run=run_release)
    for one in (listed, release):
        add_options(one)


def run_list(options: Namespace) -> int:
    """0; a line for each act."""
    from central import quarantine

    with open_centre(options) as centre, centre.database.read() as connection:
        held = quarantine.listed(connection, centre.office)
    for one in held:
        _, terminal, stream = one.place
        entries = f"{len(one.sequences)} of its entries"
        print(f"{terminal}/{stream}/{one.sequences[0]}  {one.at}  {entries}  {one.reason}")
    if not held:
        print("Nothing is held back.")
    return 0


def run_release(options: Namespace) -> int:
    """0 when the act is in the journal."""
    from central import quarantine
    from kiosk.errors import InvalidInput
    from kiosk.model.text import say

    parts = options.place.split("/")
    if len(parts) != 3 or not parts[2].isdigit():
        raise InvalidInput(say("A place is written TERMINAL/STREAM/NUMBER, as the list says it."))
    with open_centre(options) as centre:
        at = centre.clock().isoformat(timespec="milliseconds")
        place = (centre.office, parts[0].upper(), parts[1])
        rows = centre.database.transact(
            lambda connection: quarantine.release(connection, place, int(parts[2]), at)
        )
    print(f"Released: {len(rows)} of the entries of {options.place}.")
    return 0
