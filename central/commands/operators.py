"""`central operators`: who may sign in at the terminals."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace, _SubParsersAction

from central.opening import BY, add_options, asked_twice, open_centre

QUESTION = "Passphrase (at least 8 characters): "


def add_to(subparsers: _SubParsersAction[ArgumentParser]) -> None:
    parser = subparsers.add_parser("operators", help="add, dismiss or list operators, give new passphrases")
    what = parser.add_subparsers(title="what", metavar="WHAT", required=True)
    add = what.add_parser("add", help="a new operator, or other roles of one; asks for a passphrase")
    add.add_argument("number", metavar="NUMBER", help="staff number")
    add.add_argument("--name", required=True)
    add.add_argument("--roles", nargs="+", required=True, metavar="ROLE", help="keys of the office's roles")
    add.add_argument(
        "--lease-days", type=int, default=14, metavar="DAYS", help="without the centre (default: %(default)s)"
    )
    add.set_defaults(run=run_add)
    dismiss = what.add_parser("dismiss", help="out at each terminal's next exchange")
    dismiss.add_argument("number", metavar="NUMBER")
    dismiss.set_defaults(run=run_dismiss)
    passphrase = what.add_parser("passphrase", help="a new passphrase; ends a lock-out")
    passphrase.add_argument("number", metavar="NUMBER")
    passphrase.set_defaults(run=run_passphrase)
    listed = what.add_parser("list", help="every operator")
    listed.set_defaults(run=run_list)
    for one in (add, dismiss, passphrase, listed):
        add_options(one)


def run_add(options: Namespace) -> int:
    """0 when the operator is appointed."""
    from central import admin

    roles = [role for word in options.roles for role in word.split(",") if role]
    with open_centre(options) as centre:
        with centre.database.read() as connection:
            known = centre.registry(connection).operators.get(options.number.strip().upper())
        if known:
            roles_then = " ".join(known.roles)
            print(
                f"{known.number} is there: {known.name} [{roles_then}]. Name, roles, passphrase are replaced."
            )
        passphrase = asked_twice(QUESTION)
        admin.appoint(centre, options.number, options.name, roles, passphrase, BY, options.lease_days)
    print(f"{options.number.upper()} may sign in after each terminal's next exchange.")
    return 0


def run_dismiss(options: Namespace) -> int:
    """0 when the operator is dismissed."""
    from central import admin

    with open_centre(options) as centre:
        admin.dismiss(centre, options.number.strip().upper(), BY)
    print(f"{options.number.upper()} is dismissed.")
    return 0


def run_passphrase(options: Namespace) -> int:
    """0 when the passphrase is changed."""
    from central import admin

    with open_centre(options) as centre:
        admin.set_passphrase(centre, options.number.strip().upper(), asked_twice(QUESTION), BY)
    print(f"{options.number.upper()} has a new passphrase.")
    return 0


def run_list(options: Namespace) -> int:
    """0; a line for each operator."""
    with open_centre(options) as centre, centre.database.read() as connection:
        operators = centre.registry(connection).operators.values()
    for one in operators:
        state = "dismissed" if one.dismissed else f"{one.lease_days} days without the centre"
        print(f"{one.number}  {one.name}  [{' '.join(one.roles)}]  {state}")
    if not operators:
        print("No operator is appointed yet.")
    return 0
