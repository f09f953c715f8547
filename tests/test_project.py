"""What pyproject.toml and requirements.txt promise."""

from __future__ import annotations

import re
import sys
import tomllib
from functools import cache
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

from tests.test_imports import imports, modules

ROOT = Path(__file__).parents[1]


@cache
def project() -> dict[str, object]:
    loaded: dict[str, object] = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    return loaded


def normal(name: str) -> str:
    """A distribution's name without version and extras, as PEP 503 writes it."""
    return re.sub(r"[-_.]+", "-", re.split(r"[\[<>=~!; ]", name)[0]).lower()


def declared(*, with_dev: bool) -> set[str]:
    names = list(project()["dependencies"])  # type: ignore[call-overload]  # a list in every pyproject.toml
    if with_dev:
        names += project()["optional-dependencies"]["dev"]  # type: ignore[index]
    return {normal(name) for name in names}


@pytest.mark.parametrize("folder", ["central", "kiosk", "migrations", "tests", "tools"])
def test_every_library_that_is_imported_is_declared(folder: str) -> None:
    known = declared(with_dev=folder in ("tests", "tools"))
    owners = packages_distributions()
    own = sys.stdlib_module_names | {"central", "kiosk", "tests"}
    undeclared = {
        f"{found.target.split('.')[0]} in {folder}/{module.replace('.', '/')}.py"
        for module, tree in modules(ROOT / folder)
        for found in imports(module, tree)
        if (top := found.target.split(".")[0]) not in own
        if not known & {normal(owner) for owner in owners.get(top, ())}
    }
    assert not undeclared


def test_the_locked_list_holds_what_is_declared_with_hashes_and_no_address() -> None:
    text = (ROOT / "requirements.txt").read_text("utf-8")
    blocks = re.findall(r"^(\S+)==\S+.*(?:\n    .*)+", text, re.MULTILINE)
    assert declared(with_dev=True) <= {normal(name) for name in blocks}
    assert "://" not in text
    assert "--index-url" not in text
    for block in re.split(r"\n(?=\S)", text.strip()):
        assert "--hash=sha256:" in block, block.splitlines()[0]
