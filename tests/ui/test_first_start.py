"""The first start of a real terminal, with a real store made in a folder of its own."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QInputMethodEvent
from PySide6.QtWidgets import QAbstractButton, QApplication, QLabel, QWidget
from pytestqt.qtbot import QtBot

from kiosk.actions.desk import Desk
from kiosk.bootstrap import first_start, open_desk, renew_recovery
from kiosk.definitions import check_pack
from kiosk.model.text import say
from kiosk.settings import Settings, sample_pack_folder
from kiosk.store import keys
from kiosk.ui.counter.bars import LanguageSwitch
from kiosk.ui.counter.first_start import Checked, FirstStart, shortened
from kiosk.ui.fields.line import LineInput
from tests.office import MONDAY, sample_pack

ENTER = Qt.Key.Key_Return
WAIT = 60_000  # ms: the pack is read, keys and store are made, a passphrase is hashed slowly


def check(folder: Path) -> Checked:
    findings = check_pack(folder, MONDAY.date())
    return Checked([finding.text for finding in findings if finding.severity == "error"])


@pytest.fixture
def window(qtbot: QtBot, settings: Settings, dressed: QApplication) -> Iterator[FirstStart]:
    made: list[Desk] = []

    def make(folder: Path) -> tuple[Desk, str]:
        desk, secret = first_start(settings, folder)
        made.append(desk)
        return desk, secret

    window = FirstStart(check, make, sample_pack().translators, "en")
    qtbot.addWidget(window)
    window.show()
    yield window
    window.background.wait()
    for desk in made:
        desk.terminal.store.close()


def type_into(qtbot: QtBot, line: LineInput, text: str) -> None:
    line.clear()
    if text.isascii():
        qtbot.keyClicks(line, text)
    else:  # no key has it: the input method gives it
        composed = QInputMethodEvent()
        composed.setCommitString(text)
        QApplication.sendEvent(line, composed)
    qtbot.keyClick(line, ENTER)


def message(window: QWidget, step: str) -> QLabel:
    found = window.findChild(QLabel, f"first_start.{step}.message")
    assert found is not None
    return found


def wait_visible(qtbot: QtBot, widget: QWidget) -> None:
    qtbot.waitUntil(widget.isVisible, timeout=WAIT)


def shown_key(window: FirstStart) -> str:
    found = window.findChild(QLabel, "first_start.key.shown")
    assert found is not None
    return "-".join(found.text().split())


def test_from_the_pack_to_the_first_supervisor(qtbot: QtBot, window: FirstStart, settings: Settings) -> None:
    type_into(qtbot, window.folder, str(sample_pack_folder()))
    wait_visible(qtbot, window.last_group)
    key = shown_key(window)
    assert keys.recovery_public(key) == keys.recovery_of(settings.data)
    type_into(qtbot, window.last_group, key.split("-")[-1].lower())
    wait_visible(qtbot, window.number)
    assert shown_key(window) == ""  # shown once
    type_into(qtbot, window.number, "s001")
    type_into(qtbot, window.name, "王海宁")
    type_into(qtbot, window.passphrase, "eight quiet herons")
    with qtbot.waitSignal(window.finished, timeout=WAIT) as told:
        type_into(qtbot, window.again, "eight quiet herons")
    desk = told.args[0]
    assert isinstance(desk, Desk)
    assert desk.sign_in("S001", "eight quiet herons").roles == ("supervisor",)


def test_a_first_start_that_was_cut_short_goes_on_with_another_key(
    qtbot: QtBot, settings: Settings, dressed: QApplication
) -> None:
    desk, lost = first_start(settings, sample_pack_folder())
    window = FirstStart(check, lambda folder: (desk, lost), begun=(desk, renew_recovery(settings)))
    qtbot.addWidget(window)
    window.show()
    key = shown_key(window)
    assert key != lost
    assert keys.recovery_public(key) == keys.recovery_of(settings.data)
    type_into(qtbot, window.last_group, key.split("-")[-1])
    assert window.number.isVisible()
    desk.terminal.store.close()
    open_desk(settings).terminal.store.close()  # this machine still opens it


def test_a_bad_pack_is_told_and_leaves_nothing_behind(
    qtbot: QtBot, window: FirstStart, settings: Settings, tmp_path: Path
) -> None:
    empty = tmp_path / "pack"
    empty.mkdir()
    type_into(qtbot, window.folder, str(empty))
    wait_visible(qtbot, message(window, "pack"))
    assert message(window, "pack").text()
    assert window.folder.isVisible()
    assert not settings.data.exists()


def test_a_folder_that_is_not_there_is_told(qtbot: QtBot, window: FirstStart, tmp_path: Path) -> None:
    type_into(qtbot, window.folder, str(tmp_path / "nowhere"))
    assert "There is no folder" in message(window, "pack").text()


def test_the_key_must_really_be_written_down(qtbot: QtBot, window: FirstStart) -> None:
    type_into(qtbot, window.folder, str(sample_pack_folder()))
    wait_visible(qtbot, window.last_group)
    type_into(qtbot, window.last_group, "ABCDE")
    assert "not the last group" in message(window, "key").text()
    assert window.last_group.isVisible()
    assert shown_key(window)


@pytest.mark.parametrize(
    ("number", "first", "second", "why"),
    [
        ("S001", "eight quiet herons", "eight quiet heron", "differ"),
        ("S001", "short", "short", "characters"),
        ("", "eight quiet herons", "eight quiet herons", "staff number"),
    ],
)
def test_an_account_that_cannot_be_made_says_why(
    qtbot: QtBot, window: FirstStart, number: str, first: str, second: str, why: str
) -> None:
    type_into(qtbot, window.folder, str(sample_pack_folder()))
    wait_visible(qtbot, window.last_group)
    type_into(qtbot, window.last_group, shown_key(window).split("-")[-1])
    type_into(qtbot, window.number, number)
    type_into(qtbot, window.name, "王海宁")
    type_into(qtbot, window.passphrase, first)
    type_into(qtbot, window.again, second)
    wait_visible(qtbot, message(window, "supervisor"))
    assert why in message(window, "supervisor").text()


def test_the_language_changes_and_what_was_typed_stays(qtbot: QtBot, window: FirstStart) -> None:
    qtbot.keyClicks(window.folder, "/half/typed")
    window.words.use("zh")
    assert window.folder.raw() == "/half/typed"


def test_languages_stand_in_the_order_of_the_counter(window: FirstStart) -> None:
    switch = window.findChild(LanguageSwitch)
    assert switch is not None
    names = [one.objectName() for one in switch.findChildren(QAbstractButton)]
    assert names == ["language.zh", "language.my", "language.en"]


def test_the_sample_pack_is_taken_only_when_it_is_asked_for_twice(
    qtbot: QtBot, settings: Settings, dressed: QApplication
) -> None:
    made: list[Desk] = []

    def make(folder: Path) -> tuple[Desk, str]:
        desk, secret = first_start(settings, folder)
        made.append(desk)
        return desk, secret

    window = FirstStart(lambda folder: Checked(sample=True), make, sample_pack().translators, "en")
    qtbot.addWidget(window)
    window.show()
    type_into(qtbot, window.folder, str(sample_pack_folder()))
    wait_visible(qtbot, message(window, "pack"))
    assert "sample pack" in message(window, "pack").text()
    assert not settings.data.exists()
    qtbot.keyClick(window.folder, ENTER)
    wait_visible(qtbot, window.last_group)
    made[0].terminal.store.close()


def test_a_restored_terminal_asks_for_the_pack_alone(
    qtbot: QtBot, settings: Settings, dressed: QApplication
) -> None:
    desk, _ = first_start(settings, sample_pack_folder())
    desk.add_staff("S001", "王海宁", ("supervisor",), "eight quiet herons")
    window = FirstStart(lambda folder: Checked(), lambda folder: (desk, ""))
    qtbot.addWidget(window)
    window.show()
    with qtbot.waitSignal(window.finished, timeout=WAIT) as told:
        type_into(qtbot, window.folder, str(sample_pack_folder()))
    assert told.args == [desk]
    desk.terminal.store.close()


def test_many_findings_are_shortened_and_the_whole_command_is_named(tmp_path: Path) -> None:
    said = str(shortened([say("{number}", number=number) for number in range(7)], tmp_path))
    assert said == f"0\n1\n2\n3\n4\n… and 2 more. `kiosk check-office {tmp_path}` lists them all."
