"""What is different from machine to machine: one frozen struct, read from one file and the environment.

The file is TOML (`kiosk doctor` says where it is looked for; KIOSK_SETTINGS names another). Each setting
may also stand in the environment: KIOSK_DATA, KIOSK_LANGUAGE... The environment wins over the file.
A relative folder starts where the file lies; in the environment, where one is.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

import msgspec
from msgspec.structs import replace
from platformdirs import user_config_path, user_data_path, user_documents_path, user_log_path

from kiosk.errors import KioskError
from kiosk.model.text import say

LANGUAGES = ("zh", "my", "en")
KEY_PROVIDERS = ("file", "keyring", "credential")
PREFIX, FILE = "KIOSK_", "KIOSK_SETTINGS"  # of the variables; the one that names the file


class Settings(msgspec.Struct, frozen=True):
    """One terminal's settings; every path is absolute."""

    data: Path  # the encrypted store, its blobs, this terminal's keys
    logs: Path
    slips: Path  # where slips saved as PDF go
    pack: Path | None = None  # the office pack; None: the first start asks for it
    inbox: Path | None = None  # the folder a scanner leaves copies of papers in
    language: str = "zh"  # of the screen at the first start
    keys: str = "file"  # who keeps the data key: a 0600 file, the system's keyring, a systemd credential
    printer: str = ""  # a printer's name; empty: the system's default
    window: str = "1"  # the number of this counter, on its screen and on slips


def settings_file(environ: Mapping[str, str] = os.environ) -> Path:
    """Where the settings are looked for: there need be no such file, unless the environment names it.

    Raises KioskError where that one is not there.
    """
    named = environ.get(FILE)
    if not named:
        return user_config_path("kiosk", False) / "settings.toml"
    file = absolute(named, Path.cwd())
    if not file.exists():
        raise KioskError(
            say("There is no settings file {file}, which {variable} names.", file=file, variable=FILE)
        )
    return file


def load_settings(environ: Mapping[str, str] = os.environ) -> Settings:
    """The settings of this terminal. Raises KioskError naming the file or variable that is wrong."""
    settings = Settings(
        data=user_data_path("kiosk", False),
        logs=user_log_path("kiosk", False),
        slips=user_documents_path() / "kiosk",
    )
    file = settings_file(environ)
    settings = merged(settings, read_toml(file), str(file), file.parent)
    for variable, value in sorted(environ.items()):
        if variable.startswith(PREFIX) and variable != FILE and value:
            name = variable.removeprefix(PREFIX).lower()
            settings = merged(settings, {name: value}, f"the environment ({variable})", Path.cwd())
    return settings


def read_toml(file: Path) -> Mapping[str, object]:
    """The file's content, nothing when there is no file."""
    try:
        text = file.read_text("utf-8")
        import tomllib  # many terminals do without the file

        return tomllib.loads(text)
    except FileNotFoundError:
        return {}
    except (OSError, ValueError) as error:
        raise KioskError(
            say("Cannot read the settings in {file}: {error}", file=file, error=error)
        ) from error


def merged(settings: Settings, given: Mapping[str, object], source: str, base: Path) -> Settings:
    """The settings with what was given in `source` laid over them; its relative paths start in `base`."""
    known = Settings.__annotations__
    changes: dict[str, object] = {}
    for name, value in given.items():
        if name not in known:
            raise KioskError(
                say(
                    "Unknown setting “{name}” in {source}. Known are: {known}",
                    name=name,
                    source=source,
                    known=", ".join(known),
                )
            )
        if not isinstance(value, str):
            raise KioskError(say("Setting “{name}” in {source} must be a text", name=name, source=source))
        changes[name] = absolute(value, base) if "Path" in known[name] else value
    changed = replace(settings, **changes)
    for name, choices in (("language", LANGUAGES), ("keys", KEY_PROVIDERS)):
        if getattr(changed, name) not in choices:
            raise KioskError(
                say(
                    "Setting “{name}” in {source} must be one of: {choices}",
                    name=name,
                    source=source,
                    choices=", ".join(choices),
                )
            )
    return changed


def absolute(path: str, base: Path) -> Path:
    """A path as a person writes it: `~` is his home, a relative one starts in `base`."""
    return (base / Path(path).expanduser()).absolute()


# Where the program's own files are -------------------------------------------------------------------

PACKAGE = Path(__file__).parent


def sample_pack_folder() -> Path:
    """The sample office pack: the root of a checkout, or what travelled in the wheel (see setup.py)."""
    inside = PACKAGE / "_pack"
    return inside if inside.is_dir() else PACKAGE.parent


def fonts_folder() -> Path:
    """The fonts every screen and slip is set in."""
    return sample_pack_folder() / "assets" / "fonts"


def migrations_folder() -> Path:
    """The Alembic migrations: beside the package in a checkout, within it in a wheel (see setup.py)."""
    inside = PACKAGE / "_migrations"
    return inside if inside.is_dir() else PACKAGE.parent / "migrations"
