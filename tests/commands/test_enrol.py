"""`kiosk enrol`: what it says of keys, of the window, and of what comes next."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from central import admin
from kiosk.__main__ import main
from kiosk.bootstrap import open_desk
from kiosk.settings import Settings
from kiosk.store.keys import recovery_of, recovery_public
from tests.commands.conftest import Say
from tests.running import Running

KEY = re.compile("^[A-Z2-7]{5}(?:-[A-Z2-7]{5})+$", re.MULTILINE)


def test_a_key_that_nobody_confirmed_is_made_and_shown_anew(
    terminal: Settings, centre: Running, said: Say
) -> None:
    before = recovery_of(terminal.data)
    assert main(["enrol", "KIOSK-INVITE/1/x"]) == 2
    assert recovery_of(terminal.data) == before
    said()
    assert main(["enrol", centre.invitation()]) == 0
    shown = said()
    assert shown.startswith("A first start was cut short here; a recovery key that it showed is replaced.\n")
    (key,) = KEY.findall(shown)
    assert recovery_public(key) == recovery_of(terminal.data)


def test_who_has_accounts_has_his_key(terminal: Settings, centre: Running, said: Say) -> None:
    desk = open_desk(terminal)
    desk.add_staff("S001", "王海宁", ("supervisor",), "eight quiet herons")
    desk.terminal.store.close()
    before = recovery_of(terminal.data)
    assert main(["enrol", centre.invitation()]) == 0
    assert not KEY.findall(said())
    assert recovery_of(terminal.data) == before


def test_it_says_which_window_this_is_and_what_comes_next(
    terminal: Settings, centre: Running, said: Say, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KIOSK_WINDOW", "2")
    assert main(["enrol", centre.invitation()]) == 0
    shown = said()
    assert "it is window 2. Another? The setting “window”." in shown
    assert shown.endswith("Ready: kiosk run, which takes what others have written.\n")


def test_a_self_service_terminal_has_no_window(terminal: Settings, centre: Running, said: Say) -> None:
    assert main(["enrol", centre.invitation((), "selfservice")]) == 0
    shown = said()
    assert "window" not in shown
    assert shown.endswith("Ready: kiosk ask NUMBER BIRTH_DATE\n")


def test_a_revoked_terminal_is_told_how_it_comes_back(
    terminal: Settings, centre: Running, said: Say, tmp_path: Path
) -> None:
    assert main(["enrol", centre.invitation()]) == 0
    desk = open_desk(terminal)
    code = desk.terminal.code
    desk.terminal.store.close()
    admin.revoke(centre.centre, code, "S001")
    said()
    assert main(["enrol", centre.invitation()]) == 2
    assert "set its data folder aside (kiosk doctor says where)" in said()
    assert main(["sync"]) == 1
    terminal.data.rename(tmp_path / "aside")
    assert main(["enrol", centre.invitation()]) == 0
    assert code not in said()
