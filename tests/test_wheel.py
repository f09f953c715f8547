"""A wheel built from the project works outside its checkout: pack, fonts and migrations travel in it."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path
from zipfile import ZipFile

import pytest

from kiosk import __version__

ROOT = Path(__file__).parents[1]
TRAVELS = ("assets", "central", "forms", "kiosk", "migrations", "workflows")
BUILT_FROM = ("LICENSE", "NOTICE", "README.md", "pyproject.toml", "setup.py")


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Built from a copy, so that no build folder is left in the checkout."""
    copy = tmp_path_factory.mktemp("checkout")
    for name in TRAVELS:
        shutil.copytree(ROOT / name, copy / name, ignore=shutil.ignore_patterns("__pycache__"))
    for name in BUILT_FROM:
        shutil.copy(ROOT / name, copy / name)
    pip("wheel", "--no-build-isolation", "--wheel-dir", str(copy / "dist"), str(copy))
    (built,) = (copy / "dist").glob("*.whl")
    return built


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("installed")
    pip("install", "--target", str(folder), str(wheel))
    return folder


def pip(*words: str) -> None:
    subprocess.run([sys.executable, "-m", "pip", "--quiet", *words[:1], "--no-deps", *words[1:]], check=True)


def outside(installed: Path, tmp_path: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """Run Python with the installed wheel in a folder that is no checkout."""
    environ = os.environ | {
        "PYTHONPATH": str(installed),
        "KIOSK_SETTINGS": os.devnull,
        "KIOSK_DATA": str(tmp_path / "data"),
    }
    return subprocess.run(
        [sys.executable, *words], cwd=tmp_path, env=environ, capture_output=True, text=True, check=False
    )


def test_what_the_wheel_holds(wheel: Path) -> None:
    names = set(ZipFile(wheel).namelist())
    for name in TRAVELS:
        for file in (ROOT / name).rglob("*.*"):
            if file.is_file() and file.suffix not in (".pyc", ".mo"):
                inside = {"central": "central", "kiosk": "kiosk", "migrations": "kiosk/_migrations"}.get(
                    name, f"kiosk/_pack/{name}"
                )
                assert f"{inside}/{file.relative_to(ROOT / name).as_posix()}" in names
    assert not [name for name in names if name.startswith("tests/") or "__pycache__" in name]
    assert {Path(name).name for name in names if "/licenses/" in name} >= {"LICENSE", "NOTICE"}


def test_the_doctor_finds_everything_outside_the_checkout(installed: Path, tmp_path: Path) -> None:
    said = outside(installed, tmp_path, "-m", "kiosk", "doctor")
    assert said.returncode == 0, said.stdout + said.stderr
    assert f"in {installed / 'kiosk' / '_pack'}\n" in said.stdout
    assert f"in {installed / 'kiosk' / '_pack' / 'assets' / 'fonts'}\n" in said.stdout
    assert str(ROOT) not in said.stdout


def test_the_central_system_answers_outside_the_checkout(installed: Path, tmp_path: Path) -> None:
    said = outside(installed, tmp_path, "-m", "central", "--version")
    assert said.returncode == 0, said.stderr
    assert said.stdout == f"central {__version__}\n"


def test_the_travelled_pack_has_no_fault(installed: Path, tmp_path: Path) -> None:
    said = outside(installed, tmp_path, "-m", "kiosk", "check-office", str(installed / "kiosk" / "_pack"))
    assert said.returncode == 0, said.stdout + said.stderr
    assert "\n0 errors" in said.stdout


def test_a_store_is_made_outside_the_checkout(installed: Path, tmp_path: Path) -> None:
    script = (
        "import kiosk; from pathlib import Path; from kiosk.store.database import Store;"
        "Store.open(Path('store.db'), bytes(32)).close(); print(kiosk.__file__)"
    )
    said = outside(installed, tmp_path, "-c", script)
    assert said.returncode == 0, said.stderr
    assert said.stdout.strip() == str(installed / "kiosk" / "__init__.py")
    assert (tmp_path / "store.db").stat().st_size > 0
