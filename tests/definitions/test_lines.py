"""YAML as we take it, and the reader of .po files beside Babel's."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

import pytest
from babel.messages.pofile import read_po
from hypothesis import given
from hypothesis import strategies as st

from kiosk.definitions.catalogue import BadCatalogue, read_catalogue
from kiosk.definitions.lines import Unreadable, place_in, read_yaml
from kiosk.settings import sample_pack_folder


def data(folder: Path, text: str) -> object:
    path = folder / "file.yaml"
    path.write_text(text, encoding="utf-8")
    return read_yaml(path, "file.yaml")


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("no", "no"),
        ("on", "on"),
        ("true", True),
        ("0123", "0123"),
        ("12:30", "12:30"),
        ("533102", 533102),
        ('"533102"', "533102"),
        ("2026-02-14", "2026-02-14"),
        ("1.10", "1.10"),
        ("~", None),
        ("", None),
    ],
)
def test_only_true_false_numbers_and_null_are_more_than_text(
    tmp_path: Path, text: str, value: object
) -> None:
    read = data(tmp_path, f"key: {text}\n")
    assert read == {"key": value}
    assert type(read["key"]) is type(value)  # type: ignore[index]


def test_every_key_and_item_knows_its_line(tmp_path: Path) -> None:
    read = data(tmp_path, "a: 1\nb:\n  - x\n  - y: 2\n    z: 3\n")
    assert place_in(read, ["b", 1, "z"]) == ("file.yaml", 5)
    assert place_in(read, ["b", 0]) == ("file.yaml", 3)
    assert place_in(read, ["b", 7]) == ("file.yaml", 2)  # the nearest thing above


@given(st.text(max_size=60))
def test_any_text_is_read_or_refused(tmp_path_factory: pytest.TempPathFactory, text: str) -> None:
    path = tmp_path_factory.getbasetemp() / "any.yaml"
    path.write_bytes(text.encode("utf-8", "surrogatepass"))
    with suppress(Unreadable):  # any other exception would be a fault
        read_yaml(path, "any.yaml")


@pytest.mark.parametrize("language", ["zh", "my"])
def test_our_reader_reads_what_babel_reads(language: str) -> None:
    path = sample_pack_folder() / f"assets/translations/{language}.po"
    with path.open("rb") as file:
        babel = {message.id: message.string for message in read_po(file) if message.id}
    assert {message.msgid: message.msgstr for message in read_catalogue(path)} == babel


@given(st.text(alphabet='msgidtr "\\\n#,draf\u1000', max_size=80))
def test_any_catalogue_is_read_or_refused(tmp_path_factory: pytest.TempPathFactory, text: str) -> None:
    path = tmp_path_factory.getbasetemp() / "any.po"
    path.write_text(text, encoding="utf-8")
    with suppress(BadCatalogue):
        assert all(message.msgid for message in read_catalogue(path))


def test_lines_of_one_entry_are_joined_and_its_flag_is_its_own(tmp_path: Path) -> None:
    path = tmp_path / "x.po"
    path.write_text(
        '#, draft\nmsgid "a"\n"b"\nmsgstr "c\\n"\n"d"\n\nmsgid "e"\nmsgstr ""\n', encoding="utf-8"
    )
    first, second = read_catalogue(path)
    assert (first.msgid, first.msgstr, first.draft, first.line) == ("ab", "c\nd", True, 2)
    assert (second.msgid, second.msgstr, second.draft) == ("e", "", False)
