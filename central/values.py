"""What stands in the registers that views rely on: anything else in them would be kept and read by nobody."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Set
from functools import partial

from kiosk.model.entries import Json
from kiosk.model.file import LINKED

LONGEST_TEXT = 600  # characters of a value that stands in an index

# Registers that views read as texts.
TEXTS: Mapping[str, Set[str]] = {
    "case": {"number", "track", "definitions", "status", "parked_by", "receipt_number"},
    "person": {"name", "name_native", "name_zh", "document_number", "document_issuer"},
    "guarantor": {"kind", "name", "uscc", "resident_id"},
    "guarantee": {"number", "work_registration_number", "case", "person"},
    "permit": {"number", "status", "valid_to", "case", "person"},
    "health": {"laboratory_number", "conclusion", "order_number", "case", "person"},
    "clearance": {"valid_to", "certificate_number", "case", "person"},
    "lodging": {"receipt_number", "case", "person"},
}

NEVER_EMPTY: Mapping[str, Set[str]] = {  # once written
    "case": {"number", "track", "definitions", "status"},
    "permit": {"status"},
}


def shape(subject: str, register: str) -> Callable[[Json], bool] | None:
    """The test of a register's values, where views rely on what they are."""
    if register in NEVER_EMPTY.get(subject, ()):
        return _is_word
    if (subject == "case" and register in LINKED) or (subject, register) == ("guarantee", "guarantor"):
        return partial(_is_link, register)
    if register == "case" or register in TEXTS.get(subject, ()):  # whatever it is, it may belong to a case
        return _is_text
    if subject == "case" and register.startswith("stage."):
        return _is_stage
    if subject == "case" and register.startswith(("returned.", "refused.")):
        return _is_notice
    if (subject, register) == ("case", "stages"):
        return _are_words
    return None


def _is_word(value: Json) -> bool:
    return isinstance(value, str) and len(value) <= LONGEST_TEXT


def _is_text(value: Json) -> bool:
    return value is None or _is_word(value)


def _is_link(kind: str, value: Json) -> bool:
    """A register that links to a subject names one of its own kind."""
    return not value or (_is_word(value) and value.startswith(f"{kind}:"))


def _are_words(value: Json) -> bool:
    return value is None or (isinstance(value, list) and all(map(_is_word, value)))


def _is_stage(value: Json) -> bool:
    if value is None:
        return True
    return (
        isinstance(value, dict)
        and _is_word(value.get("state", ""))
        and _is_word(value.get("light", ""))
        and _is_word(value.get("holder", ""))
    )


def _is_notice(value: Json) -> bool:
    if value is None:
        return True
    return (
        isinstance(value, dict)
        and isinstance(value.get("items", []), list)
        and _are_words(value.get("numbers", []))
    )
