"""`kiosk check KIND VALUE`: why is a value refused? One JSON object, for people and for programs."""

from __future__ import annotations

import argparse
import json
import sys
from dataclasses import asdict
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from kiosk.model.parsed import Parsed
    from kiosk.model.text import Text

# The kinds that are a field type, and its name; `mrz` is the one that is not.
FIELDS = {
    "uscc": "uscc",
    "resident-id": "resident_id",
    "permanent-id": "permanent_id",
    "nrc": "nrc",
    "phone": "phone",
    "date": "date",
    "name": "name_native",  # in any script
}


def add_to(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    parser = subparsers.add_parser(
        "check",
        help="say why a value is right or refused, as JSON",
        description="Prints one JSON object: valid, normal (the normal form), parts, reasons, warnings. "
        "The exit status is 0 for a valid value and 1 for another.",
    )
    parser.add_argument("kind", choices=["mrz", *FIELDS])
    parser.add_argument(
        "value",
        help="the value; - reads it from standard input; lines of an mrz are joined by a newline or \\n",
    )
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    value = sys.stdin.read() if options.value == "-" else options.value
    today = _today()
    answer = (
        check_mrz(value, today) if options.kind == "mrz" else check_field(FIELDS[options.kind], value, today)
    )
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
    from kiosk.model.documents import full_birth_date, full_expiry_date, parse_mrz

    mrz = parse_mrz(value.replace("\\r", "\r").replace("\\n", "\n"))
    parts: dict[str, Any] = {
        key: part for key, part in asdict(mrz).items() if key not in ("lines", "problems", "warnings")
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
