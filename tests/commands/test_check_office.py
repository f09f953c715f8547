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


@pytest.fixture
def pack(tmp_path: Path) -> Path:
    for part in ("workflows", "forms", "assets"):
        shutil.copytree(sample_pack_folder() / part, tmp_path / part, ignore=shutil.ignore_patterns("fonts"))
    return tmp_path


def test_a_typo_is_told_with_file_and_line(pack: Path, capsys: pytest.CaptureFixture[str]) -> None:
    form = pack / "forms/registration.yaml"
    text = form.read_text(encoding="utf-8").replace("type: phone", "type: fone")
    line = text.partition("type: fone")[0].count("\n") + 1
    form.write_text(text, encoding="utf-8")
    assert main(["check-office", str(pack)]) == 1
    assert (
        f"forms/registration.yaml:{line}: Unknown field type “fone”. Mend: Did you mean phone"
        in capsys.readouterr().out
    )


def test_a_folder_that_is_no_pack_fails(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check-office", str(tmp_path)]) == 1
    assert "workflows: There is no .yaml file here." in capsys.readouterr().out


@pytest.mark.parametrize("given", ["nowhere", __file__])
def test_where_there_is_no_folder_nothing_is_checked(given: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check-office", given]) == 2
    assert capsys.readouterr() == ("", f"kiosk: There is no folder {given}.\n")


def test_charts_are_drawn(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check-office", str(sample_pack_folder()), "--draw"]) == 0
    assert capsys.readouterr().out.count("stateDiagram-v2") == 4


@pytest.mark.parametrize(
    ("was", "becomes", "says", "file", "text"),
    [
        (
            '"搬家：',
            '"' + "变更雇主或住址" * 60,
            "does not fit its box",
            "assets/texts.yaml",
            "permit_move:",
        ),
        ('"瑞丽市"', '"瑞丽ร市"', "No font has U+0E23", "assets/codes/areas.yaml", '"533102"'),
    ],
    ids=["too long for the permit", "a letter no font has"],
)
def test_what_cannot_be_printed_is_told_at_its_text(
    pack: Path, capsys: pytest.CaptureFixture[str], was: str, becomes: str, says: str, file: str, text: str
) -> None:
    catalogue = pack / "assets/translations/zh.po"
    words = catalogue.read_text(encoding="utf-8")
    assert was in words
    catalogue.write_text(words.replace(was, becomes, 1), encoding="utf-8")
    line = (pack / file).read_text(encoding="utf-8").partition(text)[0].count("\n") + 1
    assert main(["check-office", str(pack)]) == 1
    told = [found for found in capsys.readouterr().out.splitlines() if says in found]
    assert told
    assert [found for found in told if not found.startswith(f"{file}:{line}: On the slip “")] == []
