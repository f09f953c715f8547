"""The first start of a real terminal, with a real store made in a folder of its own."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from msgspec.structs import replace
from PySide6.QtCore import Qt
from PySide6.QtGui import QInputMethodEvent
from PySide6.QtWidgets import QAbstractButton, QApplication, QLabel, QWidget
from pytestqt.qtbot import QtBot

from central import admin
from kiosk.actions import enrolment
from kiosk.actions.desk import Desk
from kiosk.actions.terminal import system_clock
from kiosk.bootstrap import PACK_NAME, first_start, has_pack, is_new, open_desk, renew_recovery
from kiosk.commands.enrol import pack_to_begin_with
from kiosk.commands.run import first_window
from kiosk.definitions import check_pack
from kiosk.definitions.bundle import bundle
from kiosk.errors import InvalidInput, NotAllowed
from kiosk.model.text import Text, say
from kiosk.settings import Settings, sample_pack_folder
from kiosk.store import keys
from kiosk.sync.refusals import Unreachable
from kiosk.ui.counter.bars import LanguageSwitch
from kiosk.ui.counter.first_start import Checked, FirstStart, shortened
from kiosk.ui.fields.line import LineInput
from tests.office import MONDAY, Clock, Office, sample_pack
from tests.running import Running, meet

ENTER = Qt.Key.Key_Return
WAIT = 60_000  # ms: the pack is read, keys and store are made, a passphrase is hashed slowly


def check(folder: Path) -> Checked:
    findings = check_pack(folder, MONDAY.date())
    return Checked([finding.text for finding in findings if finding.severity == "error"])


def join(desk: Desk, invitation: str, tell: Callable[[Text], None]) -> Desk:
    enrolment.join(desk.terminal, invitation, tell)
    return desk


def no_centre(invitation: str, tell: Callable[[Text], None]) -> tuple[Desk, str]:
    raise Unreachable


@pytest.fixture
def window(qtbot: QtBot, settings: Settings, dressed: QApplication) -> Iterator[FirstStart]:
    made: list[Desk] = []

    def make(folder: Path) -> tuple[Desk, str]:
        desk, secret = first_start(settings, folder)
        made.append(desk)
        return desk, secret

    def begin(invitation: str, tell: Callable[[Text], None]) -> tuple[Desk, str]:
        return make(pack_to_begin_with(settings, invitation))

    window = FirstStart(check, make, begin, join, sample_pack().translators, "en")
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


def wait_said(qtbot: QtBot, label: QLabel, words: str) -> None:
    qtbot.waitUntil(lambda: label.isVisible() and words in label.text(), timeout=WAIT)


def shown_key(window: FirstStart) -> str:
    found = window.findChild(QLabel, "first_start.key.shown")
    assert found is not None
    return "-".join(found.text().split())


def alone(qtbot: QtBot, window: FirstStart) -> None:
    qtbot.mouseClick(window.joining.without, Qt.MouseButton.LeftButton)


def invite(qtbot: QtBot, window: FirstStart, invitation: str) -> None:
    """Takes the invitation, and types the recovery key's last group, from the paper."""
    type_into(qtbot, window.joining.invitation, invitation)
    write_down(qtbot, window)


def write_down(qtbot: QtBot, window: FirstStart) -> None:
    wait_visible(qtbot, window.last_group)
    type_into(qtbot, window.last_group, shown_key(window).split("-")[-1])


def name_folder(qtbot: QtBot, window: FirstStart, folder: Path) -> None:
    """Without a central system."""
    alone(qtbot, window)
    type_into(qtbot, window.folder, str(folder))


def test_from_the_pack_to_the_first_supervisor(qtbot: QtBot, window: FirstStart, settings: Settings) -> None:
    name_folder(qtbot, window, sample_pack_folder())
    wait_visible(qtbot, window.last_group)
    key = shown_key(window)
    assert keys.recovery_public(key) == keys.recovery_of(settings.data)
    type_into(qtbot, window.last_group, key.split("-")[-1].lower())
    assert shown_key(window) == ""  # shown once
    assert window.number.isVisible()
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
    window = FirstStart(
        check, lambda folder: (desk, lost), no_centre, join, begun=(desk, renew_recovery(settings))
    )
    qtbot.addWidget(window)
    window.show()
    key = shown_key(window)
    assert key != lost
    assert keys.recovery_public(key) == keys.recovery_of(settings.data)
    type_into(qtbot, window.last_group, key.split("-")[-1])
    assert window.joining.invitation.isVisible()
    desk.terminal.store.close()
    open_desk(settings).terminal.store.close()  # this machine still opens it


