"""Forms as browsers send them, and what nobody's browser sends."""

from __future__ import annotations

from contextlib import suppress
from io import BytesIO

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from central.pages.sending import LARGEST_FORM, MOST_PARTS, PLAIN, Form, read_form
from kiosk.errors import KioskError


def packed(fields: dict[str, str], *files: bytes) -> tuple[str, bytes]:
    """Content type and body of a form with files."""
    named = [("picture", ("slip.jpg", BytesIO(content))) for content in files]
    request = httpx.Request("POST", "https://centre/", data=fields, files=named)
    return request.headers["content-type"], request.read()


@given(
    st.lists(st.binary(max_size=300) | st.sampled_from([b"\r\n--", b"--\r\n" * 9]), min_size=1, max_size=4)
)
def test_files_come_as_they_were_sent_and_empty_ones_are_left_out(files: list[bytes]) -> None:
    form = read_form(*packed({"seal": "SW1:"}, *files), files=True)
    assert form == Form({"seal": ["SW1:"]}, tuple(content for content in files if content))


def test_a_form_without_files() -> None:
    assert read_form(PLAIN, b"a=1&b=&a=2", files=False) == Form({"a": ["1", "2"], "b": [""]})


def test_files_are_taken_only_where_they_are_expected() -> None:
    with pytest.raises(KioskError, match="not a form of these pages"):
        read_form(*packed({}, b"picture"), files=False)


def test_no_form_has_too_many_parts_or_too_long_fields() -> None:
    for kind, body in (
        packed({}, *[b"picture"] * (MOST_PARTS + 1)),
        packed({"seal": "S" * (LARGEST_FORM + 1)}, b"p"),
    ):
        with pytest.raises(KioskError, match="not a form of these pages"):
            read_form(kind, body, files=True)


KIND, BODY = packed({"seal": "SW1:"}, b"picture")


@given(
    st.sampled_from([PLAIN, KIND, "multipart/form-data", "multipart/form-data; boundary=é", "text/html", ""]),
    st.binary(max_size=300)
    | st.tuples(st.integers(0, len(BODY)), st.binary(max_size=9)).map(lambda cut: BODY[: cut[0]] + cut[1]),
)
def test_anything_else_is_refused_in_words(kind: str, body: bytes) -> None:
    """Nothing but that is raised."""
    with suppress(KioskError):
        read_form(kind, body, files=True)
