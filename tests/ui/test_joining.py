"""A first start that joins the office's central system by an invitation."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from msgspec.structs import replace
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from central import admin
from kiosk.actions import enrolment
from kiosk.actions.desk import Desk
from kiosk.actions.terminal import system_clock
from kiosk.bootstrap import PACK_NAME, first_start, has_pack, is_new, open_desk
from kiosk.commands.enrol import pack_to_begin_with
from kiosk.commands.run import first_window
from kiosk.definitions.bundle import bundle
from kiosk.errors import InvalidInput, NotAllowed
from kiosk.settings import Settings, sample_pack_folder
from kiosk.store import keys
from kiosk.ui.counter.first_start import Checked, FirstStart
from tests.office import Clock, Office
from tests.running import Running, meet
from tests.ui.starting import ENTER, WAIT, Show, Start, check, join, no_centre


@pytest.fixture
def centre(tmp_path: Path) -> Iterator[Running]:
    """A central system with an office pack and one clerk of the reception; its clock is the machine's."""
    running = Running(tmp_path / "centre", bundled=bundle(sample_pack_folder()))
    running.centre.clock = system_clock
    admin.appoint(running.centre, "R001", "李晓梅", ["reception"], "eight quiet herons", "S001")
    yield running
    running.end()


def test_a_terminal_joins_by_what_a_reader_types(
    qtbot: QtBot, starting: Start, centre: Running, settings: Settings
) -> None:
    assert starting.window.joining.invitation.hasFocus()
    starting.type(starting.window.joining.invitation, centre.invitation())
    starting.wait_visible(starting.window.last_group)
    assert keys.recovery_public(starting.shown_key()) == keys.recovery_of(settings.data)
    with qtbot.waitSignal(starting.window.finished, timeout=WAIT) as told:
        starting.write_down()
    desk = told.args[0]
    assert isinstance(desk, Desk)
    assert desk.sign_in("R001", "eight quiet herons").roles == ("reception",)
    assert enrolment.is_enrolled(desk.terminal)
    assert not starting.window.isVisible()


def test_a_terminal_without_a_pack_joins_and_is_filled_before_it_opens(
    qtbot: QtBot, centre: Running, settings: Settings, tmp_path: Path, dressed: QApplication
) -> None:
    (tmp_path / "other").mkdir()
    other = Office(tmp_path / "other", clock=Clock(system_clock()))
    up = centre.joined(other)
    case = other.register()
    meet(up)
    centre.end()
    centre.packing, centre.clock = True, Clock(system_clock())
    centre.begin()
    opened: list[Desk] = []
    window = first_window(replace(settings, language="en"), opened.append)
    assert isinstance(window, FirstStart)
    qtbot.addWidget(window)
    start = Start(qtbot, window)
    start.invite(centre.invitation())
    qtbot.waitUntil(lambda: bool(opened), timeout=WAIT)
    (desk,) = opened
    assert window.joining.progress.text() == "Fetching what the office has written: 100%"
    assert desk is not window.joining.desk
    assert [row.case for row in desk.work_list(desk.sign_in("R001", "eight quiet herons"))] == [case]
    window.background.wait()
    desk.terminal.store.close()
    open_desk(settings).terminal.store.close()  # it knows where its pack is
    up.client.close()
    other.close()


def test_an_invitation_is_pasted_over_several_lines(qtbot: QtBot, starting: Start, centre: Running) -> None:
    invitation = starting.window.joining.invitation
    text = centre.invitation().lower()
    QApplication.clipboard().setText(f" {text[:40]}\n{text[40:90]}\r\n{text[90:]}\n")
    qtbot.keyClick(invitation, Qt.Key.Key_V, Qt.KeyboardModifier.ControlModifier)
    qtbot.keyClick(invitation, ENTER)
    with qtbot.waitSignal(starting.window.finished, timeout=WAIT):
        starting.write_down()


def test_what_does_not_work_is_said_and_what_was_typed_stays(
    qtbot: QtBot, starting: Start, centre: Running, settings: Settings
) -> None:
    invitation = starting.window.joining.invitation
    text = centre.invitation()
    address, pin, secret = text.split("/")[2:]
    other = "0" if secret[0] != "0" else "1"
    wrong = {
        "KIOSK-INVITE/1/centre": "is not an invitation",
        f"KIOSK-INVITE/1/{address}/{pin}/{other}{secret[1:]}": "is not known, or was used already",
        f"KIOSK-INVITE/1/{address}/{'A' * 52}/{secret}": "is not the central system of this invitation",
        f"KIOSK-INVITE/1/127.0.0.1:9/{pin}/{secret}": "cannot be reached",
    }
    for typed, why in wrong.items():
        starting.type(invitation, typed)
        starting.wait_said("join", why)
        assert invitation.raw() == typed
        assert starting.window.joining.button.isEnabled()
    starting.window.words.use("my")
    assert starting.message("join").text() == "ဗဟိုစနစ်ကို ဆက်သွယ်၍မရပါ။"
    assert is_new(settings)
    qtbot.keyClicks(invitation, text)  # a reader reads once more: it writes over what stood there
    qtbot.keyClick(invitation, ENTER)
    with qtbot.waitSignal(starting.window.finished, timeout=WAIT):
        starting.write_down()


