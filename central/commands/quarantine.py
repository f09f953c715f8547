"""`central quarantine`: what was held back, and why."""

from __future__ import annotations

import re
from argparse import ArgumentParser, Namespace, _SubParsersAction

from central.opening import BY, add_options, open_centre

PLACE = re.compile(r"(?P<terminal>\w+)/(?P<stream>\w+)/(?P<first>[0-9]{1,15})(-(?P<last>[0-9]{1,15}))?")


def add_to(subparsers: _SubParsersAction[ArgumentParser]) -> None:
    parser = subparsers.add_parser("quarantine", help="list or release what was held back")
    what = parser.add_subparsers(title="what", metavar="WHAT", required=True)
    listed = what.add_parser("list", help="every act that is held back, and why")
    listed.set_defaults(run=run_list)
    listed.add_argument(
        "--released", action="store_true", help="also what was taken in after all, and by whom"
    )
    release = what.add_parser("release", help="take an act in after all, whole, or all acts of a range")
    release.add_argument("place", metavar="TERMINAL/STREAM/NUMBER[-NUMBER]", help="as the list says it")
    release.set_defaults(run=run_release)
    for one in (listed, release):
        add_options(one)


def run_list(options: Namespace) -> int:
    """0; a line for each act."""
    from central import quarantine

    with open_centre(options) as centre, centre.database.read() as connection:
        words = centre.pack.office
        held = quarantine.listed(connection, centre.office, also_released=options.released, words=words)
        released = centre.registry(connection).releases()
        mended = {one.place + one.sequences for one in held if quarantine.is_mended(connection, one)}
    for one in held:
        _, terminal, stream = one.place
        entries = f"entries {len(one.sequences)}"
        known = released.get((terminal, stream, one.sequences[0]))
        end = "; mended since by its author's terminal" if one.place + one.sequences in mended else ""
        end = f"; released {known.at} by {known.by}" if known else end
        print(f"{terminal}/{stream}/{one.sequences[0]}  {one.at}  {entries}  {one.reason}{end}")
    shown = {(*one.place[1:], sequence) for one in held for sequence in one.sequences}
    others = sorted(released.keys() - shown) if options.released else []  # the journal alone tells of them
    for terminal, stream, first in others:
        known = released[terminal, stream, first]
        print(f"{terminal}/{stream}/{first}  released {known.at} by {known.by}")
    if not held and not others:
        print("Nothing is held back, nothing was released." if options.released else "Nothing is held back.")
    return 0


def run_release(options: Namespace) -> int:
    """0 when the acts are in the journal."""
    from central import admin
    from kiosk.errors import InvalidInput
    from kiosk.model.text import say

    found = PLACE.fullmatch(options.place)
    if found is None:
        raise InvalidInput(say("A place is written TERMINAL/STREAM/NUMBER[-NUMBER], as the list says it."))
    first, last = int(found["first"]), int(found["last"] or found["first"])
    with open_centre(options) as centre:
        place = (centre.office, found["terminal"].upper(), found["stream"])
        count = admin.release(centre, place, first, last, BY)
    print(f"Released: {count} of the entries of {options.place}.")
    return 0
