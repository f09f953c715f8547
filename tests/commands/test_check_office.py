"""`kiosk check-office DIR`."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from kiosk.__main__ import main
from kiosk.settings import sample_pack_folder


def test_the_sample_pack_passes(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check-office", str(sample_pack_folder())]) == 0
    said = capsys.readouterr().out
    assert "drafts" in said
    assert "This is a sample pack" in said
    assert said.rstrip().splitlines()[-1].startswith("0 errors")


def test_a_typo_is_told_with_file_and_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for part in ("workflows", "forms", "assets"):
        shutil.copytree(sample_pack_folder() / part, tmp_path / part, ignore=shutil.ignore_patterns("fonts"))
    form = tmp_path / "forms/registration.yaml"
    text = form.read_text(encoding="utf-8").replace("type: phone", "type: fone")
    line = text.partition("type: fone")[0].count("\n") + 1
    form.write_text(text, encoding="utf-8")
    assert main(["check-office", str(tmp_path)]) == 1
    assert (
        f"forms/registration.yaml:{line}: Unknown field type “fone”. Mend: Did you mean phone"
        in capsys.readouterr().out
    )


def test_a_folder_that_is_no_pack_fails(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check-office", str(tmp_path)]) == 1
    assert "workflows: There is no .yaml file here." in capsys.readouterr().out


def test_charts_are_drawn(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check-office", str(sample_pack_folder()), "--draw"]) == 0
    assert capsys.readouterr().out.count("stateDiagram-v2") == 4
