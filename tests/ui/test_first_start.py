"""The first start of a real terminal, with a real store made in a folder of its own."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QAbstractButton
from pytestqt.qtbot import QtBot

from kiosk.actions.desk import Desk
from kiosk.bootstrap import first_start, open_desk, renew_recovery
from kiosk.model.text import say
from kiosk.settings import Settings, sample_pack_folder
from kiosk.store import keys
from kiosk.ui.counter.bars import LanguageSwitch
from kiosk.ui.counter.first_start import Checked, shortened
from tests.office import sample_pack
from tests.ui.starting import ENTER, WAIT, Begin, Show, Start, check, join, no_centre


def test_from_the_pack_to_the_first_supervisor(qtbot: QtBot, starting: Start, settings: Settings) -> None:
    starting.name_folder(sample_pack_folder())
    starting.wait_visible(starting.window.last_group)
    key = starting.shown_key()
    assert keys.recovery_public(key) == keys.recovery_of(settings.data)
    starting.type(starting.window.last_group, key.split("-")[-1].lower())
    assert starting.shown_key() == ""  # shown once
    assert starting.window.number.isVisible()
    starting.type(starting.window.number, "s001")
    starting.type(starting.window.name, "王海宁")
    starting.type(starting.window.passphrase, "eight quiet herons")
    with qtbot.waitSignal(starting.window.finished, timeout=WAIT) as told:
        starting.type(starting.window.again, "eight quiet herons")
    desk = told.args[0]
    assert isinstance(desk, Desk)
    assert desk.sign_in("S001", "eight quiet herons").roles == ("supervisor",)


def test_a_first_start_that_was_cut_short_goes_on_with_another_key(
    settings: Settings, show_start: Show
) -> None:
    desk, lost = first_start(settings, sample_pack_folder())
    start = show_start(
        check, lambda folder: (desk, lost), no_centre, join, begun=(desk, renew_recovery(settings))
    )
    key = start.shown_key()
    assert key != lost
    assert keys.recovery_public(key) == keys.recovery_of(settings.data)
    start.type(start.window.last_group, key.split("-")[-1])
    assert start.window.joining.invitation.isVisible()
    desk.terminal.store.close()
    open_desk(settings).terminal.store.close()  # this machine still opens it


def test_a_bad_pack_is_told_and_leaves_nothing_behind(
    starting: Start, settings: Settings, tmp_path: Path
) -> None:
    empty = tmp_path / "pack"
    empty.mkdir()
    starting.name_folder(empty)
    starting.wait_visible(starting.message("pack"))
    assert starting.message("pack").text()
    assert starting.window.folder.isVisible()
    assert not settings.data.exists()


def test_a_folder_that_is_not_there_is_told(starting: Start, tmp_path: Path) -> None:
    starting.name_folder(tmp_path / "nowhere")
    assert "There is no folder" in starting.message("pack").text()


def test_the_key_must_really_be_written_down(starting: Start) -> None:
    starting.name_folder(sample_pack_folder())
    starting.wait_visible(starting.window.last_group)
    starting.type(starting.window.last_group, "ABCDE")
    assert "not the last group" in starting.message("key").text()
    assert starting.window.last_group.isVisible()
    assert starting.shown_key()


@pytest.mark.parametrize(
    ("number", "first", "second", "why"),
    [
        ("S001", "eight quiet herons", "eight quiet heron", "differ"),
        ("S001", "short", "short", "characters"),
        ("", "eight quiet herons", "eight quiet herons", "staff number"),
    ],
)
def test_an_account_that_cannot_be_made_says_why(
    starting: Start, number: str, first: str, second: str, why: str
) -> None:
    starting.name_folder(sample_pack_folder())
    starting.write_down()
    starting.type(starting.window.number, number)
    starting.type(starting.window.name, "王海宁")
    starting.type(starting.window.passphrase, first)
    starting.type(starting.window.again, second)
    starting.wait_visible(starting.message("supervisor"))
    assert why in starting.message("supervisor").text()


def test_the_language_changes_and_what_was_typed_stays(qtbot: QtBot, starting: Start) -> None:
    qtbot.keyClicks(starting.window.joining.invitation, "KIOSK-INVITE/1/half")
    starting.alone()
    qtbot.keyClicks(starting.window.folder, "/half/typed")
    starting.window.words.use("zh")
    qtbot.mouseClick(starting.window.back, Qt.MouseButton.LeftButton)
    assert starting.window.joining.invitation.hasFocus()
    assert starting.window.joining.invitation.raw() == "KIOSK-INVITE/1/half"
    starting.alone()
    assert starting.window.folder.hasFocus()
    assert starting.window.folder.raw() == "/half/typed"


def test_languages_stand_in_the_order_of_the_counter(starting: Start) -> None:
    switch = starting.window.findChild(LanguageSwitch)
    assert switch is not None
    names = [one.objectName() for one in switch.findChildren(QAbstractButton)]
    assert names == ["language.zh", "language.my", "language.en"]


def test_the_sample_pack_is_taken_only_when_it_is_asked_for_twice(
    qtbot: QtBot, settings: Settings, show_start: Show, make_desk: Begin
) -> None:
    start = show_start(
        lambda folder: Checked(sample=True), make_desk, no_centre, join, sample_pack().translators, "en"
    )
    start.name_folder(sample_pack_folder())
    start.wait_visible(start.message("pack"))
    assert "sample pack" in start.message("pack").text()
    assert not settings.data.exists()
    qtbot.keyClick(start.window.folder, ENTER)
    start.wait_visible(start.window.last_group)


def test_a_restored_terminal_asks_for_the_pack_alone(
    qtbot: QtBot, settings: Settings, show_start: Show
) -> None:
    desk, _ = first_start(settings, sample_pack_folder())
    desk.add_staff("S001", "王海宁", ("supervisor",), "eight quiet herons")
    start = show_start(lambda folder: Checked(), lambda folder: (desk, ""), no_centre, join)
    with qtbot.waitSignal(start.window.finished, timeout=WAIT) as told:
        start.name_folder(sample_pack_folder())
    assert told.args == [desk]
    desk.terminal.store.close()


def test_many_findings_are_shortened_and_the_whole_command_is_named(tmp_path: Path) -> None:
    said = str(shortened([say("{number}", number=number) for number in range(7)], tmp_path))
    assert said == f"0\n1\n2\n3\n4\n… and 2 more. `kiosk check-office {tmp_path}` lists them all."
