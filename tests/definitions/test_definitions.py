"""Packs as they are: the sample and another office are read, checked, and rebuilt from their pins."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from kiosk.definitions import ERROR, check_pack, inspect_pack, read_pack, read_staff, track_from_source
from kiosk.errors import PackError
from kiosk.model.forms import FieldDefinition
from kiosk.settings import sample_pack_folder

SAMPLE = sample_pack_folder()
OTHER = Path(__file__).parent.parent / "packs" / "other_office"
TODAY = date(2026, 11, 21)


@pytest.mark.parametrize("folder", [SAMPLE, OTHER], ids=["ruili", "other office"])
def test_a_shipped_pack_has_no_errors(folder: Path) -> None:
    found = inspect_pack(folder, TODAY)
    assert [finding for finding in found.findings if finding.severity == ERROR] == []
    assert found.pack is not None


def test_the_provisional_calendar_is_a_warning() -> None:
    warned = [(finding.file, finding.severity) for finding in check_pack(SAMPLE, TODAY)]
    assert warned == [("assets/calendars/cn-2027.yaml", "warning")]


def test_burmese_is_draft_and_chinese_is_checked() -> None:
    drafts = inspect_pack(SAMPLE, TODAY).drafts
    assert drafts["my"].drafts == drafts["my"].translated > 0
    assert drafts["zh"].drafts == 0 < drafts["zh"].translated


def test_the_worker_track_has_its_four_stages_in_order() -> None:
    pack = read_pack(SAMPLE)
    assert [stage.key for stage in pack.tracks["worker"].stages] == [
        "registration",
        "health",
        "guarantee",
        "permit",
    ]
    assert pack.tracks["worker"].stage("health").private


def test_the_main_path_after_an_mrz_is_the_one_of_twelve_keys() -> None:
    pack = read_pack(SAMPLE)
    given = {"document_type", "document_number", "document_issuer", "document_expiry"}
    given |= {"name", "sex", "birth_date", "nationality"}
    path = [f.key for f in pack.forms["registration"].fields if f.main and f.register not in given]
    assert path == ["case.entry_date", "case.stay_until", "case.entry_port", "case.purpose", "person.phone"]


def test_no_form_asks_what_must_not_be_asked() -> None:
    """No ethnicity, religion, skin colour, family or politics (design)."""
    forbidden = ("ethnic", "religio", "skin", "marital", "politic", "tribe", "race")
    fields: list[FieldDefinition] = [f for form in read_pack(SAMPLE).forms.values() for f in form.fields]
    assert not [f.key for f in fields if any(word in f"{f.key} {f.label}".lower() for word in forbidden)]


def test_another_office_has_another_order_and_another_stage() -> None:
    pack = read_pack(OTHER)
    assert [stage.key for stage in pack.tracks["worker"].stages] == [
        "arrival",
        "training",
        "employer",
        "check_up",
        "card",
    ]
    assert pack.tracks["worker"].stage("training").department == "training"
    assert "trainer" in pack.office.roles


@pytest.mark.parametrize("folder", [SAMPLE, OTHER], ids=["ruili", "other office"])
def test_a_track_is_rebuilt_from_its_pin(folder: Path) -> None:
    pack = read_pack(folder)
    track, forms, codes = track_from_source(pack.sources[pack.digests["worker"]])
    assert track == pack.tracks["worker"]
    assert forms == {key: pack.forms[key] for key in forms}
    assert codes == {key: pack.codes[key] for key in codes}
    assert {stage_form for stage in track.stages for stage_form in stage.forms} <= forms.keys()
    assert {"item_marks", "reprint_reasons", "spoil_reasons"} <= codes.keys()


def test_the_order_of_a_list_survives_the_pin() -> None:
    pack = read_pack(SAMPLE)
    _, _, codes = track_from_source(pack.sources[pack.digests["worker"]])
    assert list(codes["document_types"]) == list(pack.codes["document_types"])


@pytest.mark.parametrize(
    ("file", "old", "new", "changes"),
    [
        ("workflows/worker.yaml", "label: Registration\n", "label: Enrolment\n", True),
        ("forms/registration.yaml", "label: Phone", "label: Telephone", True),
        ("assets/codes/permit_refusal.yaml", "False statements", "Untrue statements", True),
        ("assets/profiles.yaml", "max_days: 180", "max_days: 90", False),
        ("assets/calendars/cn-2026.yaml", "2026-02-14, ", "", False),
        ("assets/codes/guarantor_kinds.yaml", "Natural person", "One person", True),
    ],
)
def test_the_pin_holds_what_a_case_keeps_and_nothing_else(
    pack: Path, spoil: Callable[[str, str, str], int], file: str, old: str, new: str, changes: bool
) -> None:
    before = read_pack(pack).digests["worker"]
    spoil(file, old, new)
    assert (read_pack(pack).digests["worker"] != before) is changes


def test_a_bad_pack_is_refused_with_its_findings(pack: Path, spoil: Callable[[str, str, str], int]) -> None:
    line = spoil("workflows/worker.yaml", "- notice_acknowledged", "- notice_aknowledged")
    with pytest.raises(PackError) as raised:
        read_pack(pack)
    assert [(finding.file, finding.line) for finding in raised.value.findings] == [
        ("workflows/worker.yaml", line)
    ]


def test_an_empty_folder_is_refused(tmp_path: Path) -> None:
    with pytest.raises(PackError) as raised:
        read_pack(tmp_path)
    assert {"workflows", "forms", "assets/codes"} <= {finding.file for finding in raised.value.findings}


def test_the_demo_has_every_role_at_the_counter() -> None:
    accounts = read_staff(SAMPLE)
    roles = sorted(role for account in accounts for role in account.roles)
    assert roles == ["doctor", "labour", "police", "police", "reception", "reception", "supervisor"]
    assert all(account.passphrase.startswith("demo ") for account in accounts)


def test_an_office_without_demo_accounts_has_none(pack: Path) -> None:
    (pack / "assets/demo/staff.yaml").unlink()
    assert read_staff(pack) == ()