def test_a_centre_that_falls_silent_after_the_pack_is_asked_again(
    qtbot: QtBot, starting: Start, centre: Running
) -> None:
    text = centre.invitation()
    starting.type(starting.window.joining.invitation, text)
    starting.wait_visible(starting.window.last_group)
    centre.end()
    starting.write_down()
    starting.wait_said("join", "cannot be reached")
    assert starting.window.joining.invitation.raw() == text
    centre.begin()
    with qtbot.waitSignal(starting.window.finished, timeout=WAIT):
        qtbot.keyClick(starting.window.joining.invitation, ENTER)


def test_a_disk_that_refuses_the_pack_is_told(
    qtbot: QtBot, starting: Start, centre: Running, settings: Settings
) -> None:
    settings.data.write_text("no folder")
    starting.type(starting.window.joining.invitation, centre.invitation())
    starting.wait_said("join", "The disk refused")
    settings.data.unlink()
    qtbot.keyClick(starting.window.joining.invitation, ENTER)
    starting.wait_visible(starting.window.last_group)


def test_a_pack_that_the_settings_name_is_taken_by_who_has_a_whole_invitation(
    centre: Running, settings: Settings
) -> None:
    own = replace(settings, pack=sample_pack_folder())
    with pytest.raises(InvalidInput):
        pack_to_begin_with(own, "KIOSK-INVITE/1/half")
    assert pack_to_begin_with(own, centre.invitation()) == sample_pack_folder()
    assert not settings.data.exists()


def test_a_restored_terminal_takes_the_pack_by_an_invitation_and_joins(
    qtbot: QtBot, centre: Running, settings: Settings, dressed: QApplication
) -> None:
    desk, _ = first_start(settings, sample_pack_folder())
    desk.add_staff("S001", "王海宁", ("supervisor",), "eight quiet herons")
    desk.terminal.store.close()
    (settings.data / PACK_NAME).unlink()
    opened: list[Desk] = []
    window = first_window(replace(settings, language="en"), opened.append)
    assert isinstance(window, FirstStart)
    qtbot.addWidget(window)
    start = Start(qtbot, window)
    start.type(window.joining.invitation, centre.invitation())
    qtbot.waitUntil(lambda: bool(opened), timeout=WAIT)
    assert enrolment.is_enrolled(opened[0].terminal)
    assert has_pack(settings)
    window.background.wait()
    opened[0].terminal.store.close()


def test_an_invitation_that_is_too_old_is_told_as_such(starting: Start, centre: Running) -> None:
    text = centre.invitation()
    centre.centre.clock = lambda: system_clock() + timedelta(days=8)
    starting.type(starting.window.joining.invitation, text)
    starting.wait_visible(starting.message("join"))
    assert "too old" in starting.message("join").text()


def test_where_nobody_may_sign_in_yet_it_asks_again_without_another_invitation(
    qtbot: QtBot, starting: Start, centre: Running
) -> None:
    starting.invite(centre.invitation(("labour",)))
    starting.wait_visible(starting.message("join"))
    assert "nobody is appointed yet" in starting.message("join").text()
    admin.appoint(centre.centre, "L001", "杨立新", ["labour"], "eight quiet herons", "S001")
    with qtbot.waitSignal(starting.window.finished, timeout=WAIT) as told:
        qtbot.mouseClick(starting.window.joining.button, Qt.MouseButton.LeftButton)
    assert told.args[0].sign_in("L001", "eight quiet herons")


def test_a_terminal_that_has_joined_makes_no_supervisor_of_its_own(
    starting: Start, centre: Running, show_start: Show
) -> None:
    """Else the last one who was dismissed would be in again after a start."""
    starting.invite(centre.invitation(("labour",)))
    starting.wait_visible(starting.message("join"))
    assert not starting.window.joining.without.isVisible()
    assert not starting.window.joining.invitation.isEnabled()
    desk = starting.window.joining.desk
    assert desk is not None
    with pytest.raises(NotAllowed):
        desk.add_staff("S001", "王海宁", ("supervisor",), "eight quiet herons")
    later = show_start(check, lambda folder: (desk, ""), no_centre, join, begun=(desk, ""))
    assert later.window.joining.button.text() == "Fetch the accounts"
    assert not later.window.joining.without.isVisible()
    restored = show_start(lambda folder: Checked(), lambda folder: (desk, ""), no_centre, join)
    restored.name_folder(sample_pack_folder())
    restored.wait_visible(restored.window.joining)
    assert restored.window.joining.button.text() == "Fetch the accounts"
    assert not restored.window.joining.without.isVisible()


def test_a_self_service_terminal_says_what_it_is(starting: Start, centre: Running) -> None:
    starting.invite(centre.invitation((), "selfservice"))
    starting.wait_visible(starting.message("join"))
    assert "This is a self-service terminal now" in starting.message("join").text()
