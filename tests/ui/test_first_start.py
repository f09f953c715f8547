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
from kiosk.ui.counter.first_start import Checked, FirstStart, shortened
from tests.office import sample_pack
from tests.ui.starting import (
    ENTER,
    WAIT,
    Begin,
    Show,
    alone,
    check,
    join,
    message,
    name_folder,
    no_centre,
    shown_key,
    type_into,
    wait_visible,
    write_down,
)


def test_from_the_pack_to_the_first_supervisor(
    qtbot: QtBot, starting: FirstStart, settings: Settings
) -> None:
    name_folder(qtbot, starting, sample_pack_folder())
    wait_visible(qtbot, starting.last_group)
    key = shown_key(starting)
    assert keys.recovery_public(key) == keys.recovery_of(settings.data)
    type_into(qtbot, starting.last_group, key.split("-")[-1].lower())
    assert shown_key(starting) == ""  # shown once
    assert starting.number.isVisible()
    type_into(qtbot, starting.number, "s001")
    type_into(qtbot, starting.name, "王海宁")
    type_into(qtbot, starting.passphrase, "eight quiet herons")
    with qtbot.waitSignal(starting.finished, timeout=WAIT) as told:
        type_into(qtbot, starting.again, "eight quiet herons")
    desk = told.args[0]
    assert isinstance(desk, Desk)
    assert desk.sign_in("S001", "eight quiet herons").roles == ("supervisor",)


def test_a_first_start_that_was_cut_short_goes_on_with_another_key(
    qtbot: QtBot, settings: Settings, show_start: Show
) -> None:
    desk, lost = first_start(settings, sample_pack_folder())
    window = show_start(
        check, lambda folder: (desk, lost), no_centre, join, begun=(desk, renew_recovery(settings))
    )
    key = shown_key(window)
    assert key != lost
    assert keys.recovery_public(key) == keys.recovery_of(settings.data)
    type_into(qtbot, window.last_group, key.split("-")[-1])
    assert window.joining.invitation.isVisible()
    desk.terminal.store.close()
    open_desk(settings).terminal.store.close()  # this machine still opens it


def test_a_bad_pack_is_told_and_leaves_nothing_behind(
    qtbot: QtBot, starting: FirstStart, settings: Settings, tmp_path: Path
) -> None:
    empty = tmp_path / "pack"
    empty.mkdir()
    name_folder(qtbot, starting, empty)
    wait_visible(qtbot, message(starting, "pack"))
    assert message(starting, "pack").text()
    assert starting.folder.isVisible()
    assert not settings.data.exists()


def test_a_folder_that_is_not_there_is_told(qtbot: QtBot, starting: FirstStart, tmp_path: Path) -> None:
    name_folder(qtbot, starting, tmp_path / "nowhere")
    assert "There is no folder" in message(starting, "pack").text()


def test_the_key_must_really_be_written_down(qtbot: QtBot, starting: FirstStart) -> None:
    name_folder(qtbot, starting, sample_pack_folder())
    wait_visible(qtbot, starting.last_group)
    type_into(qtbot, starting.last_group, "ABCDE")
    assert "not the last group" in message(starting, "key").text()
    assert starting.last_group.isVisible()
    assert shown_key(starting)


@pytest.mark.parametrize(
    ("number", "first", "second", "why"),
    [
        ("S001", "eight quiet herons", "eight quiet heron", "differ"),
        ("S001", "short", "short", "characters"),
        ("", "eight quiet herons", "eight quiet herons", "staff number"),
    ],
)
def test_an_account_that_cannot_be_made_says_why(
    qtbot: QtBot, starting: FirstStart, number: str, first: str, second: str, why: str
) -> None:
    name_folder(qtbot, starting, sample_pack_folder())
    write_down(qtbot, starting)
    type_into(qtbot, starting.number, number)
    type_into(qtbot, starting.name, "王海宁")
    type_into(qtbot, starting.passphrase, first)
    type_into(qtbot, starting.again, second)
    wait_visible(qtbot, message(starting, "supervisor"))
    assert why in message(starting, "supervisor").text()


def test_the_language_changes_and_what_was_typed_stays(qtbot: QtBot, starting: FirstStart) -> None:
    qtbot.keyClicks(starting.joining.invitation, "KIOSK-INVITE/1/half")
    alone(qtbot, starting)
    qtbot.keyClicks(starting.folder, "/half/typed")
    starting.words.use("zh")
    qtbot.mouseClick(starting.back, Qt.MouseButton.LeftButton)
    assert starting.joining.invitation.hasFocus()
    assert starting.joining.invitation.raw() == "KIOSK-INVITE/1/half"
    alone(qtbot, starting)
    assert starting.folder.hasFocus()
    assert starting.folder.raw() == "/half/typed"


def test_languages_stand_in_the_order_of_the_counter(starting: FirstStart) -> None:
    switch = starting.findChild(LanguageSwitch)
    assert switch is not None
    names = [one.objectName() for one in switch.findChildren(QAbstractButton)]
    assert names == ["language.zh", "language.my", "language.en"]


def test_the_sample_pack_is_taken_only_when_it_is_asked_for_twice(
    qtbot: QtBot, settings: Settings, show_start: Show, make_desk: Begin
) -> None:
    window = show_start(
        lambda folder: Checked(sample=True), make_desk, no_centre, join, sample_pack().translators, "en"
    )
    name_folder(qtbot, window, sample_pack_folder())
    wait_visible(qtbot, message(window, "pack"))
    assert "sample pack" in message(window, "pack").text()
    assert not settings.data.exists()
    qtbot.keyClick(window.folder, ENTER)
    wait_visible(qtbot, window.last_group)


def test_a_restored_terminal_asks_for_the_pack_alone(
    qtbot: QtBot, settings: Settings, show_start: Show
) -> None:
    desk, _ = first_start(settings, sample_pack_folder())
    desk.add_staff("S001", "王海宁", ("supervisor",), "eight quiet herons")
    window = show_start(lambda folder: Checked(), lambda folder: (desk, ""), no_centre, join)
    with qtbot.waitSignal(window.finished, timeout=WAIT) as told:
        name_folder(qtbot, window, sample_pack_folder())
    assert told.args == [desk]
    desk.terminal.store.close()


def test_many_findings_are_shortened_and_the_whole_command_is_named(tmp_path: Path) -> None:
    said = str(shortened([say("{number}", number=number) for number in range(7)], tmp_path))
    assert said == f"0\n1\n2\n3\n4\n… and 2 more. `kiosk check-office {tmp_path}` lists them all."
