"""A machine on which commands are typed, and a central system that its terminal may join."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from kiosk.bootstrap import first_start
from kiosk.settings import Settings, load_settings, sample_pack_folder
from tests.running import Running

Say = Callable[[], str]


@pytest.fixture
def said(capsys: pytest.CaptureFixture[str]) -> Say:
    """What was printed since it was asked last, the errors after the rest."""

    def said() -> str:
        out, err = capsys.readouterr()
        return out + err

    return said


@pytest.fixture
def machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """Folders and the sample pack, as the environment names them; nothing was started yet."""
    for name in ("DATA", "LOGS", "SLIPS"):
        monkeypatch.setenv(f"KIOSK_{name}", str(tmp_path / name.lower()))
    monkeypatch.setenv("KIOSK_PACK", str(sample_pack_folder()))
    return load_settings()


@pytest.fixture
def centre(tmp_path: Path) -> Iterator[Running]:
    with Running(tmp_path / "centre") as running:
        yield running


@pytest.fixture
def terminal(machine: Settings, centre: Running) -> Settings:
    """A terminal that was started once; its clock is the machine's."""
    desk, _ = first_start(machine, sample_pack_folder(), centre.clock)
    desk.terminal.store.close()
    return machine