def test_a_bad_pack_is_told_and_leaves_nothing_behind(
    qtbot: QtBot, window: FirstStart, settings: Settings, tmp_path: Path
) -> None:
    empty = tmp_path / "pack"
    empty.mkdir()
    name_folder(qtbot, window, empty)
    wait_visible(qtbot, message(window, "pack"))
    assert message(window, "pack").text()
    assert window.folder.isVisible()
    assert not settings.data.exists()


def test_a_folder_that_is_not_there_is_told(qtbot: QtBot, window: FirstStart, tmp_path: Path) -> None:
    name_folder(qtbot, window, tmp_path / "nowhere")
    assert "There is no folder" in message(window, "pack").text()


def test_the_key_must_really_be_written_down(qtbot: QtBot, window: FirstStart) -> None:
    name_folder(qtbot, window, sample_pack_folder())
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
    name_folder(qtbot, window, sample_pack_folder())
    write_down(qtbot, window)
    type_into(qtbot, window.number, number)
    type_into(qtbot, window.name, "王海宁")
    type_into(qtbot, window.passphrase, first)
    type_into(qtbot, window.again, second)
    wait_visible(qtbot, message(window, "supervisor"))
    assert why in message(window, "supervisor").text()


def test_the_language_changes_and_what_was_typed_stays(qtbot: QtBot, window: FirstStart) -> None:
    qtbot.keyClicks(window.joining.invitation, "KIOSK-INVITE/1/half")
    alone(qtbot, window)
    qtbot.keyClicks(window.folder, "/half/typed")
    window.words.use("zh")
    qtbot.mouseClick(window.back, Qt.MouseButton.LeftButton)
    assert window.joining.invitation.hasFocus()
    assert window.joining.invitation.raw() == "KIOSK-INVITE/1/half"
    alone(qtbot, window)
    assert window.folder.hasFocus()
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

    window = FirstStart(
        lambda folder: Checked(sample=True), make, no_centre, join, sample_pack().translators, "en"
    )
    qtbot.addWidget(window)
    window.show()
    name_folder(qtbot, window, sample_pack_folder())
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
    window = FirstStart(lambda folder: Checked(), lambda folder: (desk, ""), no_centre, join)
    qtbot.addWidget(window)
    window.show()
    with qtbot.waitSignal(window.finished, timeout=WAIT) as told:
        name_folder(qtbot, window, sample_pack_folder())
    assert told.args == [desk]
    desk.terminal.store.close()


def test_many_findings_are_shortened_and_the_whole_command_is_named(tmp_path: Path) -> None:
    said = str(shortened([say("{number}", number=number) for number in range(7)], tmp_path))
    assert said == f"0\n1\n2\n3\n4\n… and 2 more. `kiosk check-office {tmp_path}` lists them all."


# --- joining the office's central system ----------------------------------------------------------------


@pytest.fixture
def centre(tmp_path: Path) -> Iterator[Running]:
    """A central system with an office pack and one clerk of the reception; its clock is the machine's."""
    running = Running(tmp_path / "centre", bundled=bundle(sample_pack_folder()))
    running.centre.clock = system_clock
    admin.appoint(running.centre, "R001", "李晓梅", ["reception"], "eight quiet herons", "S001")
    yield running
    running.end()


def test_a_terminal_joins_by_what_a_reader_types(
    qtbot: QtBot, window: FirstStart, centre: Running, settings: Settings
) -> None:
    assert window.joining.invitation.hasFocus()
    type_into(qtbot, window.joining.invitation, centre.invitation())
    wait_visible(qtbot, window.last_group)
    assert keys.recovery_public(shown_key(window)) == keys.recovery_of(settings.data)
    with qtbot.waitSignal(window.finished, timeout=WAIT) as told:
        write_down(qtbot, window)
    desk = told.args[0]
    assert isinstance(desk, Desk)
    assert desk.sign_in("R001", "eight quiet herons").roles == ("reception",)
    assert enrolment.is_enrolled(desk.terminal)
    assert not window.isVisible()


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
    invite(qtbot, window, centre.invitation())
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


def test_an_invitation_is_pasted_over_several_lines(
    qtbot: QtBot, window: FirstStart, centre: Running
) -> None:
    invitation = window.joining.invitation
    text = centre.invitation().lower()
    QApplication.clipboard().setText(f" {text[:40]}\n{text[40:90]}\r\n{text[90:]}\n")
    qtbot.keyClick(invitation, Qt.Key.Key_V, Qt.KeyboardModifier.ControlModifier)
    qtbot.keyClick(invitation, ENTER)
    with qtbot.waitSignal(window.finished, timeout=WAIT):
        write_down(qtbot, window)


