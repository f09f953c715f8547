"""What the documents for people name is there, and what they list is complete."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from kiosk.model.fields import FIELD_TYPES
from tests.test_imports import LEVELS

ROOT = Path(__file__).parents[1]
DOCUMENTS = ("README.md", "ARCHITECTURE.md", "CONTRIBUTING.md", "docs/office-pack.md", "docs/decisions.md")
OURS = ("kiosk", "tests", "docs", "tools", "assets", "forms", "workflows", "migrations", ".ci")


def text(name: str) -> str:
    return (ROOT / name).read_text("utf-8")


@pytest.mark.parametrize("name", DOCUMENTS)
def test_every_file_a_document_names_is_there(name: str) -> None:
    """A path in backquotes, or what a link leads to; a word in capitals stands for any name."""
    named = set(re.findall(rf"`((?:{'|'.join(map(re.escape, OURS))})/[\w./*-]*)`", text(name)))
    linked = {link for link in re.findall(r"\]\(([^)#]+)\)", text(name)) if "://" not in link}
    assert named | linked
    lost = {path for path in named if not list(ROOT.glob(re.sub(r"\b[A-Z]{2,}\b", "*", path)))}
    lost |= {link for link in linked if not (ROOT / name).parent.joinpath(link).exists()}
    assert not lost


def test_the_guide_to_office_packs_is_linked() -> None:
    for name in ("README.md", "ARCHITECTURE.md", "CONTRIBUTING.md"):
        assert "(docs/office-pack.md)" in text(name)


def test_the_guide_lists_every_field_type_with_its_options() -> None:
    rows = re.findall(
        r"^\| (`.*`) \| .* \|(.*)\|$", text("docs/office-pack.md").partition("| type |")[2], re.M
    )
    listed = {
        kind: tuple(re.findall(r"`(\w+)`", options))
        for kinds, options in rows
        for kind in re.findall(r"`(\w+)`", kinds)
    }
    assert listed == {name: tuple(kind.options) for name, kind in FIELD_TYPES.items()}


def test_the_table_of_levels_is_that_of_the_import_test() -> None:
    rows = re.findall(r"^\| (\d) \| (.*?) \|", text("ARCHITECTURE.md"), re.M)
    listed = {part: int(level) for level, parts in rows for part in re.findall(r"`(\w+)`", parts)}
    assert listed == {part: level for part, level in LEVELS.items() if part not in ("__init__", "model.text")}
