"""Settings come from one file and the environment, and a wrong one is named."""

from __future__ import annotations

from pathlib import Path

import pytest

from kiosk.errors import KioskError
from kiosk.settings import (
    fonts_folder,
    load_settings,
    sample_pack_folder,
    settings_file,
)


def in_file(folder: Path, text: str) -> dict[str, str]:
    (folder / "settings.toml").write_text(text, "utf-8")
    return {"KIOSK_SETTINGS": str(folder / "settings.toml")}


def test_without_a_file_the_platform_says_where_data_goes(tmp_path: Path) -> None:
    settings = load_settings(in_file(tmp_path, ""))
    assert settings.data.is_absolute()
    assert settings.data.name == "kiosk"
    assert settings.pack is None
    assert (settings.language, settings.keys) == ("zh", "file")


def test_the_environment_wins_over_the_file(tmp_path: Path) -> None:
    environ = in_file(tmp_path, 'language = "my"\nwindow = "3"\ndata = "~/counter"\n')
    settings = load_settings(environ | {"KIOSK_WINDOW": "4", "KIOSK_PACK": "office", "KIOSK_PRINTER": ""})
    assert (settings.language, settings.window, settings.printer) == ("my", "4", "")
    assert settings.data == Path.home() / "counter"
    assert settings.pack == Path.cwd() / "office"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('langauge = "zh"', "Unknown setting “langauge” in {file}"),
        ('language = "fr"', "Setting “language” in {file} must be one of: zh, my, en"),
        ("window = 3", "Setting “window” in {file} must be a text"),
        ("window 3", "Cannot read the settings in {file}"),
    ],
)
def test_a_wrong_setting_is_named_with_its_file(tmp_path: Path, text: str, said: str) -> None:
    environ = in_file(tmp_path, text)
    with pytest.raises(KioskError) as caught:
        load_settings(environ)
    assert str(caught.value).startswith(said.format(file=tmp_path / "settings.toml"))


@pytest.mark.parametrize(
    ("variable", "said"),
    [
        ("KIOSK_LANGUAGE", "Setting “language” in the environment (KIOSK_LANGUAGE) must be one of"),
        ("KIOSK_DAAT", "Unknown setting “daat” in the environment (KIOSK_DAAT). Known are: data,"),
    ],
)
def test_a_wrong_variable_is_named(tmp_path: Path, variable: str, said: str) -> None:
    with pytest.raises(KioskError) as caught:
        load_settings(in_file(tmp_path, "") | {variable: "fr"})
    assert str(caught.value).startswith(said)


def test_a_relative_folder_starts_at_the_file_wherever_one_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    environ = in_file(tmp_path, 'data = "store"')
    (tmp_path / "elsewhere").mkdir()
    monkeypatch.chdir(tmp_path / "elsewhere")
    assert load_settings(environ).data == tmp_path / "store"


def test_a_file_that_is_not_text_is_named(tmp_path: Path) -> None:
    (tmp_path / "settings.toml").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(KioskError, match=r"settings\.toml"):
        load_settings({"KIOSK_SETTINGS": str(tmp_path / "settings.toml")})


def test_a_variable_names_the_file(tmp_path: Path) -> None:
    with pytest.raises(KioskError, match=r"There is no settings file .*x\.toml, which KIOSK_SETTINGS names"):
        settings_file({"KIOSK_SETTINGS": str(tmp_path / "x.toml")})
    (tmp_path / "x.toml").touch()
    assert settings_file({"KIOSK_SETTINGS": str(tmp_path / "x.toml")}) == tmp_path / "x.toml"
    assert settings_file({}).name == "settings.toml"


def test_the_programs_own_files_are_where_it_looks() -> None:
    assert (sample_pack_folder() / "workflows" / "worker.yaml").is_file()
    assert (fonts_folder() / "NotoSansMyanmar-Regular.ttf").is_file()
