"""`kiosk verify [--trust FILE] INPUT`: is this permit genuine? A sentence, then one JSON object."""

from __future__ import annotations

import argparse
import json
import sys
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from kiosk.commands import path as file
from kiosk.errors import KioskError
from kiosk.model.text import Text, say

if TYPE_CHECKING:
    from kiosk.seal import TrustList, Verdict


def add_to(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    parser = subparsers.add_parser(
        "verify",
        help="say whether the seal of a permit is genuine",
        description="Reads the seal and checks it offline. Prints a sentence on the first line and one JSON "
        "object on the second: status (valid, expired, void, not_yet_valid, unknown_key, tampered, "
        "unreadable), valid, text, claims. The exit status is 0 for a valid seal, 1 for any other, 2 when "
        "the input or the trust list cannot be read.",
    )
    parser.add_argument("--trust", metavar="FILE", type=file, help="trust list; default: this terminal's own")
    parser.add_argument("--language", choices=["zh", "my", "en"], default="en", help="of the sentence")
    parser.add_argument("input", metavar="INPUT", help="the seal's text, a picture, a PDF, or - for stdin")
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    from kiosk.seal import BEIJING, judge

    seals = seals_in(options.input)
    verdict = judge(seals, trust_list(options.trust), datetime.now(BEIJING))
    text = in_words(verdict.text, options.language)
    print(text)
    print(json.dumps(as_json(verdict, text), ensure_ascii=False))
    return 0 if verdict.valid else 1


def trust_list(path: Path | None) -> TrustList:
    """The list in a file, or this terminal's own."""
    from kiosk.seal import TrustList

    if path is None:
        from kiosk.bootstrap import TRUST
        from kiosk.settings import load_settings

        path = load_settings().data / TRUST
        if not path.exists():
            raise KioskError(
                say(
                    "This terminal has no trust list at {path}. "
                    "Name another one: kiosk verify --trust FILE INPUT",
                    path=path,
                )
            )
    return TrustList.read(path)


def seals_in(given: str) -> tuple[str, ...]:
    """The seals' texts in what was given: a text, a file, or what comes through stdin."""
    if given == "-":
        return seals_in_bytes(sys.stdin.buffer.read(), "stdin")
    if given.lstrip().startswith("SW1"):
        return (given,)
    if not given.strip():
        raise KioskError(say("Nothing was given. Name a file, or give the text of a seal."))
    from kiosk.store.files import refuse_source

    try:
        refuse_source(Path(given))
        content = Path(given).read_bytes()
    except OSError as error:
        raise KioskError(say("{path} cannot be read", path=given)) from error
    return seals_in_bytes(content, given)


def seals_in_bytes(content: bytes, source: str) -> tuple[str, ...]:
    """The seals in a picture, a PDF or a plain text, which came from `source`."""
    if content.lstrip().startswith(b"SW1"):
        return (content.decode("utf-8", "replace"),)
    from kiosk.capture.codes import read_codes
    from kiosk.seal import seals_among

    try:
        return seals_among(read_codes(content))
    except KioskError as error:
        raise KioskError(say("{file}: {text}", file=source, text=error.text)) from error


def in_words(text: Text, language: str) -> str:
    """A sentence in one of the languages of the program."""
    from kiosk.definitions.catalogue import read_catalogue
    from kiosk.model.text import Translator
    from kiosk.settings import sample_pack_folder

    path = sample_pack_folder() / "assets" / "translations" / f"{language}.po"
    messages = read_catalogue(path) if path.exists() else ()
    return Translator(language, {message.msgid: message.msgstr for message in messages})(text)


def as_json(verdict: Verdict, text: str) -> dict[str, object]:
    """The verdict for programs; dates are ISO 8601."""
    claims = verdict.claims
    return {
        "status": verdict.status,
        "valid": verdict.valid,
        "text": text,
        "claims": claims
        and {
            "number": claims.number,
            "profile": claims.profile,
            "name": claims.name,
            "birth_year": claims.birth_year,
            "valid_from": claims.valid_from.isoformat(),
            "valid_to": claims.valid_to.isoformat(),
            "area": list(claims.area),
            "office": claims.office,
            "issued_at": claims.issued_at.isoformat(),
        },
    }
