"""`central packs`: the office packs that the centre gives out to the terminals."""

from __future__ import annotations

from argparse import ArgumentParser, ArgumentTypeError, Namespace, _SubParsersAction
from datetime import date

from central.opening import BY, add_options, open_centre, path


def add_to(subparsers: _SubParsersAction[ArgumentParser]) -> None:
    parser = subparsers.add_parser(
        "packs", help="give out an office pack, withdraw one, or list those given out"
    )
    what = parser.add_subparsers(title="what", metavar="WHAT", required=True)
    add = what.add_parser("add", help="check a pack and give it out to every terminal")
    add.add_argument("file", metavar="FOLDER|FILE", type=path, help="the pack's folder, or a zip file of it")
    add.add_argument(
        "--from", dest="since", metavar="DATE", type=day, help="its first day, 2026-04-01 (default: today)"
    )
    add.add_argument(
        "--earlier",
        action="store_true",
        help="it does not replace a later one: it is for cases that a terminal began by it alone",
    )
    add.set_defaults(run=run_add)
    withdraw = what.add_parser(
        "withdraw", help="let nobody work by a pack any more: as before it was given out"
    )
    withdraw.add_argument("version", metavar="VERSION", type=int, help="as the list says it")
    withdraw.set_defaults(run=run_withdraw)
    listed = what.add_parser("list", help="every pack that was given out, and which one counts today")
    listed.set_defaults(run=run_list)
    for one in (add, withdraw, listed):
        add_options(one)


def day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise ArgumentTypeError(f"a day is written 2026-04-01, not {text}") from error


def run_add(options: Namespace) -> int:
    """0 when the pack is given out."""
    from central import packs
    from kiosk.errors import InvalidInput
    from kiosk.model.text import say

    with open_centre(options) as centre:
        today = centre.clock().date()
        since = options.since or today
        if since < today:
            raise InvalidInput(
                say("{day} is past. A pack counts from today on, or from a later day.", day=since)
            )
        offer, released = packs.publish(centre, options.file, since, BY, earlier=options.earlier)
    print(f"Version {offer.version} is given out, for {offer.since} and later: {offer.digest}")
    if not options.earlier:
        print("Each terminal fetches it at its next exchange, and works by it from the next sign-in on.")
    if released:
        print(f"Taken in, of what was held back for want of it: {released} entries.")
    return 0


def run_withdraw(options: Namespace) -> int:
    """0 when the pack is withdrawn."""
    from central import packs

    with open_centre(options) as centre:
        in_force = packs.withdraw(centre, options.version, BY)
    counts = f" Version {in_force.version} counts." if in_force else ""
    print(f"Version {options.version} is withdrawn.{counts} Cases that began by it go on by it.")
    print("Each terminal hears of it at its next exchange, and works so from the next sign-in on.")
    return 0


def run_list(options: Namespace) -> int:
    """0; a line for each pack."""
    with open_centre(options) as centre, centre.database.read() as connection:
        offers, in_force = centre.offers(connection), centre.in_force(connection)
        own = centre.pack.office.version
    for one in offers:
        counts = "  counts today" if one == in_force else "  withdrawn" if one.withdrawn else ""
        if one == in_force and one.version != own:
            counts += f"; this program cannot read it, or it is not here: the centre works by version {own}"
        since = f"from {one.since}" if one.since else "the centre was opened with it"
        print(f"version {one.version}  {since}  {one.digest[:16]}{counts}")
    return 0
