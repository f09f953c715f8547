"""What a browser sent in a form: its fields, and the files that came with them, which stay in memory."""

from __future__ import annotations

from io import BytesIO
from urllib.parse import parse_qs

import msgspec
from werkzeug.exceptions import RequestEntityTooLarge
from werkzeug.formparser import MultiPartParser
from werkzeug.http import parse_options_header

from kiosk.errors import KioskError
from kiosk.model.text import say

LARGEST_FORM, MOST_FIELDS = 256_000, 1_000  # bytes; names
MOST_PARTS = 8  # of a form with files
PLAIN, WITH_FILES = "application/x-www-form-urlencoded", "multipart/form-data"
NO_FORM = say("This is not a form of these pages.")


class Form(msgspec.Struct, frozen=True):
    """Each field's values by its name, and the files that are not empty."""

    fields: dict[str, list[str]] = {}
    files: tuple[bytes, ...] = ()


def may_hold_files(content_type: str) -> bool:
    return parse_options_header(content_type)[0] != PLAIN


def read_form(content_type: str, body: bytes, *, files: bool) -> Form:
    """Raises KioskError for anything but a form; one with files is read where `files` are expected."""
    kind, options = parse_options_header(content_type)
    try:
        if kind == PLAIN:
            text = body.decode("ascii")
            return Form(parse_qs(text, keep_blank_values=True, errors="strict", max_num_fields=MOST_FIELDS))
        if kind == WITH_FILES and files:
            return _with_files(body, options["boundary"].encode("ascii"))
    except (ValueError, KeyError, RequestEntityTooLarge) as error:
        raise KioskError(NO_FORM) from error
    raise KioskError(NO_FORM)


def _with_files(body: bytes, boundary: bytes) -> Form:
    parser = MultiPartParser(
        stream_factory=lambda *_, **_about: BytesIO(),  # nothing goes to a disk, not even for a moment
        max_form_memory_size=LARGEST_FORM,
        max_form_parts=MOST_PARTS,
    )
    fields, files = parser.parse(BytesIO(body), boundary, len(body))
    contents = (file.read() for _name, file in files.items(multi=True))
    return Form(fields.to_dict(flat=False), tuple(content for content in contents if content))
