"""`kiosk run`: which window opens, and what is said where none can."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from msgspec.structs import replace
from PySide6.QtCore import QMessageLogContext, Qt, QtMsgType, qInstallMessageHandler, qWarning
from PySide6.QtWidgets import QApplication, QLabel
from pytestqt.qtbot import QtBot

from kiosk.actions.desk import Desk
from kiosk.bootstrap import first_start, has_pack, open_store
from kiosk.commands.run import first_window, in_words
from kiosk.definitions import Finding
from kiosk.model.text import say
from kiosk.settings import Settings, fonts_folder, sample_pack_folder
from kiosk.store.backup import backup, restore
from kiosk.store.keys import FileProvider, recovery_of
from kiosk.ui import theme
from kiosk.ui.counter.first_start import FirstStart
from kiosk.ui.messages import OFFSCREEN, without_offscreen_remarks

WAIT = 60_000  # ms: the pack is read and a store is opened


@pytest.fixture
def restored(tmp_path: Path) -> Settings:
    """A terminal made from the backup of another one, on a machine that knows no office pack."""
    settings = Settings(data=tmp_path / "data", logs=tmp_path / "logs", slips=tmp_path / "slips")
    desk, secret = first_start(settings, sample_pack_folder())
    desk.add_staff("S001", "王海宁", ("supervisor",), "eight quiet herons")
    desk.terminal.store.close()
    file = tmp_path / "monday.kiosk"
    with open_store(settings, read_only=True) as store:
        backup(store, file, recovery_of(settings.data))
    other = replace(settings, data=tmp_path / "other")
    restore(file, other.data, secret, FileProvider(other.data))
    return other


@pytest.fixture
def dressed(qapp: QApplication) -> QApplication:
    theme.load_fonts(fonts_folder())
    theme.dress(qapp, "en")
    return qapp


def test_a_restored_terminal_asks_for_the_pack_and_knows_it_from_then_on(
    qtbot: QtBot, dressed: QApplication, restored: Settings
) -> None:
    assert not has_pack(restored)
    opened: list[Desk] = []
    window = first_window(replace(restored, language="en"), opened.append)
    assert isinstance(window, FirstStart)
    qtbot.addWidget(window)
    message = window.findChild(QLabel, "first_start.pack.message")
    assert message is not None
    qtbot.mouseClick(window.joining.without, Qt.MouseButton.LeftButton)
    qtbot.keyClicks(window.folder, str(sample_pack_folder()))
    qtbot.keyClick(window.folder, Qt.Key.Key_Return)
    qtbot.waitUntil(message.isVisible, timeout=WAIT)
    assert "This is a sample pack" in message.text()
    qtbot.keyClick(window.folder, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: bool(opened), timeout=WAIT)
    assert opened[0].has_staff()
    assert has_pack(restored)
    assert (restored.data / "trust.json").exists()
    opened[0].terminal.store.close()


def test_a_finding_of_a_whole_file_names_no_line() -> None:
    about, mend = say("This file is missing."), say("Copy it.")
    assert str(in_words(Finding("assets/office.yaml", 0, about, mend))) == (
        "assets/office.yaml: This file is missing."
    )
    assert str(in_words(Finding("forms/x.yaml", 7, about, mend))) == (
        "forms/x.yaml, line 7: This file is missing."
    )


def test_a_display_that_does_not_answer_is_a_sentence(tmp_path: Path) -> None:
    environ = os.environ | {"DISPLAY": ":4711", "QT_QPA_PLATFORM": "xcb", "KIOSK_DATA": str(tmp_path)}
    words = [sys.executable, "-m", "kiosk", "run"]
    ended = subprocess.run(words, env=environ, capture_output=True, text=True, check=False)
    assert (ended.returncode, ended.stdout) == (2, "")
    (sentence,) = ended.stderr.splitlines()
    assert sentence.startswith("kiosk: Qt can open no window here: ")
    assert list(tmp_path.iterdir()) == []


def test_only_what_no_screen_can_do_goes_unsaid(capfd: pytest.CaptureFixture[str]) -> None:
    heard: list[str] = []

    def handle(kind: QtMsgType, context: QMessageLogContext, text: str) -> None:
        heard.append(text)

    before = qInstallMessageHandler(handle)
    try:
        with without_offscreen_remarks():
            for text in [*OFFSCREEN, "this matters"]:
                qWarning(text)
        qWarning("afterwards")
    finally:
        qInstallMessageHandler(before)
    assert capfd.readouterr().err == "this matters\n"
    assert heard == ["afterwards"]
