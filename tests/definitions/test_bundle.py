"""A pack in one piece: the same bytes everywhere, back to the same pack, and nothing else in it."""

from __future__ import annotations

import zipfile
from pathlib import Path

import msgspec
import pytest

from kiosk.definitions import read_pack
from kiosk.definitions.bundle import LARGEST, bundle, digest_of, folder_of, read_bundle, unpack
from kiosk.errors import PackError
from kiosk.settings import sample_pack_folder


def test_a_bundle_is_the_pack_again(pack: Path) -> None:
    found, own = read_bundle(bundle(pack)), read_pack(pack)
    assert (found.office, found.tracks, found.forms) == (own.office, own.tracks, own.forms)
    assert found.digests == own.digests
    assert found.calendar == own.calendar


def test_the_same_pack_has_one_name_and_a_changed_one_another(pack: Path) -> None:
    assert digest_of(bundle(pack)) == digest_of(bundle(sample_pack_folder()))
    (pack / "assets" / "demo" / "staff.yaml").unlink()  # the demo's alone
    (pack / "notes.txt").write_text("mine", "utf-8")
    assert digest_of(bundle(pack)) == digest_of(bundle(sample_pack_folder()))
    with (pack / "assets" / "texts.yaml").open("a", encoding="utf-8") as texts:
        texts.write("more: Another text.\n")
    assert digest_of(bundle(pack)) != digest_of(bundle(sample_pack_folder()))


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\xff\xfe",
        b"[]",
        msgspec.json.encode({"format": "kiosk-pack/9", "files": {}}),
        msgspec.json.encode({"format": "kiosk-pack/1", "files": {"../outside.yaml": "x"}}),
        msgspec.json.encode({"format": "kiosk-pack/1", "files": {"/etc/forms/x.yaml": "x"}}),
        msgspec.json.encode({"format": "kiosk-pack/1", "files": {"forms/../../x.yaml": "x"}}),
        msgspec.json.encode({"format": "kiosk-pack/1", "files": {"assets/fonts/x.ttf": "x"}}),
    ],
)
def test_what_is_no_bundle_writes_nothing(content: bytes, tmp_path: Path) -> None:
    with pytest.raises(PackError, match="no office pack"):
        unpack(content, tmp_path)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("top", ["", "our office/"])
def test_a_zip_file_of_a_pack_is_a_pack(pack: Path, tmp_path: Path, top: str) -> None:
    whole = bundle(pack)
    file = tmp_path / "pack.zip"
    with zipfile.ZipFile(file, "w") as archive:
        for path in sorted(pack.rglob("*.*")):
            if path != file:
                archive.write(path, f"{top}{path.relative_to(pack).as_posix()}")
    with folder_of(file) as folder:
        assert bundle(folder) == whole
    with folder_of(pack) as folder:
        assert folder == pack


def test_only_what_a_pack_takes_counts_in_a_zip_file(pack: Path, tmp_path: Path) -> None:
    whole = bundle(pack)
    file = tmp_path / "pack.zip"
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for path in sorted(pack.rglob("*.*")):
            if path != file:
                archive.write(path, path.relative_to(pack).as_posix())
        archive.writestr("assets/fonts/Large.ttf", bytes(LARGEST + 1))
    with folder_of(file) as folder:
        assert bundle(folder) == whole
    with zipfile.ZipFile(file, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("forms/large.yaml", b"#" * LARGEST)
    with pytest.raises(PackError, match=r"too large: 20\.\d MB\. At most 20 MB\."), folder_of(file):
        pass
