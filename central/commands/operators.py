"""`central operators`: who may sign in at the terminals."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace, _SubParsersAction
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from central.opening import BY, add_options, asked_twice, open_centre

if TYPE_CHECKING:  # what is heavy is imported by the command that needs it
    from central.registry import Operator

QUESTION = "Passphrase (at least 8 characters): "
LOST = "lost in the restore, unless a terminal brings it back:"


def add_to(subparsers: _SubParsersAction[ArgumentParser]) -> None:
    parser = subparsers.add_parser(
        "operators", help="add, change, dismiss or list operators, give new passphrases"
    )
    what = parser.add_subparsers(title="what", metavar="WHAT", required=True)
    add = what.add_parser("add", help="a new operator, or one who was dismissed; asks for a passphrase")
    add.set_defaults(run=run_add)
    change = what.add_parser("change", help="another name, other roles or lease days; all else stays")
    change.set_defaults(run=run_change)
    for one, is_new in ((add, True), (change, False)):
        one.add_argument("number", metavar="NUMBER", help="staff number")
        one.add_argument("--name", required=is_new)
        one.add_argument(
            "--roles", nargs="+", required=is_new, metavar="ROLE", help="keys of the office's roles"
        )
        one.add_argument(
            "--lease-days",
            type=int,
            default=14 if is_new else None,
            metavar="DAYS",
            help="without the centre" + (" (default: %(default)s)" if is_new else ""),
        )
    dismiss = what.add_parser("dismiss", help="out at each terminal's next exchange, and when the lease ends")
    dismiss.add_argument("number", metavar="NUMBER")
    dismiss.set_defaults(run=run_dismiss)
    passphrase = what.add_parser("passphrase", help="a new passphrase; ends a lock-out")
    passphrase.add_argument("number", metavar="NUMBER")
    passphrase.set_defaults(run=run_passphrase)
    for one in (add, passphrase):
        one.add_argument(
            "--lasting", action="store_true", help="he need not choose one of his own when he signs in first"
        )
    listed = what.add_parser("list", help="every operator")
    listed.set_defaults(run=run_list)
    for one in (add, change, dismiss, passphrase, listed):
        add_options(one)


def run_add(options: Namespace) -> int:
    """0 when the operator is appointed."""
    from central import admin
    from kiosk.errors import InvalidInput
    from kiosk.model.text import say

    with open_centre(options) as centre:
        with centre.database.read() as connection:
            known = centre.registry(connection).operators.get(options.number.strip().upper())
        if known and not known.dismissed:
            raise InvalidInput(
                say(
                    "{number} is there: {name}. Say “change” instead of “add”.",
                    number=known.number,
                    name=known.name,
                )
            )
        passphrase = asked_twice(QUESTION)
        roles = _roles(options.roles)
        admin.appoint(
            centre, options.number, options.name, roles, passphrase, BY, options.lease_days,
            to_change=not options.lasting,
        )  # fmt: skip
    print(f"{options.number.upper()} may sign in after each terminal's next exchange.{_then(options)}")
    return 0


def run_change(options: Namespace) -> int:
    """0 when what was given is changed."""
    from central import admin

    number, roles = options.number.strip().upper(), options.roles and _roles(options.roles)
    with open_centre(options) as centre:
        admin.change(centre, number, BY, name=options.name, roles=roles, lease_days=options.lease_days)
        with centre.database.read() as connection:
            operators = centre.registry(connection).operators
    print(_line(operators[number]))
    _tell_of_supervisors(operators.values())
    return 0


def _roles(words: Sequence[str]) -> list[str]:
    return [role for word in words for role in word.split(",") if role]


def run_dismiss(options: Namespace) -> int:
    """0 when the operator is dismissed."""
    from central import admin

    with open_centre(options) as centre:
        admin.dismiss(centre, options.number.strip().upper(), BY)
        with centre.database.read() as connection:
            operators = centre.registry(connection).operators.values()
    print(f"{options.number.upper()} is dismissed.")
    _tell_of_supervisors(operators)
    return 0


def _tell_of_supervisors(operators: Iterable[Operator]) -> None:
    if not any("supervisor" in one.roles and not one.dismissed for one in operators):
        print(
            "No supervisor is left: nobody settles what was written apart, or revokes terminals in a browser."
        )
        print("Appoint one: central operators add NUMBER --name … --roles supervisor")


def run_passphrase(options: Namespace) -> int:
    """0 when the passphrase is changed."""
    from central import admin

    with open_centre(options) as centre:
        number, passphrase = options.number.strip().upper(), asked_twice(QUESTION)
        admin.set_passphrase(centre, number, passphrase, BY, to_change=not options.lasting)
    print(f"{options.number.upper()} has a new passphrase.{_then(options)}")
    return 0


def _then(options: Namespace) -> str:
    return "" if options.lasting else " Then he is asked to choose one of his own."


def run_list(options: Namespace) -> int:
    """0; a line for each operator."""
    from central import passphrases

    with open_centre(options) as centre, centre.database.read() as connection:
        operators = centre.registry(connection).operators.values()
        lost = passphrases.lost(connection, centre.office, operators).values()
    for one in operators:
        print(_line(one) + (f"; {LOST} central operators passphrase {one.number}" if one in lost else ""))
    if not operators:
        print("No operator is appointed yet.")
    return 0


def _line(one: Operator) -> str:
    state = "dismissed" if one.dismissed else f"{one.lease_days} days without the centre"
    return f"{one.number}  {one.name}  [{' '.join(one.roles)}]  {state}{_passphrase(one)}"


def _passphrase(one: Operator) -> str:
    """Who set the passphrase, when and where: an operator whom it is said of an administrator knows more."""
    known = one.passphrase
    if known is None or one.dismissed:
        return ""
    place = f" at {known.place}" if known.place else ""
    chosen = "his own" if known.by == one.number else f"given by {known.by}"
    lasts = ", lasting" if known.by != one.number and not known.given else ""
    return f"  passphrase {chosen}, {known.at[:16].replace('T', ' ')}{place}{lasts}"
