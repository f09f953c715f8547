"""Who imports whom: each part only what stands before it, and each library only where it belongs.

Every import counts: those inside functions, and those made for type checking alone.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

ROOT = Path(__file__).parents[1]

# A part may import itself and parts of a lower level; at the two ends they may know one another.
LEVELS = {
    # what everybody says: errors and texts, and what stands under everything
    "errors": 0, "logs": 0, "log_lines": 0, "model.text": 0, "settings": 0,
    "model": 1,
    "capture": 2, "definitions": 2, "printing": 2, "seal": 2, "store": 2, "sync": 2,
    "actions": 3,
    "ui": 4,
    "__init__": 5, "__main__": 5, "bootstrap": 5, "commands": 5, "demo": 5, "trial_slips": 5,
}  # fmt: skip
BOTTOM, TOP = 0, 5

# The central system is a terminal too, without windows: it shares the rules, the journal and what travels.
SHARED_WITH_CENTRAL = {
    "errors", "logs", "settings", "model", "model.text", "definitions", "store", "seal", "actions",
    "capture.apart",  # which decodes nothing itself
    "sync.answers", "sync.invitation", "sync.protocol", "sync.signing", "__init__", "__main__",
}  # fmt: skip

# Libraries that belong to some parts only; "model" may import nothing that touches the world.
ONLY_IN = {
    "PySide6": ("ui", "bootstrap", "commands", "demo"),
    "shiboken6": ("ui",),
    "sqlalchemy": ("store",),
    "sqlcipher3": ("store", "commands"),  # the doctor asks for its version
    "alembic": ("store",),
    "cv2": ("capture", "commands"),
    "mtcnn": ("capture",),
    "pyzbar": ("capture", "commands"),
    "reportlab": ("printing",),
    "httpx": ("sync",),
    "keyring": ("store", "commands"),
}
NOT_IN_MODEL = {
    "asyncio", "ctypes", "http", "io", "locale", "logging", "os", "pathlib", "random", "secrets", "shutil",
    "socket", "sqlite3", "subprocess", "sys", "tempfile", "threading", "time", "urllib", "uuid",
}  # fmt: skip
CLOCKS = {"date.today", "datetime.now", "datetime.today", "datetime.utcnow"}


class Import(NamedTuple):
    """`module` of kiosk imports `target` on `line`."""

    module: str
    target: str
    line: int

    def __str__(self) -> str:
        return f"kiosk.{self.module} line {self.line}: {self.target}"


def modules(folder: Path) -> Iterator[tuple[str, ast.Module]]:
    """Dotted name below the package, and tree, of every module in it."""
    for file in sorted(folder.rglob("*.py")):
        parts = file.relative_to(folder).with_suffix("").parts
        name = ".".join(parts[:-1] if parts[-1] == "__init__" and len(parts) > 1 else parts)
        yield name, ast.parse(file.read_text("utf-8"), str(file))


def imports(module: str, tree: ast.Module) -> Iterator[Import]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield Import(module, alias.name, node.lineno)
        elif isinstance(node, ast.ImportFrom):
            base = "." * node.level + (node.module or "")
            for alias in node.names:  # `from kiosk import errors` imports kiosk.errors
                yield Import(module, f"{base}.{alias.name}", node.lineno)


def part(dotted: str) -> str:
    """The part of the program that a module (dotted, below kiosk) belongs to."""
    if dotted == "model.text" or dotted.startswith("model.text."):
        return "model.text"
    return dotted.split(".")[0]


def wrong_steps(found: Import) -> Iterator[str]:
    """What is wrong with one import."""
    here, top = part(found.module), found.target.split(".")[0]
    if found.target.startswith("."):
        yield f"{found}: write imports in full, so that they can be found"
    elif top == "kiosk":
        there = part(found.target.removeprefix("kiosk").lstrip("."))
        if there not in LEVELS:  # a name of kiosk/__init__.py, such as __version__
            return
        if LEVELS[there] > LEVELS[here]:
            yield f"{found}: {here} stands before {there}"
        elif here != there and LEVELS[there] == LEVELS[here] and LEVELS[here] not in (BOTTOM, TOP):
            yield f"{found}: {here} and {there} may not know each other"
    elif here not in ONLY_IN.get(top, (here,)):
        yield f"{found}: {top} belongs to {', '.join(ONLY_IN[top])}"
    elif here in ("model", "model.text") and top in NOT_IN_MODEL:
        yield f"{found}: the model touches nothing outside itself"


def clocks_read(module: str, tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and ast.unparse(node) in CLOCKS:
            yield f"kiosk.{module} line {node.lineno}: the model reads no clock; `today` is an argument"


def wrong_in(package: str, rule: Callable[[Import], Iterator[str]]) -> str:
    """A line for each import that breaks the rule."""
    return "\n".join(
        text
        for module, tree in modules(ROOT / package)
        for found in imports(module, tree)
        for text in rule(found)
    )


def test_each_part_imports_only_what_stands_before_it() -> None:
    assert wrong_in("kiosk", wrong_steps) == ""


def foreign_to_central(found: Import) -> Iterator[str]:
    """What the central system takes from a terminal and should not."""
    if found.target.split(".")[0] == "kiosk":
        dotted = found.target.removeprefix("kiosk").lstrip(".")
        names = {part(dotted), ".".join(dotted.split(".")[:2])}
        if part(dotted) in LEVELS and not names & SHARED_WITH_CENTRAL:
            yield f"central.{found.module} line {found.line}: {found.target} is the terminal's own"
    elif found.target.split(".")[0] in ("PySide6", "cv2", "reportlab"):
        yield f"central.{found.module} line {found.line}: the central system has no {found.target}"


def test_the_central_system_takes_rules_and_journal_from_the_terminal_and_nothing_else() -> None:
    assert wrong_in("central", foreign_to_central) == ""


@pytest.mark.parametrize(
    ("source", "right"),
    [
        ("from kiosk.model.chain import Row", True),
        ("from kiosk.sync.protocol import Push", True),
        ("from kiosk.sync import protocol", True),
        ("from kiosk import __version__", True),
        ("from kiosk.sync.client import Client", False),
        ("from kiosk.ui import theme", False),
        ("import kiosk.printing", False),
        ("from kiosk.bootstrap import open_desk", False),
    ],
)
def test_what_is_the_terminals_own_is_seen(source: str, right: bool) -> None:
    wrong = [text for found in imports("app", ast.parse(source)) for text in foreign_to_central(found)]
    assert (not wrong) is right, wrong


def test_every_part_has_its_place() -> None:
    parts = {part(module) for module, _tree in modules(ROOT / "kiosk")}
    assert parts <= LEVELS.keys()
    assert {"errors", "model", "store", "actions", "ui", "__main__"} <= parts


def test_the_model_reads_no_clock() -> None:
    trees = [(module, tree) for module, tree in modules(ROOT / "kiosk") if part(module).startswith("model")]
    wrong = [text for module, tree in trees for text in clocks_read(module, tree)]
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize(
    ("module", "source", "right"),
    [
        ("store.journal", "from kiosk.model.entries import Entry", True),
        ("model.fields", "from kiosk.errors import KioskError", True),
        ("errors", "from kiosk.model.text import Text", True),
        ("commands.doctor", "from kiosk.bootstrap import desk", True),
        ("commands.doctor", "from kiosk import __version__", True),
        ("model.fields", "import kiosk.store.journal", False),
        ("model.fields", "from kiosk import store", False),
        ("model.text", "from kiosk.model.forms import FormDefinition", False),
        ("model.fields", "def f():\n    from kiosk.ui import theme", False),
        ("store.journal", "if TYPE_CHECKING:\n    from kiosk.printing import render", False),
        ("ui.case", "from kiosk.bootstrap import desk", False),
        ("ui.case", "import sqlalchemy.orm", False),
        ("ui.case", "from cv2 import imread", False),
        ("actions.desk", "from PySide6.QtCore import QObject", False),
        ("model.case", "import os.path", False),
        ("model.case", "from . import forms", False),
    ],
)
def test_a_step_the_wrong_way_is_seen(module: str, source: str, right: bool) -> None:
    wrong = [text for found in imports(module, ast.parse(source)) for text in wrong_steps(found)]
    assert (not wrong) is right, wrong


def test_a_clock_in_the_model_is_seen() -> None:
    assert list(clocks_read("model.case", ast.parse("when = datetime.now(UTC)")))
    assert not list(clocks_read("model.case", ast.parse("when = facts.today")))
