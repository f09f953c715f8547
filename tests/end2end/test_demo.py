"""`kiosk demo` in a process of its own: two workers through the real windows, and what is left behind."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from kiosk.__main__ import main
from kiosk.commands.demo import MADE
from tests.end2end.playing import demo

MOST_WITH_ZONE, MOST_WITHOUT = 12, 55  # key presses (the design's own table)


@pytest.fixture(scope="module")
def left(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a demo with two workers: one with a passport, one with a border pass that is typed."""
    folder = tmp_path_factory.mktemp("demo")
    (folder / "own.pdf").write_bytes(b"not of the demo")
    (folder / "permit-of-yesterday.pdf").write_bytes(b"of an earlier run")
    (folder / MADE).write_text("permit-of-yesterday.pdf\ngone.png\n", "utf-8")
    said = demo(folder, "--workers", "2")
    assert f"To verify a permit: kiosk verify --trust {folder / 'trust.json'} FILE" in said
    (folder / "said.txt").write_text(said, "utf-8")
    return folder


def test_what_an_earlier_run_left_is_removed_and_nothing_else(left: Path) -> None:
    assert (left / "own.pdf").exists()
    assert not (left / "permit-of-yesterday.pdf").exists()
    made = (left / MADE).read_text("utf-8").splitlines()
    assert {"trust.json", "keys.json", "journal.jsonl"} <= set(made)
    assert "own.pdf" not in made
    slips = [name for name in made if name.endswith(".pdf")]
    assert f"2 workers, {len(slips)} slips" in (left / "said.txt").read_text("utf-8")


@pytest.mark.parametrize("words", [["--out", ""], ["--out", "x", "--workers", "0"], ["--workers", "-3"]])
def test_what_cannot_be_played_is_a_mistake_of_use(words: list[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["demo", *words])
    assert ended.value.code == 2


def test_the_slips_of_a_whole_case_are_there(left: Path) -> None:
    kinds = {file.name.split("-RL01")[0] for file in left.glob("*.pdf")}
    papers = {"application-form", "guarantee", "opinions"}
    letters = {"progress", "receipt", "missing", "health-certificate"}
    assert kinds >= papers | letters | {"permit"}, "the ninth kind needs a third worker, who is refused"
    assert list(left.glob("permit-*-reprint-1.pdf")), "the demo reprints the first permit"
    pictures = [file.read_bytes() for file in left.glob("*.png")]
    assert len(pictures) > 15
    assert len({*pictures}) == len(pictures), "each picture shows something else"


def test_the_printed_permit_verifies_with_the_trust_list_beside_it(
    left: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for permit in left.glob("permit-*.pdf"):
        assert main(["verify", "--trust", str(left / "trust.json"), str(permit)]) == 0
        answer = json.loads(capsys.readouterr().out.splitlines()[1])
        assert answer["claims"]["number"] in permit.name


def test_registering_a_worker_takes_few_key_presses(left: Path) -> None:
    keys = json.loads((left / "keys.json").read_text("utf-8"))
    (with_zone,), (without,) = keys["register with MRZ"], keys["register without MRZ"]
    assert with_zone <= MOST_WITH_ZONE
    assert without <= MOST_WITHOUT


def test_the_journal_tells_the_whole_case(left: Path) -> None:
    entries = [json.loads(line)["entry"] for line in (left / "journal.jsonl").read_bytes().splitlines()]
    taken = {entry["decision"]["action"] for entry in entries if entry.get("decision")}
    assert {"register", "order", "clear", "sign", "confirm", "register_work", "accept", "approve"} <= taken
    assert {"hand_over"} <= taken
    assert [entry for entry in entries if entry["kind"] == "printed" and entry["note"].get("reason")]
