"""`kiosk doctor` says what works and what is missing."""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from msgspec.structs import replace

from kiosk.__main__ import main
from kiosk.bootstrap import first_start
from kiosk.commands import doctor
from kiosk.settings import Settings, fonts_folder, load_settings, sample_pack_folder


@pytest.fixture
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    (tmp_path / "settings.toml").touch()
    monkeypatch.setenv("KIOSK_SETTINGS", str(tmp_path / "settings.toml"))
    for folder in ("data", "logs", "slips"):
        monkeypatch.setenv(f"KIOSK_{folder.upper()}", str(tmp_path / folder))
    return load_settings()


def test_this_machine_can_run_the_program(settings: Settings, capsys: pytest.CaptureFixture[str]) -> None:
    status = main(["doctor"])
    page = capsys.readouterr().out
    assert status == 0, page
    assert page.endswith("Ready to work.\n")
    for word in ("kiosk", "SQLCipher", "မြန်မာ", "GB free", str(settings.data)):
        assert word in page
    assert len(page.splitlines()) < 40  # one page


def states(check: Iterator[doctor.Line]) -> list[str]:
    return [line.state for line in check]


def test_a_missing_or_broken_font_is_missing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shutil.copytree(fonts_folder(), tmp_path / "fonts")
    (tmp_path / "fonts" / "NotoSans-Regular.ttf").unlink()
    shutil.copy(
        tmp_path / "fonts" / "NotoSans-SemiBold.ttf", tmp_path / "fonts" / "NotoSansMyanmar-Regular.ttf"
    )
    monkeypatch.setattr(doctor, "fonts_folder", lambda: tmp_path / "fonts")
    said = [line.words for line in doctor.fonts(Settings(tmp_path, tmp_path, tmp_path))]
    assert said == [
        f"NotoSans-Regular.ttf is not in {tmp_path / 'fonts'}",
        "NotoSansMyanmar-Regular.ttf does not know “မြန်မာ”",
    ]


def test_a_clock_set_back_a_year_is_missing(settings: Settings) -> None:
    assert "missing" not in states(doctor.clock(settings))
    settings.data.mkdir()
    (settings.data / "store").touch()
    next_year = time.time() + 365 * 86_400
    os.utime(settings.data / "store", (next_year, next_year))
    assert states(doctor.clock(settings)) == ["missing"]


def test_too_little_disk_is_missing(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    assert states(doctor.disk(settings)) == ["works"] * 3
    monkeypatch.setattr(doctor, "LEAST_FREE", shutil.disk_usage(settings.data.parent).total * 2)
    assert states(doctor.disk(settings)) == ["missing"] * 3


def test_a_folder_that_cannot_be_made_is_missing(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    wrong = Settings(tmp_path / "file" / "data", tmp_path, tmp_path)
    assert states(doctor.disk(wrong)) == ["missing", "works", "works"]


def test_a_pack_that_is_not_there_is_missing_and_the_page_goes_on(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("KIOSK_PACK", str(settings.data / "none"))
    assert main(["doctor"]) == 1
    page = capsys.readouterr().out
    assert "missing pack" in page
    assert "works   fonts" in page
    assert page.endswith("\n1 missing.\n")


def test_keys_that_this_session_cannot_reach_are_missing(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delenv("CREDENTIALS_DIRECTORY", raising=False)
    monkeypatch.setenv("KIOSK_KEYS", "credential")
    assert main(["doctor"]) == 1
    assert "missing keys" in capsys.readouterr().out
    monkeypatch.setenv("CREDENTIALS_DIRECTORY", str(settings.data.parent))
    (settings.data.parent / "kiosk-key").write_bytes(bytes(32))
    assert main(["doctor"]) == 0


def test_a_store_is_opened(settings: Settings, capsys: pytest.CaptureFixture[str]) -> None:
    desk, _recovery_key = first_start(settings, sample_pack_folder())
    desk.terminal.store.close()
    assert main(["doctor"]) == 0
    assert "works   store     opens" in capsys.readouterr().out
    (settings.data / "machine.key").write_bytes(bytes(32))
    assert main(["doctor"]) == 1
    assert "missing store" in capsys.readouterr().out


def test_a_printer_that_is_not_known_is_missing(tmp_path: Path) -> None:
    settings = Settings(tmp_path, tmp_path, tmp_path, printer="no-such-printer")
    (line,) = doctor.printer(settings)
    assert line.state == "missing"
    assert not line.words.rstrip().endswith(":")


def test_a_store_whose_pages_do_not_verify_is_missing(
    settings: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    desk, _recovery_key = first_start(settings, sample_pack_folder())
    desk.terminal.store.close()
    spoil(settings.data / "store.db")
    assert main(["doctor"]) == 1
    assert "missing store     The store is damaged" in capsys.readouterr().out
    assert main(["journal", "rebuild"]) == 2
    assert "The store is damaged" in capsys.readouterr().err


def spoil(store: Path) -> None:
    """Five kilobytes in its last part become something else, as on a failing disk."""
    with store.open("r+b") as file:
        file.seek(-9_000, os.SEEK_END)
        file.write(os.urandom(5_000))


def test_an_inbox_that_is_not_there_is_missing(settings: Settings, tmp_path: Path) -> None:
    assert states(doctor.inbox(settings)) == []
    assert states(doctor.inbox(replace(settings, inbox=tmp_path))) == ["works"]
    assert states(doctor.inbox(replace(settings, inbox=tmp_path / "none"))) == ["missing"]


def test_a_folder_where_no_disk_is_cannot_be_written(settings: Settings) -> None:
    lines = {line.words for line in doctor.disk(replace(settings, slips=Path("/proc/x")))}
    assert "slips: /proc/x cannot be written" in lines


def test_a_display_that_does_not_answer_is_missing(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DISPLAY", ":4711")
    monkeypatch.setenv("QT_QPA_PLATFORM", "xcb")
    (line,) = doctor.window(settings)
    assert line.state == "missing"
    assert line.words.startswith("Qt can open no window here: ")


def test_without_a_screen_one_line_says_so(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("QT_QPA_PLATFORM", "offscreen")
    assert states(doctor.window(settings)) == ["absent"]
