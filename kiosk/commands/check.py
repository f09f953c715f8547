"""`kiosk check KIND VALUE`: why is a value refused? One JSON object, for people and for programs."""

from __future__ import annotations

import argparse
import json
import sys
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from kiosk.model.parsed import Parsed
    from kiosk.model.text import Text

# What a value may be.
KINDS = {
    "mrz": "machine-readable zone of a passport, visa or card: its two or three lines",
    "document-number": "number of a passport or border pass",
    "uscc": "unified social credit code of a Chinese organisation",
    "resident-id": "identity number of a Chinese resident",
    "permanent-id": "number of a foreign permanent resident's card",
    "nrc": "number of a Myanmar national registration card",
    "phone": "Chinese or Myanmar phone number, or any with its country code",
    "date": "date, which may lack the day, or day and month",
    "name": "name in any script",
}
# The field type of a kind where it has another name.
TYPES = {"name": "name_native"}


def add_to(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    kinds = "; ".join(f"{kind}: {words}" for kind, words in KINDS.items())
    parser = subparsers.add_parser(
        "check",
        help="say why a value is right or refused, as JSON",
        description="Prints one JSON object: valid, normal (the normal form of a valid value), parts "
        "(sex as in ISO 5218: 1 male, 2 female), reasons, warnings. A refused value that a clerk may keep "
        "with a reason has overridable among its parts, and there its normal form. "
        "The exit status is 0 for a valid value and 1 for another.",
    )
    parser.add_argument("kind", metavar="KIND", choices=list(KINDS), help=kinds)
    parser.add_argument(
        "value",
        metavar="VALUE",
        help="the value; - reads it from standard input; lines of an mrz are joined by a newline or \\n",
    )
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    value = sys.stdin.read() if options.value == "-" else options.value
    today = _today()
    name = TYPES.get(options.kind, options.kind.replace("-", "_"))
    answer = check_mrz(value, today) if options.kind == "mrz" else check_field(name, value, today)
    text = json.dumps({"kind": options.kind, **answer}, ensure_ascii=False, indent=2)
    # characters that are none (from broken input) must not break the answer
    print(text.encode("utf-8", "backslashreplace").decode("utf-8"))
    return 0 if answer["valid"] else 1


def _today() -> date:
    from kiosk.model.fields.dates import BEIJING

    return datetime.now(BEIJING).date()


def check_field(name: str, value: str, today: date) -> dict[str, Any]:
    """The answer for a field type; dates may have unknown parts."""
    from kiosk.model.fields import FIELD_TYPES, Context
    from kiosk.model.text import say

    parsed: Parsed = FIELD_TYPES[name].parse(value, Context(today, options={"partial": True, "max": 120}))
    if parsed.value is None and parsed.problem is None:
        return _answer(None, {}, (say("Nothing was given."),))
    reasons = (parsed.problem,) if parsed.problem else ()
    return _answer(parsed.value, dict(parsed.parts), reasons, (parsed.warning,) if parsed.warning else ())


def check_mrz(value: str, today: date) -> dict[str, Any]:
    """The answer for a machine-readable zone, with each check digit by itself."""
    from msgspec import to_builtins
    from msgspec.structs import asdict

    from kiosk.model.documents import full_birth_date, full_expiry_date, parse_mrz

    mrz = parse_mrz(value.replace("\\r", "\r").replace("\\n", "\n"))
    parts: dict[str, Any] = {
        key: to_builtins(part)
        for key, part in asdict(mrz).items()
        if key not in ("lines", "problems", "warnings")
    }
    if not mrz.problems:
        parts["birth_date"] = full_birth_date(mrz.birth, today)
        parts["expiry_date"] = full_expiry_date(mrz.expiry, today)
    return _answer("\n".join(mrz.lines), parts if mrz.kind else {}, mrz.problems, mrz.warnings)


def _answer(
    normal: object, parts: dict[str, Any], reasons: tuple[Text, ...], warnings: tuple[Text, ...] = ()
) -> dict[str, Any]:
    return {
        "valid": not reasons,
        "normal": None if reasons else normal,
        "parts": parts,
        "reasons": [str(text) for text in reasons],
        "warnings": [str(text) for text in warnings],
    }
