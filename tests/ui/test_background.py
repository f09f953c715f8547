"""The only way off the UI thread."""

from __future__ import annotations

import ast
from pathlib import Path
from threading import Event, current_thread, main_thread

import pytest
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication, QLabel
from pytestqt.exceptions import capture_exceptions
from pytestqt.qtbot import QtBot

from kiosk.errors import KioskError, PrintError
from kiosk.model.text import say
from kiosk.ui.background import Background, on_ui_thread

UI = Path(__file__).parents[2] / "kiosk" / "ui"


@pytest.fixture
def background(qtbot: QtBot) -> Background:
    return Background()


def test_work_runs_elsewhere_and_its_result_comes_back_here(qtbot: QtBot, background: Background) -> None:
    got: list[tuple[bool, bool]] = []
    background.run(lambda: current_thread() is main_thread(), lambda here: got.append((here, on_ui_thread())))
    qtbot.waitUntil(lambda: bool(got))
    assert got == [(False, True)]


def test_the_window_lives_while_work_takes_its_time(qtbot: QtBot, background: Background) -> None:
    """Work that waits for ever would freeze the window if it ran here: the timer would never fire."""
    release, done = Event(), []
    ticks = QTimer()
    ticks.timeout.connect(release.set)
    ticks.start(1)
    background.run(release.wait, done.append)
    qtbot.waitUntil(lambda: bool(done))
    assert done == [True]


def test_an_error_of_ours_comes_back_to_be_said(qtbot: QtBot, background: Background) -> None:
    def work() -> None:
        raise PrintError(say("The printer is off."))

    errors: list[KioskError] = []
    background.run(work, lambda _nothing: None, errors.append)
    qtbot.waitUntil(lambda: bool(errors))
    assert str(errors[0]) == "The printer is off."


def test_a_bug_is_not_swallowed(qtbot: QtBot, background: Background) -> None:
    with capture_exceptions() as caught:
        background.run(lambda: 1 // 0, lambda _result: None, lambda _error: None)
        qtbot.waitUntil(lambda: bool(caught))
    assert caught[0][0] is ZeroDivisionError


def test_a_widget_closed_meanwhile_is_left_alone(qtbot: QtBot, background: Background) -> None:
    gone, here = QLabel(), QLabel()
    qtbot.addWidget(here)
    background.run(lambda: "x", gone.setText)
    gone.deleteLater()
    background.wait()
    background.run(lambda: "y", here.setText)
    qtbot.waitUntil(lambda: here.text() == "y")


def test_waiting_ends_when_all_work_is_done(background: Background, qapp: QApplication) -> None:
    done: list[int] = []
    for number in range(5):
        background.run(lambda number=number: done.append(number), lambda _nothing: None)  # type: ignore[misc]
    background.wait()
    assert sorted(done) == [0, 1, 2, 3, 4]


def test_no_other_module_of_the_windows_starts_threads() -> None:
    """What may take more than 50 ms goes through `background`, and through nothing else."""
    others = {
        "QThread",
        "QThreadPool",
        "QRunnable",
        "QtConcurrent",
        "threading",
        "multiprocessing",
        "asyncio",
    }
    for path in UI.rglob("*.py"):
        if path.name == "background.py":
            continue
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import | ast.ImportFrom):
                names = {alias.name.partition(".")[0] for alias in node.names}
                module = getattr(node, "module", "") or ""
                assert not others & {*names, *module.split(".")}, f"{path.name} line {node.lineno}"


SLOW = {"sign_in", "printer", "slip_pdf", "print_pdf", "pages", "read_bytes"}  # each may take more than 50 ms


def test_slow_calls_of_the_desk_stand_only_in_work_for_the_background() -> None:
    """Called from a function without a name of its own or nested in a method: such go to `background.run`."""
    for path in UI.rglob("*.py"):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        for method in [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)]:
            for statement in method.body:
                for call in _calls_outside_nested(statement):
                    where = f"{path.name} line {call.lineno}"
                    inside = method.name in ("read", "read_picture") or _is_nested(tree, method)
                    assert inside, where


def _calls_outside_nested(node: ast.AST) -> list[ast.Call]:
    """Slow calls in a statement, leaving out lambdas and functions inside it."""
    if isinstance(node, ast.FunctionDef | ast.Lambda):
        return []
    found = []
    if isinstance(node, ast.Call) and getattr(node.func, "attr", "") in SLOW:
        found.append(node)
    for child in ast.iter_child_nodes(node):
        found += _calls_outside_nested(child)
    return found


def _is_nested(tree: ast.Module, function: ast.FunctionDef) -> bool:
    return any(
        function in ast.walk(outer) and outer is not function
        for outer in ast.walk(tree)
        if isinstance(outer, ast.FunctionDef)
    )
