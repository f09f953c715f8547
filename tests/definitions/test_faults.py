"""One fault in a copy of the sample pack: one finding, in the right file and line, with a mend."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from kiosk.definitions import ERROR, Finding, check_pack
from kiosk.definitions.lines import read_yaml

TODAY = date(2026, 11, 21)
WORKER = "workflows/worker.yaml"
REGISTRATION = "forms/registration.yaml"

Spoil = Callable[[str, str, str], int]

FAULTS: list[dict[str, Any]] = read_yaml(Path(__file__).parent / "faults.yaml", "faults.yaml")


def errors(pack: Path) -> list[Finding]:
    return [finding for finding in check_pack(pack, TODAY) if finding.severity == ERROR]


@pytest.mark.parametrize("fault", FAULTS, ids=[f"{fault['file']}: {fault['is'].strip()}" for fault in FAULTS])
def test_a_fault_is_found_where_it_stands(pack: Path, spoil: Spoil, fault: dict[str, Any]) -> None:
    line = spoil(fault["file"], fault["was"], fault["is"])
    if "at" in fault:
        line = (pack / fault["file"]).read_text(encoding="utf-8").partition(fault["at"])[0].count("\n") + 1
    matching = [f for f in errors(pack) if fault["says"] in str(f.text)]
    assert matching, [str(f.text) for f in errors(pack)]
    assert (matching[0].file, matching[0].line) == (fault["file"], line)
    assert fault["mend"] in str(matching[0].mend)


REGISTERED = "[confirmed]\n        to: registered"
ACCEPTED = "[open, returned]\n        to: accepted"


@pytest.mark.parametrize(
    ("old", "new", "says", "stage", "state"),
    [
        ("to: void", "to: handed_over", "Nothing leads to", "permit", "void"),
        (
            REGISTERED,
            REGISTERED.replace("confirmed", "registered"),
            "Nothing leads",
            "guarantee",
            "registered",
        ),
        (ACCEPTED, ACCEPTED.replace(", returned", ""), "can never be finished", "permit", "returned"),
    ],
)
def test_dead_ends_are_found_at_their_state(
    pack: Path, spoil: Spoil, old: str, new: str, says: str, stage: str, state: str
) -> None:
    spoil(WORKER, old, new)
    text = (pack / WORKER).read_text(encoding="utf-8")
    start = text.index(f"  - key: {stage}\n")
    line = text[: text.index(f"      {state}:", start)].count("\n") + 1
    assert [(f.file, f.line) for f in errors(pack) if says in str(f.text)] == [(WORKER, line)]


def test_a_refusal_needs_reasons_and_a_person(pack: Path, spoil: Spoil) -> None:
    spoil(WORKER, "        reasons: permit_refusal\n", "")
    assert "A refusal needs reasons" in " ".join(str(f.text) for f in errors(pack))


def test_what_a_clerk_may_do_beside_the_person_has_any_effect(pack: Path, spoil: Spoil) -> None:
    spoil(WORKER, "roles: [labour, reception]", "roles: [labour, applicant]")  # it signs the guarantee
    assert errors(pack) == []


def test_each_fault_is_told_in_one_run(pack: Path, spoil: Spoil) -> None:
    lines = {
        spoil(WORKER, "- case_open", "- case_opne"),
        spoil(WORKER, "light: done", "light: finished"),
        spoil(REGISTRATION, "type: name,", "type: nmae,"),
    }
    assert lines <= {finding.line for finding in errors(pack)}
    assert len(errors(pack)) == 3


def test_a_missing_year_is_told(pack: Path) -> None:
    found = check_pack(pack, date(2027, 6, 1))
    assert "There is no holiday calendar for 2028." in [str(finding.text) for finding in found]


def test_a_missing_code_list_of_the_program_is_told(pack: Path) -> None:
    (pack / "assets/codes/item_marks.yaml").unlink()
    assert any("item_marks" in str(finding.text) for finding in errors(pack))


@pytest.mark.parametrize(
    ("content", "says"),
    [
        ("", "This file is empty."),
        ("# nothing yet\n", "This file is empty."),
        ("key: [\n", "This is not YAML"),
    ],
)
def test_a_file_that_says_nothing_is_the_one_finding(pack: Path, content: str, says: str) -> None:
    """Not every place that names what would stand in it."""
    (pack / "forms/lodging.yaml").write_text(content)
    (found,) = errors(pack)
    assert found.file == "forms/lodging.yaml"
    assert says in str(found.text)


def test_a_file_that_is_not_there_is_told_in_words_of_ours(pack: Path) -> None:
    (pack / "assets/office.yaml").unlink()
    assert [(f.file, f.line, str(f.text)) for f in errors(pack)] == [
        ("assets/office.yaml", 0, "This file is missing.")
    ]


def test_a_file_in_another_encoding_is_told(pack: Path) -> None:
    path = pack / "assets/codes/ports.yaml"
    path.write_bytes(path.read_text(encoding="utf-8").replace("Airport", "机场").encode("gb18030"))
    assert [(f.file, str(f.text)) for f in errors(pack) if "ports" in f.file] == [
        ("assets/codes/ports.yaml", "This file is not UTF-8 text.")
    ]


def test_an_entry_that_refers_to_itself_is_told(pack: Path) -> None:
    (pack / "assets/codes/ports.yaml").write_text("- &a {key: x, label: y, more: {again: *a}}\n")
    assert "This entry refers to itself." in [str(finding.text) for finding in errors(pack)]


@pytest.mark.parametrize("text", ["", "just words\n", "- 1\n", "key: worker\nstages: 7\n", "[]\n"])
def test_a_workflow_that_is_something_else_is_told(pack: Path, text: str) -> None:
    (pack / WORKER).write_text(text)
    assert errors(pack) if text else check_pack(pack, TODAY)


def test_a_translation_with_another_slot_is_told(pack: Path, spoil: Spoil) -> None:
    line = spoil("assets/translations/my.po", 'msgstr "{item}', 'msgstr "{itme}') - 1
    found = [f for f in errors(pack) if "other slots" in str(f.text)]
    assert [(f.file, f.line) for f in found] == [("assets/translations/my.po", line)]


def test_a_broken_catalogue_is_told(pack: Path, spoil: Spoil) -> None:
    line = spoil("assets/translations/zh.po", 'msgstr "护照"', 'msgstr "护照')
    found = [f for f in errors(pack) if "cannot be read" in str(f.text)]
    assert [(f.file, f.line) for f in found] == [("assets/translations/zh.po", line)]
