"""The command line of the central system: every command helps, and what goes wrong is said in a sentence."""

from __future__ import annotations

import argparse
import subprocess
import sys
from pathlib import Path

import pytest

import central
from central.__main__ import COMMANDS, main
from kiosk.__main__ import reported
from kiosk.definitions.findings import Finding
from kiosk.errors import PackError
from kiosk.model.text import say


def test_every_command_module_is_listed_and_helps(capsys: pytest.CaptureFixture[str]) -> None:
    folder = Path(central.__file__).parent / "commands"
    assert set(COMMANDS) == {file.stem for file in folder.glob("*.py")} - {"__init__"}
    for name in COMMANDS:
        with pytest.raises(SystemExit) as ended:
            main([name, "--help"])
        assert ended.value.code == 0
        assert f"usage: central {name}" in capsys.readouterr().out


def test_version(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["--version"])
    assert (ended.value.code, capsys.readouterr().out) == (0, f"central {central.__version__}\n")


def test_the_console_script_is_there() -> None:
    script = Path(sys.executable).with_name("central")
    said = subprocess.run([script, "--version"], capture_output=True, text=True, check=True)
    assert said.stdout == f"central {central.__version__}\n"


@pytest.mark.parametrize("words", [[], ["sreve"], ["--unknown"]])
def test_what_is_not_understood_shows_the_usage(words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(words)
    assert ended.value.code == 2
    assert "usage: central" in capsys.readouterr().err


def test_an_error_is_a_sentence_with_its_findings_not_a_traceback(capsys: pytest.CaptureFixture[str]) -> None:
    def refuse(_options: argparse.Namespace) -> int:
        mend = say("Mend it")
        findings = [Finding("a.yaml", 3, say("Unknown key"), mend), Finding("b", 0, say("Missing."), mend)]
        raise PackError(say("This pack is no pack"), findings)

    assert reported("central", argparse.Namespace(run=refuse)) == 2
    assert capsys.readouterr().err == (
        "central: This pack is no pack\n  a.yaml:3: Unknown key Mend: Mend it\n  b: Missing. Mend: Mend it\n"
    )
