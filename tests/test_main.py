"""The command line: every command is on the help page, and what goes wrong is said in a sentence."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

import kiosk
from kiosk.__main__ import COMMANDS, main
from kiosk.commands import counted


def test_every_command_module_is_listed_and_helps(capsys: pytest.CaptureFixture[str]) -> None:
    folder = Path(kiosk.__file__).parent / "commands"
    assert set(COMMANDS) == {file.stem for file in folder.glob("*.py")} - {"__init__"}
    for name in COMMANDS:
        with pytest.raises(SystemExit) as ended:
            main([name.replace("_", "-"), "--help"])
        assert ended.value.code == 0
    assert "usage: kiosk doctor" in capsys.readouterr().out


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_is_in_the_readme(name: str) -> None:
    readme = (Path(__file__).parents[1] / "README.md").read_text("utf-8")
    assert f"| `kiosk {name.replace('_', '-')}" in readme


def test_version(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["--version"])
    assert (ended.value.code, capsys.readouterr().out) == (0, f"kiosk {kiosk.__version__}\n")


@pytest.mark.parametrize("words", [[], ["dcotor"], ["doctor", "--unknown"]])
def test_what_is_not_understood_shows_the_usage(words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(words)
    assert ended.value.code == 2
    assert "usage: kiosk" in capsys.readouterr().err


def test_an_error_is_a_sentence_not_a_traceback(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "settings.toml").write_text('language = "fr"', "utf-8")
    monkeypatch.setenv("KIOSK_SETTINGS", str(tmp_path / "settings.toml"))
    assert main(["doctor"]) == 2
    said = capsys.readouterr()
    assert said.err.startswith("kiosk: Setting “language” in ")
    assert said.err.endswith("must be one of: zh, my, en\n")
    assert said.out == ""


def test_the_help_page_loads_nothing_heavy() -> None:
    script = (
        "import sys; from kiosk.__main__ import parser; parser().format_help();"
        "print(sorted({'PySide6', 'cv2', 'sqlalchemy', 'reportlab'} & sys.modules.keys()))"
    )
    said = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert said.stdout == "[]\n"


@pytest.mark.parametrize(
    ("out", "says"),
    [
        ("{folder}/file", "{folder}/file is a file. Name a folder."),
        ("{folder}/file/in", "{folder}/file/in is a file. Name a folder."),
        ("/proc/nowhere", "/proc/nowhere cannot be used: No such file or directory"),
    ],
)
def test_a_folder_the_system_refuses_is_a_sentence(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], out: str, says: str
) -> None:
    (tmp_path / "file").touch()
    assert main(["demo", "--out", out.format(folder=tmp_path)]) == 2
    assert capsys.readouterr().err == f"kiosk: {says.format(folder=tmp_path)}\n"


def test_a_folder_in_which_nothing_may_be_asked_for_is_a_sentence(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / ("x" * 300)  # the system refuses every question about it, as without rights to it
    assert main(["check-office", str(folder)]) == 2
    said = capsys.readouterr().err
    assert said.startswith(f"kiosk: {folder}")
    assert said.endswith(" cannot be used: File name too long\n")


def test_output_that_nobody_reads_ends_the_command_quietly() -> None:
    words = [sys.executable, "-m", "kiosk", "check", "name", "MA SAN"]
    reading, writing = os.pipe()
    os.close(reading)
    with os.fdopen(writing, "wb") as nobody:
        ended = subprocess.run(words, stdout=nobody, stderr=subprocess.PIPE, check=False)
    assert (ended.returncode, ended.stderr) == (141, b"")


@pytest.mark.parametrize(("count", "said"), [(0, "0 entries"), (1, "1 entry"), (2, "2 entries")])
def test_things_are_counted_in_english(count: int, said: str) -> None:
    assert counted(count, "entry", "entries") == said
    assert counted(count, "slip") == said.replace("entries", "slips").replace("entry", "slip")