def test_what_does_not_work_is_said_and_what_was_typed_stays(
    qtbot: QtBot, window: FirstStart, centre: Running, settings: Settings
) -> None:
    invitation = window.joining.invitation
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
        type_into(qtbot, invitation, typed)
        wait_said(qtbot, message(window, "join"), why)
        assert invitation.raw() == typed
        assert window.joining.button.isEnabled()
    window.words.use("my")
    assert message(window, "join").text() == "ဗဟိုစနစ်ကို ဆက်သွယ်၍မရပါ။"
    assert is_new(settings)
    qtbot.keyClicks(invitation, text)  # a reader reads once more: it writes over what stood there
    qtbot.keyClick(invitation, ENTER)
    with qtbot.waitSignal(window.finished, timeout=WAIT):
        write_down(qtbot, window)


def test_a_centre_that_falls_silent_after_the_pack_is_asked_again(
    qtbot: QtBot, window: FirstStart, centre: Running
) -> None:
    text = centre.invitation()
    type_into(qtbot, window.joining.invitation, text)
    wait_visible(qtbot, window.last_group)
    centre.end()
    write_down(qtbot, window)
    wait_said(qtbot, message(window, "join"), "cannot be reached")
    assert window.joining.invitation.raw() == text
    centre.begin()
    with qtbot.waitSignal(window.finished, timeout=WAIT):
        qtbot.keyClick(window.joining.invitation, ENTER)


def test_a_disk_that_refuses_the_pack_is_told(
    qtbot: QtBot, window: FirstStart, centre: Running, settings: Settings
) -> None:
    settings.data.write_text("no folder")
    type_into(qtbot, window.joining.invitation, centre.invitation())
    wait_said(qtbot, message(window, "join"), "The disk refused")
    settings.data.unlink()
    qtbot.keyClick(window.joining.invitation, ENTER)
    wait_visible(qtbot, window.last_group)


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
    type_into(qtbot, window.joining.invitation, centre.invitation())
    qtbot.waitUntil(lambda: bool(opened), timeout=WAIT)
    assert enrolment.is_enrolled(opened[0].terminal)
    assert has_pack(settings)
    window.background.wait()
    opened[0].terminal.store.close()


def test_an_invitation_that_is_too_old_is_told_as_such(
    qtbot: QtBot, window: FirstStart, centre: Running
) -> None:
    text = centre.invitation()
    centre.centre.clock = lambda: system_clock() + timedelta(days=8)
    type_into(qtbot, window.joining.invitation, text)
    wait_visible(qtbot, message(window, "join"))
    assert "too old" in message(window, "join").text()


def test_where_nobody_may_sign_in_yet_it_asks_again_without_another_invitation(
    qtbot: QtBot, window: FirstStart, centre: Running
) -> None:
    invite(qtbot, window, centre.invitation(("labour",)))
    wait_visible(qtbot, message(window, "join"))
    assert "nobody is appointed yet" in message(window, "join").text()
    admin.appoint(centre.centre, "L001", "杨立新", ["labour"], "eight quiet herons", "S001")
    with qtbot.waitSignal(window.finished, timeout=WAIT) as told:
        qtbot.mouseClick(window.joining.button, Qt.MouseButton.LeftButton)
    assert told.args[0].sign_in("L001", "eight quiet herons")


def test_a_terminal_that_has_joined_makes_no_supervisor_of_its_own(
    qtbot: QtBot, window: FirstStart, centre: Running
) -> None:
    """Else the last one who was dismissed would be in again after a start."""
    invite(qtbot, window, centre.invitation(("labour",)))
    wait_visible(qtbot, message(window, "join"))
    assert not window.joining.without.isVisible()
    assert not window.joining.invitation.isEnabled()
    desk = window.joining.desk
    assert desk is not None
    with pytest.raises(NotAllowed):
        desk.add_staff("S001", "王海宁", ("supervisor",), "eight quiet herons")
    later = FirstStart(check, lambda folder: (desk, ""), no_centre, join, begun=(desk, ""))
    qtbot.addWidget(later)
    later.show()
    assert later.joining.button.text() == "Fetch the accounts"
    assert not later.joining.without.isVisible()
    restored = FirstStart(lambda folder: Checked(), lambda folder: (desk, ""), no_centre, join)
    qtbot.addWidget(restored)
    restored.show()
    name_folder(qtbot, restored, sample_pack_folder())
    wait_visible(qtbot, restored.joining)
    assert restored.joining.button.text() == "Fetch the accounts"
    assert not restored.joining.without.isVisible()


def test_a_self_service_terminal_says_what_it_is(qtbot: QtBot, window: FirstStart, centre: Running) -> None:
    invite(qtbot, window, centre.invitation((), "selfservice"))
    wait_visible(qtbot, message(window, "join"))
    assert "This is a self-service terminal now" in message(window, "join").text()
